"""One host under two keys, as it comes about: a crawl by address, then a site file; and the way out of it."""

import json
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from fixtures.local_papers import LocalPaper, serve_papers
from tests import forked

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "adopt" not in entry_points(group="scrapy.commands").names,
        reason="the package is not installed: make install",
    ),
]

ROOT = Path(__file__).parents[2]
Scrapy = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(params=[LocalPaper("fr", "wordpress"), LocalPaper("ar")], ids=["fr", "ar"])
def paper(request: pytest.FixtureRequest) -> Iterator[LocalPaper]:
    with serve_papers(request.param):
        yield request.param


@pytest.fixture
def scrapy(paper: LocalPaper, tmp_path: Path) -> Scrapy:
    settings = {
        "MAPEXPRESS_SITES": tmp_path / "sites",
        "MAPEXPRESS_ALLOW_HOSTS": paper.host,
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "MAPEXPRESS_DATA": tmp_path / "data",
    }
    given = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]

    def run(*arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        done = forked.scrapy(*arguments, *given)
        assert done.returncode == status, done.stderr
        return done

    return run


def key_of(paper: LocalPaper) -> str:
    return paper.host.partition(":")[0]


def records(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_addsite_goes_on_with_what_a_crawl_by_address_has_stored(
    paper: LocalPaper, scrapy: Scrapy, tmp_path: Path
) -> None:
    old = key_of(paper)
    scrapy("crawl", "news", "-a", f"url={paper.home}", "-a", "full=1")
    added = scrapy("addsite", paper.home, "--name", "paper")
    assert f"articles of this host are stored under '{old}': the file says so (key)" in added.stderr
    assert tomllib.loads((tmp_path / "sites/paper.toml").read_text("utf-8"))["key"] == old
    run = scrapy("crawl", "news", "-a", "site=paper")
    assert ", 0 stored" in run.stderr, "all of it is known"
    assert "twice" not in run.stderr

    moved = scrapy("adopt", old, "paper")
    assert moved.stdout.startswith("paper: 12 articles, 12 lines and ")
    assert "say key = 'paper' there" in moved.stderr
    file = tmp_path / "sites/paper.toml"
    file.write_text(file.read_text("utf-8").replace(f'key = "{old}"', 'key = "paper"'), "utf-8")
    run = scrapy("crawl", "news", "-a", "site=paper")
    assert ", 0 stored" in run.stderr
    assert "twice" not in run.stderr
    scrapy("verify")
    scrapy("reclean")
    scrapy("compact")
    scrapy("verify")
    assert {str(record["site"]) for record in records(scrapy("export"))} == {"paper"}


def test_a_host_under_two_keys_is_told_by_each_run_and_made_one(
    paper: LocalPaper, scrapy: Scrapy, tmp_path: Path
) -> None:
    old = key_of(paper)
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites/paper.toml").write_text(f'[[editions]]\nhome = "{paper.home}"\n', "utf-8")
    scrapy("crawl", "news", "-a", f"url={paper.home}", "-a", "full=1")
    run = scrapy("crawl", "news", "-a", "site=paper", "-a", "full=1")
    words = f"stored under '{old}' too, so that they are stored twice: scrapy adopt {old} paper makes one of them"
    assert f"  twice       of this host articles are {words}" in run.stderr
    again = scrapy("crawl", "news", "-a", f"url={paper.home}")
    assert f"scrapy adopt {old} paper" in again.stderr
    assert "then on crawl it by its site file (key 'paper')" in again.stderr
    assert len(records(scrapy("export", "--latest"))) == 24

    moved = scrapy("adopt", old, "paper")
    assert "12 articles (12 of them were in both), 0 lines" in moved.stdout
    scrapy("verify")
    assert len(records(scrapy("export"))) == 12, "the same text twice is no revision"
    run = scrapy("crawl", "news", "-a", "site=paper", "-a", "full=1")
    assert "twice" not in run.stderr
    assert len(records(scrapy("export"))) == 12


@pytest.mark.parametrize("paper", [LocalPaper("zh")], indirect=True)
def test_what_is_typed_wrong_is_said_in_one_line(paper: LocalPaper, scrapy: Scrapy, tmp_path: Path) -> None:
    old = key_of(paper)
    scrapy("crawl", "news", "-a", f"url={paper.home}", "-a", "limit=2")
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites/other.toml").write_text('[[editions]]\nhome = "https://other.example/"\n', "utf-8")
    for arguments, words in (
        ((), "give the key that holds the articles"),
        ((old,), "give the key that holds the articles"),
        (("none", "other"), f"no site 'none' in {tmp_path / 'data'}; known: {old}"),
        ((old, old), "is one key; give two"),
        ((old, "typo"), "no site 'typo'"),
        ((old, "other"), "on no host of other; give --force"),
    ):
        done = scrapy("adopt", *arguments, status=2)
        assert words in done.stderr
        assert "Traceback" not in done.stderr
    scrapy("verify")
