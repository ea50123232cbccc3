"""Two snapshots of one code are the same; what differs is named, and ends the comparison with 1."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.snapshot import by_name, differences, differing

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = """<html lang=fr><head><title>{title}</title></head><body><article><h1>{title}</h1>
<p>Le marché couvert de la ville rouvre ses portes après deux ans de travaux, a annoncé la mairie lundi matin.</p>
<p>{last}</p></article></body></html>"""
LAST = "Les quarante étals ont été attribués par tirage au sort aux commerçants du quartier, qui reviennent en mai."


def make_pages(shared: Path, last: str = LAST) -> Path:
    """A set of three pages and one dirty text."""
    folder = shared / "bench/own"
    (folder / "pages").mkdir(parents=True)
    (shared / "tagdiv/dirty").mkdir(parents=True)
    (shared / "tagdiv/dirty/a.txt").write_text(f"Marché couvert\n\n{LAST}\n\nPartager l'article:\n", "utf-8")
    rows = []
    for number, text in enumerate((LAST, LAST, last)):
        page = PAGE.format(title=f"Le marché rouvre, acte {number}", last=text)
        (folder / f"pages/{number}.html.gz").write_bytes(gzip.compress(page.encode()))
        rows.append(json.dumps({"id": str(number), "url": f"https://news.example/{number}/"}))
    (folder / "gold.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    return shared


def snapshot(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.snapshot", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def write(folder: Path, shared: Path, *more: object) -> None:
    done = snapshot("write", folder, "--shared", shared, "--sets", "own,tagdiv-dirty", "--workers", 1, *more)
    assert done.returncode == 0, done.stderr


def test_a_change_of_one_page_is_named(tmp_path: Path) -> None:
    write(tmp_path / "first", make_pages(tmp_path / "one"))
    write(tmp_path / "part", tmp_path / "one", "--every", 2)
    write(
        tmp_path / "second", make_pages(tmp_path / "other", last="Le bâtiment garde sa charpente d'origine, dit-elle.")
    )

    same = snapshot("compare", tmp_path / "first", tmp_path / "part")
    assert same.returncode == 0, same.stdout
    assert "own: 2 records, the same" in same.stdout
    assert "tagdiv-dirty: 1 records, the same" in same.stdout

    changed = snapshot("compare", tmp_path / "first", tmp_path / "second")
    assert changed.returncode == 1
    assert "  2: record.text: " in changed.stdout
    assert "  1: " not in changed.stdout
    assert "charpente" in changed.stdout


def test_a_whole_snapshot_is_read_again(tmp_path: Path) -> None:
    write(tmp_path / "first", make_pages(tmp_path / "one"))
    rows = [json.loads(line) for line in (tmp_path / "first/own.jsonl").read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["0", "1", "2"]
    assert all(row["record"]["text"].endswith(LAST) and row["refusal"] is None for row in rows)
    nothing = snapshot("compare", tmp_path / "first", tmp_path / "none")
    assert nothing.returncode == 1
    assert "Traceback" not in nothing.stderr


def test_an_unknown_set_ends_it_with_one_line(tmp_path: Path) -> None:
    done = snapshot("write", tmp_path / "out", "--shared", make_pages(tmp_path / "one"), "--sets", "own,owm")
    assert done.returncode == 1
    assert done.stderr.startswith("unknown set owm; known: own, ")


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["a.b: 1 | 2"]),
        ({"a": 1}, {"a": True}, ["a: 1 | true"]),  # equal to Python, not in a file
        ({"a": 1}, {"a": 1, "c": None}, ["c: only in the second"]),
        ({"a": ["x"]}, {"a": []}, ['a: ["x"] | []']),
    ],
)
def test_what_differs(one: object, other: object, told: list[str]) -> None:
    assert list(differing(one, other)) == told


def test_records_that_are_gone_come_or_change_their_order() -> None:
    lines = ['{"id": "a", "n": 1}', '{"id": "b", "n": 1}', '{"id": "b", "n": 2}']
    assert list(by_name(lines)) == ["a", "b", "b (2)"]
    assert differences(lines, lines) == []
    assert differences(lines, lines[:2]) == ["b (2): not in the second"]
    assert differences(lines[1:2], lines[:2]) == ["a: not in the first"]
    assert differences(['{"id": "a", "n": 1}'], ['{"n": 1, "id": "a"}']) == ["a: the order of keys"]
