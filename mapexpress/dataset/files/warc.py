"""Raw responses as WARC (ISO 28500), one file a run, each record its own gzip member so that ids resolve by offset."""

from __future__ import annotations

import io
import os
import zlib
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordbuilder import RecordBuilder
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from mapexpress.dataset.state.tables import Place
from mapexpress.errors import StorageError
from mapexpress.limits import DEFAULTS, Limits
from mapexpress.system.bounded import TooLargeError, most_bytes, unpack
from mapexpress.system.disk import fsync_folder, make_folder, storage_errors, write_all
from mapexpress.system.inside import new_file, open_file
from mapexpress.web.codings import CodingError, InflatedTooLargeError, inflate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mapexpress.dataset.files.layout import Layout
    from mapexpress.dataset.state.database import State

MAX_WARC_BYTES = 2**30  # 1 GB a file, as the WARC guidelines of the IIPC advise
# of ISA-L, 0 to 3: 305 real pages take 43.9 KB each at a cost of .20 lxml parses; zlib needs .89 at 1 for 45.3 KB, 1.38
# at 4 for 39.9 KB and 2.46 at 6 for 38.0 KB. warcio's 9 costs three
# times as much as 6.
_LEVEL = 2
_GZIP = 31  # zlib's number for a stream with a gzip head, which names neither a file nor a time
PUBLIC_ADDRESS = "Mapexpress-Public-URL"  # where the site was reached through another address
CONTENT = "Mapexpress-Content"  # what was asked for: an article or a way in


@dataclass(slots=True, frozen=True, kw_only=True)
class Captured:
    """A stored response: header names in lower case, `body` with its content encodings undone or as it was received."""

    warc_record_id: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: str


@dataclass(slots=True, frozen=True, kw_only=True)
class Exchange:
    """A response as it came, to be stored.

    `url` is the public address, `fetched_url` the one asked when it differs. `body` is the payload as received;
    keep `Content-Encoding` among the headers only when it still applies to `body`. `fetched_at` is ISO 8601 in UTC.
    `content` says what it is: `article`, or else the way in (`feed`, `sitemap`, …).
    """

    url: str
    status: int
    body: bytes
    fetched_at: str
    headers: Sequence[tuple[str, str]] = ()
    reason: str = ""
    method: str = "GET"
    request_headers: Sequence[tuple[str, str]] = ()
    fetched_url: str | None = None
    content: str = "article"


def _whole(stream: IO[bytes]) -> Iterator[bytes]:
    """A body in one piece: by 16 KB, as warcio takes it, each piece hands the interpreter to another thread twice."""
    yield stream.read()


class _Builder(RecordBuilder):  # type: ignore[misc]
    _iter_stream = staticmethod(_whole)


class _Writer(WARCWriter):  # type: ignore[misc]
    _iter_stream = staticmethod(_whole)


@dataclass(slots=True)
class WarcWriter:
    """The WARC of one run. `append` puts the place into the state's open transaction; `sync` makes it durable."""

    layout: Layout
    state: State
    run: str
    day: str
    software: str
    _handle: int | None = None
    _warc: int = 0
    _offset: int = 0
    _dirty: bool = field(default=False)

    def append(self, exchange: Exchange) -> str:
        """Store one exchange and return the WARC record id of its response. Raises StorageError."""
        if self._handle is None or self._offset > MAX_WARC_BYTES:
            self.close()
            self._open()
        record_id, data = encode(exchange)
        with storage_errors(self.layout.warc):
            write_all(self._handle or 0, data)
        self.state.put_response(
            Place(
                id=record_id,
                warc=self._warc,
                position=self._offset,
                length=len(data),
                url=exchange.url,
                fetched_at=exchange.fetched_at,
                http_status=exchange.status,
                content=exchange.content,
            )
        )
        self._offset += len(data)
        self._dirty = True
        return record_id

    def _open(self) -> None:
        row = self.state.one("SELECT count(*) FROM warcs WHERE name LIKE ?", f"{self.run}-%")
        count = int(row[0] or 0) if row else 0
        name = f"{self.run}-{count}.warc.gz"
        path = self.layout.warc_file(name)
        info = encode_info(name, self.software)
        with storage_errors(path):
            make_folder(path.parent)
            self._handle = new_file(path, os.O_APPEND)
            fsync_folder(path.parent)
            write_all(self._handle, info)
        self._offset = len(info)
        self.state.write("INSERT INTO warcs (name, day, committed) VALUES (?, ?, 0)", name, self.day)
        found = self.state.one("SELECT warc FROM warcs WHERE name = ?", name)
        self._warc = int((found or (0,))[0] or 0)
        self._dirty = True

    def sync(self) -> None:
        """Make the appended records durable and put the new offset into the state's open transaction."""
        if self._dirty and self._handle is not None:
            with storage_errors(self.layout.warc):
                os.fsync(self._handle)
            self.state.write("UPDATE warcs SET committed = ? WHERE warc = ?", self._offset, self._warc)
            self._dirty = False

    def close(self) -> None:
        """Close the file, durably."""
        if self._handle is not None:
            self.sync()
            os.close(self._handle)
            self._handle = None

    def abandon(self) -> None:
        """Close the file without another write; the next recovery cuts what was not committed."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def encode(exchange: Exchange, record_id: str | None = None) -> tuple[str, bytes]:
    """Response record and, where its headers are known, request record: (id of the response, bytes).

    The id is a new one where none is given.
    """
    builder = _Builder()
    extra = {"WARC-Date": _warc_date(exchange.fetched_at), CONTENT: exchange.content}
    if exchange.fetched_url and exchange.fetched_url != exchange.url:
        extra[PUBLIC_ADDRESS] = exchange.url
    target = exchange.fetched_url or exchange.url
    # The transfer coding was undone by the client, so a header naming it would make readers undo it once more.
    headers = [
        (name, _one_line(value))
        for name, value in exchange.headers
        if name.lower() not in ("transfer-encoding", "content-length")
    ]
    headers.append(("Content-Length", str(len(exchange.body))))
    response = builder.create_warc_record(
        target,
        "response",
        payload=io.BytesIO(exchange.body),
        length=len(exchange.body),
        http_headers=StatusAndHeaders(f"{exchange.status} {exchange.reason}".strip(), headers, protocol="HTTP/1.1"),
        warc_headers_dict=extra | ({"WARC-Record-ID": record_id} if record_id else {}),
    )
    record_id = str(response.rec_headers.get_header("WARC-Record-ID"))
    data = _member(response, packed=_is_packed(exchange))
    if exchange.request_headers:
        path = "/" + target.partition("://")[2].partition("/")[2]
        request = builder.create_warc_record(
            target,
            "request",
            http_headers=StatusAndHeaders(
                f"{exchange.method} {path} HTTP/1.1",
                [(name, _one_line(value)) for name, value in exchange.request_headers],
                is_http_request=True,
            ),
            warc_headers_dict={**extra, "WARC-Concurrent-To": record_id},
        )
        data += _member(request)
    return record_id, data


def encode_info(name: str, software: str) -> bytes:
    """The warcinfo record that a file begins with."""
    info = {"software": software, "format": "WARC File Format 1.0"}
    return _member(_Builder().create_warcinfo_record(name, info))


def _is_packed(exchange: Exchange) -> bool:
    """Whether a body came compressed: deflating it once more costs most of a page's storing and gains nothing."""
    if not any(name.lower() == "content-encoding" for name, _ in exchange.headers):
        return False
    sample = exchange.body[:4096]
    return len(zlib.compress(sample, 1)) > 0.95 * len(sample)  # a false header is no reason to store a page unpacked


def _member(record: object, *, packed: bool = False) -> bytes:
    """One record as a gzip member of its own; what is `packed` already is only framed."""
    plain = io.BytesIO()
    _Writer(plain, gzip=False).write_record(record)
    if packed:
        packer = zlib.compressobj(0, zlib.DEFLATED, _GZIP)
        return packer.compress(plain.getbuffer()) + packer.flush()
    return isal_zlib.compress(plain.getbuffer(), _LEVEL, _GZIP)


def _warc_date(instant: str) -> str:
    return instant.partition(".")[0].replace("+00:00", "").removesuffix("Z") + "Z"


def _one_line(value: str) -> str:
    return " ".join(value.splitlines())


def read_at(layout: Layout, name: str, place: Place, *, decoded: bool = True) -> Captured:
    """The response at a place of a WARC file; not `decoded`, its body is as it was received.

    Raises StorageError when it is not there or not the one asked for.
    """
    path, limits = layout.warc_file(name), layout.limits
    try:
        with open_file(path) as file:
            if place.length > most_bytes(limits):
                raise TooLargeError(f"{path} at {place.position}", most_bytes(limits), "stored_bytes")
            file.seek(place.position)
            data = file.read(place.length)
        if len(data) < place.length:
            raise StorageError(f"{path} is cut off: no record {place.id} at {place.position}")
        plain = unpack(data, f"{path} at {place.position}", limits)  # raises where the checksum does not fit
        _check_heads(plain, 2 * limits.header_bytes)  # as stored: with names that a server leaves out, and WARC's own
        record = next(iter(ArchiveIterator(io.BytesIO(plain))), None)
        if record is None or record.rec_headers.get_header("WARC-Record-ID") != place.id:
            raise StorageError(f"{path}: no record {place.id} at {place.position}")
        return _captured(record, place, path, limits if decoded else None)
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror or error}") from None
    except (ArchiveLoadFailed, EOFError, AttributeError, TypeError, ValueError) as error:
        # the last three are warcio's for a record without a head of HTTP, and of a place in a state that is no number
        raise StorageError(f"{path} is damaged at {place.position}: {error}") from None


def _check_heads(plain: bytes, most: int) -> None:
    """Raise ValueError where the head of the record or of its response is longer than `most` bytes."""
    end = 0
    for _ in range(2):
        end = plain.find(b"\r\n\r\n", end, end + most) + 4
        if end < 4:
            raise ValueError(f"a head of more than {most} bytes")


def _captured(record: object, place: Place, path: Path, limits: Limits | None) -> Captured:
    """The response that a record holds; its body decoded within `limits`, or as it was received without."""
    headers: dict[str, str] = {}
    for name, value in record.http_headers.headers:  # type: ignore[attr-defined]
        headers.setdefault(name.lower(), value)
    body = record.raw_stream.read()  # type: ignore[attr-defined]
    rec_headers = record.rec_headers  # type: ignore[attr-defined]
    return Captured(
        warc_record_id=rec_headers.get_header("WARC-Record-ID"),
        url=place.url,
        status=int(record.http_headers.get_statuscode()),  # type: ignore[attr-defined]
        headers=headers,
        body=body
        if limits is None
        else decode(body, headers.get("content-encoding", ""), f"{path} at {place.position}", limits),
        fetched_at=place.fetched_at,
    )


def decode(body: bytes, encodings: str, what: object = "a stored body", limits: Limits = DEFAULTS) -> bytes:
    """Undo content encodings; a cut stream gives what it holds, a false or unknown one the bytes as they are.

    Raises TooLargeError.

    >>> decode(zlib.compress(b"abc"), "deflate")
    b'abc'
    """
    try:
        return inflate(body, encodings, most_bytes(limits), most=limits.codings).body
    except InflatedTooLargeError:
        raise TooLargeError(what, most_bytes(limits), "stored_bytes") from None
    except CodingError:
        return body
