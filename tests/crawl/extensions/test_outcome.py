"""Where several exit statuses apply: storage, then a bug, blocked, no way in, quality."""

import itertools

import pytest
from scrapy.utils.test import get_crawler

from mapexpress.crawl.extensions.outcome import RunOutcome, summary
from mapexpress.errors import ExitStatus, StorageError

STORAGE, BUG, BLOCKED, NO_WAY_IN, QUALITY = "storage", "bug", "blocked", "no way in", "quality"
ORDER = {
    STORAGE: ExitStatus.STORAGE,
    BUG: ExitStatus.BUG,
    BLOCKED: ExitStatus.BLOCKED,
    NO_WAY_IN: ExitStatus.NO_WAY_IN,
    QUALITY: ExitStatus.QUALITY,
}


def outcome_of(monkeypatch, *happened):
    crawler = get_crawler()
    monkeypatch.setattr(crawler, "get_item_pipeline", lambda _: None)
    outcome = RunOutcome(crawler)
    stats = crawler.stats
    if NO_WAY_IN not in happened:
        stats.set_value("mapexpress/shown", 3)
    if BLOCKED in happened:
        stats.set_value("mapexpress/blocked/captcha", 12)
    if QUALITY in happened:
        stats.set_value("mapexpress/quality_alarm", ["too few"])
    if BUG in happened:
        outcome.bugs = 1
    if STORAGE in happened:
        outcome._failure = StorageError("full")
    return outcome


@pytest.mark.parametrize("happened", [c for n in range(1, 6) for c in itertools.combinations(ORDER, n)])
def test_the_first_in_order_decides(monkeypatch, happened):
    assert outcome_of(monkeypatch, *happened).status() is next(ORDER[name] for name in ORDER if name in happened)


def test_a_healthy_run_without_news_is_status_0(monkeypatch):
    assert outcome_of(monkeypatch).status() is ExitStatus.OK


def test_pages_that_came_and_were_not_asked_for_are_no_wall(monkeypatch):
    outcome = outcome_of(monkeypatch, BLOCKED)
    outcome.crawler.stats.set_value("mapexpress/left_out", 13)
    assert outcome.status() is ExitStatus.OK


@pytest.mark.parametrize(
    ("happened", "status"),
    [
        ({"blocked/consent": 13, "rejected/consent": 13}, ExitStatus.BLOCKED),
        ({"blocked/consent": 2, "rejected/consent": 2}, ExitStatus.OK),
        ({"blocked/consent": 13, "rejected/consent": 13, "unchanged": 1}, ExitStatus.OK),
        ({"rejected/http_503": 15}, ExitStatus.NO_WAY_IN),
        ({"rejected/http_503": 2}, ExitStatus.OK),
        ({"rejected/http_503": 15, "new": 1, "stored": 1}, ExitStatus.OK),
        ({"rejected/no_text": 15}, ExitStatus.OK),
    ],
)
def test_a_site_that_shows_what_is_known_and_gives_nothing_is_not_well(monkeypatch, happened, status):
    outcome = outcome_of(monkeypatch)
    for name, count in ({"known": 35} | happened).items():
        outcome.crawler.stats.set_value(f"mapexpress/{name}", count)
    assert outcome.status() is status
    said = summary(outcome.crawler.stats.get_stats(), site="news.example", data="data", complete=None)
    assert ("no article" in said) is (status is ExitStatus.NO_WAY_IN)


@pytest.mark.parametrize(
    ("notices", "timeouts", "alarms", "status"),
    [
        (8, 0, ["8 of 8"], ExitStatus.QUALITY),
        (8, 2, ["8 of 10"], ExitStatus.QUALITY),
        (3, 20, ["3 of 23"], ExitStatus.NO_WAY_IN),
        (2, 0, [], ExitStatus.NO_WAY_IN),
    ],
)
def test_notices_in_the_place_of_all_articles_are_told_by_their_gate(monkeypatch, notices, timeouts, alarms, status):
    outcome = outcome_of(monkeypatch)
    stats = outcome.crawler.stats
    stats.set_value("mapexpress/rejected/repeated_text", notices)
    stats.set_value("mapexpress/rejected/timeout", timeouts)
    stats.set_value("mapexpress/quality_alarm", alarms)
    assert outcome.status() is status
    said = summary(stats.get_stats(), site="news.example", data="data", complete=None)
    assert ("no article" in said) is (status is ExitStatus.NO_WAY_IN)


def test_sections_that_hold_nothing_are_answered_with_those_that_do():
    said = summary(
        {"mapexpress/left_out": 3, "mapexpress/other_sections": [("Sports", 2), ("-", 1)]},
        site="news.example", data="data", complete=None,
    )  # fmt: skip
    assert "  sections    none that was asked for; the articles are in: 2 Sports, 1 -" in said
