"""What the last answers of the ways in spare a run that takes what is new: requests, and bodies that did not change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mapexpress.dataset.state.visits import REMEMBERED, Visit, Visits

if TYPE_CHECKING:
    from mapexpress.crawl.requests.plan import Plan
    from mapexpress.dataset.state.frontier import Entry
    from mapexpress.dataset.store import SiteStore

MODIFIED_AFTER = "modified_after"  # argument of WordPress 5.7 and later; earlier ones do as if it were not there


@dataclass(slots=True)
class Revisits:
    """Decides how a way in that was asked before is asked now; archives and `full=1` ask as the first time."""

    plan: Plan
    store: SiteStore
    visits: Visits = field(init=False)

    def __post_init__(self) -> None:
        self.visits = Visits(self.store.state)

    def known(self, entry: Entry) -> tuple[Entry, ...] | None:
        """What a way in leads to without being asked: it is absent, or its index tells of no change; else None."""
        visit = self._last(entry)
        if visit is None:
            return None
        now = self.store.clock()
        lists_types = entry.kind == "rest" and not _is_collection(entry)
        if lists_types and visit.status == 200 and now - visit.checked_at < REMEMBERED:
            return visit.entries
        if visit.is_absent(now) or (entry.kind == "sitemap" and visit.is_unchanged(entry.modified)):
            return visit.entries
        return None

    def asked(self, entry: Entry) -> tuple[str, dict[str, str]]:
        """Address and headers of the request for a way in: conditional, or for what changed since the last one."""
        visit = self._last(entry)
        if visit is None:
            return entry.url, {}
        if _is_collection(entry) and visit.newest is not None:
            # The second before brings the newest again, so that an answer without news still shows an article.
            since = datetime.fromtimestamp(visit.newest - 1, UTC)
            return f"{entry.url}&orderby=modified&{MODIFIED_AFTER}={since:%Y-%m-%dT%H:%M:%SZ}", {}
        return entry.url, visit.validators()

    def unchanged(self, entry: Entry) -> tuple[Entry, ...]:
        """What a way in that answered 304 leads to: the same as the last time."""
        visit = self._last(entry)
        if visit is None:
            return ()
        self.visits.put(replace(visit, checked_at=self.store.clock(), modified=entry.modified))
        return visit.entries

    def note(self, entry: Entry, found: Sequence[Entry], status: int, headers: Mapping[str, str]) -> None:
        """Keep what a way in answered, for the next run; header names in lower case."""
        if self.plan.arguments.walks_back or (entry.position and entry.kind != "sitemap"):
            return
        last = self.visits.last(entry.url, self.plan.asked)
        changes = [last.newest if last else None, *(e.modified for e in found if e.kind == "article")]
        self.visits.put(
            Visit(
                url=entry.url,
                asked=self.plan.asked,
                checked_at=self.store.clock(),
                status=status,
                etag=headers.get("etag"),
                last_modified=headers.get("last-modified"),
                modified=entry.modified,
                newest=max((change for change in changes if change is not None), default=None),
                entries=tuple(found),
            )
        )

    def _last(self, entry: Entry) -> Visit | None:
        visit = self.visits.last(entry.url, self.plan.asked) if self.plan.takes_new else None
        return visit if visit is None or visit.checked_at <= self.store.clock() else None  # a clock was ahead


def _is_collection(entry: Entry) -> bool:
    return entry.kind == "rest" and "/wp/v2/" in entry.url
