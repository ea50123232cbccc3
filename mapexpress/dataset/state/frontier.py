"""The durable frontier: what a walk over a site has still to ask, in the site's state file.

A discovery page's links go in and the page is marked done in one transaction; an article's entry is closed in the
transaction that commits its outcome. So a process may die at any moment and the walk goes on where it was. Memory is
bounded: only the batch under way is held outside the database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from mapexpress.dataset.state.database import State
from mapexpress.model.record import Via
from mapexpress.web.addresses import identity

Kind = Literal["home", "feed", "rest", "sitemap", "listing", "article"]
# In this order an address keeps what it was first known as: a section listing that is also linked like an article
# stays a listing, whichever link was seen first.
KINDS: tuple[Kind, ...] = get_args(Kind)
# The cheapest way that shows an article names it; so `discovered_via` does not depend on the order of answers.
VIAS: tuple[Via, ...] = ("feed", "wp_api", "sitemap", "listing", "seed", "archive", "file")
KEPT_WAYS = "kept ways"  # in the state's meta: ways in that gave articles which no other had shown
NEW = "new"  # name of the walk that every default run makes

MIGRATIONS = (
    """
    CREATE TABLE frontier (
        walk TEXT NOT NULL,
        key TEXT NOT NULL,              -- identity of the address: http and https, with www. or without, are one
        url TEXT NOT NULL,              -- public address
        kind INTEGER NOT NULL,          -- place in KINDS
        via INTEGER NOT NULL,           -- place in VIAS
        edition INTEGER NOT NULL,
        position INTEGER NOT NULL,      -- page of the way and place on it: 0 is the newest
        published REAL,                 -- seconds since 1970, from a hint
        title_hint TEXT,
        source_id TEXT,
        state INTEGER NOT NULL,         -- 0 open, 1 done, 2 failed in this run and asked again in the next
        PRIMARY KEY (walk, key)
    ) WITHOUT ROWID;
    CREATE INDEX frontier_open ON frontier (walk, state, kind);
    CREATE TABLE walks (walk TEXT PRIMARY KEY, complete INTEGER NOT NULL) WITHOUT ROWID;
    """,
    "ALTER TABLE frontier ADD COLUMN modified REAL;",  # last change, seconds since 1970, from a hint
    # In the order in which entries are taken: without it each look at a walk of 200,000 addresses sorts them all
    """
    DROP INDEX frontier_open;
    CREATE INDEX frontier_next ON frontier (walk, state, kind, (published IS NULL), published DESC, position, url);
    """,
)

_OPEN, _DONE, _FAILED = 0, 1, 2
_COLUMNS = "url, kind, via, edition, position, published, title_hint, source_id, modified"
_NEWEST_FIRST = "published IS NULL, published DESC, position, url"
# an address on a host for small devices names the page where nothing else does: there it may be shorter
_TWIN = " OR ".join(f"{{0}} LIKE 'http%://{label}.%'" for label in ("amp", "m", "mobile"))
_BETTER = f"(({_TWIN.format('excluded.url')}), excluded.via, excluded.url) < (({_TWIN.format('url')}), via, url)"
_INSERT = f"""
INSERT INTO frontier (walk, key, {_COLUMNS}, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
ON CONFLICT (walk, key) DO UPDATE SET
    url = CASE WHEN {_BETTER} THEN excluded.url ELSE url END,
    published = CASE WHEN {_BETTER} THEN coalesce(excluded.published, published)
                     ELSE coalesce(published, excluded.published) END,
    title_hint = CASE WHEN {_BETTER} THEN coalesce(excluded.title_hint, title_hint)
                      ELSE coalesce(title_hint, excluded.title_hint) END,
    source_id = coalesce(source_id, excluded.source_id),
    modified = max(coalesce(modified, excluded.modified), coalesce(excluded.modified, modified)),
    kind = min(kind, excluded.kind),
    position = min(position, excluded.position),
    via = min(via, excluded.via)
WHERE state = 0
"""


@dataclass(slots=True, frozen=True, kw_only=True)
class Entry:
    """One address of a walk. `published`, `modified` (seconds since 1970) and `title_hint` are hints, never data."""

    url: str
    kind: Kind
    via: Via = "listing"
    edition: int = 0
    position: int = 0
    published: float | None = None
    title_hint: str | None = None
    source_id: str | None = None
    modified: float | None = None


class Frontier:
    """The entries of one walk. Changes join the state's open transaction; they are durable at its next commit."""

    def __init__(self, state: State, walk: str) -> None:
        state.migrate("frontier", MIGRATIONS)
        self.state = state
        self.walk = walk
        self._grown = True  # since `keep_newest` looked

    def begin(self, seeds: Iterable[Entry]) -> bool:
        """Start the walk, or go on with one that was interrupted; True when it goes on.

        The walk "new" asks its discovery pages again in each run and keeps the articles it has still to fetch.
        """
        row = self.state.one("SELECT complete FROM walks WHERE walk = ?", self.walk)
        goes_on = row is not None and not row[0]
        write = self.state.write
        if self.walk == NEW:
            write("DELETE FROM frontier WHERE walk = ? AND (state = 1 OR kind < ?)", self.walk, KINDS.index("article"))
        elif not goes_on:
            write("DELETE FROM frontier WHERE walk = ?", self.walk)
        write("UPDATE frontier SET state = 0 WHERE walk = ? AND state = 2", self.walk)
        write("REPLACE INTO walks (walk, complete) VALUES (?, 0)", self.walk)
        self._insert(seeds)
        self.state.commit()
        return goes_on

    def expand(self, page: Entry, found: Iterable[Entry], *, failed: bool = False) -> None:
        """Take in what a discovery page showed, and mark the page done; `failed`: to be asked again next time."""
        self._insert(found)
        self._mark(page.url, _FAILED if failed else _DONE)

    def add(self, entries: Iterable[Entry]) -> None:
        """Take in addresses that no page of this run shows."""
        self._insert(entries)

    def ask_again(self, entry: Entry) -> None:
        """Take in an address, even one that the walk is done with."""
        self._insert([entry])
        self._mark(entry.url, _OPEN)

    def close(self, url: str) -> None:
        """Mark an article done."""
        self._mark(url, _DONE)

    def postpone(self, url: str) -> None:
        """Leave an article to the next run."""
        self._mark(url, _FAILED)

    def take(self, kinds: Sequence[Kind], count: int, without: Collection[str] = ()) -> list[Entry]:
        """Up to `count` open entries of these kinds, the newest first, without the addresses under way."""
        if count <= 0:
            return []
        rows = self.state.all(
            f"SELECT {_COLUMNS} FROM frontier WHERE walk = ? AND state = 0 AND kind IN ({_marks(kinds)})"
            f" ORDER BY kind, {_NEWEST_FIRST} LIMIT ?",
            self.walk,
            *map(KINDS.index, kinds),
            count + len(without),
        )
        return [e for e in map(_entry, rows) if e.url not in without][:count]

    def count_open(self, *kinds: Kind) -> int:
        """Open entries of these kinds, those under way included."""
        row = self.state.one(
            f"SELECT count(*) FROM frontier WHERE walk = ? AND state = 0 AND kind IN ({_marks(kinds)})",
            self.walk,
            *map(KINDS.index, kinds),
        )
        return int(str(row[0])) if row else 0

    def count_shown(self) -> int:
        """Articles of the walk that a way in showed, open or not."""
        row = self.state.one(
            "SELECT count(*) FROM frontier WHERE walk = ? AND kind = ? AND via != ?",
            self.walk,
            KINDS.index("article"),
            VIAS.index("seed"),
        )
        return int(str(row[0])) if row else 0

    def count_done(self) -> int:
        """Articles of the walk that have come to their end."""
        row = self.state.one(
            "SELECT count(*) FROM frontier WHERE walk = ? AND state = 1 AND kind = ?",
            self.walk,
            KINDS.index("article"),
        )
        return int(str(row[0])) if row else 0

    def keep_newest(self, count: int) -> None:
        """Leave all but the newest `count` articles of the walk, fetched or not, to later runs."""
        if not self._grown:
            return
        self._grown = False
        self.state.write(
            "UPDATE frontier SET state = 2 WHERE walk = ? AND state = 0 AND kind = ? AND key NOT IN"
            f" (SELECT key FROM frontier WHERE walk = ? AND kind = ? ORDER BY {_NEWEST_FIRST} LIMIT ?)",
            self.walk,
            KINDS.index("article"),
            self.walk,
            KINDS.index("article"),
            count,
        )

    def open_article(self, url: str) -> Entry | None:
        """The open entry of the article at this address; None where the walk knows none or is done with it."""
        row = self.state.one(
            f"SELECT {_COLUMNS} FROM frontier WHERE walk = ? AND key = ? AND kind = ? AND state = 0",
            self.walk,
            identity(url),
            KINDS.index("article"),
        )
        return _entry(row) if row is not None else None

    def holds(self, url: str) -> bool:
        """Whether the walk knows an article at this address."""
        row = self.state.one(
            "SELECT 1 FROM frontier WHERE walk = ? AND key = ? AND kind = ?",
            self.walk,
            identity(url),
            KINDS.index("article"),
        )
        return row is not None

    def end(self) -> bool:
        """Whether the walk came to its end; then its entries are dropped and the next run starts a new one."""
        row = self.state.one("SELECT count(*) FROM frontier WHERE walk = ? AND state != 1", self.walk)
        if row is None or row[0]:
            return False
        self.state.write("DELETE FROM frontier WHERE walk = ?", self.walk)
        self.state.write("UPDATE walks SET complete = 1 WHERE walk = ?", self.walk)
        return True

    def _insert(self, entries: Iterable[Entry]) -> None:
        self._grown = True
        self.state.write_many(_INSERT, ((self.walk, identity(e.url), *_row(e)) for e in entries))

    def _mark(self, url: str, state: int) -> None:
        self.state.write("UPDATE frontier SET state = ? WHERE walk = ? AND key = ?", state, self.walk, identity(url))


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _row(e: Entry) -> tuple[str | int | float | None, ...]:
    kind, via = KINDS.index(e.kind), VIAS.index(e.via)
    return (e.url, kind, via, e.edition, e.position, e.published, e.title_hint, e.source_id, e.modified)


def _entry(row: Sequence[object]) -> Entry:
    url, kind, via, edition, position, published, title_hint, source_id, modified = row
    return Entry(
        url=str(url),
        kind=KINDS[int(str(kind))],
        via=VIAS[int(str(via))],
        edition=int(str(edition)),
        position=int(str(position)),
        published=published if isinstance(published, float) else None,
        title_hint=None if title_hint is None else str(title_hint),
        source_id=None if source_id is None else str(source_id),
        modified=modified if isinstance(modified, float) else None,
    )
