"""State of one site in SQLite: addresses and outcomes, latest revisions, parts, responses.

One connection, used from one thread. Writes join one open transaction that only `commit` makes durable, so a part's
offset and the outcomes it stands for are committed together or not at all.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from mapexpress.dataset.disk import make_folder, storage_errors
from mapexpress.errors import StorageError
from mapexpress.urls import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

OutcomeKind = Literal["stored", "rejected", "gone", "forgotten"]
Value: TypeAlias = "str | int | float | bytes | None"

# Scripts that bring a state from version n to n + 1. Only ever appended to.
_MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE components (name TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE runs (run TEXT PRIMARY KEY, started TEXT NOT NULL, ended TEXT) WITHOUT ROWID;
    CREATE TABLE urls (
        slot INTEGER PRIMARY KEY,      -- 63 bits of the hash of the address's identity, the next free one on a clash
        url TEXT NOT NULL,             -- as last decided
        kind TEXT NOT NULL,            -- stored, rejected, gone, forgotten
        reason TEXT,                   -- of a rejection
        record_id TEXT,
        http_status INTEGER,
        etag TEXT,
        last_modified TEXT,
        first_seen TEXT NOT NULL,
        checked_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        attempts INTEGER NOT NULL,     -- checks in a row that ended in the same kind and reason
        version TEXT                   -- of the code that decided
    );
    CREATE TABLE records (
        slot INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        run TEXT NOT NULL,             -- that wrote the latest revision
        status TEXT NOT NULL,
        revision INTEGER NOT NULL,
        content_hash TEXT NOT NULL,
        url TEXT,
        canonical_url TEXT,
        title TEXT NOT NULL,
        date_published TEXT,
        extractor_version TEXT NOT NULL,
        template_id TEXT,
        warc_record_id TEXT,
        duplicate_of TEXT,
        part INTEGER NOT NULL,
        line INTEGER NOT NULL          -- number of its line in the part, from 0
    );
    CREATE TABLE parts (
        part INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,            -- records, rejections
        run TEXT NOT NULL,
        number INTEGER NOT NULL,
        day TEXT NOT NULL,
        committed INTEGER NOT NULL,    -- bytes of the open part that count
        lines INTEGER NOT NULL,
        sealed INTEGER NOT NULL,
        sha256 TEXT,
        size INTEGER,
        UNIQUE (kind, run, number)
    );
    CREATE INDEX parts_open ON parts (part) WHERE sealed = 0;
    CREATE TABLE lines (               -- every revision ever written, by place
        part INTEGER NOT NULL,
        line INTEGER NOT NULL,
        slot INTEGER NOT NULL,         -- of the record
        revision INTEGER NOT NULL,
        PRIMARY KEY (part, line)
    ) WITHOUT ROWID;
    CREATE TABLE warcs (
        warc INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        day TEXT NOT NULL,
        committed INTEGER NOT NULL
    );
    CREATE TABLE responses (
        slot INTEGER PRIMARY KEY,      -- 63 bits of the WARC record id's hash
        id TEXT NOT NULL,
        warc INTEGER NOT NULL,
        position INTEGER NOT NULL,
        url TEXT NOT NULL,             -- the public address
        fetched_at TEXT NOT NULL,
        http_status INTEGER NOT NULL,
        length INTEGER NOT NULL,       -- bytes of the WARC record and those written with it
        content TEXT NOT NULL          -- article, or what else was fetched
    );
    CREATE INDEX responses_warc ON responses (warc);
    CREATE TABLE pending (             -- article responses without an outcome
        identity TEXT PRIMARY KEY,
        url TEXT NOT NULL,
        response TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE forgotten (digest BLOB PRIMARY KEY) WITHOUT ROWID;  -- addresses and ids never to be taken in again
    """,
)


@dataclass(slots=True, frozen=True)
class Outcome:
    """What became of an address: dates are ISO 8601 instants, `attempts` counts the same result in a row."""

    url: str
    kind: OutcomeKind
    reason: str | None = None
    record_id: str | None = None
    http_status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    first_seen: str = ""
    checked_at: str = ""
    changed_at: str = ""
    attempts: int = 1
    version: str | None = None


_OUTCOME = ", ".join(Outcome.__dataclass_fields__)


@dataclass(slots=True, frozen=True, kw_only=True)
class Known:
    """Latest revision of a record, and where its line is."""

    id: str
    run: str
    status: str
    revision: int
    content_hash: str
    url: str | None
    canonical_url: str | None
    title: str
    date_published: str | None
    extractor_version: str
    template_id: str | None
    warc_record_id: str | None
    duplicate_of: str | None
    part: int
    line: int


_KNOWN = ", ".join(Known.__dataclass_fields__)


@dataclass(slots=True, frozen=True, kw_only=True)
class Place:
    """Where a captured response is: `position` and `length` in bytes of the compressed WARC file."""

    id: str
    warc: int
    position: int
    length: int
    url: str
    fetched_at: str
    http_status: int
    content: str


_PLACE = ", ".join(Place.__dataclass_fields__)


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()


def slot_of(name: str) -> int:
    """First candidate slot of a name: 63 bits of its BLAKE2b hash, so that look-ups cost the same at any size."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1


class State:
    """The open state of a site. Every method raises StorageError with one line when the disk or the file is bad."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        with storage_errors(path):
            if readonly:
                self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
            else:
                make_folder(path.parent)
                self._db = sqlite3.connect(path, isolation_level=None)
            try:
                self._db.execute("PRAGMA busy_timeout = 5000")
                self._db.execute("PRAGMA cache_size = -16000")  # 16 MB: the upper tree of a million addresses
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
        if version > len(_MIGRATIONS) or (readonly and version < len(_MIGRATIONS)):
            age = "newer" if version > len(_MIGRATIONS) else "older"
            raise StorageError(
                f"{self.path} has version {version}, this program knows {len(_MIGRATIONS)}: it was written by {age} "
                "mapexpress; use that one, or rebuild the state with scrapy verify --rebuild-state"
            )
        for number, script in enumerate(_MIGRATIONS[version:], version + 1):
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
        with storage_errors(self.path):
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

    def each(self, sql: str, *values: Value) -> Iterator[tuple[Value, ...]]:
        """Rows of a query one by one; the state must not be written meanwhile."""
        with storage_errors(self.path):
            yield from self._db.execute(sql, values)

    def write(self, sql: str, *values: Value) -> None:
        """Run one statement in the open transaction; durable at the next `commit`."""
        with storage_errors(self.path):
            self._begin()
            self._db.execute(sql, values)

    def write_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each row in the open transaction; durable at the next `commit`."""
        with storage_errors(self.path):
            self._begin()
            self._db.executemany(sql, rows)

    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make all writes since the last commit durable together."""
        with storage_errors(self.path):
            if self._db.in_transaction:
                self._db.execute("COMMIT")

    def rollback(self) -> None:
        """Forget all writes since the last commit."""
        if self._db.in_transaction:
            self._db.rollback()

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

    # Addresses.

    def outcome(self, url: str) -> Outcome | None:
        """What became of this address under any of its spellings, or None when it was never decided."""
        key = identity(url)
        slot = slot_of(key)
        while (row := self.one(f"SELECT {_OUTCOME} FROM urls WHERE slot = ?", slot)) is not None:
            if row[0] == url or identity(str(row[0])) == key:
                return Outcome(*row)  # type: ignore[arg-type]
            slot += 1
        return Outcome(url=url, kind="forgotten") if self.is_forgotten(key) else None

    def put_outcome(self, outcome: Outcome) -> None:
        """Insert or replace the outcome of an address."""
        slot, _ = self._probe("urls", "url", identity(outcome.url), identity)
        self.write(
            f"REPLACE INTO urls (slot, {_OUTCOME}) VALUES (?{', ?' * len(Outcome.__dataclass_fields__)})",
            slot,
            *(getattr(outcome, name) for name in Outcome.__dataclass_fields__),
        )

    # Records.

    def known(self, record_id: str) -> Known | None:
        """Latest revision of a record, or None."""
        slot, found = self._probe("records", "id", record_id)
        if not found:
            return None
        row = self.one(f"SELECT {_KNOWN} FROM records WHERE slot = ?", slot)
        return Known(**dict(zip(Known.__dataclass_fields__, row or (), strict=True)))  # type: ignore[arg-type]

    def put_known(self, known: Known) -> None:
        """Insert or replace the latest revision of a record, and note its line."""
        slot, _ = self._probe("records", "id", known.id)
        self.write(
            f"REPLACE INTO records (slot, {_KNOWN}) VALUES (?{', ?' * len(Known.__dataclass_fields__)})",
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
            f"REPLACE INTO responses (slot, {_PLACE}) VALUES (?{', ?' * len(names)})",
            slot,
            *(getattr(place, name) for name in names),
        )

    def response(self, warc_record_id: str) -> Place | None:
        """Where the response with this WARC record id is, or None."""
        slot, found = self._probe("responses", "id", warc_record_id)
        if not found:
            return None
        row = self.one(f"SELECT {_PLACE} FROM responses WHERE slot = ?", slot)
        return Place(**dict(zip(Place.__dataclass_fields__, row or (), strict=True)))  # type: ignore[arg-type]

    # What must not come back. Only digests are kept: the address itself is erased.

    def forget(self, name: str) -> None:
        """Never take in this identity of an address, or this record id, again."""
        self.write("INSERT OR IGNORE INTO forgotten VALUES (?)", _digest(name))

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
