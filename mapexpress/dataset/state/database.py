"""State of one site in SQLite: addresses and outcomes, latest revisions, parts, responses.

One connection, used from one thread. Writes join one open transaction that only `commit` makes durable, so a part's
offset and the outcomes it stands for are committed together or not at all.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeAlias

from mapexpress.dataset.state.tables import KNOWN, MIGRATIONS, OUTCOME, PLACE, Known, Outcome, Place
from mapexpress.errors import StorageError
from mapexpress.system.disk import make_folder, storage_errors
from mapexpress.system.inside import check_file
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

Value: TypeAlias = "str | int | float | bytes | None"


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()


def slot_of(name: str) -> int:
    """First candidate slot of a name: 63 bits of its BLAKE2b hash, so that look-ups cost the same at any size."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1


class State:
    """The open state of a site. Every method raises StorageError with one line when the disk or the file is bad.

    After a write that failed nothing more is written or committed: SQLite may have undone the open transaction, and
    what came after would be kept without what came before. `failure` is the first error; `on_failure` is told of it.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        self.failure: StorageError | None = None
        self.on_failure: Callable[[StorageError], object] | None = None
        check_file(path)
        with storage_errors(path):
            if readonly:
                self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
            else:
                make_folder(path.parent)
                self._db = sqlite3.connect(path, isolation_level=None)
            try:
                self._db.execute("PRAGMA busy_timeout = 5000")
                self._db.execute(
                    "PRAGMA cache_size = -8000"
                )  # 8 MB: the upper trees of a million addresses are 1 MB a table
                self._db.execute("PRAGMA trusted_schema = OFF")
                if not readonly:
                    self._db.execute("PRAGMA journal_mode = WAL")
                    self._db.execute("PRAGMA synchronous = FULL")
                self._migrate(readonly)
            except BaseException:
                self._db.close()
                raise

    def _migrate(self, readonly: bool) -> None:
        version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if version > len(MIGRATIONS):
            raise StorageError(
                f"{self.path} has version {version}, this program knows {len(MIGRATIONS)}: it was written by a newer "
                "mapexpress; use that one, or rebuild the state with scrapy verify --rebuild-state"
            )
        if readonly:
            if version < len(MIGRATIONS):
                State(self.path).close()  # whoever reads needs today's tables too; one transaction a version
            return
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            self._db.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")

    def migrate(self, component: str, scripts: Sequence[str]) -> None:
        """Give a component tables of its own in this file: runs the scripts it has not run yet, durably.

        Scripts are only ever appended to. Raises StorageError when the file knows more of them than the caller.
        """
        self.commit()
        row = self.one("SELECT version FROM components WHERE name = ?", component)
        version = int(row[0] or 0) if row else 0
        if version > len(scripts):
            raise StorageError(f"{self.path} was written by a newer mapexpress ({component} {version}); use that one")
        with self._writing():
            for number, script in enumerate(scripts[version:], version + 1):
                self._db.executescript(f"BEGIN IMMEDIATE; {script};")
                self._db.execute("REPLACE INTO components VALUES (?, ?)", (component, number))
                self._db.execute("COMMIT")

    # Plain access, for components with tables of their own.

    def one(self, sql: str, *values: Value) -> tuple[Value, ...] | None:
        """First row of a query, or None."""
        with storage_errors(self.path):
            row: tuple[Value, ...] | None = self._db.execute(sql, values).fetchone()
            return row

    def all(self, sql: str, *values: Value) -> list[tuple[Value, ...]]:
        """All rows of a query."""
        with storage_errors(self.path):
            return self._db.execute(sql, values).fetchall()

    def write(self, sql: str, *values: Value) -> None:
        """Run one statement in the open transaction; durable at the next `commit`."""
        with self._writing():
            self._begin()
            self._db.execute(sql, values)

    def write_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each row in the open transaction; durable at the next `commit`."""
        with self._writing():
            self._begin()
            self._db.executemany(sql, rows)

    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make all writes since the last commit durable together."""
        with self._writing():
            if self._db.in_transaction:
                self._db.execute("COMMIT")

    @property
    def changes(self) -> int:
        """How many rows were written since the file was opened."""
        return self._db.total_changes

    def rollback(self) -> None:
        """Forget all writes since the last commit."""
        with suppress(sqlite3.Error):  # a transaction that cannot be undone on a broken disk is undone by the next open
            if self._db.in_transaction:
                self._db.rollback()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if self.failure is not None:
            raise StorageError(str(self.failure))
        try:
            with storage_errors(self.path):
                yield
        except StorageError as error:
            self.fail(error)
            raise

    def fail(self, error: StorageError) -> None:
        """Forget all writes since the last commit and take no more: this error of the disk has made them half."""
        if self.failure is not None:
            return
        self.failure = error
        self.rollback()
        if self.on_failure is not None:
            self.on_failure(error)

    def close(self) -> None:
        """Close without committing."""
        self.rollback()
        self._db.close()

    def integrity(self) -> str | None:
        """What SQLite's own check finds wrong with the file, in one line, or None."""
        row = self.one("PRAGMA integrity_check(1)")
        return None if row is None or row[0] == "ok" else str(row[0])

    def shrink(self) -> None:
        """Write the file anew without its free pages, so that nothing erased can be read from it."""
        self.commit()
        with storage_errors(self.path):
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def gather(self) -> None:
        """Bring all into the one file, so that it may be moved; closing does so too, but is silent when it fails."""
        self.commit()
        with self._writing():
            mode = self._db.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
            if mode != "delete":
                raise StorageError(f"{self.path}: another process holds it; run the same command again")

    # Addresses.

    def outcome(self, url: str) -> Outcome | None:
        """What became of this address under any of its spellings, or None when it was never decided."""
        key = identity(url)
        slot = slot_of(key)
        while (row := self.one(f"SELECT {OUTCOME} FROM urls WHERE slot = ?", slot)) is not None:
            if row[0] == url or identity(str(row[0])) == key:
                return Outcome(*row)  # type: ignore[arg-type]
            slot += 1
        return Outcome(url=url, kind="forgotten") if self.is_forgotten(key) else None

    def put_outcome(self, outcome: Outcome) -> None:
        """Insert or replace the outcome of an address."""
        slot, _ = self._probe("urls", "url", identity(outcome.url), identity)
        self.write(
            f"REPLACE INTO urls (slot, {OUTCOME}) VALUES (?{', ?' * len(Outcome.__dataclass_fields__)})",
            slot,
            *(getattr(outcome, name) for name in Outcome.__dataclass_fields__),
        )

    # Records.

    def known(self, record_id: str) -> Known | None:
        """Latest revision of a record, or None."""
        slot, found = self._probe("records", "id", record_id)
        if not found:
            return None
        row = self.one(f"SELECT {KNOWN} FROM records WHERE slot = ?", slot)
        return Known(**dict(zip(Known.__dataclass_fields__, row or (), strict=True)))  # type: ignore[arg-type]

    def put_known(self, known: Known) -> None:
        """Insert or replace the latest revision of a record, and note its line."""
        slot, _ = self._probe("records", "id", known.id)
        self.write(
            f"REPLACE INTO records (slot, {KNOWN}) VALUES (?{', ?' * len(Known.__dataclass_fields__)})",
            slot,
            *(getattr(known, name) for name in Known.__dataclass_fields__),
        )
        self.write("REPLACE INTO lines VALUES (?, ?, ?, ?)", known.part, known.line, slot, known.revision)

    def record_slot(self, record_id: str) -> int:
        """Slot of a record's row, or the one it would get."""
        return self._probe("records", "id", record_id)[0]

    def set_duplicate(self, record_id: str, original: str | None) -> None:
        """Note that a record is a near-duplicate of another one."""
        slot, found = self._probe("records", "id", record_id)
        if found:
            self.write("UPDATE records SET duplicate_of = ? WHERE slot = ?", original, slot)

    def _probe(self, table: str, column: str, name: str, key: Callable[[str], str] = str) -> tuple[int, bool]:
        slot = slot_of(name)
        while True:
            row = self.one(f"SELECT {column} FROM {table} WHERE slot = ?", slot)
            if row is None or key(str(row[0])) == name:
                return slot, row is not None
            slot += 1

    # Responses.

    def put_response(self, place: Place) -> None:
        """Note where a captured response is."""
        slot, _ = self._probe("responses", "id", place.id)
        names = Place.__dataclass_fields__
        self.write(
            f"REPLACE INTO responses (slot, {PLACE}) VALUES (?{', ?' * len(names)})",
            slot,
            *(getattr(place, name) for name in names),
        )

    def response(self, warc_record_id: str) -> Place | None:
        """Where the response with this WARC record id is, or None."""
        slot, found = self._probe("responses", "id", warc_record_id)
        if not found:
            return None
        row = self.one(f"SELECT {PLACE} FROM responses WHERE slot = ?", slot)
        return Place(**dict(zip(Place.__dataclass_fields__, row or (), strict=True)))  # type: ignore[arg-type]

    def drop_response(self, warc_record_id: str) -> None:
        """Forget where a response was."""
        slot, found = self._probe("responses", "id", warc_record_id)
        if found:
            self.write("DELETE FROM responses WHERE slot = ?", slot)

    def keep_response(self, warc_record_id: str) -> None:
        """Note that a record was made from a response, whatever was asked for: merging WARC files leaves it in."""
        self._set_content(warc_record_id, "article")

    def leave_response(self, warc_record_id: str) -> None:
        """Note that a response told nothing new of its article: merging WARC files leaves it out."""
        self._set_content(warc_record_id, "unchanged")

    def _set_content(self, warc_record_id: str, content: str) -> None:
        slot, found = self._probe("responses", "id", warc_record_id)
        if found:
            self.write("UPDATE responses SET content = ? WHERE slot = ? AND content != ?", content, slot, content)

    # What must not come back. Only digests are kept: the address itself is erased.

    def forget(self, name: str) -> None:
        """Never take in this identity of an address, or this record id, again."""
        self.forget_digest(_digest(name))

    def forget_digest(self, digest: bytes) -> None:
        """The same for what is known by its digest only."""
        self.write("INSERT OR IGNORE INTO forgotten VALUES (?)", digest)

    def forgotten(self) -> list[bytes]:
        """Digests of all that is never taken in again."""
        return [digest for (digest,) in self.all("SELECT digest FROM forgotten") if isinstance(digest, bytes)]

    def is_forgotten(self, name: str) -> bool:
        """Whether `forget` was called for this identity or record id."""
        return self.one("SELECT 1 FROM forgotten WHERE digest = ?", _digest(name)) is not None

    # Meta.

    def meta(self, key: str) -> str | None:
        """A value kept beside the tables."""
        row = self.one("SELECT value FROM meta WHERE key = ?", key)
        return None if row is None else str(row[0])

    def put_meta(self, key: str, value: str) -> None:
        """Set a value kept beside the tables; durable at the next `commit`."""
        self.write("REPLACE INTO meta VALUES (?, ?)", key, value)
