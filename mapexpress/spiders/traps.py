"""Ways in without end: calendars, generated sections, pagers that always have one page more, sitemaps in sitemaps."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mapexpress.urls import identity

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from mapexpress.dataset.frontier import Entry, Kind

logger = logging.getLogger(__name__)

MOST_NESTED = 3  # sitemaps.org wants indexes to hold sitemaps only; plugins nest them once more


@dataclass(slots=True)
class Traps:
    """Lets through what an honest site may have. What is left out is told once for each kind of way.

    `pages` bounds the pages of one pager, `ways` the different sitemaps, and the different listings, of one run.
    """

    pages: int = 20_000
    ways: int = 50_000
    _met: dict[Kind, set[int]] = field(default_factory=dict)
    _told: set[tuple[Kind, str]] = field(default_factory=set)

    @classmethod
    def of(cls, settings: BaseSettings) -> Traps:
        """With the limits of the settings."""
        return cls(pages=settings.getint("MAPEXPRESS_MAX_PAGES"), ways=settings.getint("MAPEXPRESS_MAX_WAYS"))

    def without(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries that lead no further than the limits."""
        for entry in entries:
            if entry.kind == "article" or not (why := self._why_not(entry)):
                yield entry
            elif (entry.kind, why) not in self._told:
                self._told.add((entry.kind, why))
                logger.warning("%s %s is not asked: %s", entry.kind, entry.url, why)

    def _why_not(self, entry: Entry) -> str:
        if entry.kind == "sitemap" and entry.position > MOST_NESTED:
            return f"sitemaps nested deeper than {MOST_NESTED}"
        if entry.kind != "sitemap" and entry.position > 0:
            return f"more than {self.pages} pages in a row" if entry.position >= self.pages else ""
        met = self._met.setdefault(entry.kind, set())
        met.add(hash(identity(entry.url)))
        if len(met) <= self.ways:
            return ""
        met.discard(hash(identity(entry.url)))
        return f"more than {self.ways} of its kind"
