"""The command as it is typed, in a folder that is no Scrapy project."""

import gzip
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BODY = [
    "Tanger – La commune a présenté, mardi, le plan de rénovation de la vieille digue devant les riverains du port.",
    "Le chantier doit durer dix-huit mois, a précisé l'ingénieur en chef, qui promet des points d'étape trimestriels.",
]
TITLE = "Tanger: la vieille digue sera rénovée"
DIRTY = "\n\n".join([TITLE, "Date:", *BODY, "Partager l'article:", "Lire aussi", "Le marché rouvre", "Le marché a..."])


CODE = "import sys; from scrapy.cmdline import execute; execute(['scrapy', 'clean', *sys.argv[1:]])"
ENV = {**os.environ, "PYTHONPATH": str(ROOT), "SCRAPY_SETTINGS_MODULE": "mapexpress.settings"}


def clean(folder: Path, *args: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", CODE, *args]
    return subprocess.run(command, cwd=folder, env=ENV, input=stdin, capture_output=True, timeout=240, check=False)


def start(folder: Path, *args: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CODE, *args], cwd=folder, env=ENV, stderr=subprocess.PIPE)


def test_a_text_becomes_one_record_on_stdout(tmp_path: Path) -> None:
    (tmp_path / "dirty.txt").write_text(DIRTY, "utf-8")
    done = clean(tmp_path, "dirty.txt")
    assert done.returncode == 0, done.stderr
    (record,) = map(orjson.loads, done.stdout.splitlines())
    assert record["id"] == "dirty"
    assert record["title"] == TITLE
    assert record["text"] == "\n\n".join(BODY)
    assert record["discovered_via"] == "file"
    assert {r["reason"] for r in record["removed"]} >= {"date", "share", "related"}


def test_json_lines_keep_their_ids_and_other_columns_and_mark_what_is_empty(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "corps": DIRTY, "lien": "https://quai.example/a", "stars": 3},
        {"id": "b", "corps": "S'abonner\n\nPartager", "lien": "https://quai.example/b", "stars": 0},
        {"id": "c", "corps": f"<html><body><h1>{TITLE}</h1><p>{BODY[0]}</p><p>{BODY[1]}</p></body></html>"},
    ]
    (tmp_path / "in.jsonl.gz").write_bytes(gzip.compress(b"".join(orjson.dumps(row) + b"\n" for row in rows)))
    done = clean(tmp_path, "in.jsonl.gz", "-o", "out.jsonl", "--text-field", "corps", "--url-field", "lien")
    assert done.returncode == 0, done.stderr
    a, b, c = map(orjson.loads, (tmp_path / "out.jsonl").read_bytes().splitlines())
    assert (a["id"], a["url"], a["stars"], a["text"]) == ("a", "https://quai.example/a", 3, "\n\n".join(BODY))
    assert (b["id"], b["text"], b["quality"]["flags"]) == ("b", "", ["no_text"])
    assert c["text"] == "\n\n".join(BODY)
    assert b"1 without an article" in done.stderr


def test_workers_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [{"id": i, "text": DIRTY.replace("mardi", f"le {i}")} for i in range(150)]
    (tmp_path / "in.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    for workers, out in (("1", "one.jsonl"), ("2", "two.jsonl")):
        done = clean(tmp_path, "in.jsonl", "-o", out, "--workers", workers)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()
    assert len((tmp_path / "one.jsonl").read_bytes().splitlines()) == 150


def test_a_site_teaches_its_documents(tmp_path: Path) -> None:
    slogan = "Chaque samedi, le cahier du fleuve vous attend dans tous les kiosques de la région et des environs."
    rows = []
    for i in range(14):
        own = [
            f"La barque numéro {n} du quartier {n * 7 + i} a été mise à l'eau par l'équipage {i}{n} au matin."
            for n in range(3)
        ]
        names = ["rouge", "bleue", "verte", "noire", "grise", "dorée", "brune"]
        own = [p.replace("barque", f"barque {names[(i + k) % 7]} {'ab' * (i + 1)}") for k, p in enumerate(own)]
        text = "\n\n".join([f"La flottille {'xy' * (i + 1)} prend le large", *own, slogan])
        rows.append({"id": str(i), "text": text, "url": f"https://fleuve.example/{i}"})
    (tmp_path / "in.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    learned = clean(tmp_path, "in.jsonl")
    alone = clean(tmp_path, "in.jsonl", "--no-learn")
    assert learned.returncode == alone.returncode == 0
    assert all(slogan not in orjson.loads(line)["text"] for line in learned.stdout.splitlines())
    assert all(orjson.loads(line)["template_id"] for line in learned.stdout.splitlines())
    assert all(slogan in orjson.loads(line)["text"] for line in alone.stdout.splitlines())


def corpus_of(folder: Path, count: int) -> None:
    rows = [
        {
            "id": i,
            "url": f"https://quai{i % 3}.example/{i}",
            "text": DIRTY.replace("mardi", f"le {i}"),
            "language": "fr",
        }
        for i in range(count)
    ]
    (folder / "in.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))


def test_a_pipe_is_cleaned_as_it_comes(tmp_path: Path) -> None:
    corpus_of(tmp_path, 5)
    done = clean(tmp_path, "-", stdin=gzip.compress((tmp_path / "in.jsonl").read_bytes()))
    assert done.returncode == 0, done.stderr
    assert [orjson.loads(line)["text"].count("\n\n") for line in done.stdout.splitlines()] == [1] * 5
    assert b"a pipe is read once" in done.stderr


def test_a_column_named_like_one_of_the_record_passes_through_too(tmp_path: Path) -> None:
    corpus_of(tmp_path, 1)
    (line,) = clean(tmp_path, "in.jsonl", "--no-language").stdout.splitlines()
    assert (orjson.loads(line)["language"], orjson.loads(line)["input_language"]) == (None, "fr")


def test_evidence_is_switched_off_by_a_setting(tmp_path: Path) -> None:
    (tmp_path / "dirty.txt").write_text(DIRTY, "utf-8")
    without = clean(tmp_path, "dirty.txt", "-s", "MAPEXPRESS_WITHOUT=phrases,template")
    assert "Partager l'article:" in orjson.loads(without.stdout)["text"]
    wrong = clean(tmp_path, "dirty.txt", "-s", "MAPEXPRESS_WITHOUT=luck")
    assert (wrong.returncode, b"unknown evidence 'luck'" in wrong.stderr) == (2, True)


def test_killed_at_any_moment_and_typed_again_gives_the_same_bytes(tmp_path: Path) -> None:
    corpus_of(tmp_path, 1500)
    assert clean(tmp_path, "in.jsonl", "-o", "whole.jsonl.gz").returncode == 0
    rng = random.Random(7)
    killed = 0
    for _ in range(6):
        if (tmp_path / "out.jsonl.gz").exists():
            break
        process = start(tmp_path, "in.jsonl", "-o", "out.jsonl.gz")
        # some moment of learning or cleaning: the files beside OUT tell when each has begun
        wanted = tmp_path / rng.choice([".out.jsonl.gz.templates", ".out.jsonl.gz.progress"])
        deadline = time.monotonic() + 60
        while not wanted.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.2))
        killed += process.poll() is None
        process.kill()
        process.wait()
        process.stderr.close()  # type: ignore[union-attr]
    assert killed
    done = clean(tmp_path, "in.jsonl", "-o", "out.jsonl.gz")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.jsonl.gz").read_bytes() == (tmp_path / "whole.jsonl.gz").read_bytes()
    assert not list(tmp_path.glob(".out*"))


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ([], b"give at least one file"),
        (["none.txt"], b"no such file"),
        (["picture.txt"], b"binary"),
        (["--frobnicate", "dirty.txt"], b"unknown option --frobnicate"),
        (["dirty.txt", "--workers", "0"], b"--workers"),
        (["dirty.txt", "-o", "none/out.jsonl"], b"existing folder"),
        (["dirty.txt", "-o", "dirty.txt"], b"one of the files"),
        (["dirty.txt", "-o", "out.parquet"], b"JSON Lines"),
        (["dirty.txt", "-o", "pipe"], b"no plain file"),  # as a device, which root could replace
    ],
)
def test_bad_input_is_one_clear_line_and_status_2(tmp_path: Path, args: list[str], says: bytes) -> None:
    (tmp_path / "dirty.txt").write_text(DIRTY, "utf-8")
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    os.mkfifo(tmp_path / "pipe")
    done = clean(tmp_path, *args)
    assert done.returncode == 2
    assert says in done.stderr
    assert b"Traceback" not in done.stderr
    assert (tmp_path / "dirty.txt").read_text("utf-8") == DIRTY
