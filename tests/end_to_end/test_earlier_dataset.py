"""A dataset of version 0.1.0 goes on under today's code: crawled on, exported, verified, made again."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.posts import load_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Website
from mapexpress.dataset.near_duplicates.rule import RULE, Rule
from tests import forked
from tests.end_to_end.support import ROOT, Crawl, Runner

WRITTEN = ROOT / "fixtures/dataset-v1"
# the posts of the site that it was crawled from
NAMES = {
    "ar-hafila-tanja",
    "ar-khizana-hiwar",
    "ar-kora-talat",
    "fr-bourse-ouverture",
    "fr-dialogue-eau",
    "fr-enquete-argan",
    "fr-musee-fiches",
    "fr-noai",
    "fr-photo-du-jour",
    "fr-rabat-tramway",
    "fr-route-des-oasis",
}
NEXT_DAY = "2026-05-22T12:00:00+00:00"
EDITED, GONE, NEW = "fr-rabat-tramway", "ar-hafila-tanja", "ar-khizana-hiwar"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the dataset as it was written."""
    folder = tmp_path / "data"
    shutil.copytree(WRITTEN, folder)
    return folder


@pytest.fixture
def site_then() -> Iterator[SiteServer]:
    """The site as the second run left it."""
    posts = [post for post in load_posts() if post.name in NAMES]
    assert {post.name for post in posts} == NAMES
    with serve(Website(posts, later={EDITED}, gone={GONE}, hidden={NEW})) as server:
        yield server


def scrapy(name: str, data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return forked.scrapy(name, "--data", str(data), *arguments)


def records(data: Path) -> dict[tuple[str, int], dict[str, object]]:
    """Stored records by address and revision; each is there once."""
    found = [json.loads(line) for line in Crawl(status=0, output="", data=data).lines()]
    out = {(str(record["url"]), int(record["revision"])): record for record in found}
    assert len(out) == len(found)
    return out


def test_what_was_written_then_is_what_the_readme_says() -> None:
    """A run of the tests that writes into the fixture itself would make it a dataset of today."""
    before = records(WRITTEN)
    assert len(before) == 10
    assert sorted(str(r["status"]) for (_, revision), r in before.items() if revision == 2) == ["active", "gone"]
    assert {(r["schema_version"], r["extractor_version"]) for r in before.values()} == {("1", "0.1.0")}


def test_it_is_whole_and_can_be_exported(data: Path, tmp_path: Path) -> None:
    verified = scrapy("verify", data)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    exported = tmp_path / "all.jsonl"
    assert scrapy("export", data, "-o", str(exported)).returncode == 0
    lines = [json.loads(line) for line in exported.read_text("utf-8").splitlines()]
    stored = records(data)
    assert {(line["url"], line["revision"]): line["text"] for line in lines} == {
        key: record["text"] for key, record in stored.items()
    }
    texts = tmp_path / "latest.jsonl"
    assert scrapy("export", data, "--latest", "-o", str(texts)).returncode == 0
    gone = [json.loads(line) for line in texts.read_text("utf-8").splitlines() if '"status":"gone"' in line]
    assert [(line["revision"], bool(line["text"])) for line in gone] == [(2, True)], "with the text that it had"
    latest = tmp_path / "latest.csv"
    done = scrapy("export", data, "--latest", "--format", "csv", "-o", str(latest))
    assert done.returncode == 0, done.stderr
    assert latest.read_text("utf-8-sig").count("https://www.mapexpress.ma/actualite/") >= 6


def test_what_it_calls_gone_is_asked_again_at_once_and_comes_back(
    data: Path, site_then: SiteServer, runner: Runner
) -> None:
    """It was called gone at the first 404; two days may be what a fault of the site lasts."""
    site_then.website.gone = set()
    run = runner.run(site_then.url, data, "via=feed", MAPEXPRESS_NOW=NEXT_DAY)
    assert run.status == 0, run.output
    url = next(post.url for post in site_then.website.posts if post.name == GONE)
    assert [(r["revision"], r["status"], bool(r["text"])) for r in run.records if r["url"] == url][-1] == (
        3, "active", True
    )  # fmt: skip
    assert ", 1 back" in run.output


def test_a_crawl_goes_on_where_it_was(data: Path, site_then: SiteServer, runner: Runner) -> None:
    """What is stored is not stored again; an edit is a revision of it, and a new article is like those before it."""
    before = records(data)
    site_then.website.hidden = set()
    site_then.website.later = set()  # the editor takes the edit back
    run = runner.run(site_then.url, data, "via=feed", MAPEXPRESS_NOW=NEXT_DAY)
    assert run.status == 0, run.output
    after = records(data)
    names = {post.url: post.name for post in site_then.website.posts}
    added = {(names[url], revision): after[url, revision] for url, revision in after.keys() - before.keys()}
    assert added.keys() == {(NEW, 1), (EDITED, 3)}
    assert added[EDITED, 3]["previous_hash"] == next(
        r["content_hash"] for (url, revision), r in before.items() if (names[url], revision) == (EDITED, 2)
    )
    assert all(after[key] == record for key, record in before.items())
    verified = scrapy("verify", data)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_its_template_cleans_what_is_crawled_now(data: Path, site_then: SiteServer, runner: Runner) -> None:
    then = (data / "sites/mapexpress/template/current").read_text("utf-8").strip()
    site_then.website.hidden = set()
    runner.run(site_then.url, data, "via=feed", MAPEXPRESS_NOW=NEXT_DAY)
    new = next(post.url for post in site_then.website.posts if post.name == NEW)
    assert records(data)[new, 1]["template_id"] == then


def test_a_second_crawl_of_an_unchanged_site_stores_nothing(data: Path, site_then: SiteServer, runner: Runner) -> None:
    before = records(data)
    run = runner.run(site_then.url, data, "via=feed", MAPEXPRESS_NOW=NEXT_DAY)
    assert run.status == 0, run.output
    assert records(data) == before


def test_it_is_made_again_from_its_responses(data: Path) -> None:
    before = records(data)
    done = scrapy("reclean", data)
    assert done.returncode == 0, done.stdout + done.stderr
    after = records(data)
    assert after.keys() == before.keys()
    for key, record in before.items():
        again = after[key]
        assert (again["id"], again["status"], bool(again["text"])) == (
            record["id"],
            record["status"],
            bool(record["text"]),
        )
    verified = scrapy("verify", data)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_its_state_is_made_again_from_its_files(data: Path, site_then: SiteServer, runner: Runner) -> None:
    (data / "sites/mapexpress/state.sqlite").unlink()
    done = scrapy("verify", data, "--rebuild-state")
    assert done.returncode == 0, done.stdout + done.stderr
    before = records(data)
    run = runner.run(site_then.url, data, "via=feed", MAPEXPRESS_NOW=NEXT_DAY)
    assert run.status == 0, run.output
    assert records(data) == before


def test_a_crawl_goes_on_where_another_rule_signed(data: Path, site_then: SiteServer, runner: Runner) -> None:
    """Signatures of another shape are neither reshaped nor compared, and made again for the days that matter."""
    with sqlite3.connect(data / "sites/mapexpress/state.sqlite") as state:
        before = dict(state.execute("SELECT id, signature FROM signatures"))
        state.execute("ALTER TABLE signatures ADD COLUMN version TEXT NOT NULL DEFAULT ''")
        state.execute("UPDATE components SET version = 2 WHERE name = 'duplicates'")
        other = Rule(bands=16, rows=4)
        state.execute("UPDATE signatures SET version = ?, signature = zeroblob(?)", (other.version, 4 * other.hashes))
    state.close()
    site_then.website.hidden = set()
    run = runner.run(site_then.url, data, "via=feed", MAPEXPRESS_NOW=NEXT_DAY)
    assert run.status == 0, run.output
    state = sqlite3.connect(data / "sites/mapexpress/state.sqlite")
    after = {name: (signature, version) for name, signature, version in
             state.execute("SELECT id, signature, version FROM signatures")}  # fmt: skip
    state.close()
    made = {name for name, (_, version) in after.items() if version == RULE.version}
    assert len(made & before.keys()) >= 5
    assert all(after[name][0] == before[name] for name in made & before.keys())
