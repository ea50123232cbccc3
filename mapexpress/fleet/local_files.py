"""What of a site's data folder belongs into the store, at a moment when no run writes."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import zstandard

from mapexpress.errors import StorageError
from mapexpress.system.disk import storage_errors
from mapexpress.system.inside import is_plain, new_file, open_file

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout

_CHUNK = 2**20
_MOST_RATIO = 100  # a state without its free pages, as it is copied, packs to a fifth to a seventh
_LEAST_PACKED = 2**16


@dataclass(slots=True, frozen=True)
class LocalFile:
    """A file of the site. `changed` is its time of change in nanoseconds, which with the size tells it from another."""

    path: Path
    size: int
    changed: int


def site_files(layout: Layout, *, responses: bool) -> dict[str, LocalFile]:
    """All that a site is made of, but its state and what is open, by path in the data folder."""
    folders = [layout.dataset, layout.manifests, layout.rejections, layout.template, layout.damaged]
    if responses:
        folders.append(layout.warc)
    return {path.relative_to(layout.data).as_posix(): local_file(path) for folder in folders for path in _below(folder)}


def _below(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (p for p in sorted(folder.rglob("*")) if is_plain(p) and not p.name.startswith("."))


def local_file(path: Path) -> LocalFile:
    """Size and time of change of a file."""
    status = path.stat()
    return LocalFile(path, status.st_size, status.st_mtime_ns)


def digests(path: Path, *sizes: int) -> list[str]:
    """SHA-256 of the first bytes of a file, for each size; sizes in rising order."""
    digest, found, done = hashlib.sha256(), [], 0
    with open_file(path) as file:
        for size in sizes:
            while done < size and (data := file.read(min(_CHUNK, size - done))):
                digest.update(data)
                done += len(data)
            found.append(digest.hexdigest())
    return found


def copy_state(layout: Layout, target: Path) -> None:
    """A whole copy of a site's state, packed: `VACUUM INTO`, then zstd. Raises StorageError."""
    plain = target.with_suffix(".plain")
    with storage_errors(layout.state):
        plain.unlink(missing_ok=True)
        db = sqlite3.connect(layout.state, isolation_level=None)
        try:
            db.execute("VACUUM INTO ?", (str(plain),))
        finally:
            db.close()
        with open_file(plain) as source, os.fdopen(new_file(target), "wb") as packed:
            zstandard.ZstdCompressor(level=3).copy_stream(source, packed)  # .3 s a 100 MB; level 10 gains a tenth
        plain.unlink()


def unpack_state(packed: Path, target: Path) -> None:
    """The state of a copy, in its place. Raises StorageError."""
    temporary = target.with_name(f".{target.name}.tmp")
    with storage_errors(target):
        with open_file(packed) as source, os.fdopen(new_file(temporary), "wb") as plain:
            most = _MOST_RATIO * max(packed.stat().st_size, _LEAST_PACKED)
            try:
                with zstandard.ZstdDecompressor().stream_reader(source) as unpacked:
                    while data := unpacked.read(_CHUNK):
                        most -= len(data)
                        if most < 0:
                            raise StorageError(f"{packed} holds more than {_MOST_RATIO} times its bytes: no state does")
                        plain.write(data)
            except zstandard.ZstdError as error:
                raise StorageError(f"{packed} is damaged: {error}") from None
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        temporary.replace(target)


def same_file(path: Path, size: int, sha256: str) -> bool:
    """Whether a file is on the disk with these bytes."""
    return is_plain(path) and path.stat().st_size == size and digests(path, size) == [sha256]


def sizes_and_times(files: Mapping[str, LocalFile]) -> dict[str, tuple[int, int]]:
    """What tells at the next upload that a file has not changed, without reading it."""
    return {name: (file.size, file.changed) for name, file in files.items()}
