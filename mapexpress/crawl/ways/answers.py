"""What becomes of a way in that answered, or did not: what it leads to is in the frontier, and remembered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mapexpress.crawl.responses import headers_of
from mapexpress.dataset.state.visits import ABSENT

if TYPE_CHECKING:
    from mapexpress.crawl.answer import Answer
    from mapexpress.crawl.articles.absences import Absences
    from mapexpress.crawl.requests.revisits import Revisits
    from mapexpress.crawl.run_counts import RunCounts
    from mapexpress.crawl.ways.ways_in import WaysIn
    from mapexpress.dataset.state.frontier import Entry, Frontier
    from mapexpress.dataset.store import SiteStore
    from mapexpress.model.link import Found

logger = logging.getLogger(__name__)

# The host itself does not answer: no other address of it will.
UNREACHABLE = ("timeout", "dns", "unreachable", "connection", "address_refused", "robots_unreachable", "tls")
STEP = 500  # entries that the frontier takes in at a time: some 10 ms


@dataclass(slots=True, kw_only=True)
class WayAnswers:
    """Takes the answers of ways in. Who holds `choosing` chooses from a frontier that holds answers whole."""

    ways: WaysIn
    frontier: Frontier
    store: SiteStore
    revisits: Revisits
    absences: Absences
    counts: RunCounts
    choosing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self, answer: Answer) -> Found | None:
        """Read an answer and put what it leads to into the frontier; gives the posts of a REST answer.

        Raises ReadingCancelledError when the run ends.
        """
        entry, response = answer.entry, answer.response
        if response.status == 304:
            unchanged = self.revisits.unchanged(entry)
            self.absences.show(unchanged)
            self.ways.kept.asked(entry, unchanged)
            self.ways.failing.answered(entry, unchanged)
            self.frontier.expand(entry, unchanged)
            return None
        led = await self.ways.read(response, entry, answer.reading)
        if not self.ways.plan.arguments.walks_back:  # a walk asks nothing of what is stored
            self.absences.show(led.entries)
        self.revisits.note(entry, led.entries, response.status, headers_of(response))
        self.ways.kept.asked(entry, led.entries)
        self.ways.failing.answered(entry, led.entries)
        await self._take_in(entry, led.entries)
        return led.collection

    def refuse(self, entry: Entry, reason: str, status: int | None) -> None:
        """Note that a way in gave no page, and why; what may be asked instead is in the frontier."""
        logger.info("%s %s: %s", entry.kind, entry.url, reason)
        down = self.counts.is_down(entry.url)
        away = down or reason in UNREACHABLE
        if reason in UNREACHABLE:
            self.counts.add(f"away/{reason}")
        if not away:
            self.ways.failing.failed(entry, reason)
        passes = away or reason == "truncated" or (status or 0) >= 500
        guesses = [] if away else self.ways.guess(entry, missing=status in ABSENT)
        if status in ABSENT:
            self.revisits.note(entry, guesses, status or 0, {})
        self.ways.kept.asked(entry, ())
        self.frontier.expand(entry, guesses, failed=passes and self.ways.plan.arguments.walks_back)

    async def _take_in(self, entry: Entry, found: Sequence[Entry]) -> None:
        """What a way in leads to, in steps between which others have their turn; nothing is chosen from a part of it.

        A run that is killed in between asks the way in again.
        """
        async with self.choosing:
            for begin in range(0, len(found) - STEP, STEP):
                self._credit(entry, found[begin : begin + STEP])
                self.frontier.add(found[begin : begin + STEP])
                await asyncio.sleep(0)
            rest = found[(len(found) - 1) // STEP * STEP :]
            self._credit(entry, rest)
            self.frontier.expand(entry, rest)

    def _credit(self, entry: Entry, found: Sequence[Entry]) -> None:
        """Keep a way that shows an article which neither this run nor one before it had found."""
        kept, holds, outcome = self.ways.kept, self.frontier.holds, self.store.outcome
        if not kept.is_settled(entry) and any(
            one.kind == "article" and not holds(one.url) and outcome(one.url) is None for one in found
        ):
            kept.gave(entry)
