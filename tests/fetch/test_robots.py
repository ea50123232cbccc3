"""What of a robots.txt is read, what is remembered of it, and what is asked while it fails."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.utils.test import get_crawler

from mapexpress.dataset.store import SiteStore
from mapexpress.fetch import robots
from mapexpress.fetch.failures import RobotsUnreachable, failure_reason
from mapexpress.fetch.robots import MOST_BYTES, BoundedRobotParser, Copy, RobotsMiddleware, bounded

AGENT = "mapexpress/1.0 (+mailto:desk@news.example)"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def allowed(text: str, path: str) -> bool:
    parser = BoundedRobotParser(text.encode(), None, AGENT)
    return parser.allowed(f"https://news.example{path}", AGENT)


@pytest.mark.parametrize(
    ("text", "closed", "open_"),
    [
        ("User-agent: *\nDisallow: /a/", "/a/x", "/b/"),
        ("User-agent: other\nUser-agent: mapexpress\nDisallow: /a/\n\nUser-agent: *\nDisallow: /b/", "/a/x", "/b/"),
        ("user agent : Map*Express*\nDisallow: /a/*.pdf$", "/a/x.pdf", "/a/x.html"),
        ("User-agent: other\nDisallow: /b/\nUser-agent: *\nDisallow: /a/", "/a/", "/b/"),
    ],
)
def test_our_group_counts(text: str, closed: str, open_: str) -> None:
    assert (allowed(text, closed), allowed(text, open_)) == (False, True)


def test_it_is_read_up_to_its_bound_by_whole_lines() -> None:
    first = "User-agent: *\nDisallow: /a/\n"
    text = first + "#" * (MOST_BYTES - len(first) - 8) + "\nDisallow: /beyond/\n"
    assert not allowed(text, "/a/")
    assert allowed(text, "/b/")
    assert allowed(text, "/beyond/")


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: a{n}\n" for n in range(12_000)) + "".join(f"Allow: /{n}\n" for n in range(20_000)),
        "User-agent: *\n" + "".join(f"Disallow: /*a*a*{n}*x$\n" for n in range(400_000)),
        "User-agent: *\nDisallow: /" + "*a" * 2_000_000,
        "\n" * 10_000_000,
    ],
)
def test_a_large_one_takes_seconds_at_most(text: str) -> None:
    began = time.process_time()
    allowed(text, "/" + "a" * 2000)
    assert time.process_time() - began < 20  # rules of a group for each program that it names: many minutes
    assert len(bounded(text.encode(), AGENT)) <= MOST_BYTES


def middleware(store: SiteStore, monkeypatch: pytest.MonkeyPatch) -> RobotsMiddleware:
    crawler = get_crawler(settings_dict={"ROBOTSTXT_OBEY": True, "USER_AGENT": AGENT})
    monkeypatch.setattr(robots, "store_of", lambda _: store)
    made = RobotsMiddleware(crawler)
    made._parsers["news.example"] = None
    return made


PROBLEM = RobotsUnreachable("robots.txt answers 503", reason="robots_unreachable")


@pytest.mark.parametrize(
    ("age", "failing", "outcome"),
    [
        (None, None, "refused"),
        (timedelta(hours=23), None, "copy"),
        (timedelta(hours=25), None, "refused"),
        (-timedelta(days=300), None, "refused"),
        (timedelta(days=40), timedelta(days=31), "copy"),
        (None, timedelta(days=31), "allowed"),
        (None, timedelta(days=29), "refused"),
        (None, -timedelta(days=300), "refused"),
    ],
)
def test_a_copy_counts_for_a_day_and_a_failure_for_a_month(
    age: timedelta | None, failing: timedelta | None, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SiteStore.open(tmp_path, "x", run="r", clock=lambda: NOW) as store:
        Copy(
            text="User-agent: *\nDisallow: /a/" if age is not None else None,
            fetched_at=NOW - age if age is not None else None,
            failing_since=NOW - failing if failing is not None else None,
        ).keep(store, "news.example")
        made = middleware(store, monkeypatch)
        parser = made._copy(PROBLEM, "news.example")
        asked: Any = SimpleNamespace(url="https://news.example/a/x", headers={}, meta={})
        if outcome == "refused":
            with pytest.raises(RobotsUnreachable) as refused:
                made.process_request_2(parser, asked)
            assert failure_reason(refused.value) == "robots_unreachable"
        elif outcome == "copy":
            assert parser is not None
            assert not parser.allowed("https://news.example/a/x", AGENT)
        else:
            made.process_request_2(parser, asked)
        since = Copy.of(store, "news.example").failing_since
        assert since is not None
        assert since <= NOW
