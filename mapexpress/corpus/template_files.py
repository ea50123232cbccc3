"""The templates of a corpus' sites, on the disk: a corpus may have more sites than memory has room for."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import weakref
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path

from mapexpress.boilerplate.template.snapshot import TemplateSnapshot, from_data, to_data
from mapexpress.system.bounded import unpack
from mapexpress.system.disk import storage_errors

_HELD = 64  # snapshots in memory: some 100 KB each, and a batch of a sorted corpus is of few sites


class Templates(Mapping[str, TemplateSnapshot]):
    """Snapshots by site key. Pickled it is its path: other processes of this machine read the same file.

    Without a path it is a temporary file, which goes with the object that made it. Raises StorageError.
    """

    def __init__(self, path: Path | None = None) -> None:
        if path is None:
            folder = tempfile.mkdtemp(prefix="mapexpress-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            path = Path(folder, "templates.sqlite")
        self.path = path
        self._held: OrderedDict[str, TemplateSnapshot | None] = OrderedDict()
        with storage_errors(path), self.connect() as db:
            db.execute("CREATE TABLE IF NOT EXISTS snapshots (site TEXT PRIMARY KEY, data BLOB NOT NULL)")
            db.execute("CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        self._db: sqlite3.Connection | None = None

    def connect(self) -> sqlite3.Connection:
        """A connection whose loss by a crash costs no more than the work it stands for."""
        db = sqlite3.connect(self.path)
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA synchronous = OFF")
        return db

    def __reduce__(self) -> tuple[type[Templates], tuple[Path]]:
        return Templates, (self.path,)

    def __getitem__(self, site: str) -> TemplateSnapshot:
        if site not in self._held:
            row = self._read("SELECT data FROM snapshots WHERE site = ?", site)
            self._held[site] = from_data(unpack(row[0], self.path)) if row else None
            if len(self._held) > _HELD:
                self._held.popitem(last=False)
        self._held.move_to_end(site)
        found = self._held[site]
        if found is None:
            raise KeyError(site)
        return found

    def __iter__(self) -> Iterator[str]:
        with storage_errors(self.path):
            yield from [site for (site,) in self.connect().execute("SELECT site FROM snapshots ORDER BY site")]

    def __len__(self) -> int:
        row = self._read("SELECT count(*) FROM snapshots")
        return int(row[0]) if row else 0

    def _read(self, query: str, *values: str) -> tuple[bytes] | None:
        with storage_errors(self.path):
            if self._db is None:
                self._db = self.connect()
            rows = self._db.execute(
                query, values
            ).fetchall()  # to the end: an open query would keep others from writing
        return rows[0] if rows else None

    def put(self, snapshots: Mapping[str, TemplateSnapshot], *, learned_from: str | None = None) -> None:
        """Store snapshots; `learned_from` says what all of them were learned from, once they are all there."""
        rows = [(site, zlib.compress(to_data(snapshot), 6)) for site, snapshot in snapshots.items()]
        with storage_errors(self.path), self.connect() as db:
            db.executemany("INSERT OR REPLACE INTO snapshots VALUES (?, ?)", rows)
            if learned_from is not None:
                db.execute("INSERT OR REPLACE INTO marks VALUES ('learned from', ?)", (learned_from,))
        self._held.clear()

    @property
    def learned_from(self) -> str | None:
        """What `put` was told at its end; None while something is missing."""
        row = self._read("SELECT value FROM marks WHERE name = 'learned from'")
        return str(row[0]) if row else None
