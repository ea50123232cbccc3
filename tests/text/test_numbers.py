"""Numbers of any length, wherever a stranger writes one, are read or left, and never end a run."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.placed_texts.places import HOME_PLACES, PAGE_PLACES, filled
from benchmarks.placed_texts.reading import plan, read
from mapexpress.discovery.address_kinds import page_number
from mapexpress.discovery.feeds import parse_feed
from mapexpress.discovery.sitemaps import parse_sitemap
from mapexpress.fetch.connections.address_policy import literal
from mapexpress.fetch.politeness import seconds_asked
from mapexpress.metadata.sources import fold
from mapexpress.model.page import read_jsonld
from mapexpress.text.numbers import json_number, unescape, whole_number

LONG = "9" * 5000  # Python reads 4,300 digits
PLAN = plan()


@pytest.mark.parametrize(
    "text", [LONG, "0" * 5000, "²", f"&#{LONG};", f"&amp;#{LONG};", f"-{LONG}", f"12.{LONG}", f"1e{LONG}"]
)
def test_no_place_of_a_page_takes_a_number_that_ends_the_run(text: str) -> None:
    for place in (*PAGE_PLACES, *HOME_PLACES):
        read(place, filled(place, text), PLAN)


@given(st.text(st.sampled_from("0123456789²٣ -+"), max_size=25))
def test_a_whole_number(text: str) -> None:
    number = whole_number(text)
    assert number == (int(text) if text.isdecimal() and len(text) <= 18 else None)


@given(st.text(st.sampled_from("&#x0123456789;amp a")))
def test_references_are_read_as_the_standard_library_reads_them(text: str) -> None:
    assert unescape(text) == html.unescape(text)
    long = text + " " * 5000
    assert unescape(long) == html.unescape(long)


def test_long_references() -> None:
    assert unescape(f"&#{LONG}; &#{LONG} &#x{LONG}; &#{'0' * 5000}233;") == "\ufffd \ufffd \ufffd é"
    assert fold(f"L&amp;#{LONG};eau") == "L\ufffdeau"


@pytest.mark.parametrize("number", [LONG, f"-{LONG}", "1" * 4301])
def test_what_stands_beside_a_long_number_is_read(number: str) -> None:
    (node,) = read_jsonld([f'{{"@type": "NewsArticle", "position": {number}, "headline": "Rain in the port"}}'])
    assert node["headline"] == "Rain in the port"
    assert node["position"] is None
    assert json.loads(f"[{number}, 12, -{'3' * 30}]", parse_int=json_number) == [None, 12, -int("3" * 30)]
    item = f'{{"url": "https://news.example/rain-in-the-port/", "title": "Rain", "size": {number}}}'
    feed = parse_feed(
        f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{item}]}}'.encode(),
        "https://news.example/feed.json",
    )
    assert [link.url for link in feed.links] == ["https://news.example/rain-in-the-port/"]


def test_addresses_with_long_numbers() -> None:
    assert page_number(f"https://news.example/page/{LONG}/") is None
    assert page_number(f"https://news.example/?page={LONG}") is None
    assert page_number("https://news.example/page/12/") == 12
    assert literal(LONG) is None
    assert literal(f"1.{LONG}") is None
    assert str(literal("2130706433")) == "127.0.0.1"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (LONG, float("inf")),
        (f"Fri, 31 Dec {LONG} 23:59:59 GMT", None),
        ("Fri, 31 Dec 99999999999 23:59:59 GMT", None),
        (f"Fri, {LONG} Dec 1999 23:59:59 GMT", None),
        ("Fri, 31 Dec 1999 23:59:59 +99999999", None),
        ("²", None),
    ],
)
def test_a_server_that_asks_to_wait(value: str, seconds: float | None) -> None:
    assert seconds_asked(value.encode(), datetime(2026, 6, 11, tzinfo=UTC)) == seconds


def test_a_sitemap_with_long_numbers() -> None:
    entry = f"<url><loc>https://news.example/a-{LONG}/</loc><lastmod>{LONG}</lastmod><priority>{LONG}</priority></url>"
    xml = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entry}</urlset>'
    found = parse_sitemap(xml.encode(), f"https://news.example/sitemap{LONG}.xml")
    assert len(found.links) == 1
