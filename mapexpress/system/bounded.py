"""Reading within bounds: what is stored may be planted, and what is given may be a bomb.

One limit (`MAPEXPRESS_MAX_STORED_BYTES`) for each thing that memory holds as a whole, unpacked: a line, a response, a
template, a manifest, a document of a corpus. What exceeds it is an error that names the file and the limit, met before
the memory is taken.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING

import orjson

from mapexpress.errors import StorageError
from mapexpress.limits import DEFAULTS, Limits, setting_of
from mapexpress.system.inside import open_file

if TYPE_CHECKING:
    from pathlib import Path

_PIECE = 2**18
_ZLIB_OR_GZIP = 47  # zlib's number: by the first bytes
_LEAST_VALUE = 2  # bytes of JSON: a digit and a comma


class TooLargeError(StorageError):
    """Something stored or given that is larger, or holds more, than is read."""

    def __init__(self, what: object, most: int, name: str, unit: str = "bytes") -> None:
        super().__init__(f"{what} holds more than {most} {unit}, which is the limit ({setting_of(name)})")


def most_bytes(limits: Limits = DEFAULTS) -> int:
    """What is read as a whole: a record may hold a page's bytes several times over, in more bytes a character."""
    return max(limits.stored_bytes, 8 * limits.page_bytes)


def read_whole(path: Path, limits: Limits = DEFAULTS) -> bytes:
    """A plain file as a whole. Raises StorageError for one that is none or too large, OSError."""
    with open_file(path) as file:
        return read_within(file, path, limits)


def read_within(file: IO[bytes], what: object, limits: Limits = DEFAULTS) -> bytes:
    """The rest of a stream, piece by piece so that one that says little and holds much costs its limit only."""
    most = most_bytes(limits)
    out = bytearray()
    while data := file.read(_PIECE):
        out += data
        if len(out) > most:
            raise TooLargeError(what, most, "stored_bytes")
    return bytes(out)


def unpack(data: bytes, what: object, limits: Limits = DEFAULTS) -> bytes:
    """What a zlib or gzip stream holds, to its end; bytes behind the end are not looked at.

    Raises TooLargeError, and ValueError for one that is damaged or cut off.

    >>> unpack(zlib.compress(b"Il pleut."), "a sketch")
    b'Il pleut.'
    """
    most = most_bytes(limits)
    unpacker = zlib.decompressobj(_ZLIB_OR_GZIP)
    out = bytearray()
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(data, _PIECE)
            out += piece
            if len(out) > most:
                raise TooLargeError(what, most, "stored_bytes")
            data = unpacker.unconsumed_tail
            if not piece and not data and not unpacker.eof:
                raise ValueError("cut off before its end")
    except zlib.error as error:
        raise ValueError(str(error)) from None
    return bytes(out)


def lines(pieces: Iterable[bytes], what: object, limits: Limits = DEFAULTS) -> Iterator[bytes]:
    """Lines of a stream that comes in pieces, without newlines.

    Raises TooLargeError for a line beyond the limit, StorageError for a last one without its newline.

    >>> list(lines([b"a\\nb", b"c\\n"], "a part"))
    [b'a', b'bc']
    """
    most = most_bytes(limits)
    rest: list[bytes] = []
    waiting = 0
    for piece in pieces:
        head, newline, tail = piece.rpartition(b"\n")
        if newline:
            first, *others = head.split(b"\n")
            yield _checked(b"".join([*rest, first]), what, limits)
            yield from others
            rest, waiting = [], 0
        if tail:
            rest.append(tail)
            waiting += len(tail)
            if waiting > most:
                raise TooLargeError(f"a line of {what}", most, "stored_bytes")
    if rest:
        raise StorageError(f"{what}: the last line is torn")


def _checked(line: bytes, what: object, limits: Limits) -> bytes:
    """A line that is no bomb of another kind: as JSON it may take thirty times its bytes in memory."""
    check_json(line, f"a line of {what}", limits)
    return line


def check_json(data: bytes, what: object, limits: Limits = DEFAULTS) -> None:
    """Raise TooLargeError for JSON of too many values, which it shows by its commas and brackets."""
    most = limits.json_values
    if len(data) > _LEAST_VALUE * most and sum(map(data.count, (b",", b"[", b"{"))) > most:
        raise TooLargeError(what, most, "json_values", "values")


def read_json(path: Path, limits: Limits = DEFAULTS) -> object:
    """The JSON of a plain file of ours. Raises StorageError for one that is too large, OSError, JSONDecodeError."""
    data = read_whole(path, limits)
    check_json(data, path, limits)
    return orjson.loads(data)
