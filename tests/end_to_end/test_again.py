"""The same command again: what a run asks of a site that it knows, and what it stores of it."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fixtures.posts import Case
from fixtures.server import SiteServer
from fixtures.website import Rule
from tests.end_to_end.support import Crawl, Runner

OwnSite = Callable[[], SiteServer]
NOON, LATER = "2026-05-20T12:00:00+00:00", "2026-05-21T16:00:00+00:00"


def test_right_after_the_first_run_each_way_is_asked_once_and_nothing_is_stored(
    runner: Runner, own_site: OwnSite, tmp_path: Path
) -> None:
    server = own_site()
    before = runner.run(server.url, tmp_path, MAPEXPRESS_NOW=NOON).lines()
    seen = len(server.hits)
    second = runner.run(server.url, tmp_path, MAPEXPRESS_NOW="2026-05-20T12:02:00+00:00")
    assert second.status == 0, second.output
    assert second.lines() == before
    asked = server.hits[seen:]
    assert max(Counter(urlsplit(hit.target).path for hit in asked).values()) == 1
    paths = {urlsplit(hit.target).path for hit in asked}
    assert {"/robots.txt", "/feed/", "/sitemap_index.xml", "/wp-json/wp/v2/actualite", "/actualite/"} <= paths
    # robots.txt must be read, REST is asked for what changed; all else is told that nothing did
    whole = {urlsplit(hit.target).path for hit in asked if hit.status == 200}
    assert {path for path in whole if "/wp/v2/" not in path} == {"/robots.txt"}
    assert all("modified_after=" in hit.target for hit in asked if hit.status == 200 and "/wp/v2/" in hit.target)
    assert not any(hit.status == 404 for hit in asked)


def test_with_the_clock_moved_on_an_edit_and_a_new_article_are_stored(
    runner: Runner, own_site: OwnSite, stored: dict[str, Case], tmp_path: Path
) -> None:
    server = own_site()
    names = {c.name: url for url, c in stored.items()}
    edited = next(c.name for c in stored.values() if "later" in c.expected)
    new = "ar-khizana-hiwar"
    server.website.hidden = {new}
    before = runner.run(server.url, tmp_path, MAPEXPRESS_NOW=NOON).lines()
    server.website.hidden, server.website.later = set(), {edited}
    second = runner.run(server.url, tmp_path, MAPEXPRESS_NOW=LATER)
    assert second.status == 0, second.output
    added = Counter(second.lines()) - Counter(before)
    assert sum(added.values()) == 2
    latest = {str(r["url"]): (r["revision"], r["status"]) for r in second.records}
    assert latest[names[edited]] == (2, "active")
    assert latest[names[new]] == (1, "active")


def test_a_page_that_failed_is_asked_again_though_no_way_shows_it_any_more(
    runner: Runner, own_site: OwnSite, first_run: Crawl, tmp_path: Path
) -> None:
    server = own_site()
    url = next(str(r["url"]) for r in first_run.records if r["discovered_via"] == "feed")
    server.website.rules[urlsplit(url).path] = Rule(status=503)
    first = runner.run(server.url, tmp_path, RETRY_TIMES="0", MAPEXPRESS_NOW=NOON)
    assert first.rejections[url] == "http_503"
    server.website.rules.clear()
    server.website.ways_off = {"feed", "sitemap", "wp_api", "listing"}
    second = runner.run(server.url, tmp_path, RETRY_TIMES="0", MAPEXPRESS_NOW=LATER)
    (record,) = [r for r in second.records if r["url"] == url]
    assert record["discovered_via"] == "feed"


@pytest.mark.parametrize(
    "faulty",
    [
        {"ITEM_PIPELINES": '{"tests.end_to_end.faulty.FaultyPipeline": 350}'},
        {"EXTENSIONS": '{"tests.end_to_end.faulty.PageWithABug": 0}'},
    ],
    ids=["stored", "read"],
)
def test_a_page_that_meets_a_bug_fails_one_run_and_waits_for_another_version(
    runner: Runner, own_site: OwnSite, tmp_path: Path, faulty: dict[str, str]
) -> None:
    server = own_site()
    faulty = faulty | {"MAPEXPRESS_NOW": NOON}
    first = runner.run(server.url, tmp_path, **faulty)
    assert first.status == 1, first.output
    bugs = {url for url, reason in first.rejections.items() if reason == "bug"}
    assert f"{len(bugs)} bug" in first.output
    assert bugs
    assert all("/sports/" in url for url in bugs)
    seen = len(server.hits)
    second = runner.run(server.url, tmp_path, **(faulty | {"MAPEXPRESS_NOW": LATER}))
    assert second.status == 0, second.output
    assert not {urlsplit(url).path for url in bugs} & {hit.target for hit in server.hits[seen:]}


def test_a_clock_that_is_none_is_a_usage_error(runner: Runner, site: SiteServer, tmp_path: Path) -> None:
    run = runner.run(site.url, tmp_path, MAPEXPRESS_NOW="tomorrow")
    assert run.status == 2, run.output
    assert "MAPEXPRESS_NOW=tomorrow" in run.output
