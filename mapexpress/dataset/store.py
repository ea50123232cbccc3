"""The store of one site: records, rejections, responses and outcomes, committed together."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from mapexpress.dataset.archive import Archive
from mapexpress.dataset.change.compaction import Compacted, compact
from mapexpress.dataset.change.generation import raise_generation
from mapexpress.dataset.change.sealing import seal
from mapexpress.dataset.clock import Clock, utc_now
from mapexpress.dataset.files.layout import Layout, check_site, checked_run
from mapexpress.dataset.files.lock import SiteLock
from mapexpress.dataset.files.manifest import SOFTWARE, Manifest, PartKind, manifest_path, read_manifest
from mapexpress.dataset.files.parts import MAX_PART_BYTES, OpenPart, part_rows
from mapexpress.dataset.files.run_log import append_run
from mapexpress.dataset.files.warc import Exchange, WarcWriter
from mapexpress.dataset.near_duplicates.index import DuplicateIndex
from mapexpress.dataset.repair.opening import open_state
from mapexpress.dataset.state.database import State
from mapexpress.dataset.writer import RecordWriter, Written
from mapexpress.errors import StorageError
from mapexpress.limits import DEFAULTS, Limits
from mapexpress.model.record import Article, Rejection
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from pathlib import Path


def new_run_id(clock: Clock = utc_now) -> str:
    """A run id that sorts by time and does not clash: `20261124T001530Z-9f3a`."""
    return f"{clock().astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


@dataclass(slots=True, frozen=True, kw_only=True)
class Pending:
    """A captured article response without an outcome: to be processed without fetching it again."""

    url: str
    warc_record_id: str


class SiteStore(Archive):
    """Everything a run writes, behind one lock; use from one thread.

    What `write`, `capture`, `settle` and the state's own `write` did since the last `flush` is lost together when the
    process dies, and kept together by `flush`: call it at most a second apart. Every method raises StorageError when
    the disk fails; the store is then of no more use, and all that was flushed is whole. So does every write to `state`,
    whoever writes: `on_failure` is called once, with the first of them.
    """

    def __init__(self, layout: Layout, state: State, lock: SiteLock, run: str, clock: Clock, *, warc: bool) -> None:
        super().__init__(layout, state)
        self.run = run
        self.clock = clock
        self.keeps_responses = warc
        self._lock = lock
        self._parts: dict[PartKind, OpenPart] = {}
        self._warc = WarcWriter(layout, state, run, self._day(), SOFTWARE)
        self._closed = False
        self._writer = RecordWriter(state, run, clock, self._part, DuplicateIndex(layout, state))
        self._raised_at = state.changes

    @classmethod
    def open(
        cls, data: Path, key: str, *, run: str, clock: Clock = utc_now, warc: bool = True, limits: Limits = DEFAULTS
    ) -> SiteStore:
        """Take the site's lock, open and recover its state, seal what a killed run left.

        Raises BusyError (status 7) while another run is active, StorageError (6) and UsageError (2) for a bad run id.
        """
        layout = Layout(data.absolute(), key, limits)
        check_site(layout)
        lock = SiteLock(layout.lock, checked_run(run))
        lock.acquire()
        try:
            state = open_state(layout, SOFTWARE)
            try:
                state.write("INSERT OR IGNORE INTO runs VALUES (?, ?, NULL)", run, clock().isoformat())
                state.commit()
            except BaseException:
                state.close()
                raise
        except BaseException:
            lock.release()
            raise
        return cls(layout, state, lock, run, clock, warc=warc)

    def on_failure(self, told: Callable[[StorageError], object]) -> None:
        """Have the first error of the disk told, wherever it arises; before it is raised there."""
        self.state.on_failure = told

    def unprocessed(self) -> Iterator[Pending]:
        """Article responses that a killed run left in the WARC without an outcome, in no particular order."""
        for url, response in self.state.all("SELECT url, response FROM pending ORDER BY url"):
            yield Pending(url=str(url), warc_record_id=str(response))

    def kept_bytes(self, *, run: str = "", day: str = "") -> int:
        """Bytes of responses, records and rejections that a run, or the runs of a day, wrote, as far as committed."""
        total = 0
        for sql in (
            "SELECT sum(committed) FROM warcs WHERE (? != '' AND name LIKE ? || '-%') OR day = ?",
            "SELECT sum(coalesce(size, committed)) FROM parts WHERE (? != '' AND run = ?) OR day = ?",
        ):
            row = self.state.one(sql, run, run, day)
            total += int(str(row[0] or 0)) if row else 0
        return total

    # What is written.

    def capture(self, exchange: Exchange) -> str | None:
        """Store a response and return its WARC record id; None when the store keeps no responses.

        One whose `content` is `article` and whose status is 200 counts as unprocessed until its address has an
        outcome.
        """
        if not self.keeps_responses:
            return None
        self._check()
        with self._failing():
            record_id = self._warc.append(exchange)
            if exchange.content == "article" and exchange.status == 200:
                self.state.write(
                    "REPLACE INTO pending VALUES (?, ?, ?)", identity(exchange.url), exchange.url, record_id
                )
        return record_id

    def write(self, record: Article | Rejection) -> Written:
        """Append a record or rejection and note the outcome of its addresses; durable after the next `flush`.

        An article whose id is known becomes the next revision (`revision` and `previous_hash` are set on it) or, with
        title and text unchanged, only a check of the address. Whether a difference is a revision at all is for the
        caller to decide first (see `revisions`). A rejection is stored when it is not the one the address already has.
        What was forgotten is not taken in again.
        """
        self._check()
        with self._failing():
            return self._writer.write(record)

    def settle(self, url: str, like: str) -> None:
        """Give an address the outcome of another one: it redirects there, or is another name of the same article."""
        with self._failing():
            self._writer.settle(url, like)

    def leave(self, url: str) -> None:
        """Note that a response is not wanted: its article was not asked for, and has no outcome."""
        with self._failing():
            self.state.write("DELETE FROM pending WHERE identity = ?", identity(url))

    def checked(self, article: Article | None = None, *, url: str | None = None) -> None:
        """Note that an address was asked again and its article has not changed.

        Give the article that was fetched, or the `url` alone after a 304.
        """
        with self._failing():
            self._writer.checked(article, url)
            if article is not None:
                for response in self.response_ids(article):
                    self.state.leave_response(response)

    def compact(self, *, keep_days: int = 0, go_on: Callable[[], bool] = lambda: True) -> Compacted:
        """Merge what was stored before today, after `seal`; see `compaction.compact`."""
        self._check()
        with self._failing():
            return compact(self.layout, self.state, self.clock(), SOFTWARE, keep_days=keep_days, go_on=go_on)

    def note_run(self, told: Mapping[str, object]) -> None:
        """Keep what this run did: its id, when it began and ended, and `told`."""
        self._check()
        row = self.state.one("SELECT started FROM runs WHERE run = ?", self.run)
        with self._failing():
            began = {"run": self.run, "started": row[0] if row else None, "ended": self._now()}
            append_run(self.layout, self.clock().astimezone(UTC), began | dict(told))

    def flush(self) -> None:
        """Make all that was written durable: files first, then one transaction that says how far they count."""
        self._check()
        self._flush()

    def _flush(self) -> None:
        with self._failing():
            for part in self._parts.values():
                part.sync()
            self._warc.sync()
            self.state.commit()
            full = [kind for kind, part in self._parts.items() if part.offset > MAX_PART_BYTES]
            for kind in full:
                self._seal_part(kind)
        if full:
            self._raise_generation()

    def seal(self) -> Manifest | None:
        """Flush, seal the open parts and write the run's manifest; None when the run stored nothing."""
        self.flush()
        with self._failing():
            for kind in list(self._parts):
                self._seal_part(kind)
            path = manifest_path(self.layout, self.run)
            self.state.write("UPDATE runs SET ended = ? WHERE run = ?", self._now(), self.run)
            self._raise_generation()
            return read_manifest(path, self.layout.limits) if path.exists() else None

    def close(self) -> None:
        """Flush what a healthy store still holds and give the lock back; safe to call twice. Does not seal."""
        if self._closed:
            return
        self._closed = True
        try:
            if self.state.failure is None:
                self._flush()
                if self.state.changes != self._raised_at:
                    self._raise_generation()
        finally:
            self._warc.abandon()
            for part in self._parts.values():
                part.close()
            self._parts.clear()
            self.state.close()
            self._lock.release()

    def __enter__(self) -> SiteStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Inside.

    def _part(self, kind: PartKind) -> OpenPart:
        if kind not in self._parts:
            self._parts[kind] = OpenPart(self.layout, self.state, kind, self.run, self._day())
        return self._parts[kind]

    def _seal_part(self, kind: PartKind) -> None:
        part = self._parts.pop(kind)
        part.close()
        for row in part_rows(self.state, "part = ?", part.part):
            seal(self.layout, self.state, row, SOFTWARE)

    def _raise_generation(self) -> None:
        """Commit what is open; a copy of the state from before is from now on told from it."""
        with self._failing():
            raise_generation(self.layout, self.state)
            self._raised_at = self.state.changes

    def _now(self) -> str:
        return self.clock().astimezone(UTC).isoformat(timespec="seconds")

    def _day(self) -> str:
        return self.clock().astimezone(UTC).date().isoformat()

    def _check(self) -> None:
        if self.state.failure is not None or self._closed:
            raise StorageError(str(self.state.failure or f"{self.layout.site}: the store is closed"))

    def _failing(self) -> _Failing:
        return _Failing(self)


class _Failing:
    """Marks the store as failed when a StorageError passes, so that nothing half-written is committed later."""

    def __init__(self, store: SiteStore) -> None:
        self.store = store

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, StorageError):
            self.store.state.fail(error)
