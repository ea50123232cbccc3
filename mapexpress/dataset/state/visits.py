"""What each way in answered last: validators for the next conditional request, and the entries it led to.

An answer of 304, or a sitemap whose index tells of no change, leads to the same entries again without being sent.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta

import orjson

from mapexpress.dataset.state.database import State
from mapexpress.dataset.state.frontier import Entry
from mapexpress.system.bounded import unpack
from mapexpress.web.addresses import identity

MIGRATIONS = (
    """
    CREATE TABLE visits (
        url TEXT PRIMARY KEY,
        asked TEXT NOT NULL,           -- what the run was asked for, by which version: the entries depend on it
        checked_at TEXT NOT NULL,
        status INTEGER NOT NULL,
        etag TEXT,
        last_modified TEXT,
        modified REAL,                 -- last change by the index that lists it, seconds since 1970
        newest REAL,                   -- last change of any article ever shown here
        entries BLOB NOT NULL          -- JSON, deflated
    ) WITHOUT ROWID;
    """,
)
ABSENT = (404, 410)
REMEMBERED = timedelta(days=1)  # an absent way in, and the list of a site's post types: neither changes often
_KEPT = timedelta(days=60)  # a section or a month's sitemap that no page names any more


@dataclass(slots=True, frozen=True, kw_only=True)
class Visit:
    """One answer of a way in; `etag` and `last_modified` as it gave them."""

    url: str
    asked: str
    checked_at: datetime
    status: int = 200
    etag: str | None = None
    last_modified: str | None = None
    modified: float | None = None
    newest: float | None = None
    entries: tuple[Entry, ...] = field(default=())

    def is_absent(self, now: datetime) -> bool:
        """Whether the address answered 404 or 410 so lately that it is not asked again."""
        return self.status in ABSENT and timedelta() <= now - self.checked_at < REMEMBERED

    def is_unchanged(self, modified: float | None) -> bool:
        """Whether an index gives the same last change as at the visit, one that was over by then.

        >>> visit = Visit(url="", asked="", checked_at=datetime(2026, 1, 2, tzinfo=UTC), modified=1e9)
        >>> visit.is_unchanged(1e9), visit.is_unchanged(1e9 + 1), visit.is_unchanged(None)
        (True, False, False)
        """
        return modified is not None and self.modified == modified and modified < self.checked_at.timestamp()

    def validators(self) -> dict[str, str]:
        """Headers of a conditional request; none where the answer was no page."""
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in given.items() if value} if self.status == 200 else {}


class Visits:
    """The visits of a site. Writes join the state's open transaction, as those of the frontier they belong to."""

    def __init__(self, state: State) -> None:
        state.migrate("visits", MIGRATIONS)
        self.state = state

    def last(self, url: str, asked: str) -> Visit | None:
        """The last answer, where it was asked for the same; its entries depend on that."""
        row = self.state.one(
            "SELECT checked_at, status, etag, last_modified, modified, newest, entries FROM visits"
            " WHERE url = ? AND asked = ?",
            url,
            asked,
        )
        if row is None:
            return None
        checked_at, status, etag, last_modified, modified, newest, entries = row
        return Visit(
            url=url,
            asked=asked,
            checked_at=datetime.fromisoformat(str(checked_at)),
            status=int(str(status)),
            etag=None if etag is None else str(etag),
            last_modified=None if last_modified is None else str(last_modified),
            modified=modified if isinstance(modified, float) else None,
            newest=newest if isinstance(newest, float) else None,
            entries=tuple(Entry(**e) for e in orjson.loads(unpack(bytes(entries), url))),  # type: ignore[arg-type]
        )

    def put(self, visit: Visit) -> None:
        """Insert or replace the visit of an address."""
        self.state.write(
            "REPLACE INTO visits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            visit.url, visit.asked, visit.checked_at.astimezone(UTC).isoformat(), visit.status, visit.etag,
            visit.last_modified, visit.modified, visit.newest, _packed(visit.entries),
        )  # fmt: skip

    def forget(self, keys: Collection[str]) -> None:
        """Erase addresses, by their identities, from what ways in led to."""
        for url, packed in self.state.all("SELECT url, entries FROM visits"):
            entries = orjson.loads(unpack(bytes(packed), url))  # type: ignore[arg-type]
            left = [entry for entry in entries if identity(entry["url"]) not in keys]
            if identity(str(url)) in keys:
                self.state.write("DELETE FROM visits WHERE url = ?", str(url))
            elif len(left) < len(entries):
                self.state.write(
                    "UPDATE visits SET entries = ? WHERE url = ?", zlib.compress(orjson.dumps(left), 6), str(url)
                )

    def drop_old(self, now: datetime) -> None:
        """Forget the ways in that were not met for two months."""
        self.state.write("DELETE FROM visits WHERE checked_at < ?", (now - _KEPT).astimezone(UTC).isoformat())


def _packed(entries: Iterable[Entry]) -> bytes:
    return zlib.compress(orjson.dumps([asdict(entry) for entry in entries]), 6)
