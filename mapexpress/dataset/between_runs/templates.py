"""A site's template on disk: the sample it is learned from, and the frozen snapshots that records name.

The sample is rows of the site's state, so that what a page teaches is kept with the page's record or lost with it.
A snapshot is one file, `template/<id>.json.gz`, never changed once it is named by a record; `template/current` names
the last one.
"""

from __future__ import annotations

import gzip
import logging
import re
from typing import TYPE_CHECKING

from mapexpress.boilerplate.template.sample import SKETCH_VERSION, Sketch, from_bytes, places_left, rank, to_bytes
from mapexpress.boilerplate.template.snapshot import (
    MIN_PAGES,
    OtherVersionError,
    TemplateSnapshot,
    from_data,
    learn_template,
    to_data,
)
from mapexpress.system.bounded import TooLargeError, check_json, read_whole, unpack
from mapexpress.system.disk import make_folder, storage_errors, write_atomically
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mapexpress.dataset.change.change import Change
    from mapexpress.dataset.files.layout import Layout
    from mapexpress.dataset.state.database import State

logger = logging.getLogger(__name__)

# A snapshot is frozen anew when this share of its sample is new to it, and at least as many pages as make a site's
# first one: an agency then has some ten snapshots a month, not one each run.
OUTGROWN_SHARE, OUTGROWN_PAGES = 0.1, MIN_PAGES

MIGRATIONS = (
    """
    CREATE TABLE sketches (
        page TEXT PRIMARY KEY,
        window TEXT NOT NULL,          -- month of publication
        rank TEXT NOT NULL,            -- hash of the page: the smallest of a window are its sample
        version INTEGER NOT NULL,
        frozen INTEGER NOT NULL,       -- whether the current snapshot has learned from it
        data BLOB NOT NULL
    );
    CREATE INDEX sketches_window ON sketches (window, rank);
    """,
)
_ID = re.compile(r"[0-9a-f]{16}")


class SiteTemplates:
    """The sample and the snapshots of one site. Writes to the sample join the state's open transaction."""

    def __init__(self, layout: Layout, state: State) -> None:
        state.migrate("template", MIGRATIONS)
        self.layout = layout
        self.state = state
        state.write("DELETE FROM sketches WHERE version != ?", SKETCH_VERSION)
        state.commit()

    def current(self) -> TemplateSnapshot | None:
        """The last snapshot that was frozen, or None. Raises StorageError when the disk fails."""
        return current_snapshot(self.layout)

    def wants(self, page: str, window: str) -> bool:
        """Whether a page belongs to the sample: sketching one that does not would be for nothing."""
        places = places_left(self._count("window > ?", window))
        if self._count("window = ?", window) < places:
            return True
        last = self.state.one("SELECT max(rank) FROM sketches WHERE window = ?", window)
        return places > 0 and last is not None and rank(page) < str(last[0])

    def add(self, sketch: Sketch, packed: bytes | None = None) -> None:
        """Take a page into the sample, in the place of what it displaces; one that was there is renewed.

        `packed` is what `to_bytes` makes of it, where somebody had the time.
        """
        self.state.write(
            "INSERT INTO sketches VALUES (?, ?, ?, ?, 0, ?)"
            " ON CONFLICT (page) DO UPDATE SET window = excluded.window, data = excluded.data",
            sketch.page,
            sketch.window,
            sketch.rank,
            SKETCH_VERSION,
            packed or to_bytes(sketch),
        )
        newer = 0
        for window, count in self.state.all("SELECT window, count(*) FROM sketches GROUP BY window ORDER BY 1 DESC"):
            places = places_left(newer)
            if int(str(count)) > places:
                self.state.write(
                    "DELETE FROM sketches WHERE window = ? AND page NOT IN"
                    " (SELECT page FROM sketches WHERE window = ? ORDER BY rank, page LIMIT ?)",
                    window,
                    window,
                    places,
                )
            newer += min(int(str(count)), places)

    def sample(self) -> list[bytes]:
        """The sketches, packed: unpack them where it does not hold up a crawl (`freeze_sample`)."""
        rows = self.state.all("SELECT data FROM sketches ORDER BY rank, page")
        return [data for (data,) in rows if isinstance(data, bytes)]

    def keep(self, pages: Collection[str]) -> None:
        """Leave only these pages in the sample."""
        for (page,) in self.state.all("SELECT page FROM sketches"):
            if page not in pages:
                self.state.write("DELETE FROM sketches WHERE page = ?", str(page))

    def is_outgrown(self) -> bool:
        """Whether the sample has grown so far beyond the current snapshot that a new one is worth its name."""
        fresh, pages = self._count("frozen = 0"), self._count("1")
        return fresh >= max(OUTGROWN_PAGES, OUTGROWN_SHARE * pages)

    def freeze(self, snapshot: TemplateSnapshot) -> None:
        """Write a snapshot and make it the current one, durably, before any record can name it."""
        folder = self.layout.template
        with storage_errors(folder):
            make_folder(folder)
            write_atomically(folder / f"{snapshot.id}.json.gz", gzip.compress(to_data(snapshot), mtime=0))
            write_atomically(folder / "current", snapshot.id.encode())
        self.state.write("UPDATE sketches SET frozen = 1")

    def forget(self, keys: Collection[str], change: Change) -> None:
        """Erase the pages with these identities from the sample and from every snapshot.

        A snapshot keeps its name: what is erased is another page's headline and lead to every record that stays.
        """
        for (page,) in self.state.all("SELECT page FROM sketches"):
            if identity(str(page)) in keys:
                self.state.write("DELETE FROM sketches WHERE page = ?", page)
        _erase(self.layout, keys, change)

    def _count(self, where: str, *values: str) -> int:
        row = self.state.one(f"SELECT count(*) FROM sketches WHERE {where}", *values)
        return int(str(row[0])) if row else 0


def freeze_sample(sample: Sequence[bytes]) -> TemplateSnapshot | None:
    """What packed sketches teach together; None while they are too few. Touches no file."""
    snapshot = learn_template(map(from_bytes, sample))
    return snapshot if snapshot.is_learned else None


def current_snapshot(layout: Layout) -> TemplateSnapshot | None:
    """The snapshot that a site's records are made with today, or None. Raises StorageError when the disk fails."""
    path = layout.template / "current"
    with storage_errors(path):
        name = read_whole(path).decode("ascii", "replace").strip() if path.exists() else ""
    return read_snapshot(layout, name) if name else None


def read_snapshot(layout: Layout, name: str) -> TemplateSnapshot | None:
    """The snapshot with this id; None when its file is missing, damaged or of another version of the sketches.

    The next frozen one makes that good.

    Raises StorageError when the disk fails, and for a file that is none of ours: a link, or one that is too large.
    """
    path = layout.template / f"{name}.json.gz"
    if not _ID.fullmatch(name) or not path.exists():
        return None
    with storage_errors(path):
        data = read_whole(path)
    try:
        plain = unpack(data, path, layout.limits)
        check_json(plain, path, layout.limits)
        return from_data(plain)
    except OtherVersionError as error:
        logger.info("%s is learned again: %s", path, error)
        return None
    except ValueError as error:
        logger.warning("%s is damaged and is learned again: %s", path, error)
        return None


def _erase(layout: Layout, keys: Collection[str], change: Change) -> None:
    for path in sorted(layout.template.glob("*.json.gz")) if layout.template.is_dir() else ():
        try:
            snapshot = read_snapshot(layout, path.name.removesuffix(".json.gz"))
        except TooLargeError:
            snapshot = None
        if snapshot is None:
            change.remove(path)  # nobody can read it, nor tell what it holds
            continue
        without = snapshot.without({page for page in _owners(snapshot) if identity(page) in keys})
        if without != snapshot:
            change.put_bytes(path, gzip.compress(to_data(without), mtime=0))


def _owners(snapshot: TemplateSnapshot) -> set[str]:
    return {*snapshot.titles.values(), *snapshot.leads.values()}
