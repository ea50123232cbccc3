"""Parts: lines appended to a plain file while a run lasts, then sealed into an immutable gzip file.

A line counts once its offset is committed in the state; whatever lies behind the committed offset was never written.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import orjson

from mapexpress.errors import StorageError
from mapexpress.limits import DEFAULTS, Limits
from mapexpress.system.bounded import lines
from mapexpress.system.disk import fsync_folder, make_folder, storage_errors, write_all
from mapexpress.system.inside import new_file, open_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mapexpress.dataset.files.layout import Layout
    from mapexpress.dataset.state.database import State
from mapexpress.dataset.files.manifest import PartKind, Sealed

PART_KINDS: tuple[PartKind, ...] = get_args(PartKind)

# A part is sealed in one go on the crawl's thread: 16 MB take about half a second at gzip level 6 (35 MB/s measured on
# news text), once in three thousand records, and a signal is still answered within its five seconds.
MAX_PART_BYTES = 16 * 2**20
_CHUNK = 2**18


@dataclass(slots=True, frozen=True, kw_only=True)
class PartRow:
    """A part as the state knows it: `committed` in bytes of the plain file."""

    part: int
    kind: PartKind
    run: str
    number: int
    day: str
    committed: int
    lines: int
    sealed: int
    sha256: str | None
    size: int | None

    def path(self, layout: Layout) -> Path:
        """Where the sealed part is."""
        return layout.sealed(self.kind, self.day, self.run, self.number)

    def open_path(self, layout: Layout) -> Path:
        """Where the plain part is while it is open."""
        return layout.open_part(self.kind, self.run, self.number)


_ROW = ", ".join(PartRow.__dataclass_fields__)


def part_rows(state: State, where: str = "1", *values: str | int) -> list[PartRow]:
    """Parts of the state in the order they were begun; `where` is SQL of ours, never of a user."""
    rows = state.all(f"SELECT {_ROW} FROM parts WHERE {where} ORDER BY part", *values)
    return [PartRow(**dict(zip(PartRow.__dataclass_fields__, row, strict=True))) for row in rows]  # type: ignore[arg-type]


class OpenPart:
    """The part being written: one line after the other, durable after `sync` and the state's commit."""

    def __init__(self, layout: Layout, state: State, kind: PartKind, run: str, day: str) -> None:
        row = state.one("SELECT max(number) FROM parts WHERE kind = ? AND run = ?", kind, run)
        number = 0 if row is None or row[0] is None else int(row[0]) + 1
        self.path = layout.open_part(kind, run, number)
        self.state = state
        self.offset = 0
        self.lines = 0
        self._dirty = False
        with storage_errors(self.path):
            make_folder(self.path.parent)
            self._handle = new_file(self.path, os.O_APPEND)
            fsync_folder(self.path.parent)
        state.write(
            "INSERT INTO parts (kind, run, number, day, committed, lines, sealed) VALUES (?, ?, ?, ?, 0, 0, 0)",
            kind, run, number, day,
        )  # fmt: skip
        found = state.one("SELECT part FROM parts WHERE kind = ? AND run = ? AND number = ?", kind, run, number)
        self.part = int((found or (0,))[0] or 0)

    def append(self, line: bytes) -> int:
        """Add one line (without its newline) and return its number in the part, from 0."""
        with storage_errors(self.path):
            write_all(self._handle, line + b"\n")
        self.offset += len(line) + 1
        self.lines += 1
        self._dirty = True
        return self.lines - 1

    def sync(self) -> None:
        """Make the appended lines durable and put the new offset into the state's open transaction."""
        if self._dirty:
            with storage_errors(self.path):
                os.fsync(self._handle)
            self.state.write(
                "UPDATE parts SET committed = ?, lines = ? WHERE part = ?", self.offset, self.lines, self.part
            )
            self._dirty = False

    def close(self) -> None:
        """Close the file; lines without a `sync` may be cut off by the next recovery."""
        os.close(self._handle)


def pack(handle: int, kind: PartKind, lines: Iterable[bytes], name: str) -> Sealed:
    """Write lines (with newlines) into a new file as gzip that depends on nothing else, not even the time.

    `name` is where the part will be, relative to the data folder.
    """
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)  # 31: gzip header without name and time
    digest, size, plain, count = hashlib.sha256(), 0, 0, 0
    counts: Counter[str] = Counter()
    for line in lines:
        plain += len(line)
        count += 1
        counts[_counted(kind, line)] += 1
        data = packer.compress(line)
        if data:
            digest.update(data)
            size += len(data)
            write_all(handle, data)
    data = packer.flush()
    digest.update(data)
    size += len(data)
    write_all(handle, data)
    return Sealed(
        kind=kind,
        path=name,
        lines=count,
        plain_bytes=plain,
        size=size,
        sha256=digest.hexdigest(),
        counts=dict(sorted(counts.items())),
    )


def _counted(kind: PartKind, line: bytes) -> str:
    value = orjson.loads(line)
    if kind == "rejections":
        return str(value.get("reason"))
    if value.get("status") == "gone":
        return "gone"
    return "new" if value.get("revision") == 1 else "revised"


class DamagedPartError(StorageError):
    """A part whose bytes are not those that were written: nothing that was read of it is certain."""


def is_damaged(path: Path, limits: Limits) -> bool:
    """Whether the checksum of a part's gzip stream tells of other bytes; one that is cut off has none to tell by."""
    try:
        for _ in read_part(path, limits):
            pass
    except DamagedPartError:
        return True
    except StorageError:
        return False
    return False


def read_part(path: Path, limits: Limits = DEFAULTS) -> Iterator[bytes]:
    """Lines of a part, sealed or plain, without newlines.

    Raises StorageError when the file is missing, cut or damaged, after the lines that were whole.
    """
    try:
        with open_file(path) as file:
            chunks = _inflated(file, path) if path.suffix == ".gz" else iter(lambda: file.read(_CHUNK), b"")
            yield from lines(chunks, path, limits)
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror or error}") from None


def _inflated(file: object, path: Path) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(31)
    while data := file.read(_CHUNK):  # type: ignore[attr-defined]
        try:
            while data:
                yield unpacker.decompress(data, _CHUNK)
                data = unpacker.unconsumed_tail
        except zlib.error as error:
            raise DamagedPartError(f"{path} is damaged: {error}") from None
        if unpacker.eof and unpacker.unused_data:
            raise DamagedPartError(f"{path} is damaged: bytes after its end")
    if not unpacker.eof:
        raise StorageError(f"{path} is cut off: its gzip stream has no end")
