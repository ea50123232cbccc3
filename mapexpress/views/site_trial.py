"""What a trial saw of a site, for a terminal: a table, and one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapexpress.text.characters import visible

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from mapexpress.trial.probe import Probe


def trial_table(probe: Probe) -> Iterator[str]:
    """What a crawl would read, and what came of the trial."""
    if probe.ways:
        yield f"  {'way in':<9} {'articles':>8}  {'newest':<10}  address"
    for way in probe.ways:
        yield visible(f"  {way.kind:<9} {way.articles:>8}  {way.newest or '-':<10}  {way.url}")
    for title, counts in (
        ("platform", probe.platforms),
        ("language", probe.languages),
        ("publisher", probe.publishers),
        ("rejected", probe.rejections),
    ):
        if counts:
            yield visible(f"  {title:<9} {_listed(counts)}")
    if probe.time_zone:
        yield visible(f"  {'zone':<9} {probe.time_zone}")
    if probe.articles:
        yield ""
        yield f"  {'day':<10}  {'words':>5}  {'section':<16}  title"
    for explanation in probe.articles:
        article = explanation.article
        day, section = (article.date_published or "-")[:10], shorten(article.section or "-", 16)
        yield f"  {day:<10}  {article.quality.words:>5}  {section:<16}  {shorten(article.title or '-', 70)}"


def trial_line(probe: Probe) -> str:
    """The same in some words: articles that came, their languages, the ways that showed any."""
    ways = dict.fromkeys(way.kind for way in probe.ways)
    languages = ", ".join(name for name, _ in probe.languages.most_common()) or "no language"
    return visible(f"{len(probe.articles)} articles, {languages}, by {', '.join(ways)}")


def shorten(words: str, width: int) -> str:
    """At most `width` characters on one line that cannot steer a terminal.

    >>> shorten("Le port de Safi rouvre", 10)
    'Le port d…'
    """
    line = visible(words)
    return line if len(line) <= width else line[: width - 1] + "…"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in counts.most_common())
