"""`scrapy addsite` as it is typed, against a small site of plain pages and a feed."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.courrier import serve_courrier

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with serve_courrier() as running:
        yield running


def scrapy(folder: Path, host: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = {"MAPEXPRESS_SITES": folder / "sites", "MAPEXPRESS_ALLOW_HOSTS": host, "DOWNLOAD_DELAY": 0}
    given = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments, *given, "-s", f"MAPEXPRESS_DATA={folder / 'data'}"],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_a_site_is_tried_written_down_and_crawled_with_no_edit(host: str, tmp_path: Path) -> None:
    done = scrapy(tmp_path, host, "addsite", f"http://{host}/", "--name", "courrier", "--html", str(tmp_path / "seen"))
    assert done.returncode == 0, done.stderr
    assert "  feed            12  2026-05-21" in done.stdout
    assert "title          Le pont de Safi rouvre" not in done.stdout, "the newest are tried"
    assert "+ Le pont de " in done.stdout
    assert len(list((tmp_path / "seen").glob("article-*.html"))) == 3
    assert not list(tmp_path.glob("mapexpress-*")), "the trial leaves nothing behind"
    table = tomllib.loads((tmp_path / "sites/courrier.toml").read_text("utf-8"))
    assert table["publisher"] == "Le Courrier du Rif"
    assert table["editions"] == [{"home": f"http://{host}/", "language": "fr"}]

    again = scrapy(tmp_path, host, "addsite", f"http://{host}/", "--name", "courrier")
    assert again.returncode == 2
    assert "--force" in again.stderr

    run = scrapy(tmp_path, host, "crawl", "news", "-a", "site=courrier")
    assert run.returncode == 0, run.stderr
    assert "courrier: 12 articles found, 12 stored" in run.stderr


@pytest.mark.parametrize("address", ["nonsense://x", "http://127.0.0.1:9/", ""])
def test_what_is_no_site_is_said_in_one_line(address: str, host: str, tmp_path: Path) -> None:
    done = scrapy(tmp_path, host, "addsite", address)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert not (tmp_path / "sites").exists()


def test_a_site_without_articles_writes_no_file(host: str, tmp_path: Path) -> None:
    done = scrapy(tmp_path, host, "addsite", f"http://{host}/contact/")
    assert done.returncode == 3, done.stderr
    assert not (tmp_path / "sites").exists()
