"""The commands and programs of the tutorial and the how-to pages, run as they stand.

A block of `console` holds commands behind `$ ` and what they print; `…` stands for anything, on a line of its own for
any lines. A block with `file=` is a file, one of `python` without it a program. Other blocks are not run.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import mapexpress
from fixtures.courrier import serve_courrier

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BIN = Path(sys.executable).parent
HERE = "127.0.0.1:8000"  # where the pages say that the small site is
_BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.M | re.S)
PATIENCE = 600  # seconds until what hangs is told from a machine that is busy

pytestmark = [
    pytest.mark.crawl,
    pytest.mark.skipif(not (BIN / "scrapy").exists(), reason="scrapy is not installed beside Python: make install"),
]


@dataclass
class Reader:
    """Someone who types what a page says."""

    folder: Path
    host: str

    def follow(self, page: Path, start: str = "") -> int:
        """Do all that a page says, from a folder on; gives the number of commands."""
        here = self.folder / start
        typed = 0
        for kind, file, body in _BLOCK.findall(page.read_text("utf-8")):
            text = body.replace(HERE, self.host)
            if file:
                path = self.folder / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
            elif kind == "python":
                done = self._run([sys.executable, "-c", text], self.folder)
                assert done.returncode == 0, f"{page.name}:\n{text}\n{done.stdout}"
            elif kind == "console":
                for command, expected in _commands(text):
                    done = self._run(
                        ["/bin/sh", "-c", f"{command}\nstatus=$?; pwd >'{self.folder}/.pwd'; exit $status"], here
                    )
                    here = Path((self.folder / ".pwd").read_text("utf-8").strip())
                    printed = done.stdout.replace(self.host.partition(":")[2], "8000")
                    assert done.returncode == 0, f"{page.name}: {command}\n{printed}"
                    assert fits(expected.replace(self.host, HERE), printed), (
                        f"{page.name}: {command}\n--- expected\n{expected}\n--- printed\n{printed}"
                    )
                    typed += 1
        return typed

    def _run(self, command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("SCRAPY", "PYTEST", "COV"))}
        environment |= {"PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONWARNINGS": "ignore"}
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


def _commands(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, expected = part.partition("\n")
        yield command, expected


def fits(expected: str, printed: str) -> bool:
    """Whether what was printed is what a page shows."""
    lines = [
        r"(?:.*\n)*?" if line == "…" else ".*".join(re.escape(piece) for piece in line.split("…")) + r"\s*\n"
        for line in expected.splitlines()
    ]
    return (
        re.fullmatch(
            "".join(lines) or r"(?:.*\n)*", printed if printed.endswith("\n") or not printed else f"{printed}\n"
        )
        is not None
    )


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with serve_courrier() as host:
        yield Reader(tmp_path_factory.mktemp("reader"), host)


@pytest.fixture(scope="module")
def after_the_tutorial(reader: Reader) -> Reader:
    assert reader.follow(DOCS / "tutorial.md") >= 12
    return reader


def test_the_tutorial_can_be_followed(after_the_tutorial: Reader) -> None:
    assert (after_the_tutorial.folder / "news/why.html").exists()


@pytest.mark.parametrize("page", ["quality", "export", "archive", "mend-a-site"])
def test_a_page_goes_on_where_the_tutorial_ended(after_the_tutorial: Reader, page: str) -> None:
    assert after_the_tutorial.follow(DOCS / f"how-to/{page}.md", "news") > 0


def test_other_projects(reader: Reader) -> None:
    assert reader.follow(DOCS / "how-to/other-projects.md") > 0


def test_the_public_names_do_what_their_page_says(tmp_path: Path) -> None:
    page = DOCS / "api.md"
    assert Reader(tmp_path, HERE).follow(page) == 0  # its programs run, with no command among them
    told = set(re.findall(r"^\| `(\w+)", page.read_text("utf-8"), re.M))
    assert told == set(mapexpress.__all__)
    assert all(getattr(mapexpress, name) for name in mapexpress.__all__)


def test_a_page_that_says_something_else_is_noticed() -> None:
    assert fits("a\n…\nz\n", "a\nb\nc\nz\n")
    assert fits("a … z\n", "a lot z\n")
    assert fits("", "anything\n")
    assert not fits("a\nz\n", "a\nb\nz\n")
    assert not fits("3 stored\n", "13 stored\n")
    assert not fits("…\nz\n", "z\ny\n")
