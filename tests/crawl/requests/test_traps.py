"""Ways in without end stop at their limits, with one line for each kind."""

import logging

import pytest

from mapexpress.crawl.requests.traps import Traps
from mapexpress.dataset.state.frontier import Entry
from mapexpress.limits import Limits

HOME = "https://news.example/"


def test_a_pager_ends_at_its_limit_and_articles_never_do(caplog: pytest.LogCaptureFixture) -> None:
    traps = Traps(pages=3, ways=10)
    pages = [Entry(url=f"{HOME}sport/page/{n}/", kind="listing", position=n) for n in range(6)]
    articles = [Entry(url=f"{HOME}a/{n}/", kind="article", position=n * 10_000) for n in range(50)]
    with caplog.at_level(logging.WARNING):
        assert [e.position for e in traps.without(pages)] == [0, 1, 2]
    assert len(list(traps.without(articles))) == 50
    assert len(caplog.records) == 1


def test_ways_are_counted_once_each_and_end_at_their_limit() -> None:
    traps = Traps(pages=3, ways=10)
    sections = [Entry(url=f"{HOME}section-{n}/", kind="listing") for n in range(30)]
    assert len(list(traps.without([*sections[:5], *sections[:5], *sections]))) == 5 + 5 + 10
    assert len(list(traps.without([Entry(url=f"{HOME}feed-{n}/", kind="feed") for n in range(30)]))) == 10
    assert list(traps.without(sections)) == sections[:10]


def test_sitemaps_in_sitemaps_end() -> None:
    nested = [Entry(url=f"{HOME}{n}.xml", kind="sitemap", position=n) for n in range(9)]
    assert len(list(Traps().without(nested))) == Limits().nested_sitemaps + 1
    assert len(list(Traps(nested=1).without(nested))) == 2


def test_each_limit_has_its_own_reason() -> None:
    met: list[tuple[str, str]] = []
    traps = Traps(pages=3, ways=2, met=lambda entry, reason, _why: met.append((entry.url, reason)))
    entries = [
        *(Entry(url=f"{HOME}page/{n}/", kind="listing", position=n) for n in range(1, 9)),
        *(Entry(url=f"{HOME}{n}.xml", kind="sitemap", position=n) for n in range(9)),
        *(Entry(url=f"{HOME}feed-{n}/", kind="feed") for n in range(5)),
    ]
    list(traps.without(entries))
    assert met == [
        (f"{HOME}page/3/", "too_many_pages"),
        (f"{HOME}2.xml", "too_many_ways"),
        (f"{HOME}4.xml", "nested_sitemaps"),
        (f"{HOME}feed-2/", "too_many_ways"),
    ]


def test_homes_have_a_limit_of_their_own() -> None:
    traps = Traps(editions=4)
    homes = [Entry(url=f"{HOME}e{n}/", kind="home") for n in range(30)]
    assert list(traps.without(homes)) == homes[:4]
    sections = [Entry(url=f"{HOME}s{n}/", kind="listing") for n in range(30)]
    assert list(traps.without(sections)) == sections
