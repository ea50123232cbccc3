"""Articles that answer 404: gone late, never in bulk, and back when the site brings them back."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fixtures.posts import Case
from fixtures.server import SiteServer
from fixtures.website import Rule
from tests.end_to_end.support import Crawl, Runner

OwnSite = Callable[[], SiteServer]
GONE = "ar-hafila-tanja"
FIRST, SECOND, THIRD = "2026-05-20T12:00:00+00:00", "2026-05-21T13:00:00+00:00", "2026-05-22T14:00:00+00:00"


def statuses(run: Crawl, url: str) -> list[tuple[object, object, bool]]:
    return sorted((r["revision"], r["status"], bool(r["text"])) for r in run.records if r["url"] == url)


def test_a_removed_article_is_gone_at_the_second_check_and_back_with_its_text(
    runner: Runner, own_site: OwnSite, stored: dict[str, Case], tmp_path: Path
) -> None:
    server = own_site()
    url = next(u for u, c in stored.items() if c.name == GONE)
    runner.run(server.url, tmp_path, MAPEXPRESS_NOW=FIRST)
    server.website.gone = {GONE}
    second = runner.run(server.url, tmp_path, MAPEXPRESS_NOW=SECOND)
    assert second.status == 0, second.output
    assert statuses(second, url) == [(1, "active", True)]
    assert second.rejections[url] == "http_410"
    soon = runner.run(server.url, tmp_path, "full=1", MAPEXPRESS_NOW="2026-05-21T15:00:00+00:00")
    assert statuses(soon, url) == [(1, "active", True)], "two hours later is no second look"
    third = runner.run(server.url, tmp_path, MAPEXPRESS_NOW=THIRD)
    assert third.status == 0, third.output
    assert statuses(third, url) == [(1, "active", True), (2, "gone", True)]
    assert ", 1 gone" in third.output
    server.website.gone = set()
    back = runner.run(server.url, tmp_path, MAPEXPRESS_NOW="2026-05-22T21:00:00+00:00")
    assert statuses(back, url) == [(1, "active", True), (2, "gone", True), (3, "active", True)]
    assert ", 1 back" in back.output


def test_a_day_of_broken_permalinks_calls_nothing_gone(
    runner: Runner, own_site: OwnSite, stored: dict[str, Case], tmp_path: Path
) -> None:
    server = own_site()
    before = runner.run(server.url, tmp_path, MAPEXPRESS_NOW=FIRST).lines()
    server.website.gone = set(sorted(case.name for case in stored.values())[:-6])  # six a way in shows still
    for now in (SECOND, THIRD, "2026-05-23T15:00:00+00:00"):
        run = runner.run(server.url, tmp_path, MAPEXPRESS_NOW=now)
        assert run.lines() == before, now
        assert run.status == 5, run.output
        assert "stored articles that were asked answer 404 or 410: none is called gone" in run.output
    server.website.gone = set()
    after = runner.run(server.url, tmp_path, MAPEXPRESS_NOW="2026-05-24T16:00:00+00:00")
    assert (after.status, after.lines()) == (0, before), after.output
    assert " unchanged" in after.output


def test_one_that_a_way_in_shows_is_not_gone(
    runner: Runner, own_site: OwnSite, stored: dict[str, Case], tmp_path: Path
) -> None:
    server = own_site()
    url = next(u for u, c in stored.items() if c.name == GONE)
    before = runner.run(server.url, tmp_path, MAPEXPRESS_NOW=FIRST).lines()
    server.website.rules = {urlsplit(url).path: Rule(status=404)}
    for now in (SECOND, THIRD, "2026-05-23T15:00:00+00:00"):
        run = runner.run(server.url, tmp_path, "full=1", MAPEXPRESS_NOW=now)
        assert run.status == 0, run.output
        assert run.lines() == before, now


def test_where_no_other_article_is_due_one_is_asked_whether_the_host_is_well(
    runner: Runner, own_site: OwnSite, stored: dict[str, Case], tmp_path: Path
) -> None:
    server = own_site()
    url = next(u for u, c in stored.items() if c.name == GONE)
    runner.run(server.url, tmp_path, MAPEXPRESS_NOW=FIRST)
    server.website.gone = {GONE}
    runner.run(server.url, tmp_path, MAPEXPRESS_NOW="2026-05-29T12:00:00+00:00")
    seen = len(server.hits)
    last = runner.run(server.url, tmp_path, MAPEXPRESS_NOW="2026-05-30T13:00:00+00:00")
    asked = {urlsplit(hit.target).path for hit in server.hits[seen:]} & {urlsplit(u).path for u in stored}
    assert (2, "gone", True) in statuses(last, url)
    assert len(asked) == 2, "the absent one, and one that was well"


@pytest.mark.parametrize("status", [404, 410])
def test_a_first_run_that_finds_no_article_at_its_addresses_does_not_end_well(
    runner: Runner, own_site: OwnSite, stored: dict[str, Case], tmp_path: Path, status: int
) -> None:
    server = own_site()
    server.website.rules = {urlsplit(url).path: Rule(status=status) for url in stored}
    run = runner.run(server.url, tmp_path, "via=feed")
    assert run.status == 3, run.output
    assert f" http_{status}; they are asked again by a run that comes later" in run.output
