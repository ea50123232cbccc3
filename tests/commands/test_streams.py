"""Commands whose standard streams are full, closed or read by nobody: one line and an honest status."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mapexpress.dataset.store import SiteStore
from mapexpress.model.record import Article, content_hash
from mapexpress.system.streams import leave_streams, open_closed_streams
from mapexpress.web.addresses import article_id

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SITE = "news.example"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    with SiteStore.open(folder, SITE, run="r1") as store:
        for n in range(40):
            url, text = f"https://news.example/{n}", f"Il pleut {n}. " * 300
            store.write(
                Article(
                    id=article_id(SITE, url),
                    site=SITE,
                    url=url,
                    canonical_url=url,
                    title=f"Pluie {n}",
                    text=text,
                    content_hash=content_hash(f"Pluie {n}", text),
                    fetched_at="2026-11-24T00:00:00+00:00",
                    http_status=200,
                    extractor="generic",
                    extractor_version="1",
                )
            )
        store.seal()
    (folder / "in.txt").write_text("The council met on Monday and decided on many things. " * 9)
    (folder / "site.toml").write_text('[[editions]]\nhome = "https://news.example/"\n')
    return folder


def run(data: Path, command: str) -> subprocess.CompletedProcess[str]:
    """A command as a shell runs it; SCRAPY, DATA and IN stand for what they say."""
    words = {"SCRAPY": f"{sys.executable} -m scrapy", "DATA": f"--data {data}", "IN": str(data / "in.txt")}
    for word, meant in words.items():
        command = command.replace(word, meant)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "SCRAPY_SETTINGS_MODULE": "mapexpress.settings"}
    return subprocess.run(
        ["bash", "-c", command], cwd=data, env=env, capture_output=True, text=True, timeout=240, check=False
    )


FULL = [
    "SCRAPY export DATA >/dev/full",
    "SCRAPY export DATA --format csv >/dev/full",
    "SCRAPY verify DATA --no-responses >/dev/full",
    "SCRAPY report DATA --json >/dev/full",
    "SCRAPY list-due -s MAPEXPRESS_SITES=. >/dev/full",
    "SCRAPY explain IN --no-trafilatura >/dev/full",
    "SCRAPY clean IN >/dev/full",
    "SCRAPY compact DATA >&-",
    "SCRAPY export DATA >&-",
]


@pytest.mark.parametrize("command", FULL)
def test_an_output_that_takes_nothing_is_one_line_and_status_6(data: Path, command: str) -> None:
    done = run(data, command)
    assert done.returncode == 6, done
    (line,) = done.stderr.splitlines()
    assert "cannot write to standard output" in line
    assert line.startswith(f"scrapy {command.split()[1]}: ")


@pytest.mark.parametrize(
    "command",
    [
        "SCRAPY export DATA | head -c 1 >/dev/null; exit ${PIPESTATUS[0]}",
        "SCRAPY report DATA --json | true; exit ${PIPESTATUS[0]}",
        "SCRAPY export DATA 2>/dev/full >/dev/null",
        "SCRAPY clean IN 2>&- >/dev/null",
        "SCRAPY verify DATA 2>&- <&-",
    ],
)
def test_a_reader_that_has_seen_enough_and_a_lost_error_stream_are_no_failure(data: Path, command: str) -> None:
    done = run(data, command)
    assert (done.returncode, done.stderr) == (0, ""), done


def test_an_error_with_nobody_to_tell_keeps_its_status(data: Path) -> None:
    assert run(data, "SCRAPY export --data none 2>/dev/full").returncode == 2
    assert run(data, "SCRAPY export DATA >/dev/full 2>&1").returncode == 6
    assert run(data, "SCRAPY export DATA >&- 2>&-").returncode == 6


def test_streams_that_are_open_stay_as_they_are() -> None:
    before = sys.stdin, sys.stdout, sys.stderr
    open_closed_streams()
    assert leave_streams() is None
    assert (sys.stdin, sys.stdout, sys.stderr) == before
