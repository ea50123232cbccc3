"""The simulated quarter: its sites are what they say, its judges see what is wrong, and a fortnight of it is well."""

import http.client
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.unattended.__main__ import build, play
from benchmarks.unattended.costs import count
from benchmarks.unattended.lives import START, Life, Trouble, read_kinds, read_lives, span
from benchmarks.unattended.naming import alarms, namings
from benchmarks.unattended.operating import Run
from benchmarks.unattended.pages import THEMES
from benchmarks.unattended.serving import address, serve
from benchmarks.unattended.site import SimulatedSite
from benchmarks.unattended.stories import Story
from benchmarks.unattended.truth import INGESTED, Findings, judge
from fixtures.broker import free_ports
from mapexpress.model.document import Document
from mapexpress.record.build import build as build_record

DAYS = 20
KINDS = read_kinds()
LIVES = {life.name: life for life in read_lives()}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def made(life: Life) -> SimulatedSite:
    return build([life], DAYS, 1, 8080)[0]


def of(name: str, *troubles: Trouble, **changes: Any) -> SimulatedSite:
    return made(replace(LIVES[name], trouble=troubles, **changes))


def asked(site: SimulatedSite, target: str, at: timedelta) -> tuple[int, str]:
    site.begin_run(START + at)
    answer = site.answer(site.origin.partition("://")[2], target)
    return answer.status, answer.body


def record(site: SimulatedSite, story: Story, at: datetime, **changes: Any) -> dict[str, Any]:
    """What a perfect crawl stores of a story at a moment."""
    return {
        "id": f"{story.number}",
        "revision": 1,
        "status": "active",
        "url": site.origin + story.path,
        "title": story.title,
        "text": "\n\n".join(story.at(at).lines),
        "fetched_at": at.isoformat(),
        "duplicate_of": None,
        INGESTED: f"{at:%Y-%m-%d}",
    } | changes


def ran(site: SimulatedSite, at: timedelta, status: int = 0, output: str = "") -> Run:
    site.begin_run(START + at)
    moment = START + at
    return Run(
        site=site.life.name, at=moment, clock=moment, status=status, cpu=0, seconds=0, output=output, hits=site.hits
    )


def perfect(site: SimulatedSite, runs: list[Run]) -> list[dict[str, Any]]:
    """The records of a crawler that sees all that it can at each of the runs."""
    stored: dict[int, list[dict[str, Any]]] = {}
    for run in runs:
        for number in site.visible(run.at):
            stored.setdefault(number, [record(site, site.stories[number], run.at)])
        for number, revisions in stored.items():
            story, last = site.stories[number], revisions[-1]
            there, text = story.is_there(run.at), "\n\n".join(story.at(run.at).lines)
            if there and (last["text"] != text or last["status"] == "gone"):
                revisions.append(record(site, story, run.at, revision=len(revisions) + 1))
            if not there and last["status"] != "gone":
                revisions.append(last | {"status": "gone", "fetched_at": None, INGESTED: f"{run.at:%Y-%m-%d}"})
    return [one for revisions in stored.values() for one in revisions]


def judged(site: SimulatedSite, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Findings:
    runs = [ran(site, HOUR + 12 * HOUR * n) for n in range(2 * DAYS)]
    return judge(site, runs, change(perfect(site, runs)), KINDS, START + DAYS * DAY)


# What the sites are.


def test_there_are_lives_of_every_kind_of_trouble_in_many_languages() -> None:
    assert len(LIVES) >= 30
    assert len({life.lang for life in LIVES.values()}) >= 10
    assert {trouble.kind for life in LIVES.values() for trouble in life.trouble} == set(KINDS)
    assert {life.theme for life in LIVES.values()} <= set(THEMES)


@pytest.mark.parametrize("text", ["", "12", "5m", "1d 2h", "d"])
def test_a_length_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no length of time"):
        span(text)


@pytest.mark.parametrize("name", LIVES)
def test_what_a_page_shows_is_the_story(name: str) -> None:
    """So that a text that differs in the table is the crawl's doing: each page alone gives nearly all of its lines."""
    site = of(name)
    for theme in {site.life.theme, *(t.how for t in LIVES[name].of("redesign"))}:
        shown = made(replace(site.life, theme=theme))
        story = shown.stories[0]
        status, body = asked(shown, story.path, DAY)
        found = build_record([Document(body=body, url=shown.origin + story.path)])
        assert status == 200
        assert found.title == story.title
        assert found.date_published is not None
        assert found.date_published.startswith(f"{story.published:%Y-%m-%d}")
        assert found.language is not None
        assert found.language.startswith(site.life.lang)
        assert set(story.versions[0].lines) - set(found.text.split("\n\n")) == set()


def test_ways_in_show_what_is_there() -> None:
    site = of("ghiyab", removals=0.5, returns=0.5)
    removed = next(s for s in site.stories if s.removed and s.returned)
    for at, there in (
        (removed.shown - START, True),
        (removed.removed - START, False),
        (removed.returned - START, True),
    ):  # type: ignore[operator]
        assert (removed.path in asked(site, "/sitemap.xml", at)[1]) is there
        assert asked(site, removed.path, at)[0] == (200 if there else 404)
    assert asked(site, removed.path, removed.shown - START - HOUR)[0] == 404


@pytest.mark.parametrize(
    ("trouble", "target", "status", "words"),
    [
        (Trouble(kind="down", at=DAY, length=DAY, how="503"), "/", 503, "Service Unavailable"),
        (Trouble(kind="articles_fail", at=DAY, length=DAY, how="404"), "article", 404, ""),
        (Trouble(kind="articles_fail", at=DAY, length=DAY, how="soft"), "article", 200, "404"),
        (Trouble(kind="feed_fails", at=DAY, length=DAY, how="503"), "/feed/", 503, ""),
        (Trouble(kind="forbidden", at=DAY, length=DAY, how="articles"), "article", 403, ""),
        (Trouble(kind="consent", at=DAY, length=DAY), "article", 200, "cookies"),
        (Trouble(kind="parked", at=DAY, length=DAY), "/robots.txt", 200, "for sale"),
        (Trouble(kind="moved", at=DAY, length=DAY), "/", 301, ""),
        (Trouble(kind="robots_fails", at=DAY, length=DAY, how="503"), "/robots.txt", 503, ""),
        (Trouble(kind="robots_ban", at=DAY, length=DAY), "/robots.txt", 200, "Disallow: /\n"),
        (Trouble(kind="redesign", at=DAY, length=DAY, how="modern"), "article", 200, "story-text"),
        (Trouble(kind="feed_lies", at=DAY, length=DAY, how="foreign"), "/feed/", 200, "nota-4190"),
    ],
    ids=lambda given: f"{given.kind}-{given.how}" if isinstance(given, Trouble) else "",
)
def test_a_trouble_is_there_while_it_lasts(trouble: Trouble, target: str, status: int, words: str) -> None:
    site, well = of("amandier", trouble), of("amandier")
    target = site.stories[0].path if target == "article" else target
    for at in (0 * HOUR, 2 * DAY):
        assert asked(site, target, at) == asked(well, target, at)
    found = asked(site, target, 36 * HOUR)
    assert found[0] == status
    assert words in found[1]


def test_a_site_refuses_after_so_many_pages_of_a_run() -> None:
    site = of("amandier", Trouble(kind="blocks_after", at=DAY, how="403", count=10))
    site.begin_run(START + DAY)
    assert [site.answer("", "/").status for _ in range(11)] == [200] * 10 + [403]
    assert asked(site, "/", DAY + HOUR)[0] == 200


def test_sites_answer_on_loopback_with_validators() -> None:
    (port,) = free_ports(1)
    site = of("amandier")
    with serve([site], port):
        connection = http.client.HTTPConnection(address(0), port)
        connection.request("GET", "/feed/")
        first = connection.getresponse()
        assert first.status == 200
        assert first.read().startswith(b"<?xml")
        connection.request("GET", "/feed/", headers={"If-None-Match": first.headers["ETag"]})
        again = connection.getresponse()
        assert (again.status, again.read()) == (304, b"")
        site.life = replace(site.life, trouble=(Trouble(kind="down", at=0 * DAY, how="dropped"),))
        connection.request("GET", "/")
        with pytest.raises(ConnectionError):
            connection.getresponse()
        connection.close()
    assert [hit.role for hit in site.hits] == ["way", "way", "listing"]


def test_rest_gives_the_posts_that_changed() -> None:
    site = of("ledger", edits=1.0)
    story = next(s for s in site.stories if len(s.versions) > 1)
    since = (story.versions[1].at - HOUR).isoformat()
    site.begin_run(story.versions[1].at + HOUR)
    target = f"/wp-json/wp/v2/posts?per_page=100&orderby=modified&modified_after={since.replace('+', '%2B')}"
    answer = site.answer("", target)
    assert dict(answer.more)["X-WP-TotalPages"] == "1"
    assert json.loads(answer.body)[0]["link"].endswith(story.path)
    assert site.answer("", "/wp-json/wp/v2/posts?page=90").status == 400


# What the judges see.


@pytest.mark.parametrize("name", ["amandier", "ledger", "ghiyab", "archive", "refonte"])
def test_nothing_is_wrong_with_a_perfect_crawl(name: str) -> None:
    found = judged(made(LIVES[name]), lambda records: records)
    assert found.wrong == {}
    assert found.true == found.stored > 30


def active(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [r for r in records if r["revision"] == 1]


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("lost", lambda records: records[1:]),
        ("late", lambda records: [records[0] | {"fetched_at": (START + 3 * DAY).isoformat()}, *records[1:]]),
        ("twice", lambda records: [*records, records[0] | {"id": "another"}]),
        ("foreign", lambda records: [*records, records[0] | {"id": "x", "url": "http://127.9.0.9:8080/about/"}]),
        ("falsely_gone", lambda records: [*records, records[0] | {"status": "gone", "revision": 2}]),
        ("falsely_revised", lambda records: [*records, records[0] | {"revision": 2, "text": records[0]["text"] + "!"}]),
        ("differing", lambda records: [records[0] | {"text": records[0]["text"] + "\n\nPromo"}, *records[1:]]),
    ],
)
def test_a_fault_is_seen(fault: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    assert len(judged(of("amandier"), change).wrong[fault]) == 1


def test_what_is_missed_is_seen() -> None:
    edited = judged(of("ledger", edits=1.0), active).wrong["missed"]
    removed = judged(of("ghiyab", removals=1.0, returns=0.0), lambda r: [x for x in r if x["status"] != "gone"])
    assert edited
    assert "edited on" in edited[0]
    assert "removed on" in removed.wrong["missed"][0]


def test_a_copy_that_is_marked_is_not_stored_twice() -> None:
    change = lambda records: [*records, records[0] | {"id": "another", "duplicate_of": records[0]["id"]}]  # noqa: E731
    assert judged(of("amandier"), change).wrong == {}


def test_nobody_can_know_what_comes_and_goes_during_an_outage() -> None:
    trouble = Trouble(kind="down", at=0 * DAY, length=DAYS * DAY, how="503")
    assert judged(of("amandier", trouble), lambda _: []).true == 0


def test_a_trouble_is_named_by_the_run_that_meets_it_or_late_or_never() -> None:
    site = of("amandier", Trouble(kind="robots_ban", at=2 * DAY, length=DAY))
    silent = [ran(site, DAY * n / 2) for n in range(8)]
    told = ran(site, 2.5 * DAY, 4, "blocked 1 robots: robots.txt forbids these pages")
    first, late = told.at - DAY / 2, [(told.at, "blocked")]
    at_once = replace(told, at=first)
    cases = (
        ([*silent[:4], at_once, silent[5]], [(first, "blocked")], True, 0.0),
        ([*silent[:4], at_once, silent[5]], late, False, 0.5),
        ([*silent[:5], told], [(first, "blocked")], False, 0.5),
        (silent, [(first, "blocked")], False, None),
        ([*silent[:4], at_once], [(first, "silent")], False, None),
        (silent[:4], [], True, None),  # no run met it
    )
    for runs, listed, holds, days in cases:
        (naming,) = namings(site, runs, listed, KINDS)
        assert (naming.holds, naming.days_late) == (holds, days)


def test_what_must_only_do_no_harm_is_not_to_be_named() -> None:
    site = of("amandier", Trouble(kind="clock", at=2 * DAY, length=DAY, count=365))
    assert namings(site, [ran(site, 2.5 * DAY)], [], KINDS) == []


def test_a_cry_without_a_cause_is_an_alarm() -> None:
    site = of("amandier", Trouble(kind="down", at=2 * DAY, length=DAY, how="503"))
    runs = [ran(site, DAY, 5), ran(site, 2.5 * DAY, 3), ran(site, 3.5 * DAY, 3), ran(site, 9 * DAY, 3)]
    listed = [(START + n * DAY, condition) for n, condition in enumerate(("", "", "dead", "", "", "", "silent"))]
    told = [alarm.split(" on ")[0] for alarm in alarms(site, runs, listed)]
    assert told == ["status 5", "listed as silent", "status 3"]


def test_an_oracle_asks_less_than_a_crawler_that_asks_everything() -> None:
    site = of("amandier")
    runs = []
    for n in range(6):
        site.begin_run(START + 12 * n * HOUR)
        before = len(site.hits)
        for target in ("/robots.txt", "/", "/feed/", "/sitemap.xml", *(s.path for s in site.stories[:30])):
            site.answer("", target)
        runs.append(replace(ran(site, 12 * n * HOUR), hits=site.hits[before:]))
    costs = count(site, runs, KINDS)
    assert costs.asked == 6 * 34
    assert costs.changes < costs.oracle < costs.asked
    assert costs.roles["article"] == 180


# The simulation itself.


@pytest.mark.crawl
@pytest.mark.slow
def test_a_fortnight_unattended(tmp_path: Path) -> None:
    lives = [life for life in LIVES.values() if life.quick]
    rows = play(lives, days=14, every=span("6h"), seed=1, folder=tmp_path / "news", verbose=True)
    assert {row.site for row in rows} == {life.name for life in lives}
    assert sum(row.found.stored for row in rows) > 200
    for row in rows:
        assert row.holds, "\n".join(row.lines(verbose=True))
