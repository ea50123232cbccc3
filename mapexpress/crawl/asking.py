"""From entries of the frontier to requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrapy import Request

from mapexpress.fetch.handler import BROWSER

if TYPE_CHECKING:
    from mapexpress.crawl.articles.absences import Absences
    from mapexpress.crawl.claims import Claim
    from mapexpress.crawl.learning import SiteLearning
    from mapexpress.crawl.requests.allowance import Allowance
    from mapexpress.crawl.requests.plan import Plan
    from mapexpress.crawl.requests.queue import Turns
    from mapexpress.crawl.requests.revisits import Revisits
    from mapexpress.crawl.run_counts import RunCounts
    from mapexpress.crawl.under_way import UnderWay
    from mapexpress.dataset.state.frontier import Entry, Frontier, Kind
    from mapexpress.model.document import Document

PRIORITY: Mapping[Kind, int] = {"home": 5, "feed": 4, "rest": 3, "sitemap": 2, "article": 1, "listing": 0}
SHOWN_KINDS = ("home", "listing", "article")  # that a browser shows, where the site asks for one
HELD_PRIORITY = 6  # they cost the site nothing
FULL = "mapexpress_full"  # mark of a request for the page that an AMP twin names


@dataclass(slots=True, kw_only=True)
class Asking:
    """Decides whether an entry is asked, and how. `answered` and `failed` are the request's callback and errback."""

    plan: Plan
    frontier: Frontier
    turns: Turns
    revisits: Revisits
    learning: SiteLearning
    allowance: Allowance
    absences: Absences
    under_way: UnderWay
    counts: RunCounts
    answered: Callable[..., Any]
    failed: Callable[..., Any]

    def begin(self, entry: Entry) -> Request | None:
        """The first request of an entry; None where it is not due, or what it leads to is known."""
        if entry.kind == "article" and entry.url not in self.learning.cleaning:
            if entry.via != "seed":  # what only we remember is shown by no way in
                self.counts.add("shown")
            if entry.url not in self.absences.forced and not self.turns.is_due(entry):
                self.counts.add("known")
                self.turns.put_off(entry)
                return None
        elif (known := self.revisits.known(entry)) is not None:
            self.counts.add("spared")
            self.frontier.expand(entry, known)
            return None
        self.under_way.begin(entry)
        self.learning.asked(entry)
        self.allowance.asks(entry)
        return self.request(entry, entry.url)

    def request(
        self,
        entry: Entry,
        url: str,
        documents: tuple[Document, ...] = (),
        *,
        full: bool = False,
        claim: Claim | None = None,
    ) -> Request:
        """A request for an entry, or for what belongs to it: a further page after `documents`, its `full` page, the
        address that it claims."""
        meta: dict[str, object] = {"mapexpress_entry": entry, "mapexpress_kind": entry.kind, FULL: full}
        held = self.learning.replay(url) if entry.kind == "article" else None
        if held is not None:
            meta |= {"mapexpress_held": held.warc_record_id, "tdm_reserved": held.tdm_reserved}
        headers = {} if documents or full else self.turns.validators(entry)
        if entry.kind != "article":
            url, headers = self.revisits.asked(entry)
        if self.plan.site.browser and entry.kind in SHOWN_KINDS and held is None:
            meta[BROWSER], headers = True, {}  # an empty page that has not changed says nothing of what it shows
        return Request(
            self.plan.addresses.to_fetch(url),
            callback=self.answered,
            errback=self.failed,
            headers=headers,
            cb_kwargs={"entry": entry, "documents": documents, "claim": claim},
            meta=meta,
            priority=HELD_PRIORITY if held is not None else PRIORITY[entry.kind],
            dont_filter=True,  # the frontier knows what was asked
        )
