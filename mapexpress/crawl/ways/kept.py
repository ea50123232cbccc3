"""Ways in that gave articles which no other way had shown: they are asked again, at a rate that their news set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from mapexpress.crawl.requests.plan import VIA_OF
from mapexpress.dataset.state.frontier import KEPT_WAYS, Entry, Kind

if TYPE_CHECKING:
    from mapexpress.dataset.clock import Clock
    from mapexpress.dataset.state.database import State

FILES: tuple[Kind, ...] = ("feed", "rest", "sitemap")
MOST = 40  # of a site: the most that one declares are a dozen feeds and some sitemaps
FIRST_WAIT = 24.0  # hours: what a feed does not show is seldom news
SHORTEST, LONGEST = 6.0, 30 * 24.0


@dataclass(slots=True, frozen=True, kw_only=True)
class KeptWay:
    """A feed, REST root or sitemap; `hours` is how long it is left alone after it was asked."""

    url: str
    kind: Kind
    edition: int = 0
    asked_at: str = ""  # UTC
    hours: float = FIRST_WAIT

    @property
    def entry(self) -> Entry:
        """It as an entry of the frontier."""
        return Entry(url=self.url, kind=self.kind, via=VIA_OF[self.kind], edition=self.edition)


@dataclass(slots=True)
class KeptWays:
    """Those of one site. What a run finds below a way, the sitemaps of an index say, is that way's own.

    One that gave an article which nothing before it had shown is asked after half its wait the next time, one that gave
    none after twice as long.
    """

    state: State
    clock: Clock
    _roots: dict[str, str] = field(default_factory=dict)  # of what was found below one, by address
    _gave: set[str] = field(default_factory=set)  # in this run

    def due(self, edition: int, *, at_once: bool) -> Iterator[Entry]:
        """The ways of an edition whose time has come; all of them `at_once` where everything is asked."""
        now = self.clock()
        for way in self._read().values():
            waited = now - datetime.fromisoformat(way.asked_at) if way.asked_at else timedelta.max
            if way.edition == edition and (at_once or not timedelta() <= waited < timedelta(hours=way.hours)):
                yield way.entry

    def asked(self, entry: Entry, found: Iterable[Entry]) -> None:
        """Note that a way was asked, and what it leads to that is a way of its kind."""
        if entry.kind not in FILES:
            return
        root = self._root(entry)
        self._roots.update((one.url, root) for one in found if one.kind == entry.kind)
        kept = self._read()
        if entry.url == root and root in kept:
            now = self.clock().astimezone(UTC).isoformat(timespec="seconds")
            kept[root] = replace(kept[root], asked_at=now, hours=min(2 * kept[root].hours, LONGEST))
            self._write(kept)

    def is_settled(self, entry: Entry) -> bool:
        """Whether nothing more is to be known of a way in this run: it gave an article, or is none to keep."""
        return entry.kind not in FILES or self._root(entry) in self._gave

    def gave(self, entry: Entry) -> None:
        """Note that a way showed an article that nothing before it had shown."""
        root, kept = self._root(entry), self._read()
        self._gave.add(root)
        old = kept.get(root)
        if old is None and len(kept) >= MOST:
            return
        way = old or KeptWay(url=root, kind=entry.kind, edition=entry.edition)
        # `asked` has doubled the wait of this time: a quarter of it is half of what it was
        hours = max(way.hours / 4, SHORTEST) if old is not None else FIRST_WAIT
        now = self.clock().astimezone(UTC).isoformat(timespec="seconds")
        kept[root] = replace(way, hours=hours, asked_at=now)
        self._write(kept)

    def _root(self, entry: Entry) -> str:
        return self._roots.get(entry.url, entry.url)

    def _read(self) -> dict[str, KeptWay]:
        return {way["url"]: KeptWay(**way) for way in orjson.loads(self.state.meta(KEPT_WAYS) or "[]")}

    def _write(self, kept: dict[str, KeptWay]) -> None:
        self.state.put_meta(KEPT_WAYS, orjson.dumps([asdict(way) for way in kept.values()]).decode())
