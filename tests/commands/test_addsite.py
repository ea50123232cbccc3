"""`scrapy addsite` as it is typed, against a small site of plain pages and a feed."""

import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.courrier import serve_courrier
from fixtures.local_papers import LocalPaper, serve_papers
from tests import forked

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with serve_courrier() as running:
        yield running


def scrapy(folder: Path, host: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = {"MAPEXPRESS_SITES": folder / "sites", "MAPEXPRESS_ALLOW_HOSTS": host, "DOWNLOAD_DELAY": 0}
    settings |= {"AUTOTHROTTLE_ENABLED": False}
    given = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    data = ("-s", f"MAPEXPRESS_DATA={folder / 'data'}")
    return forked.scrapy(*arguments, *given, *data, environment={"TMPDIR": str(folder)})


def test_a_site_is_tried_written_down_and_crawled_with_no_edit(host: str, tmp_path: Path) -> None:
    done = scrapy(tmp_path, host, "addsite", f"http://{host}/", "--name", "courrier", "--html", str(tmp_path / "seen"))
    assert done.returncode == 0, done.stderr
    assert "  feed            12  2026-05-21" in done.stdout
    assert "Le pont de Safi rouvre" not in done.stdout, "the newest are tried"
    assert "a rouvert lundi matin" not in done.stdout, "texts are in the pages"
    pages = sorted((tmp_path / "seen").glob("article-*.html"))
    assert len(pages) == 3
    assert "a rouvert lundi matin" in "".join(page.read_text("utf-8") for page in pages)
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


@pytest.mark.parametrize("paper", [LocalPaper("id", "wordpress"), LocalPaper("zh")], ids=["id", "zh"])
def test_the_file_has_the_language_of_the_articles_and_the_ways_that_runs_would_not_ask(
    paper: LocalPaper, tmp_path: Path
) -> None:
    with serve_papers(paper):
        done = scrapy(tmp_path, paper.host, "addsite", paper.home, "--name", "paper")
        assert done.returncode == 0, done.stderr
        table = tomllib.loads((tmp_path / "sites/paper.toml").read_text("utf-8"))
        edition = table["editions"][0]
        assert edition["language"] == paper.language, "the theme says en-US"
        wordpress = paper.platform == "wordpress"
        assert edition["sitemaps"] == [f"{paper.home}{'wp-sitemap.xml' if wordpress else 'sitemap.xml'}"]
        assert edition.get("feeds", []) == ([f"{paper.home}feed/"] if wordpress else [])

        run = scrapy(tmp_path, paper.host, "crawl", "news", "-a", "site=paper", "-a", f"lang={paper.language}")
        assert run.returncode == 0, run.stderr
        assert "paper: 12 articles found, 12 stored" in run.stderr, "those that only the sitemap shows are among them"


@pytest.mark.parametrize(
    ("trouble", "status", "words"),
    [
        ("forbidden", 4, "the site refuses this crawler (403)"),
        ("robots", 4, "robots.txt forbids these pages"),
        ("shell", 4, "the pages are empty without JavaScript"),
    ],
)
def test_what_keeps_a_crawl_from_articles_is_said_as_the_crawl_says_it(
    trouble: str, status: int, words: str, tmp_path: Path
) -> None:
    paper = LocalPaper("fr", trouble=trouble)  # type: ignore[arg-type]
    with serve_papers(paper):
        tried = scrapy(tmp_path, paper.host, "addsite", paper.home)
        crawled = scrapy(tmp_path, paper.host, "crawl", "news", "-a", f"url={paper.home}")
    assert tried.returncode == crawled.returncode == status
    assert words in tried.stdout
    assert words in crawled.stderr
    assert tried.stderr.startswith(f"scrapy addsite: {paper.home}: no site file written: status 4, blocked by")
    assert len(tried.stderr.splitlines()) == 1
    assert not (tmp_path / "sites").exists()


def test_a_host_that_nobody_knows_is_told_from_one_without_articles(host: str, tmp_path: Path) -> None:
    done = scrapy(tmp_path, host, "addsite", "http://paper.invalid/", "-s", "RETRY_TIMES=0")
    assert done.returncode == 3
    assert "is an unknown host" in done.stderr
