"""Content codings undone within bounds: gzip, deflate, brotli, zstd, one in another (RFC 9110, 8.4.1).

Every decoder gives at most a chunk at a time, so that a bomb costs what its limit says and not what it holds.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import brotli  # comes with Scrapy, as does zstd

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from mapexpress.limits import DEFAULTS

_CHUNK = 1 << 18
_MEMBERS = 1000  # gzip members or zstd frames in a row: a member costs its set-up, whatever it holds
_WINDOW_LOG = 23  # 8 MB, what a client must offer and a server may not exceed (RFC 9659)
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class CodingError(ValueError):
    """A body that is not what its codings say."""


class TooManyCodingsError(CodingError):
    """More codings, one in another, than are undone."""


class InflatedTooLargeError(CodingError):
    """A body that inflates beyond the limit."""


@dataclass(slots=True, frozen=True)
class Inflated:
    """A body without its codings. `whole`: every coding came to its end; `left`: those that are not known."""

    body: bytes
    whole: bool
    left: tuple[str, ...] = ()


def names_of(header: str) -> list[str]:
    """Codings of a Content-Encoding header in the order they were applied.

    >>> names_of("GZip, br,,identity")
    ['gzip', 'br']
    """
    names = (name.strip().lower() for name in header.split(","))
    return [name for name in names if name and name != "identity"]


def inflate(body: bytes, header: str, limit: int, *, most: int = DEFAULTS.codings) -> Inflated:
    """Undo the codings of a Content-Encoding header, the last one first, up to one that is not known.

    Raises CodingError for a body in another coding, TooManyCodingsError for more of them than `most`,
    InflatedTooLargeError for more than `limit` bytes.

    >>> import gzip
    >>> packed = gzip.compress(b"Il pleut.")
    >>> inflate(packed, "gzip", 100), inflate(packed[:-9], "x-gzip", 100).whole
    (Inflated(body=b'Il pleut.', whole=True, left=()), False)
    """
    names = names_of(header)
    if len(names) > most:
        raise TooManyCodingsError(f"{len(names)} content codings, at most {most} are undone")
    whole = True
    while body and names and names[-1] in _DECODERS:
        name = names.pop()
        out = bytearray()
        try:
            for chunk in _DECODERS[name](body):
                out += chunk
                if len(out) > limit:
                    raise InflatedTooLargeError(f"a body of {len(body)} bytes in {name} holds more than {limit}")
        except _CutError:
            whole = False
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            raise CodingError(f"not {name}: {error}") from None
        body = bytes(out)
    return Inflated(body, whole, tuple(names))


class _CutError(Exception):
    """The stream has no end."""


def _gzip(body: bytes) -> Iterator[bytes]:
    return _members(body, lambda: zlib.decompressobj(31), _GZIP)


def _deflate(body: bytes) -> Iterator[bytes]:
    # raw deflate is what some servers mean by it; a zlib head says so by its checksum (RFC 1950, 2.2)
    window = 15 if (body[0] & 0x0F) == 8 and int.from_bytes(body[:2]) % 31 == 0 else -15
    return _members(body, lambda: zlib.decompressobj(window), None)


def _members(body: bytes, decoder: Callable[[], zlib._Decompress], mark: bytes | None) -> Iterator[bytes]:
    for _ in range(_MEMBERS):
        unpacker = decoder()
        while body and not unpacker.eof:
            yield unpacker.decompress(body, _CHUNK)
            body = unpacker.unconsumed_tail
        if not unpacker.eof:
            yield from _rest(unpacker)
            if not unpacker.eof:
                raise _CutError
        body = unpacker.unused_data
        if mark is None or not body.startswith(mark):
            return  # what follows an end and is no member is padding
    raise zlib.error(f"more than {_MEMBERS} members")


def _rest(unpacker: zlib._Decompress) -> Iterator[bytes]:
    """What the decoder still holds when it has taken all of its input."""
    while chunk := unpacker.decompress(b"", _CHUNK):
        yield chunk


def _brotli(body: bytes) -> Iterator[bytes]:
    unpacker = brotli.Decompressor()
    chunk = unpacker.process(body, output_buffer_limit=_CHUNK)
    yield chunk
    while not unpacker.is_finished():
        chunk = unpacker.process(b"", output_buffer_limit=_CHUNK)
        if not chunk:
            if unpacker.is_finished():
                return
            raise _CutError
        yield chunk


def _zstd(body: bytes) -> Iterator[bytes]:
    for _ in range(_MEMBERS):
        unpacker = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW_LOG})
        yield unpacker.decompress(body, _CHUNK)
        while not unpacker.eof:
            if unpacker.needs_input:
                raise _CutError
            yield unpacker.decompress(b"", _CHUNK)
        body = unpacker.unused_data
        if not body.startswith(_ZSTD):
            return
    raise zstd.ZstdError(f"more than {_MEMBERS} frames")


_DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd,
}  # fmt: skip
