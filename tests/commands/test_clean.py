"""The command as it is typed, in a folder that is no Scrapy project."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

ROOT = Path(__file__).parents[2]
BODY = [
    "Tanger – La commune a présenté, mardi, le plan de rénovation de la vieille digue devant les riverains du port.",
    "Le chantier doit durer dix-huit mois, a précisé l'ingénieur en chef, qui promet des points d'étape trimestriels.",
]
TITLE = "Tanger: la vieille digue sera rénovée"
DIRTY = "\n\n".join([TITLE, "Date:", *BODY, "Partager l'article:", "Lire aussi", "Le marché rouvre", "Le marché a..."])


def clean(folder: Path, *args: str) -> subprocess.CompletedProcess[bytes]:
    code = "import sys; from scrapy.cmdline import execute; execute(['scrapy', 'clean', *sys.argv[1:]])"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "SCRAPY_SETTINGS_MODULE": "mapexpress.settings"}
    return subprocess.run(
        [sys.executable, "-c", code, *args], cwd=folder, env=env, capture_output=True, timeout=120, check=False
    )


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
    ],
)
def test_bad_input_is_one_clear_line_and_status_2(tmp_path: Path, args: list[str], says: bytes) -> None:
    (tmp_path / "dirty.txt").write_text(DIRTY, "utf-8")
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    done = clean(tmp_path, *args)
    assert done.returncode == 2
    assert says in done.stderr
    assert b"Traceback" not in done.stderr
    assert (tmp_path / "dirty.txt").read_text("utf-8") == DIRTY
