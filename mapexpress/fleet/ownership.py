"""A site on the host that owns it: acquired, brought to the data folder, uploaded after each run, released."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

import orjson

from mapexpress.dataset.clock import Clock, utc_now
from mapexpress.dataset.files.layout import Layout, check_site
from mapexpress.dataset.files.lock import SiteLock
from mapexpress.dataset.files.manifest import SOFTWARE
from mapexpress.dataset.files.parts import part_rows
from mapexpress.dataset.recovery.recovery import recover
from mapexpress.dataset.state.database import State
from mapexpress.errors import StorageError
from mapexpress.fleet.commits import (
    Commit,
    FencedError,
    OwnedElsewhereError,
    SiteLog,
    StoredFile,
    acquisition,
    from_bytes,
    to_bytes,
)
from mapexpress.fleet.local_files import (
    LocalFile,
    copy_state,
    digests,
    same_file,
    site_files,
    sizes_and_times,
    unpack_state,
)
from mapexpress.system.bounded import read_whole
from mapexpress.system.disk import make_folder, storage_errors, write_atomically
from mapexpress.system.inside import below, new_file

if TYPE_CHECKING:
    from mapexpress.fleet.shared_store import Store

logger = logging.getLogger(__name__)

TRASH = timedelta(hours=1)  # a reader that began with an older head has this long to fetch what it names
MAX_PIECES = 64  # of a growing file; then it is uploaded as one again
_NOTE = "owned.json"


@dataclass(slots=True)
class OwnedSite:
    """One site on one host. The caller holds the site's fleet lock; every method raises StorageError."""

    layout: Layout
    store: Store
    host: str
    responses: bool = True
    clock: Clock = utc_now
    log: SiteLog = field(init=False)
    head: Commit | None = field(init=False)  # ours, as noted in the data folder
    _seen: dict[str, tuple[int, int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.log = SiteLog.of(self.store, self.layout.key)
        self.head = self._read_note()

    @property
    def is_owned(self) -> bool:
        """Whether this host took the site and has not found out that it lost it."""
        return self.head is not None

    def hold(self, is_alive: Callable[[str], bool]) -> None:
        """Be the owner: go on as such, or acquire and restore the site.

        Raises OwnedElsewhereError while another host that is alive owns it.
        """
        if self.head is not None:
            if self.log.is_head(self.head):
                return
            self._catch_up()
            if self.head is not None:
                return
        for _ in range(3):
            current = self.log.head()
            if current is not None and current.host not in (None, self.host) and is_alive(str(current.host)):
                raise OwnedElsewhereError(f"{self.layout.key} is crawled by host {current.host}")
            wanted = acquisition(current, self.layout.key, self.host, self._now())
            if self.log.append(wanted):
                self._restore(wanted)
                logger.info("%s: acquired, epoch %d", self.layout.key, wanted.epoch)
                return
        raise OwnedElsewhereError(f"{self.layout.key} is being acquired by others")

    def upload(self, turn: Mapping[str, str | int | float | None], *, release: bool = False) -> Commit:
        """Bring the store to what the data folder holds, and commit it.

        Raises FencedError when another host has taken the site; the data folder then no longer holds it. BusyError
        while a run of the site is active on this host.
        """
        check_site(self.layout)
        lock = SiteLock(self.layout.lock, "fleet-upload")
        lock.acquire()
        try:
            for _ in range(3):
                commit = self._upload(turn, release=release)
                before = self.head
                if self.log.append(commit):
                    return self._committed(commit, before)
                self._catch_up()
                if self.head is None:
                    raise FencedError(f"{self.layout.key} was taken over by another host; its copy here is dropped")
            raise StorageError(f"{self.layout.key}: the store refuses commit {commit.number} and shows none")
        finally:
            lock.release()

    # Inside.

    def _committed(self, commit: Commit, before: Commit | None) -> Commit:
        if commit.host is None:
            self._drop()
        else:
            self._note(commit)
            self.log.prune(commit)
            for name in set(before.trash if before else ()) - set(commit.trash):
                self.store.remove(name)
        return commit

    def _upload(self, turn: Mapping[str, str | int | float | None], *, release: bool) -> Commit:
        head = self.head
        assert head is not None
        now, number = self._now(), head.number + 1
        mark = f"e{head.epoch}-{number:010d}-{token_hex(3)}"
        has_state = self.layout.state.exists()
        if has_state:
            self._recover()
        elif head.state is not None:
            raise StorageError(f"{self.layout.state} is missing; {self._mend}")
        local = site_files(self.layout, responses=self.responses)
        files = {name: self._stored(name, file, head.files.get(name), mark) for name, file in local.items()}
        if not self.responses:  # what an earlier setting uploaded stays
            files |= {name: file for name, file in head.files.items() if name not in files and "/warc/" in name}
        commit = replace(
            head,
            number=number,
            host=None if release else self.host,
            written=now,
            files=files,
            state=self._state(mark) if has_state else head.state,
            turn=dict(turn),
            nonce=token_hex(8),
        )
        named = set(commit.objects())
        gone = set(head.objects()) - named
        recent = (self.clock() - TRASH).astimezone(UTC).isoformat(timespec="seconds")
        kept = {name: since for name, since in head.trash.items() if since > recent}
        self._seen = sizes_and_times(local)
        return replace(commit, trash={**kept, **dict.fromkeys(sorted(gone), now)})

    def _recover(self) -> None:
        """Seal what a killed run left: a copy of the state must not name files that are still open."""
        state = State(self.layout.state)
        try:
            recover(self.layout, state, SOFTWARE)
            for row in part_rows(state, "sealed = 1"):
                if not row.path(self.layout).is_file():
                    # uploaded as it stands, the part would be gone from the dataset for good
                    raise StorageError(f"{row.path(self.layout)} is missing; {self._mend}")
        finally:
            state.close()

    @property
    def _mend(self) -> str:
        return f"remove {self.layout.site / _NOTE} and the site is restored from the store before its next run"

    def _stored(self, name: str, file: LocalFile, known: StoredFile | None, mark: str) -> StoredFile:
        if known is not None and known.size == file.size and self._seen.get(name) == (file.size, file.changed):
            return known
        grows = "/warc/" in name and known is not None and known.size <= file.size and len(known.pieces) < MAX_PIECES
        if grows and known is not None:
            before, whole = digests(file.path, known.size, file.size)
            if before == known.sha256:
                if known.size == file.size:
                    return known
                target = self._object(name, mark)
                self.store.upload(file.path, target, start=known.size)
                pieces = (*known.pieces, (target, file.size - known.size))
                return StoredFile(size=file.size, sha256=whole, pieces=pieces)
        (whole,) = digests(file.path, file.size)
        if known is not None and known.sha256 == whole:
            return known
        target = self._object(name, mark)
        self.store.upload(file.path, target)
        return StoredFile(size=file.size, sha256=whole, pieces=((target, file.size),))

    def _object(self, name: str, mark: str) -> str:
        """Name of a new object: never one that another epoch or commit could use."""
        if name.startswith("dataset/"):
            return f"{name.removesuffix('.jsonl.gz')}.{mark}.jsonl.gz"
        inside = name.split("/", 2)[2]  # sites/<key>/…
        return f"{self.log.folder}/files/{mark}/{inside}"

    def _state(self, mark: str) -> StoredFile:
        packed = self.layout.site / ".state.zst"
        copy_state(self.layout, packed)
        try:
            name, size = f"{self.log.folder}/state/{mark}.sqlite.zst", packed.stat().st_size
            (digest,) = digests(packed, size)
            self.store.upload(packed, name)
            return StoredFile(size=size, sha256=digest, pieces=((name, size),))
        finally:
            packed.unlink(missing_ok=True)

    def _catch_up(self) -> None:
        """After another commit has appeared: ours from before a crash is our head, anyone else's means that we lost."""
        assert self.head is not None
        current = self.log.head()
        if current is not None and current.lease == self.head.lease and current.host == self.host:
            self._note(current)
            return
        logger.warning("%s: host %s took it over", self.layout.key, current.host if current else None)
        self._drop()

    def _restore(self, commit: Commit) -> None:
        """Bring the data folder to what a commit names; the note comes last, so one that is cut short is redone."""
        check_site(self.layout)
        (self.layout.site / _NOTE).unlink(missing_ok=True)
        lock = SiteLock(self.layout.lock, "fleet-restore")
        lock.acquire()
        try:
            restore_files(self.store, commit, self.layout, responses=self.responses)
            self._seen = sizes_and_times(site_files(self.layout, responses=self.responses))
            self._note(commit)
        finally:
            lock.release()

    def _drop(self) -> None:
        """Remove the site from this host; the locks stay, as others may wait for them."""
        self.head = None
        with storage_errors(self.layout.site):
            (self.layout.site / _NOTE).unlink(missing_ok=True)
            clear_site(self.layout)

    def _note(self, commit: Commit) -> None:
        self.head = commit
        note = {"commit": orjson.Fragment(to_bytes(commit)), "seen": self._seen}
        with storage_errors(self.layout.site):
            make_folder(self.layout.site)
            write_atomically(self.layout.site / _NOTE, orjson.dumps(note))

    def _read_note(self) -> Commit | None:
        path = self.layout.site / _NOTE
        try:
            value = orjson.loads(read_whole(path))
            self._seen = {name: (int(size), int(changed)) for name, (size, changed) in value["seen"].items()}
            commit = from_bytes(orjson.dumps(value["commit"]), str(path))
        except (OSError, ValueError, KeyError, TypeError, StorageError):
            return None  # without the note the site is acquired and restored again
        return commit if commit.host == self.host else None

    def _now(self) -> str:
        return self.clock().astimezone(UTC).isoformat(timespec="seconds")


def fleet_lock(layout: Layout) -> SiteLock:
    """The lock that a task holds from before it acquires a site until its upload is done."""
    return SiteLock(layout.site / "fleet.lock", "fleet")


def is_noted(layout: Layout) -> bool:
    """Whether this host took a site over and has not dropped it."""
    return (layout.site / _NOTE).exists()


def clear_site(layout: Layout) -> None:
    """Remove all files of a site but its locks."""
    shutil.rmtree(layout.dataset, ignore_errors=True)
    for path in layout.site.iterdir() if layout.site.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name not in (layout.lock.name, "fleet.lock"):
            path.unlink()


def restore_files(store: Store, commit: Commit, layout: Layout, *, responses: bool) -> None:
    """Make a site's folder what a commit names: files with the right bytes stay, what is not named goes.

    Raises StorageError when the store lacks an object or holds other bytes.
    """
    check_site(layout)
    named = {name: file for name, file in commit.files.items() if responses or "/warc/" not in name}
    with storage_errors(layout.site):
        for name, local in site_files(layout, responses=True).items():
            if name not in named:
                local.path.unlink()
        shutil.rmtree(layout.open, ignore_errors=True)
        layout.journal.unlink(missing_ok=True)  # of a change to what stood here
        for name, file in named.items():
            target = below(layout.data, name)
            if not same_file(target, file.size, file.sha256):
                fetch(store, file, target)
        if commit.state is None:
            for suffix in ("", "-wal", "-shm"):
                layout.state.with_name(layout.state.name + suffix).unlink(missing_ok=True)
            return
        packed = layout.site / ".state.zst"
        fetch(store, commit.state, packed)
        layout.generation.unlink(missing_ok=True)  # that of a state of this host's, from before another one's
        unpack_state(packed, layout.state)
        packed.unlink()


def fetch(store: Store, file: StoredFile, target: Path) -> None:
    """Bring a file from the store to its place, whole or not at all."""
    make_folder(target.parent)
    temporary = target.with_name(f".{target.name}.tmp")
    os.close(new_file(temporary))
    for name, size in file.pieces:
        if not store.download(name, temporary, size):
            raise StorageError(f"the store has lost {name}")
    if not same_file(temporary, file.size, file.sha256):
        raise StorageError(f"{target.name}: the store holds other bytes than were uploaded ({file.pieces[0][0]})")
    temporary.replace(target)
