"""The examples of docs/cleaning.md run, and give what `scrapy clean` gives."""

import gzip
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NAMES = ("Aloès", "Brise", "Crique", "Dune", "Embrun", "Falaise", "Galet", "Houle", "Iroise", "Jetée", "Krill", "Lagon")
LAST = "Retrouvez chaque samedi le carnet du fleuve dans tous les kiosques de la région."


def paragraphs(name: str) -> list[str]:
    return [
        f"Le bac {name} a repris mardi la traversée du fleuve, après {len(name)} semaines de travaux sur la rive nord.",
        f"Les riverains de {name} demandaient depuis l'hiver que les horaires du soir soient maintenus, dit la mairie.",
    ]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    rows = [
        {
            "id": str(n),
            "url": f"https://fleuve.example/{n}/",
            "text": "\n\n".join(
                [f"Le bac {name} reprend la traversée", *paragraphs(name), LAST, "Partager l'article:"]
            ),
        }
        for n, name in enumerate(NAMES)
    ]
    path = tmp_path / "dirty.jsonl"
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def run(name: str, *args: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HOME": str(args[-1].parent / "hf"), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, str(ROOT / "docs/examples" / name), *map(str, args)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


def needs(package: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(importlib.util.find_spec(package) is None, reason=f"{package} is not installed")


@needs("datasets")
def test_datasets_map(corpus: Path, tmp_path: Path) -> None:
    run("clean_dataset.py", corpus, tmp_path / "clean.jsonl")
    rows = [orjson.loads(line) for line in (tmp_path / "clean.jsonl").read_bytes().splitlines()]
    assert [row["text"] for row in rows] == ["\n\n".join(paragraphs(name)) for name in NAMES]


@needs("datatrove")
def test_datatrove_step(corpus: Path, tmp_path: Path) -> None:
    run("clean_with_datatrove.py", corpus, tmp_path / "out")
    lines = [
        line for p in sorted((tmp_path / "out").glob("*.gz")) for line in gzip.decompress(p.read_bytes()).splitlines()
    ]
    rows = [orjson.loads(line) for line in lines]
    assert [row["text"] for row in rows] == ["\n\n".join(paragraphs(name)) for name in NAMES]
    assert rows[0]["metadata"]["title"] == "Le bac Aloès reprend la traversée"
