"""Which ways in a site file names, and the language of each edition."""

from dataclasses import dataclass, field
from typing import cast

import pytest

from mapexpress.model.record import Article
from mapexpress.record.build import Explanation
from mapexpress.sites import SiteConfig
from mapexpress.trial.draft import drafted, own_ways
from mapexpress.trial.probe import Probe, WayIn

HOME = "https://news.example/"


@dataclass
class Explained:
    """An article as far as a draft looks at it."""

    url: str
    language: str | None
    article: Article = field(init=False)

    def __post_init__(self) -> None:
        self.article = Article(url=self.url, language=self.language)


def way(kind: str, root: str, *shows: str) -> WayIn:
    return WayIn(kind=kind, url=root, root=root, articles=len(shows), newest=None, shows=frozenset(shows))


def explained(*articles: tuple[str, str | None]) -> list[Explanation]:
    return cast("list[Explanation]", [Explained(url, language) for url, language in articles])


@pytest.mark.parametrize(
    ("ways", "expected"),
    [
        ([way("listing", HOME, "a", "b"), way("feed", "feed", "a", "b")], []),
        ([way("listing", HOME, "a"), way("feed", "feed", "a", "b"), way("rest", "rest", "b")], ["feed"]),
        ([way("sitemap", "map", "a", "b", "c"), way("feed", "feed", "a", "b")], ["feed", "map"]),
        ([way("feed", "feed", "a"), way("listing", "section", "a", "b"), way("sitemap", "map", "b")], []),
        ([way("feed", "empty"), way("rest", "rest", "a"), way("sitemap", "map", "a", "z")], ["rest", "map"]),
    ],
)
def test_a_way_is_written_down_when_nothing_before_it_shows_as_much(ways: list[WayIn], expected: list[str]) -> None:
    assert [found.root for found in own_ways(ways)] == expected


def test_each_edition_has_the_language_of_its_own_articles() -> None:
    probe = Probe(
        editions={HOME: "en-US", f"{HOME}ar/": "en-US", f"{HOME}zh/": "zh"},
        articles=explained(
            (f"{HOME}2026/a/", "fr"), (f"{HOME}b", "fr-FR"), (f"{HOME}ar/c/", "ar"), (f"{HOME}archive/d/", "fr")
        ),
        ways=[way("feed", f"{HOME}ar/feed/", "c", "e"), way("sitemap", f"{HOME}sitemap.xml", "f")],
    )
    site = drafted(SiteConfig.for_url(HOME), probe)
    assert [(edition.home, edition.language) for edition in site.editions] == [
        (HOME, "fr"),
        (f"{HOME}ar/", "ar"),
        (f"{HOME}zh/", "zh"),  # none of its articles came: what its home is written in
    ]
    assert site.editions[0].sitemaps == (f"{HOME}sitemap.xml",)
    assert site.editions[1].feeds == (f"{HOME}ar/feed/",)


def test_a_paper_in_two_languages_names_none() -> None:
    probe = Probe(editions={HOME: "en-US"}, articles=explained((f"{HOME}a", "id"), (f"{HOME}b", "en")))
    assert drafted(SiteConfig.for_url(HOME), probe).editions[0].language is None


def test_a_feed_that_was_given_is_kept() -> None:
    plain = SiteConfig.for_url(HOME)
    given = SiteConfig(key="x", editions=(type(plain.editions[0])(home=HOME, feeds=("https://feeds.example/n",)),))
    site = drafted(given, Probe(editions={HOME: None}, ways=[way("feed", f"{HOME}feed/", "a")]))
    assert site.editions[0].feeds == ("https://feeds.example/n", f"{HOME}feed/")
