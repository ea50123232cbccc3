"""Stored articles that answer 404 or 410: when they are called gone, and when the site is asked again first.

A site that moves, breaks its permalinks for a day or loses its database for an hour answers 404 for articles that are
back the next day. So one answer says nothing: an article is gone that is absent at two checks a day or more apart, that
no way in shows, on a host that answers well for another article, in a run in which few are absent.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mapexpress.dataset.revisions import GONE_STATUSES, tombstone
from mapexpress.dataset.state.frontier import Entry
from mapexpress.dataset.state.recheck_schedule import ABSENT_AGAIN
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from mapexpress.crawl.run_counts import RunCounts
    from mapexpress.dataset.state.frontier import Frontier
    from mapexpress.dataset.state.tables import Known
    from mapexpress.dataset.store import SiteStore
    from mapexpress.model.record import Article, Rejection

logger = logging.getLogger(__name__)

FEW = 3  # absent articles of a run that are no sign of a fault of the site: an editor takes down single ones
SHARE = 0.2  # of the stored articles that a run asks; a broken rule for addresses takes nearly all, a section a tenth
# Checks in a row, a day or more apart, after which it does not matter how many are absent: a redesign that dropped an
# archive is no fault that passes
SURE = 14


@dataclass(slots=True)
class Absences:
    """Of one run. What may be gone is kept back until the run's end, for until then nobody knows how many are."""

    store: SiteStore
    frontier: Frontier
    counts: RunCounts
    well: set[str] = field(default_factory=set)  # hosts that answered for an article
    present: int = 0  # stored articles that answered
    absent: int = 0
    _shown: set[int] = field(default_factory=set)  # hashes of addresses
    forced: set[str] = field(default_factory=set)  # addresses that are asked whether or not they are due
    _held: dict[str, tuple[Entry, Rejection, Known, int]] = field(default_factory=dict)  # by the entry's address
    _probed: set[str] = field(default_factory=set)

    def show(self, entries: Iterable[Entry]) -> None:
        """Note what a way in shows that has been asked in this run: what is only remembered of one says nothing."""
        self._shown.update(hash(identity(entry.url)) for entry in entries if entry.kind == "article")

    def answered(self, entry: Entry) -> None:
        """Note that an article's address gave an article."""
        self.well.add(_host(entry.url))
        outcome = self.store.outcome(entry.url)
        self.present += outcome is not None and outcome.kind == "stored"

    def judge(self, entry: Entry, rejection: Rejection) -> list[Article | Rejection]:
        """What is stored now of an answer that is no article: the rejection, or nothing where it waits for the end.

        A rejection with 404 or 410 of a stored article leaves it stored; it is asked again a day later.
        """
        known = self._stored(rejection)
        if known is None:
            return [rejection]
        self.absent += 1
        outcome = self.store.outcome(entry.url)
        first = outcome is None or outcome.http_status not in GONE_STATUSES
        if first or outcome is None or hash(identity(entry.url)) in self._shown:  # it may be about to come back
            return [rejection]
        if self.store.clock() - datetime.fromisoformat(outcome.checked_at) < ABSENT_AGAIN:
            self.frontier.close(entry.url)
            return []  # too early to say more than the check before
        self._held[entry.url] = entry, rejection, known, outcome.attempts + 1
        return []

    def waiting(self) -> set[str]:
        """Addresses of the frontier that are kept back."""
        return set(self._held)

    def probe(self) -> bool:
        """Have an article asked that was well the last time, on each host that answered for none yet.

        Whether there is any.
        """
        found = False
        for host in {_host(url) for url in self._held} - self.well - self._probed:
            self._probed.add(host)
            row = self.store.state.one(
                "SELECT url FROM urls WHERE kind = 'stored' AND reason IS NULL AND instr(url, ?) > 0"
                " ORDER BY checked_at DESC LIMIT 1",
                f"://{host}/",
            )
            if row is not None:
                found = True
                self.forced.add(str(row[0]))
                self.frontier.ask_again(Entry(url=str(row[0]), kind="article", via="seed"))
        return found

    def release(self) -> Iterator[tuple[Entry, Article | Rejection]]:
        """What comes of those that were kept back, when nothing more is asked."""
        told = self.told()
        while self._held:
            url, (entry, rejection, known, checks) = self._held.popitem()
            last = self.store.latest(known)
            sure = checks >= SURE or not told
            if last is None or not sure or _host(url) not in self.well:
                self.counts.add("absences_held")
                yield entry, rejection
            else:
                yield entry, tombstone(last, rejection)

    def told(self) -> str | None:
        """A sentence where too many articles are absent to call any of them gone; else None."""
        asked = self.absent + self.present
        if self.absent <= FEW or self.absent <= SHARE * asked:
            return None
        return (
            f"{self.absent} of {asked} stored articles that were asked answer 404 or 410: none is called gone; look"
            " whether the site has moved or its addresses are broken"
        )

    def _stored(self, rejection: Rejection) -> Known | None:
        """The stored article whose own address a rejection says is absent."""
        if rejection.http_status not in GONE_STATUSES or rejection.url is None:
            return None
        outcome = self.store.outcome(rejection.url)
        known = self.store.known(outcome.record_id) if outcome and outcome.record_id else None
        if known is None or known.status == "gone":
            return None
        named = {identity(url) for url in (known.url, known.canonical_url) if url}
        return known if identity(rejection.url) in named else None


def _host(url: str) -> str:
    return urlsplit(url).netloc
