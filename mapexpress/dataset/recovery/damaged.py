"""What could not be read of a site's WARC files: set aside in `damaged/`, never dropped but by `scrapy forget`.

A piece is the bytes as they were, under the name of its file and a part of their digest, so that a step that is
repeated makes the same file. `responses.jsonl` beside the pieces tells which responses are lost, as far as is known.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import orjson

from mapexpress.system.disk import fsync_folder, make_folder, storage_errors, write_all, write_atomically
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from mapexpress.dataset.files.layout import Layout

_LIST = "responses.jsonl"
_CHUNK = 2**20


@dataclass(slots=True, frozen=True, kw_only=True)
class Lost:
    """A response that cannot be read any more; `piece` names what is left of it, None where nothing is."""

    response: str
    url: str | None = None
    piece: str | None = None


def set_aside(layout: Layout, source: Path, start: int, length: int) -> str:
    """Copy a stretch of a file into `damaged/`, durably; the name it has there. Raises StorageError."""
    digest = hashlib.sha256()
    with storage_errors(layout.damaged):
        make_folder(layout.damaged)
        for data in _stretch(source, start, length):
            digest.update(data)
        name = f"{source.name.removesuffix('.gz')}-{digest.hexdigest()[:16]}"
        target = layout.damaged / name
        if target.exists() and target.stat().st_size == length:
            return name
        temporary = target.with_name(f".{name}.tmp")
        temporary.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            for data in _stretch(source, start, length):
                write_all(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
        temporary.replace(target)
        fsync_folder(layout.damaged)
    return name


def _stretch(path: Path, start: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while length > 0 and (data := file.read(min(_CHUNK, length))):
            length -= len(data)
            yield data


def move_aside(layout: Layout, source: Path) -> Path:
    """Move a whole file into `damaged/`; where it is now. Raises StorageError."""
    with storage_errors(layout.damaged):
        make_folder(layout.damaged)
        target = layout.damaged / source.name
        number = 0
        while target.exists():
            number += 1
            target = layout.damaged / f"{source.name}.{number}"
        source.replace(target)
        fsync_folder(layout.damaged)
        fsync_folder(source.parent)
    return target


def pieces(layout: Layout) -> list[Path]:
    """The files that were set aside, by name."""
    if not layout.damaged.is_dir():
        return []
    return sorted(p for p in layout.damaged.iterdir() if p.name != _LIST and not p.name.startswith("."))


def read_lost(layout: Layout) -> dict[str, Lost]:
    """The responses that are known to be lost, by id; a line that does not read tells nothing. Raises StorageError."""
    path = layout.damaged / _LIST
    found: dict[str, Lost] = {}
    with storage_errors(path):
        for line in path.read_bytes().splitlines() if path.exists() else ():
            try:
                lost = Lost(**orjson.loads(line))
            except (ValueError, TypeError):
                continue
            found[lost.response] = lost
    return found


def note_lost(layout: Layout, new: Iterable[Lost]) -> None:
    """Add responses to the list, durably; what it already tells of one stays, but a piece of it is added."""
    known = read_lost(layout)
    added = {lost.response: lost for lost in new if lost.response not in known or not known[lost.response].piece}
    if any(known.get(name) != lost for name, lost in added.items()):
        _write(layout, known | added)


def forget_damaged(layout: Layout, keys: Collection[str]) -> int:
    """Erase what was set aside, as nobody can tell what it holds, and these addresses from the list; how many files.

    `keys` are identities of addresses. Raises StorageError.
    """
    gone = pieces(layout)
    known = read_lost(layout)
    with storage_errors(layout.damaged):
        if known:
            left = [lost for lost in known.values() if not lost.url or identity(lost.url) not in keys]
            _write(layout, {lost.response: Lost(response=lost.response, url=lost.url) for lost in left})
        for path in [*gone, *layout.damaged.glob(".*.tmp")]:
            path.unlink(missing_ok=True)
        if gone:
            fsync_folder(layout.damaged)
    return len(gone)


def _write(layout: Layout, lost: dict[str, Lost]) -> None:
    path = layout.damaged / _LIST
    with storage_errors(path):
        make_folder(path.parent)
        write_atomically(path, b"".join(orjson.dumps(asdict(lost[name])) + b"\n" for name in sorted(lost)))
