"""The tables of a site's state: the scripts that make them, and what a row of them is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mapexpress.model.record import Article

OutcomeKind = Literal["stored", "rejected", "gone", "forgotten"]

# Scripts that bring a state from version n to n + 1. Only ever appended to.
MIGRATIONS: tuple[str, ...] = (
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
    # What is asked again by age is young: a run finds it without reading the addresses of years. And the pages of an
    # article are looked for among the responses of a file that may hold forty thousand.
    """
    CREATE INDEX urls_young ON urls (first_seen) WHERE kind = 'stored';
    DROP INDEX responses_warc;
    CREATE INDEX responses_place ON responses (warc, url);
    """,
    # What may come back is found in the same way
    """
    CREATE INDEX urls_absent ON urls (checked_at) WHERE kind = 'stored' AND http_status IN (404, 410);
    CREATE INDEX urls_gone ON urls (changed_at) WHERE kind = 'gone';
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


OUTCOME = ", ".join(Outcome.__dataclass_fields__)


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


KNOWN = ", ".join(Known.__dataclass_fields__)


def known_of(article: Article, run: str, part: int, line: int) -> Known:
    """The row of a record whose latest revision is this line."""
    return Known(
        id=article.id,
        run=run,
        status=article.status,
        revision=article.revision,
        content_hash=article.content_hash,
        url=article.url,
        canonical_url=article.canonical_url,
        title=article.title,
        date_published=article.date_published,
        extractor_version=article.extractor_version,
        template_id=article.template_id,
        warc_record_id=article.warc_record_id,
        duplicate_of=article.duplicate_of,
        part=part,
        line=line,
    )


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


PLACE = ", ".join(Place.__dataclass_fields__)
