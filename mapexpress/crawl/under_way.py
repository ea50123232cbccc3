"""Entries from the moment they are asked to the moment nothing more comes of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scrapy import signals

from mapexpress.crawl.responses import entry_of
from mapexpress.errors import MapexpressError
from mapexpress.model.record import Article, Rejection
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from mapexpress.crawl.articles.doubts import Doubts
    from mapexpress.crawl.learning import SiteLearning
    from mapexpress.crawl.requests.queue import Turns
    from mapexpress.crawl.run_counts import RunCounts
    from mapexpress.dataset.state.frontier import Entry
    from mapexpress.dataset.store import SiteStore


@dataclass(slots=True, kw_only=True, weakref_slot=True)
class UnderWay:
    """What is asked and has not ended. `changed` is set whenever one ends, for whoever chooses the next."""

    store: SiteStore
    turns: Turns
    learning: SiteLearning
    doubts: Doubts
    counts: RunCounts
    entries: dict[str, Entry] = field(default_factory=dict)  # by their addresses
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _given: dict[int, tuple[Entry, object]] = field(default_factory=dict)  # by the identity of the item

    def watch(self, crawler: Crawler) -> None:
        """Follow the items of a crawl: an entry whose item has come to its end ends with it."""
        crawler.signals.connect(self._item_settled, signals.item_scraped)
        crawler.signals.connect(self._item_settled, signals.item_dropped)
        crawler.signals.connect(self._item_failed, signals.item_error)

    def begin(self, entry: Entry) -> None:
        """Note an entry that is asked now."""
        self.entries[entry.url] = entry

    def give(self, entry: Entry, item: Article | Rejection) -> Article | Rejection:
        """Note that an entry ends with an item that comes without a response."""
        self.begin(entry)
        self._given[id(item)] = entry, item
        return item

    def release(self, entry: Entry) -> None:
        """Note that nothing more comes of an entry for now."""
        self.entries.pop(entry.url, None)
        self.learning.settled(entry)
        self.changed.set()

    def put_aside(self, entry: Entry, error: BaseException) -> None:
        """Reject an entry whose answer met a fault of ours: left open it would be asked again without end."""
        if reason := self.turns.put_aside(entry, error):
            self.counts.add(f"rejected/{reason}")

    def _item_settled(self, item: object, response: Response | Failure | None) -> None:
        entry = self._entry_of(item, response)
        if entry is None:
            return
        try:
            if isinstance(item, Article) and item.url and identity(item.url) != identity(entry.url):
                self.store.settle(entry.url, item.url)
            self.turns.put_off(entry)
        except MapexpressError as error:
            self.counts.note_bug(error)
        self.release(entry)

    def _item_failed(self, item: object, response: Response | Failure | None, failure: Failure) -> None:
        entry = self._entry_of(item, response)
        if entry is not None:
            if not isinstance(failure.value, MapexpressError):  # the store takes nothing more
                self.put_aside(entry, failure.value or RuntimeError("a failure without an exception"))
            self.release(entry)

    def _entry_of(self, item: object, response: Response | Failure | None) -> Entry | None:
        """The entry that an item ends: that of its response, or for a record from REST that of its address."""
        if not isinstance(item, Article | Rejection):
            return None
        if entry := self.doubts.entry_of(item):
            return entry
        if id(item) in self._given:
            return self._given.pop(id(item))[0]
        return entry_of(response) if response is not None else self.entries.get(item.url or "")
