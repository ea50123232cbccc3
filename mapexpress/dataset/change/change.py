"""Several files of a site and its state changed as one: all of it counts or none does, whenever the process dies.

1. New files are written in full beside their places, under temporary names.
2. The journal, `change.json`, names what takes which place and what goes.
3. One transaction of the state holds what that means there, and the change's id: from now on it counts.
4. The files move, then others go, then the journal.

Who finds a journal goes on at 4 where the state knows its id, and takes the change back where not. Where the state is
lost too the change is made: what is staged is whole before there is a journal.
"""

from __future__ import annotations

import os
import secrets
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import orjson

from mapexpress.dataset.change.erased import erase_site, is_half_erased
from mapexpress.dataset.change.generation import misfit, noted_generation
from mapexpress.dataset.files.layout import check_site
from mapexpress.dataset.files.lock import SiteLock
from mapexpress.dataset.state.database import State
from mapexpress.errors import BusyError, StorageError
from mapexpress.system.bounded import read_whole
from mapexpress.system.disk import fsync_folder, make_folder, storage_errors, write_all
from mapexpress.system.inside import below, new_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from mapexpress.dataset.files.layout import Layout

_COUNTS = "change"  # in the state's meta: id of the last change that counts
_CHUNK = 2**20
_MOVING = 5.0  # seconds that a reader waits for a change that is being made; its moves take some milliseconds


class Change:
    """One change of a site's files and state, by whoever holds its lock. Raises StorageError.

    What the state had open is committed first; then everything written to it until `commit` belongs to the change, so
    nobody may commit (or migrate) it in between. Left without `commit`, nothing has happened.
    """

    def __init__(self, layout: Layout, state: State) -> None:
        self.layout = layout
        self.state = state
        self._staged: dict[Path, Path] = {}  # by the place that each file takes
        self._removed: set[Path] = set()
        self._erases = False
        self._decided = False

    def __enter__(self) -> Self:
        self.state.commit()
        return self

    def __exit__(self, *_: object) -> None:
        if not self._decided:
            self.state.rollback()
            with suppress(OSError):  # the next one who opens the site takes back what is left
                _undo(self.layout, self._staged.values())

    @contextmanager
    def file(self, target: Path) -> Iterator[int]:
        """Descriptor of a new file that takes the place `target`; made durable at the end of the block."""
        with storage_errors(target):
            make_folder(target.parent)
            path = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
            handle = new_file(path)
            self._unstage(target)
            self._staged[target] = path
            self._removed.discard(target)
            try:
                yield handle
                os.fsync(handle)
            finally:
                os.close(handle)

    def put_bytes(self, target: Path, data: bytes) -> None:
        """Give the place `target` these bytes."""
        with self.file(target) as handle:
            write_all(handle, data)

    def take(self, target: Path, source: Path) -> None:
        """Give the place `target` a file that is never written to again: by a second name where the disk has them, else
        by a copy."""
        with storage_errors(target), source.open("rb") as file:
            make_folder(target.parent)
            path = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
            try:
                os.link(source, path)
            except OSError:
                with self.file(target) as handle:
                    while data := file.read(_CHUNK):
                        write_all(handle, data)
                return
            self._unstage(target)
            self._staged[target] = path
            self._removed.discard(target)

    def remove(self, target: Path) -> None:
        """Remove a file, and what was to take its place; one that is not there is no error."""
        with storage_errors(target):
            self._unstage(target)
        self._removed.add(target)

    def erase(self) -> None:
        """Let nothing that the change took out of the state be read from its free pages either."""
        self._erases = True

    def commit(self) -> None:
        """Make the change count, and make it. After an error the next one who opens the site ends or takes it back."""
        if not (self._staged or self._removed or self._erases):
            self._decided = True
            self.state.commit()
            return
        journal = _Journal(secrets.token_hex(8), self._staged, self._removed, self._erases)
        with storage_errors(self.layout.site):
            for folder in {path.parent for path in self._staged.values()}:
                fsync_folder(folder)
            journal.write(self.layout)
        self.state.put_meta(_COUNTS, journal.id)
        self._decided = True  # whether a commit that fails has reached the disk is known to who reads the state anew
        self.state.commit()
        journal.make(self.layout, self.state)

    def _unstage(self, target: Path) -> None:
        if path := self._staged.pop(target, None):
            path.unlink(missing_ok=True)


def finish_change(layout: Layout, state: State | None) -> None:
    """End, or take back, the change that a process left when it died; the caller holds the lock and begins with this.

    `state` is None where it is lost, or about to be made again. Raises StorageError; repeating it is safe.
    """
    journal = _Journal.read(layout)
    if journal is None:
        return
    if state is None or state.meta(_COUNTS) == journal.id:
        journal.make(layout, state)
        return
    with storage_errors(layout.journal):
        _undo(layout, journal.staged.values())


def settle(layout: Layout) -> None:
    """The same, and the rest of an erasure, for those who only read and hold no lock; what is being made is waited for.

    Raises StorageError.
    """
    patience = time.monotonic() + _MOVING
    while (layout.journal.exists() or is_half_erased(layout)) and time.monotonic() < patience:
        lock = SiteLock(layout.lock, "settle")
        try:
            lock.acquire()
        except BusyError:
            time.sleep(0.02)
            continue
        try:
            if is_half_erased(layout):
                erase_site(layout)
            else:
                _finish(layout)
        finally:
            lock.release()


def open_to_read(layout: Layout) -> State:
    """The state of a site for reading only, in step with its files. Raises StorageError."""
    check_site(layout)
    settle(layout)
    return State(layout.state, readonly=True)


def _finish(layout: Layout) -> None:
    noted = noted_generation(layout)
    state = State(layout.state) if layout.state.exists() else None
    try:
        # a state that is not the one of the files must not decide which way a change goes
        fits = state is not None and misfit(layout, state, noted) is None
        finish_change(layout, state if fits else None)
    finally:
        if state is not None:
            state.close()


@dataclass(slots=True, frozen=True)
class _Journal:
    """What a change does to files; its paths are those of the disk, in the file relative to the data folder."""

    id: str
    staged: Mapping[Path, Path]
    removed: set[Path]
    erases: bool

    def write(self, layout: Layout) -> None:
        """Write it durably; it is there as a whole or not at all."""
        name = {path: path.relative_to(layout.data).as_posix() for path in {*self.staged, *self.removed}}
        staged = {name[target]: path.name for target, path in self.staged.items()}
        data = {"id": self.id, "staged": staged, "removed": sorted(map(name.get, self.removed)), "erases": self.erases}  # type: ignore[type-var]
        make_folder(layout.site)
        temporary = layout.journal.with_name(f".{layout.journal.name}.{self.id}.tmp")
        handle = new_file(temporary)
        try:
            write_all(handle, orjson.dumps(data))
            os.fsync(handle)
        finally:
            os.close(handle)
        temporary.replace(layout.journal)
        fsync_folder(layout.site)

    @classmethod
    def read(cls, layout: Layout) -> _Journal | None:
        """The journal that is there, or None. Raises StorageError for one that is damaged or leads out of the site."""
        path = layout.journal
        if not path.exists():
            return None
        try:
            data = orjson.loads(read_whole(path))
            targets = {_inside(layout, target): str(name) for target, name in data["staged"].items()}
            if any("/" in name or not name.startswith(f".{target.name}.") for target, name in targets.items()):
                raise ValueError("it names a file that is none of its own")
            staged = {target: target.with_name(name) for target, name in targets.items()}
            removed = {_inside(layout, str(target)) for target in data["removed"]}
            return cls(str(data["id"]), staged, removed, data["erases"] is True)
        except (StorageError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise StorageError(f"{path} is damaged: {error}; remove it and run scrapy verify --repair") from None

    def make(self, layout: Layout, state: State | None) -> None:
        """Move and remove the files and drop the journal; goes on where it was cut short.

        Files come before others go, side by side: who reads the folder alone may meet a line twice between two system
        calls, and never misses one.
        """
        with storage_errors(layout.journal):
            for target, path in self.staged.items():
                if path.exists():
                    path.replace(target)
            for target in self.removed:
                target.unlink(missing_ok=True)
            for folder in {target.parent for target in {*self.staged, *self.removed}}:
                if folder.is_dir():
                    fsync_folder(folder)
            if self.erases and state is not None:
                state.shrink()
            layout.journal.unlink()
            fsync_folder(layout.site)


def _inside(layout: Layout, name: str) -> Path:
    """The path of a name in the data folder. Raises ValueError or StorageError unless it is one of this site."""
    path = below(layout.data, name)
    roots = [root for root in (layout.dataset, layout.site) if path.is_relative_to(root)]
    if not any(path.parent.resolve().is_relative_to(root.resolve()) for root in roots):
        raise ValueError(f"{name!r} is no file of this site")
    return path


def _undo(layout: Layout, staged: Iterable[Path]) -> None:
    """The journal goes first: without it nothing of the change is ever made."""
    if layout.journal.exists():
        layout.journal.unlink()
        fsync_folder(layout.site)
    for path in staged:
        path.unlink(missing_ok=True)
