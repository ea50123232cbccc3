"""The stages of the archive pipeline, run step by step as datatrove's executors run them."""

import gzip
import json
import os
import random
import signal
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("datatrove", reason="datatrove is not installed: pip install mapexpress[datatrove]")
pytest.importorskip("tokenizers", reason="tokenizers is not installed: pip install mapexpress[datatrove]")

import dill  # datatrove's own need

from fixtures.scale import scaled_posts
from mapexpress.corpus.datatrove import archives
from mapexpress.corpus.datatrove import stages as archive_stages
from mapexpress.corpus.datatrove.archives import check, main
from mapexpress.corpus.datatrove.job import Job
from mapexpress.corpus.datatrove.stages import executors, stages
from mapexpress.corpus.datatrove.steps import TemplateFolder, WarcPages
from mapexpress.dataset.files.warc import Exchange, encode
from mapexpress.errors import UsageError

pytestmark = pytest.mark.slow

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
    return documents(job)


def documents(job: Job) -> list[dict]:
    """What a run wrote, in the order of the ids."""
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


def test_unlike_texts_are_no_group_when_others_join_them_in_a_chain(tmp_path):
    """Each shares five of its six paragraphs with the next and names no number; the first and last share nothing."""
    words = "arbre barque cloche dune encre ferme grange houle ivoire jardin lampe moulin nappe olive pont quai".split()
    dice = random.Random(3)
    paragraphs = [" ".join(dice.choices(words, k=30)).capitalize() + "." for _ in range(14)]
    rows = [
        {"id": f"d{n}", "url": f"https://site{n}.example/a", "text": "\n\n".join(paragraphs[n : n + 6])}
        for n in range(9)
    ]
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = run(Job(source=str(tmp_path / "corpus"), target=str(tmp_path / "out")))
    groups = {d["id"]: (d["metadata"].get("group"), d["metadata"].get("group_size")) for d in found}
    assert groups["d0"] == groups["d1"] == ("d0", 2)
    assert all(abs(int(one[1:]) - int(group[1:])) <= 1 for one, (group, _) in groups.items() if group)


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


def read(job: Job) -> dict[str, tuple[str, dict]]:
    """Texts and metadata by address, without what tells where a document was read."""
    found = {}
    for document in run(job):
        known = {k: v for k, v in document["metadata"].items() if k in ("title", "language", "group_size")}
        found[document["metadata"]["url"]] = document["text"], known
    return found


def rows_of(corpus: Path) -> list[dict]:
    return [
        json.loads(line)
        for path in sorted(corpus.iterdir())
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]


def write_parquet(folder: Path, rows: list[dict]) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    arrow = pytest.importorskip("pyarrow")
    for n in range(2):
        parquet.write_table(arrow.Table.from_pylist(rows[n::2]), folder / f"{n}.parquet")


def write_wet(folder: Path, rows: list[dict]) -> None:
    for n in range(2):
        with (folder / f"{n}.warc.wet.gz").open("wb") as file:
            for row in rows[n::2]:
                text = row["text"].encode()
                head = f"WARC-Type: conversion\r\nWARC-Target-URI: {row['url']}\r\nContent-Length: {len(text)}"
                record = f"WARC/1.0\r\n{head}\r\nContent-Type: text/plain\r\n\r\n".encode() + text + b"\r\n\r\n"
                file.write(gzip.compress(record))  # a member for each record, as archives are written


def write_warc(folder: Path, rows: list[dict]) -> None:
    html = [("Content-Type", "text/html; charset=utf-8")]
    for n in range(2):
        with (folder / f"{n}.warc.gz").open("wb") as file:
            for row in rows[n::2]:
                above, *body, _, _ = row["text"].split("\n\n")
                page = (
                    f"<html lang=fr><body><nav><a href=/>{above}</a></nav><article><h1>Titre {row['id']}</h1>"
                    f"{''.join(f'<p>{line}</p>' for line in body)}</article></body></html>"
                )
                exchange = Exchange(
                    url=row["url"], status=200, body=page.encode(), headers=html, fetched_at="2026-05-01T00:00:00Z"
                )
                file.write(encode(exchange)[1])


@pytest.mark.parametrize(("kind", "write"), [("parquet", write_parquet), ("wet", write_wet)], ids=["parquet", "wet"])
def test_texts_of_every_format_come_to_the_same_documents(tmp_path, kind, write):
    write_corpus(tmp_path / "corpus")
    (tmp_path / kind).mkdir()
    write(tmp_path / kind, rows_of(tmp_path / "corpus"))
    as_lines = read(Job(source=str(tmp_path / "corpus"), target=str(tmp_path / "out"), tasks=2, shards=2))
    as_other = read(
        Job(source=str(tmp_path / kind), target=str(tmp_path / f"{kind}-out"), format=kind, tasks=2, shards=2)
    )
    assert as_other == as_lines
    assert len(as_lines) == 60
    assert sum("group_size" in known for _, known in as_lines.values()) == 2


def test_pages_of_archived_sites_are_cleaned_and_grouped(tmp_path):
    write_corpus(tmp_path / "corpus")
    (tmp_path / "warc").mkdir()
    rows = rows_of(tmp_path / "corpus")
    write_warc(tmp_path / "warc", rows)
    documents = read(Job(source=str(tmp_path / "warc"), target=str(tmp_path / "out"), format="warc", tasks=2, shards=2))
    assert documents.keys() == {row["url"] for row in rows}
    for row in rows:
        text, known = documents[row["url"]]
        assert text.split("\n\n") == row["text"].split("\n\n")[1:-2]
        assert known["title"] == f"Titre {row['id']}"
        assert ("group_size" in known) == (row["id"] in ("d03", "d04"))


def test_each_stage_waits_for_the_one_before(tmp_path):
    made = executors(Job(source=str(tmp_path), target=str(tmp_path / "out"), tasks=2, workers=2))
    assert [executor.depends for executor in made] == [None, *made[:-1]]
    slurm = executors(Job(source=str(tmp_path), target=str(tmp_path / "out"), executor="slurm", partition="cpu"))
    assert [type(executor).__name__ for executor in slurm] == ["SlurmPipelineExecutor"] * len(made)


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log of what is handed to `sbatch`; nothing is run."""
    folder = tmp_path / "bin"
    folder.mkdir()
    log = folder / "sbatch.log"
    sbatch = f'#!/bin/sh\necho "$@" >> {log}\necho "Submitted batch job $(wc -l < {log})"\n'
    for name, text in (("sbatch", sbatch), ("scontrol", "#!/bin/sh\necho node1\n")):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("SLURM_NODELIST", "node1")
    return log


def test_what_slurm_is_given_comes_to_the_same_documents(tmp_path, slurm, monkeypatch):
    """The pickled stages that `sbatch` is given are run as a node runs them, one task of an array after the other."""
    write_corpus(tmp_path / "corpus")
    job = Job(source=str(tmp_path / "corpus"), target=str(tmp_path / "out"), tasks=2, shards=2)
    assert main([job.source, job.target, *"--tasks 2 --shards 2 --executor slurm --partition cpu".split()]) == 0
    given = slurm.read_text().splitlines()
    launched = [line for line in given if "--export=ALL" in line]
    assert len(launched) == len(stages(job))
    assert all("--dependency=afterok" in line for line in launched[1:])
    on_signal = signal.getsignal(signal.SIGUSR1)
    for name, _, tasks in stages(job):
        for task in range(tasks):
            monkeypatch.setenv("SLURM_ARRAY_TASK_ID", str(task))
            dill.loads(Path(job.stage(f"logs/{name}/executor.pik")).read_bytes()).run()
    signal.signal(signal.SIGUSR1, on_signal)
    found = documents(job)
    expected = run(replace(job, target=str(tmp_path / "in-process")))
    assert found == expected
    assert len(found) == 60


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"tasks": 0}, "--tasks 0"),
        ({"workers": -1}, "--workers -1"),
        ({"source": "nowhere"}, "no .*jsonl.* in nowhere"),
        ({"source": "strange://x"}, "strange://x"),
        ({"format": "parquet"}, "parquet"),
        ({"executor": "slurm", "partition": "cpu"}, "sbatch"),
    ],
)
def test_what_cannot_run_is_told_before_the_first_stage(tmp_path, monkeypatch, capsys, given, word):
    monkeypatch.setenv("PATH", str(tmp_path))
    write_corpus(tmp_path / "corpus")
    job = {"source": str(tmp_path / "corpus"), "target": str(tmp_path / "out"), **given}
    with pytest.raises(UsageError, match=word) as told:
        check(Job(**job))
    assert "\n" not in str(told.value)
    assert not (tmp_path / "out").exists()
    arguments = [part for name, value in list(job.items())[2:] for part in (f"--{name}", str(value))]
    assert main([job["source"], job["target"], *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_output_goes_on_only_with_the_division_it_was_begun_with(tmp_path):
    write_corpus(tmp_path / "corpus")
    job = Job(source=str(tmp_path / "corpus"), target=str(tmp_path / "out"), tasks=4)
    check(job)
    check(replace(job, workers=2))
    with pytest.raises(UsageError, match="--tasks 4, not 2"):
        check(replace(job, tasks=2))
    (tmp_path / "corpus" / "new.jsonl").write_text("{}\n")
    with pytest.raises(UsageError, match="other files"):
        check(job)


class GivesUp:
    """An executor that ends although a task of its stage failed three times, as Ray's does."""

    def run(self) -> None:
        pass

    def get_incomplete_ranks(self) -> list[int]:
        return [1]


@pytest.mark.parametrize(
    ("other", "gone", "kept"),
    [
        ({"signatures": "9x9-00000000"}, {"signatures", "groups", "logs/sign", "logs/write"}, {"clean", "logs/clean"}),
        ({"sketches": 2}, {"sketches", "clean", "signatures", "logs/sketch", "logs/write"}, set()),
        ({}, {"signatures", "groups", "logs/sign"}, {"sketches", "logs/learn"}),  # begun before it was named
    ],
    ids=["signatures", "sketches", "unnamed"],
)
def test_what_another_version_made_is_made_anew(tmp_path, monkeypatch, capsys, other, gone, kept):
    write_corpus(tmp_path / "corpus")
    job = Job(source=str(tmp_path / "corpus"), target=str(tmp_path / "out"), tasks=2, shards=2)
    check(job)
    expected = run(job)
    stages_of, begun = tmp_path / "out" / "stages", tmp_path / "out" / "stages" / "job.json"
    for name in ("sketch", "learn", "clean", "sign", "write"):
        (stages_of / "logs" / name).mkdir(parents=True)
        (stages_of / "logs" / name / "completions").write_text("done")
    named = json.loads(begun.read_text())
    if not other:
        monkeypatch.setattr(archives, "_BEFORE", {"sketches": named["sketches"], "signatures": "earlier"})
        del named["sketches"], named["signatures"]
    begun.write_text(json.dumps(named | other))
    check(job)
    assert "of another version are made anew" in capsys.readouterr().err
    assert not any((stages_of / name).exists() for name in gone)
    assert all((stages_of / name).exists() for name in kept)
    check(job)
    assert capsys.readouterr().err == ""
    assert [d["text"] for d in run(job)] == [d["text"] for d in expected]


def test_a_stage_whose_tasks_were_given_up_ends_the_run(tmp_path, monkeypatch, capsys):
    write_corpus(tmp_path / "corpus")
    monkeypatch.setattr(archive_stages, "executors", lambda job: [GivesUp() for _ in stages(job)])
    assert main([str(tmp_path / "corpus"), str(tmp_path / "out"), "--tasks", "2"]) == 1
    assert "1 of 2 tasks of the stage sketch failed" in capsys.readouterr().err


def test_a_broken_archive_ends_the_run_in_one_line(tmp_path, capsys):
    (tmp_path / "a.warc").write_bytes(b"no archive at all")
    assert main([str(tmp_path), str(tmp_path / "out"), "--format", "warc"]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("archives: a.warc: not a WARC file")
