"""The stages of the archive pipeline, run step by step as datatrove's executors run them."""

import gzip
import json
from pathlib import Path

import pytest

pytest.importorskip("datatrove", reason="datatrove is not installed: pip install mapexpress[datatrove]")
pytest.importorskip("tokenizers", reason="tokenizers is not installed: pip install mapexpress[datatrove]")

from fixtures.scale import scaled_posts
from mapexpress.corpus.archives import Job, executors, stages
from mapexpress.corpus.datatrove_step import TemplateFolder, WarcPages
from mapexpress.dataset.warc import Exchange, encode

DISPATCH = (
    "Le conseil de la région a adopté ce mardi le budget des routes rurales, dont la longueur atteint {n} kilomètres."
    " Les communes concernées recevront les premiers équipements avant la fin de l'été, selon le communiqué publié"
    " à l'issue de la réunion."
)


def write_corpus(folder: Path) -> None:
    """Three sites with lines of their own; one dispatch on two of them, and a bulletin that differs in its numbers."""
    folder.mkdir()
    rows, posts = [], scaled_posts(180)
    for number in range(60):
        site = number % 3
        post = posts[3 * number : 3 * number + 3]
        body = [line.removeprefix("<p>").removesuffix("</p>") for p in post for line in p.body.split("\n")[:2]]
        if number in (3, 4):
            body = [DISPATCH.format(n=120)]
        if number in (6, 7):
            body = [DISPATCH.format(n=100 + number)]
        text = [
            f"Rubriques du journal {site}",
            *body,
            f"Suivez le journal {site} partout",
            f"Contact du journal {site}",
        ]
        rows.append({"id": f"d{number:02d}", "url": f"https://site{site}.example/{number}", "text": "\n\n".join(text)})
    for file in range(4):
        with gzip.open(folder / f"{file}.jsonl.gz", "wt", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row) + "\n" for row in rows[file::4])


def run(job: Job) -> list[dict]:
    """All stages, in this process, each task after the other."""
    for _, steps, tasks in stages(job):
        for task in range(tasks):
            data = None
            for step in steps:
                data = step(data, task, tasks)
            for _ in data or ():
                pass
    found = []
    for path in Path(job.target).glob("documents/*.jsonl.gz"):
        found += [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    return sorted(found, key=lambda document: document["id"])


def test_the_output_does_not_depend_on_the_number_of_tasks(tmp_path):
    write_corpus(tmp_path / "corpus")
    by_tasks = {}
    for tasks, shards in ((1, 1), (3, 2)):
        target = tmp_path / f"out{tasks}"
        by_tasks[tasks] = run(Job(source=str(tmp_path / "corpus"), target=str(target), tasks=tasks, shards=shards))
    for documents in by_tasks.values():
        for document in documents:
            document["metadata"].pop("file_path", None)
    assert by_tasks[1] == by_tasks[3]
    assert len(by_tasks[1]) == 60
    assert not [d for d in by_tasks[1] if "du journal" in d["text"] or "le journal" in d["text"]]
    groups = {d["id"]: d["metadata"]["group"] for d in by_tasks[1] if "group" in d["metadata"]}
    assert groups == {"d03": "d03", "d04": "d03"}  # not the bulletins, whose numbers differ


def test_templates_are_read_by_site(tmp_path):
    write_corpus(tmp_path / "corpus")
    job = Job(source=str(tmp_path / "corpus"), target=str(tmp_path / "out"), shards=2)
    for _, steps, tasks in stages(job)[:2]:
        for task in range(tasks):
            data = None
            for step in steps:
                data = step(data, task, tasks)
    templates = TemplateFolder(job.stage("templates"))
    assert templates["site1.example"].is_learned
    assert "elsewhere.example" not in templates


def test_pages_of_warc_and_texts_of_wet_files(tmp_path):
    page = "<html><meta charset=windows-1252><body><p>À l'été, la récolte.</p></body></html>".encode("cp1252")
    html = [("Content-Type", "text/html")]
    with (tmp_path / "a.warc.gz").open("wb") as file:
        for number, status in ((1, 200), (2, 404)):
            exchange = Exchange(
                url=f"http://a.example/{number}",
                status=status,
                body=page,
                headers=html,
                fetched_at="2026-05-01T00:00:00Z",
            )
            file.write(encode(exchange)[1])
    text = "La récolte de l'été.".encode()
    head = f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://a.example/1\r\nContent-Length: {len(text)}"
    with gzip.open(tmp_path / "a.warc.wet.gz", "wb") as file:
        file.write(head.encode() + b"\r\nContent-Type: text/plain\r\n\r\n" + text + b"\r\n\r\n")
    (page_found,) = WarcPages(str(tmp_path), glob_pattern="a.warc.gz").run()
    assert "À l'été" in page_found.text
    assert page_found.metadata["url"] == "http://a.example/1"
    (text_found,) = WarcPages(str(tmp_path), glob_pattern="*.wet.gz").run()
    assert text_found.text == "La récolte de l'été."


def test_each_stage_waits_for_the_one_before(tmp_path):
    made = executors(Job(source=str(tmp_path), target=str(tmp_path / "out"), tasks=2, workers=2))
    assert [executor.depends for executor in made] == [None, *made[:-1]]
    slurm = executors(Job(source=str(tmp_path), target=str(tmp_path / "out"), executor="slurm", partition="cpu"))
    assert [type(executor).__name__ for executor in slurm] == ["SlurmPipelineExecutor"] * len(made)
