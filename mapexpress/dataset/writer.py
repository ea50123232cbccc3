"""What a record or a rejection changes: a line of a part, the outcomes of its addresses, its near-duplicates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Literal

from mapexpress import __version__
from mapexpress.dataset.clock import Clock
from mapexpress.dataset.near_duplicates.index import DuplicateIndex
from mapexpress.dataset.state.tables import Outcome, known_of
from mapexpress.model.record import Article, Rejection
from mapexpress.model.schema import to_json
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from mapexpress.dataset.files.manifest import PartKind
    from mapexpress.dataset.files.parts import OpenPart
    from mapexpress.dataset.state.database import State

Written = Literal["new", "revised", "gone", "returned", "unchanged", "rejected", "forgotten"]


@dataclass(slots=True)
class RecordWriter:
    """Writes for one run. `part` gives the open part of a kind; all joins the state's open transaction."""

    state: State
    run: str
    clock: Clock
    part: Callable[[PartKind], OpenPart]
    duplicates: DuplicateIndex

    def now(self) -> str:
        """The moment as outcomes hold it."""
        return self.clock().astimezone(UTC).isoformat(timespec="seconds")

    def write(self, record: Article | Rejection) -> Written:
        """Put a record into its open part, with its address's outcome, unless it is known as it is or was forgotten."""
        if self._is_forgotten(record):
            return "forgotten"
        return self._article(record) if isinstance(record, Article) else self._rejection(record)

    def settle(self, url: str, like: str) -> None:
        """Give `url` the outcome of the address `like`, whose answer held it too."""
        outcome = self.state.outcome(like)
        if outcome is not None and identity(url) != identity(like):
            self._put(replace(outcome, url=url, etag=None, last_modified=None))

    def checked(self, article: Article | None, url: str | None) -> None:
        """Note that an address was asked again and its record stands: that of `article`, or of `url` alone."""
        url = article.url if article else url
        outcome = self.state.outcome(url) if url else None
        if outcome is None:
            return
        fresh = replace(outcome, http_status=304, checked_at=self.now(), attempts=outcome.attempts + 1, reason=None)
        if article is not None:
            fresh = replace(
                fresh, http_status=article.http_status, etag=article.etag, last_modified=article.last_modified
            )
        self._put(fresh)

    def _is_forgotten(self, record: Article | Rejection) -> bool:
        if isinstance(record, Article) and self.state.is_forgotten(record.id):
            return True
        urls = (record.url, record.canonical_url) if isinstance(record, Article) else (record.url,)
        return any(self.state.is_forgotten(identity(url)) for url in urls if url)

    def _article(self, article: Article) -> Written:
        known = self.state.known(article.id)
        if known and known.content_hash == article.content_hash and known.status == article.status:
            self._settle_article(article, changed=False)
            return "unchanged"
        if known:
            article.revision, article.previous_hash = known.revision + 1, known.content_hash
        if article.status == "active":
            self.duplicates.decide(article)
        part = self.part("records")
        line = part.append(to_json(article))
        self.state.put_known(known_of(article, self.run, part.part, line))
        if article.warc_record_id is not None:
            self.state.keep_response(article.warc_record_id)
        self._settle_article(article, changed=True)
        if article.status == "gone":
            return "gone"
        if known and known.status == "gone":
            return "returned"
        return "revised" if known else "new"

    def _settle_article(self, article: Article, *, changed: bool) -> None:
        now = article.fetched_at or self.now()
        kind: Literal["gone", "stored"] = "gone" if article.status == "gone" else "stored"
        for url in {identity(u): u for u in (*article.page_urls, article.canonical_url, article.url) if u}.values():
            old = self.state.outcome(url)
            fetched = url == article.url
            if old is not None and not fetched and self._is_of_another(old, article.id):
                self._processed(url)
                continue
            same = old is not None and not changed and old.kind == kind
            self._put(
                Outcome(
                    url=url,
                    kind=kind,
                    record_id=article.id,
                    http_status=article.http_status if fetched else (old.http_status if old else None),
                    etag=article.etag if fetched else (old.etag if old else None),
                    last_modified=article.last_modified if fetched else (old.last_modified if old else None),
                    first_seen=old.first_seen if old else now,
                    checked_at=now,
                    changed_at=old.changed_at if old and same else now,
                    attempts=old.attempts + 1 if old and same else 1,
                    version=article.extractor_version,
                )
            )

    def _is_of_another(self, outcome: Outcome, record_id: str) -> bool:
        """Whether the article of an outcome is another one, and was made of the page at this very address."""
        if outcome.record_id is None or outcome.record_id == record_id:
            return False
        known = self.state.known(outcome.record_id)
        return known is not None and known.url is not None and identity(known.url) == identity(outcome.url)

    def _rejection(self, rejection: Rejection) -> Written:
        now = rejection.fetched_at or self.now()
        old = self.state.outcome(rejection.url) if rejection.url else None
        same = old is not None and old.reason == rejection.reason
        if rejection.url is not None:
            # A stored article that cannot be fetched today is still stored.
            keep = old is not None and old.kind != "rejected"
            self._put(
                Outcome(
                    url=rejection.url,
                    kind=old.kind if old and keep else "rejected",
                    reason=rejection.reason,
                    record_id=old.record_id if old else None,
                    http_status=rejection.http_status,
                    etag=old.etag if old and keep else None,
                    last_modified=old.last_modified if old and keep else None,
                    first_seen=old.first_seen if old else now,
                    checked_at=now,
                    changed_at=old.changed_at if old and (same or keep) else now,
                    attempts=old.attempts + 1 if old and same else 1,
                    version=__version__,
                )
            )
        if same:
            return "unchanged"
        self.part("rejections").append(to_json(rejection))
        return "rejected"

    def _put(self, outcome: Outcome) -> None:
        """Nothing was seen or changed later than it was checked: where it says so, a clock was ahead."""
        last = outcome.checked_at
        if outcome.first_seen > last or outcome.changed_at > last:
            outcome = replace(
                outcome, first_seen=min(outcome.first_seen, last), changed_at=min(outcome.changed_at, last)
            )
        self.state.put_outcome(outcome)
        self._processed(outcome.url)

    def _processed(self, url: str) -> None:
        self.state.write("DELETE FROM pending WHERE identity = ?", identity(url))
