"""Whose turn it is: what of the frontier is asked next, and which articles are due."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from mapexpress import __version__
from mapexpress.crawl.requests.plan import PER_PAGE
from mapexpress.dataset.state.frontier import Entry, Frontier, Kind
from mapexpress.dataset.state.recheck_schedule import NO_RESOURCES, RECHECKS, is_due, is_passing
from mapexpress.errors import is_exhausted
from mapexpress.model.record import Rejection

if TYPE_CHECKING:
    from mapexpress.crawl.requests.arguments import Arguments
    from mapexpress.dataset.state.tables import Outcome
    from mapexpress.dataset.store import SiteStore

WINDOW = 32  # entries under way: four times the requests in flight, so that the downloader never waits for the frontier
RECHECKED = timedelta(days=30)  # articles that are asked again unasked for: after a month hardly one changes
CHEAP: tuple[Kind, ...] = ("home", "feed", "rest", "sitemap")


@dataclass(slots=True, frozen=True)
class Turns:
    """The order of a run. Cheap ways first, for they name the articles; then listings and articles."""

    frontier: Frontier
    store: SiteStore
    arguments: Arguments

    def choose(
        self, under_way: Mapping[str, Entry], waiting: Collection[str] = (), *, articles: int = WINDOW
    ) -> list[Entry]:
        """The next entries, as many as there is room for beside those under way; none of those that wait.

        Of `articles` there are at most so many.
        """
        room = WINDOW - len(under_way)
        kinds = {entry.kind for entry in under_way.values()}
        without = {*under_way, *waiting}
        cheap = self.frontier.take(CHEAP, room, without)
        if cheap or kinds & set(CHEAP):
            return cheap
        listings = self.frontier.take(("listing",), room, without)
        if self.arguments.limit or not self.arguments.walks_back:
            if listings or "listing" in kinds:
                return listings
            if self.arguments.limit:
                self.frontier.keep_newest(self.arguments.limit)
            return self.frontier.take(("article",), min(room, articles), without)
        taken = self.frontier.take(("article",), min(room - 2, articles), without)
        return taken + ([] if "listing" in kinds else listings[:1])

    def is_due(self, entry: Entry) -> bool:
        """Whether an article is to be fetched: a new one, or one whose time has come."""
        outcome = self.store.outcome(entry.url)
        if outcome is None:
            return True
        if self.arguments.full:
            return outcome.kind != "forgotten"
        return self._is_due(outcome, entry.modified)

    def _is_due(self, outcome: Outcome, modified: float | None = None) -> bool:
        known = self.store.known(outcome.record_id) if outcome.record_id else None
        published = known.date_published if known is not None else None
        return is_due(outcome, self.store.clock(), __version__, modified=modified, published=published)

    def put_off(self, entry: Entry) -> None:
        """Close an article that is not asked (any more) in this run; one that may come yet is left to the next.

        A way in may show it no longer by then, so only its entry leads to it.
        """
        outcome = self.store.outcome(entry.url)
        if outcome and not self.arguments.walks_back and is_passing(outcome, self.store.clock()):
            self.frontier.postpone(entry.url)
        else:
            self.frontier.close(entry.url)

    def put_aside(self, entry: Entry, error: BaseException) -> str | None:
        """Leave what met a bug of ours: a way in to the next run, an article to another version of the code.

        Asked in every run it would fail every run. What met a machine that had run out of something is asked soon
        again. The reason that an article is rejected for; None for a way in. Raises StorageError.
        """
        exhausted = is_exhausted(error)
        if entry.kind != "article":
            self.frontier.postpone(entry.url)
            return None
        reason = NO_RESOURCES if exhausted else "bug"
        told = " ".join(f"{type(error).__name__}: {error}".split())
        self.store.write(
            Rejection(
                url=entry.url,
                stage="extract",
                reason=reason,
                detail=told[:300],
                site=self.store.layout.key,
                fetched_at=self.store.clock().astimezone(UTC).isoformat(timespec="seconds"),
                discovered_via=entry.via,
            )
        )
        if exhausted:
            self.put_off(entry)
        else:
            self.frontier.close(entry.url)
        return reason

    def rechecks(self) -> Iterator[Entry]:
        """Stored articles that are due, whether or not a way in still shows them: a removal shows nowhere else.

        So are those that were absent at the last check, and those that are gone, which may come back.
        """
        if self.arguments.walks_back or self.arguments.limit:
            return
        now = self.store.clock().astimezone(UTC)
        young, checked = (now - RECHECKED).isoformat(), (now - RECHECKS[0][1]).isoformat()
        state, year = self.store.state, (now - timedelta(days=365)).isoformat()
        asked = state.all(
            "SELECT url, record_id FROM urls WHERE kind = 'stored' AND first_seen > ?"
            " AND (checked_at < ? OR checked_at > ?)",
            young,
            checked,
            now.isoformat(),
        )
        asked += state.all("SELECT url, record_id FROM urls WHERE kind = 'stored' AND http_status IN (404, 410)")
        asked += state.all("SELECT url, record_id FROM urls WHERE kind = 'gone' AND changed_at > ?", year)
        for url, record in {str(url): str(record) for url, record in asked}.items():
            known = self.store.known(record)
            outcome = self.store.outcome(url)
            if known is not None and known.url == url and outcome is not None and self._is_due(outcome):
                yield Entry(url=url, kind="article", via="seed", position=PER_PAGE)

    def validators(self, entry: Entry) -> dict[str, str]:
        """Headers of a conditional request, where the article is stored."""
        outcome = self.store.outcome(entry.url)
        if entry.kind != "article" or outcome is None or outcome.kind != "stored" or self.arguments.full:
            return {}
        given = {"If-None-Match": outcome.etag, "If-Modified-Since": outcome.last_modified}
        return {name: value for name, value in given.items() if value}
