"""The site file that a trial supports: editions with their languages and ways in, publisher and zone where known."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mapexpress.discovery.declared_ways import folder_of
from mapexpress.sites import Edition, SiteConfig
from mapexpress.sites.values import is_zone
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mapexpress.trial.probe import Probe, WayIn

NOTED_WAYS = 6  # in the comments of the site file
# What a run reads first, and cheapest. Homes and the listings that they lead to are asked by every run anyway.
_ORDER = ("listing", "feed", "rest", "sitemap")


def drafted(plain: SiteConfig, probe: Probe) -> SiteConfig:
    """The site with all that its trial has shown. Ways in that are not written down are left to be found by each run:
    a site that moves its feed is followed."""
    homes = dict(probe.editions) or {edition.home: None for edition in plain.editions}
    articles: dict[str, list[str | None]] = {home: [] for home in homes}
    for explanation in probe.articles:
        article = explanation.article
        articles[_edition_of(article.url or "", homes)].append(article.language)
    ways: dict[str, list[WayIn]] = {home: [] for home in homes}
    for way in own_ways(probe.ways):
        ways[_edition_of(way.root, homes)].append(way)
    given = plain.editions[0]
    editions = tuple(
        Edition(
            home=home,
            language=language_of(articles[home]) if articles[home] else words,
            feeds=_addresses("feed", ways[home], given.feeds if not number else ()),
            sitemaps=_addresses("sitemap", ways[home]),
            rest=next(iter(_addresses("rest", ways[home])), None),
        )
        for number, (home, words) in enumerate(homes.items())
    )
    zone = probe.time_zone if probe.time_zone and is_zone(probe.time_zone) else None
    publisher = probe.publishers.most_common(1)[0][0] if len(probe.publishers) == 1 else None
    return replace(plain, editions=editions, publisher=publisher, time_zone=zone)


def language_of(seen: Iterable[str | None]) -> str | None:
    """The language that a site file gives for articles of these languages: none where they do not agree.

    A file that names one has runs refuse any other, and leave articles in it out.

    >>> language_of(["id", "id"]), language_of(["fr-FR", "fr", "fr"]), language_of(["fr", "ar"]), language_of([None])
    ('id', 'fr', None, None)
    """
    tags = Counter(tag for tag in seen if tag)
    return tags.most_common(1)[0][0] if len({tag.split("-")[0] for tag in tags}) == 1 else None


def own_ways(ways: Sequence[WayIn]) -> list[WayIn]:
    """The feeds, REST roots and sitemaps that show articles which nothing read before them shows."""
    shown: set[str] = set()
    own = []
    for way in sorted(ways, key=lambda way: _ORDER.index(way.kind)):
        if way.kind != "listing" and not way.shows <= shown:
            own.append(way)
        shown |= way.shows
    return own


def notes(probe: Probe) -> list[str]:
    """What the site file says of its origin."""
    lines = [f"Written by scrapy addsite on {datetime.now(UTC):%Y-%m-%d}. Ways in that answered:"]
    ranked = sorted(probe.ways, key=lambda way: -way.articles)
    lines += [f"  {way.kind} {way.url} ({way.articles} articles)" for way in ranked[:NOTED_WAYS]]
    if len(ranked) > NOTED_WAYS:
        lines.append(f"  and {len(ranked) - NOTED_WAYS} more")
    for title, counts in (("Platform", probe.platforms), ("Languages of the articles", probe.languages)):
        if len(counts) > (title != "Platform"):
            lines.append(f"{title}: {', '.join(name for name, _ in counts.most_common())}.")
    return [
        *lines,
        "Each run finds ways in by itself; those named here showed articles that the others do not, and are asked too.",
        "Every key: docs/site-files.md",
    ]


def _edition_of(url: str, homes: Iterable[str]) -> str:
    """The home whose folder an address lies in, the innermost; the first where it lies in none."""
    folder = identity(folder_of(url)) + "/"
    inside = [home for home in homes if folder.startswith(identity(folder_of(home)) + "/")]
    return max(inside, key=lambda home: len(identity(folder_of(home)))) if inside else next(iter(homes))


def _addresses(kind: str, ways: Iterable[WayIn], given: Iterable[str] = ()) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*given, *(way.root for way in ways if way.kind == kind)]))
