"""The gzip members of a WARC file one by one; a damaged one ends nothing: reading goes on at the next.

Where a member does not read, its end is looked for in two ways. Inflated without its checksum it may still come to an
end, and what follows is the next member. Else the next bytes are taken that begin a gzip member which begins a WARC
record. The first way comes first because a body that was sent compressed lies in its member as it came, and whoever
made it could have written gzip members of his own into it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GZIP, _RAW = 31, -15  # zlib's numbers for a stream with a gzip head and checksum, and for one without
_MAGIC = b"\x1f\x8b\x08"
_HEAD, _TAIL = 10, 8  # bytes around a member's deflate stream; ours name neither a file nor a comment
PLAIN_HEAD = _MAGIC + bytes(6) + b"\xff"
_BEGIN = b"WARC/"
_CHUNK = 2**15
_KEPT = 2**16  # bytes of a record that are handed on: its own headers and those of HTTP


@dataclass(slots=True, frozen=True)
class Member:
    """A member that reads: its place in bytes of the file, and the beginning of the record it holds.

    With `bad_head` its gzip head is damaged but its checksum fits: it reads once `PLAIN_HEAD` stands there.
    """

    start: int
    length: int
    head: bytes
    bad_head: bool = False

    @property
    def end(self) -> int:
        """The byte after it."""
        return self.start + self.length


@dataclass(slots=True, frozen=True)
class Damage:
    """Bytes that do not read, from one member or several; `head` is what the first one still says, without proof."""

    start: int
    length: int
    head: bytes

    @property
    def end(self) -> int:
        """The byte after it."""
        return self.start + self.length


def scan(path: Path, end: int | None = None) -> Iterator[Member | Damage]:
    """All members of a file up to `end` (default: its size) in order; together they cover every byte. Raises OSError.

    Takes the memory of a chunk, however large a record inflates to.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        end = size if end is None else min(end, size)
        start = 0
        while start < end:
            found = _member(file, start, end) or _headless(file, start, end) or _damage(file, start, end)
            yield found
            start = found.end


def warc_headers(head: bytes) -> dict[str, str]:
    """A record's own headers, their names in lower case.

    >>> warc_headers(b"WARC/1.0\\r\\nWARC-Type: response\\r\\nContent-Length: 0\\r\\n\\r\\nHTTP/1.1 200 OK")
    {'warc-type': 'response', 'content-length': '0'}
    """
    found: dict[str, str] = {}
    for line in head.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            found.setdefault(name.strip().lower().decode("utf-8", "replace"), value.strip().decode("utf-8", "replace"))
    return found


def http_status(head: bytes) -> int | None:
    """The status of the HTTP response that a record holds.

    >>> http_status(b"WARC/1.0\\r\\nWARC-Type: response\\r\\n\\r\\nHTTP/1.1 304 Not Modified\\r\\n")
    304
    """
    words = head.partition(b"\r\n\r\n")[2].partition(b"\r\n")[0].split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() and len(words[1]) == 3 else None


def _member(file: IO[bytes], start: int, end: int) -> Member | None:
    """The member that begins here; None where it is damaged, cut off or holds no WARC record."""
    length, head, _ = _inflate(file, start, end, _GZIP)
    return Member(start, length, head) if length and head.startswith(_BEGIN) else None


def _headless(file: IO[bytes], start: int, end: int) -> Member | None:
    """The member that begins here where its gzip head alone is damaged: the checksum at its end still tells."""
    length, head, told = _inflate(file, start + _HEAD, end, _RAW)
    if not length or not head.startswith(_BEGIN) or start + _HEAD + length + _TAIL > end:
        return None
    file.seek(start + _HEAD + length)
    if file.read(_TAIL) != told:
        return None
    return Member(start, _HEAD + length + _TAIL, head, bad_head=True)


def _inflate(file: IO[bytes], start: int, end: int, wbits: int) -> tuple[int, bytes, bytes]:
    """Length of the stream that begins here (0: it does not end well), its first bytes, its checksum and size."""
    unpacker = zlib.decompressobj(wbits)
    head, read, checksum, plain_size = b"", 0, 0, 0
    raw = wbits == _RAW
    file.seek(start)
    try:
        while not unpacker.eof:
            data = file.read(max(0, min(_CHUNK, end - start - read)))
            read += len(data)
            given = data
            while True:
                plain = unpacker.decompress(given, _CHUNK)
                if len(head) < _KEPT:
                    head += plain[: _KEPT - len(head)]
                if raw:
                    checksum, plain_size = zlib.crc32(plain, checksum), plain_size + len(plain)
                given = unpacker.unconsumed_tail
                if unpacker.eof or (not given and len(plain) < _CHUNK):
                    break
            if not data and not unpacker.eof:
                return 0, head, b""
    except zlib.error:
        return 0, head, b""
    told = checksum.to_bytes(4, "little") + (plain_size & 0xFFFFFFFF).to_bytes(4, "little")
    return read - len(unpacker.unused_data), head, told


def _damage(file: IO[bytes], start: int, end: int) -> Damage:
    stop = _next(file, start, end)
    return Damage(start, stop - start, _salvage(file, start, stop))


def _next(file: IO[bytes], start: int, end: int) -> int:
    """Where reading goes on after a member that is damaged: the next one that can be believed, or the end."""
    length, _, _ = _inflate(file, start + _HEAD, end, _RAW)
    after = start + _HEAD + length + _TAIL
    if length and (after == end or (after < end and _begins(file, after, end))):
        return after
    position, kept = start + 1, b""
    while position < end:
        file.seek(position + len(kept))
        data = kept + file.read(min(_CHUNK, end - position - len(kept)))
        at = data.find(_MAGIC)
        while at >= 0:
            if _begins(file, position + at, end):
                return position + at
            at = data.find(_MAGIC, at + 1)
        if position + len(data) >= end:
            return end
        kept = data[-2:]
        position += len(data) - len(kept)
    return end


def _begins(file: IO[bytes], start: int, end: int) -> bool:
    """Whether a WARC record begins here, be its gzip head damaged."""
    file.seek(start)
    data = file.read(min(512, end - start))
    return _beginning(data, _GZIP).startswith(_BEGIN) or _beginning(data[_HEAD:], _RAW).startswith(_BEGIN)


def _beginning(data: bytes, wbits: int) -> bytes:
    try:
        return zlib.decompressobj(wbits).decompress(data, len(_BEGIN))
    except zlib.error:
        return b""


def _salvage(file: IO[bytes], start: int, end: int) -> bytes:
    """What can be inflated of a damaged member before the fault, at most `_KEPT` bytes."""
    file.seek(start + _HEAD)
    unpacker, found = zlib.decompressobj(_RAW), b""
    for _ in range(0, end - start, 64):
        data = file.read(max(0, min(64, end - file.tell())))
        try:
            found += unpacker.decompress(data, _KEPT)
        except zlib.error:
            break
        if not data or unpacker.eof or len(found) >= _KEPT:
            break
    return found[:_KEPT]
