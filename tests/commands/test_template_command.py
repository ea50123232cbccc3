"""The command as it is typed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NAMES = ["rouge", "bleue", "verte", "noire", "grise", "dorée", "brune", "claire"]


def template(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from scrapy.cmdline import execute; execute(['scrapy', 'template', *sys.argv[1:]])"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "SCRAPY_SETTINGS_MODULE": "mapexpress.settings"}
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_blocks_are_listed_with_counts_places_and_examples(tmp_path: Path) -> None:
    for i, name in enumerate(NAMES):
        body = "".join(
            f"<p>La barque {name} du quartier {'ab' * (i + 1)} est à l'eau avec l'équipage {name} {n * 7 + i}.</p>"
            for n in range(3)
        )
        (tmp_path / f"{i}.html").write_text(
            f"<html><body><article><h1>La flottille {name} prend le large ce matin</h1>{body}</article>"
            "<aside class='soir'>Recevez le cahier du soir chez vous</aside></body></html>",
            "utf-8",
        )
    done = template(tmp_path, str(tmp_path), "--site", "fleuve.example")
    assert done.returncode == 0, done.stderr
    assert "learned from 8 dissimilar pages" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if "Recevez le cahier du soir" in line]
    assert line.split()[:2] == ["8", "100%"]
    assert "aside.soir" in line
    assert "La barque" not in done.stdout


def test_an_unknown_site_is_one_line_and_status_2(tmp_path: Path) -> None:
    done = template(tmp_path, "nowhere.example")
    assert done.returncode == 2
    assert "nowhere.example" in done.stderr
    assert "Traceback" not in done.stderr
