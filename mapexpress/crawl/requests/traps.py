"""Ways in without end: calendars, generated sections, pagers that always have one page more, sitemaps in sitemaps."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mapexpress.limits import DEFAULTS, Limits
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from mapexpress.dataset.state.frontier import Entry, Kind

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Traps:
    """Lets through what an honest site may have. What is left out is told once for each kind of way and reason.

    `pages` bounds the pages of one pager, `ways` the different sitemaps, and the different listings, of one run,
    `editions` its homes.
    `met` is told then, with the entry, the reason for the rejections, and a line for a person.
    """

    pages: int = 20_000
    ways: int = 50_000
    editions: int = 200
    nested: int = DEFAULTS.nested_sitemaps
    met: Callable[[Entry, str, str], None] = lambda _entry, _reason, _why: None
    _met: dict[Kind, set[int]] = field(default_factory=dict)
    _told: set[tuple[Kind, str]] = field(default_factory=set)

    @classmethod
    def of(cls, settings: BaseSettings, met: Callable[[Entry, str, str], None]) -> Traps:
        """With the limits of the settings."""
        return cls(
            pages=settings.getint("MAPEXPRESS_MAX_PAGES"),
            ways=settings.getint("MAPEXPRESS_MAX_WAYS"),
            editions=settings.getint("MAPEXPRESS_MAX_EDITIONS"),
            nested=Limits.read(settings.get).nested_sitemaps,
            met=met,
        )

    def without(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries that lead no further than the limits."""
        for entry in entries:
            if entry.kind == "article" or not (refusal := self._refusal(entry)):
                yield entry
            elif (entry.kind, refusal[0]) not in self._told:
                self._told.add((entry.kind, refusal[0]))
                logger.warning("%s %s is not asked: %s", entry.kind, entry.url, refusal[1])
                self.met(entry, *refusal)

    def _refusal(self, entry: Entry) -> tuple[str, str] | None:
        """Reason and line for a way that is not asked."""
        most = self.nested
        if entry.kind == "sitemap" and entry.position > most:
            return "nested_sitemaps", f"sitemaps nested deeper than {most}"
        if entry.kind != "sitemap" and entry.position > 0:
            many = entry.position >= self.pages
            return ("too_many_pages", f"more than {self.pages} pages in a row") if many else None
        met = self._met.setdefault(entry.kind, set())
        met.add(hash(identity(entry.url)))
        most = self.editions if entry.kind == "home" else self.ways
        if len(met) <= most:
            return None
        met.discard(hash(identity(entry.url)))
        return "too_many_ways", f"more than {most} of its kind"
