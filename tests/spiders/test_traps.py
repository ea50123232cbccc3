"""Ways in without end stop at their limits, with one line for each kind."""

import logging

import pytest

from mapexpress.dataset.frontier import Entry
from mapexpress.spiders.traps import MOST_NESTED, Traps

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
    assert len(list(Traps().without(nested))) == MOST_NESTED + 1
