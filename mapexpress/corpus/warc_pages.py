"""Pages of WARC files and texts of WET files, read with warcio within bounds."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal

import zstandard

from mapexpress.corpus.sources import Source, stem
from mapexpress.corpus.unpacking import FileError, Meter, unpacked_stream
from mapexpress.dataset.files.warc import decode as undo_codings
from mapexpress.limits import DEFAULTS, Limits
from mapexpress.system.bounded import read_within


def warc_sources(raw: IO[bytes], path: Path) -> Iterator[Source]:
    """HTML pages of an open WARC file, texts of a WET file, in their order; `path` names it. Raises UsageError."""
    with unpacked_stream(raw, path, Meter()) as stream:
        yield from read_warc(stream, path)


def read_warc(stream: IO[bytes], path: Path, limits: Limits = DEFAULTS) -> Iterator[Source]:
    number = 0
    for record, kind, body in _warc_records(stream, path, limits):
        number += 1
        if kind is None:
            continue
        headers = record.rec_headers
        content_type = record.http_headers.get_header("Content-Type") if record.http_headers else None
        record_id = headers.get_header("WARC-Record-ID")
        yield Source(
            id=record_id.strip("<>") if record_id else f"{stem(path)}-{number}",
            body=body,
            kind=kind,
            url=headers.get_header("WARC-Target-URI"),
            content_type=content_type,
            fetched_at=headers.get_header("WARC-Date"),
            warc_record_id=record_id,
        )


class _Whole:
    """A stream for warcio, which takes the EOFError of broken compression for the end of the archive."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.left: int | None = None  # bytes that may be read until the next record's body is reached

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(size)
        except EOFError as error:
            raise ValueError(str(error)) from None
        if self.left is not None:
            self.left -= len(data)
            if self.left < 0:
                raise ValueError(f"no record within {_HEADS} bytes")
        return data


_HEADS = 2**20  # bytes up to a record's body: WARC's head, HTTP's and empty lines; fetch allows 128 KB of HTTP's
_DRAINED = 2**16
_GZIP = b"\x1f\x8b"
_WARCIO = (AttributeError, ValueError, TypeError)  # it raises them for records without an address or with odd lengths


def _warc_records(
    stream: IO[bytes], path: Path, limits: Limits
) -> Iterator[tuple[Any, Literal["html", "text"] | None, bytes]]:
    """Each record with what it holds and its body, empty where it is none of ours. Raises UsageError."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    whole = _Whole(stream)
    try:
        if stream.peek(2)[:2] == _GZIP:  # type: ignore[attr-defined]
            raise ValueError("compressed twice")  # warcio would unpack it, without bounds
        whole.left = _HEADS
        for record in ArchiveIterator(whole):
            whole.left = None
            kind = _warc_kind(record)
            body = _body(record, path, limits) if kind else b""
            while record.raw_stream.read(_DRAINED):
                pass
            if record.raw_stream.limit > 0:  # warcio takes the end of the file for the end of the record
                raise ValueError("cut off in the middle of a record")
            yield record, kind, body
            whole.left = _HEADS
    except (ArchiveLoadFailed, EOFError, zlib.error, zstandard.ZstdError, *_WARCIO) as error:
        said = str(error).strip().splitlines() or [type(error).__name__]  # some begin with an empty line
        raise FileError(f"{path}: not a WARC file or a broken one: {said[0].strip()}") from None


def _body(record: Any, path: Path, limits: Limits) -> bytes:
    """A record's document without transfer and content codings. Raises TooLargeError."""
    from warcio.bufferedreaders import ChunkedDataReader

    headers, stream = record.http_headers, record.raw_stream
    coding = headers.get_header("Content-Encoding") if headers else None
    if headers and (headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
        stream = ChunkedDataReader(stream)
    what = f"a record of {path}"
    body = read_within(stream, what, limits)
    return undo_codings(body, coding, what, limits) if coding else body


def _warc_kind(record: object) -> Literal["html", "text"] | None:
    """HTML of a response with status 200, text of a WET file's conversion; None for all other records."""
    kind = getattr(record, "rec_type", "")
    if kind == "conversion":
        return "text"
    http = getattr(record, "http_headers", None)
    if kind != "response" or http is None or http.get_statuscode() != "200":
        return None
    content_type = (http.get_header("Content-Type") or "text/html").lower()
    return "html" if "html" in content_type else "text" if content_type.startswith("text/plain") else None
