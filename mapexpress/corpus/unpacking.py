"""Files unpacked as they are read: gzip and zstd, each to its very end or not at all."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import zstandard

from mapexpress.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BUFFER = 2**16
_PIECE = 2**10  # of packed bytes: the most that 1 KB of zstd unpacks to is 32 MiB, half the largest document


class FileError(UsageError):
    """A file of a corpus that cannot be read, or not to its end; those beside it can."""


@dataclass(slots=True)
class Meter:
    """Bytes read of the files of a corpus, as they lie on the disk."""

    read: int = 0


class _Metered(io.RawIOBase):
    """A file that tells a meter what is read of it."""

    def __init__(self, raw: IO[bytes], meter: Meter) -> None:
        self._raw = raw
        self._meter = meter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        data = self._raw.read(memoryview(buffer).nbytes)
        memoryview(buffer)[: len(data)] = data
        self._meter.read += len(data)
        return len(data)


class _Zstd(io.RawIOBase):
    """zstd frames unpacked; raises EOFError for one that is cut off, which zstandard's own reader passes over."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._left = b""  # packed
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        while not self._ready:
            packed = self._left or self._packed.read(_PIECE)
            self._left = b""
            if not packed and self._frame is not None:
                raise EOFError("compressed file ended before the end of its last frame")
            if not packed:
                return 0
            self._frame = self._frame or zstandard.ZstdDecompressor().decompressobj()
            self._ready = memoryview(self._frame.decompress(packed))
            if self._frame.eof:
                self._left, self._frame = self._frame.unused_data, None
        view = memoryview(buffer).cast("B")
        piece = self._ready[: len(view)]
        view[: len(piece)] = piece
        self._ready = self._ready[len(piece) :]
        return len(piece)


@contextmanager
def unpacked(path: Path, meter: Meter) -> Iterator[io.BufferedReader]:
    """A file unpacked, by its name or its first bytes: a pipe has no name that tells.

    Reading raises EOFError, BadGzipFile, zlib.error or ZstdError where it is broken.
    """
    with path.open("rb", buffering=0) as raw, unpacked_stream(cast("IO[bytes]", raw), path, meter) as stream:
        yield stream


@contextmanager
def unpacked_stream(raw: IO[bytes], path: Path, meter: Meter) -> Iterator[io.BufferedReader]:
    """The same of a file that is open."""
    packed = io.BufferedReader(_Metered(raw, meter), _BUFFER)
    head, suffix = packed.peek(4)[:4], path.suffix.lower()
    if head.startswith(b"\x1f\x8b") or suffix == ".gz":
        yield io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=packed)), _BUFFER)
    elif head == b"\x28\xb5\x2f\xfd" or suffix == ".zst":
        yield io.BufferedReader(_Zstd(packed), _BUFFER)
    else:
        yield cast("io.BufferedReader", packed)
