"""Reading corpora as a stream of documents: plain text, HTML, JSON Lines, Parquet, WARC and WET, and folders of them.

Memory holds one document (one row group for Parquet). What cannot be read is a UsageError with one line before the
first document when its name shows it, else at the place where it is found.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias

import orjson
import zstandard

from mapexpress.corpus.parquet import parquet_rows
from mapexpress.corpus.unpacking import FileError, Meter, unpacked, unpacked_stream
from mapexpress.dataset.files.warc import decode as undo_codings
from mapexpress.errors import UsageError
from mapexpress.model.document import Document, kind_of
from mapexpress.system.bounded import TooLargeError, check_json, most_bytes, read_within
from mapexpress.web.sniffing import sniff

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Format = Literal["document", "jsonl", "parquet", "warc"]  # a page and a text are told by what they hold

_SUFFIXES: dict[str, Format] = {
    ".txt": "document",
    ".text": "document",
    ".md": "document",
    ".html": "document",
    ".htm": "document",
    ".xhtml": "document",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".warc": "warc",
    ".wet": "warc",
}
_PACKED = {".gz", ".zst"}
_SNIFFED = 4096


@dataclass(slots=True, frozen=True, kw_only=True)
class Source:
    """One document of a corpus. `id` is the input's own, or the file's stem; `extra` are its other columns.

    `kind` is None where nothing but the body tells it.
    """

    id: str
    body: bytes | str
    kind: Literal["html", "text"] | None = None
    url: str | None = None
    title: str | None = None
    content_type: str | None = None
    fetched_at: str | None = None
    warc_record_id: str | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)

    @property
    def document(self) -> Document:
        """What its record is made of."""
        return Document(
            body=self.body,
            kind=self.kind or kind_of(self.body),
            url=self.url,
            content_type=self.content_type,
            fetched_at=self.fetched_at,
            discovered_via="file",
            warc_record_id=self.warc_record_id,
            source_id=self.id,
            title=self.title,
        )


@dataclass(slots=True, frozen=True, kw_only=True)
class Columns:
    """Names of the columns of JSON Lines and Parquet that are read; all others pass through."""

    text: str = "text"
    url: str = "url"
    id: str = "id"
    title: str = "title"


STDIN = Path("/dev/stdin")


def can_be_read_twice(path: Path) -> bool:
    """Whether a name is a file and no pipe or terminal."""
    return path.is_file()


def size_of(path: Path) -> int:
    """Bytes on the disk; 0 for what is no file."""
    return path.stat().st_size if can_be_read_twice(path) else 0


def find_files(names: Sequence[str | Path]) -> list[Path]:
    """The files to read, folders walked in sorted order; raises UsageError for what is missing or unreadable.

    In a folder only names with a known suffix are taken, and no `.json`: what crawlers leave beside pages are indexes
    and settings. A file that is named is taken whatever its suffix.
    """
    files: list[Path] = []
    for name in names:
        path = Path(name)
        if path.is_dir():
            inside = sorted(
                p for p in path.rglob("*") if p.is_file() and _format_of(p) is not None and ".json" not in p.suffixes
            )
            if not inside:
                raise UsageError(f"{path}: a folder without text, HTML, JSON Lines, Parquet or WARC files")
            files.extend(inside)
        elif str(name) == "-":
            files.append(STDIN)
        elif path.exists():
            files.append(path)
        else:
            raise UsageError(f"{path}: no such file or folder; give the path of a file or folder to clean")
    return files


def read(path: Path, columns: Columns | None = None, meter: Meter | None = None) -> Iterator[Source]:
    """The documents of one file in their order; raises FileError in one line for what cannot be read.

    A pipe is read once, by what its first bytes show it to be; Parquet needs a file.
    """
    columns, meter = columns or Columns(), meter or Meter()
    try:
        kind = _format_of(path) if can_be_read_twice(path) else None
        if kind == "parquet":
            yield from _read_parquet(path, columns, meter)
            return
        with unpacked(path, meter) as stream:
            kind = kind or _sniff_format(stream, path)
            if kind == "parquet":
                yield from _read_parquet(path, columns, meter)
            elif kind == "jsonl":
                yield from _read_jsonl(stream, path, columns)
            elif kind == "warc":
                yield from _read_warc(stream, path)
            else:
                yield _read_document(stream, path)
    except (gzip.BadGzipFile, zlib.error, EOFError, zstandard.ZstdError) as error:
        raise FileError(f"{path}: broken or incomplete compressed file: {error}") from None
    except TooLargeError as error:
        raise FileError(str(error)) from None
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from None


def read_all(
    files: Iterable[Path], columns: Columns, failed: Callable[[FileError], object], meter: Meter | None = None
) -> Iterator[Source]:
    """The documents of many files; one that cannot be read to its end is told, and the next ones are read."""
    for path in files:
        try:
            yield from read(path, columns, meter)
        except FileError as error:
            failed(error)


def stem(path: Path) -> str:
    """A file's name without the suffixes that tell its format; of an index the folder's, as mirrors name their pages.

    >>> stem(Path("2026/pluie-a-rabat/index.html"))
    'pluie-a-rabat'
    >>> stem(Path("a/b.c.html.gz")), stem(Path("dirty.txt")), stem(Path("v1.2"))
    ('b.c', 'dirty', 'v1.2')
    """
    name = path.name
    for suffixes in (_PACKED, set(_SUFFIXES)):
        suffix = Path(name).suffix.lower()
        if suffix in suffixes:
            name = name[: -len(suffix)]
    return (path.parent.name if name == "index" else "") or name or path.name


def _format_of(path: Path) -> Format | None:
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return _SUFFIXES.get(suffixes[-1]) if suffixes else None


def _sniff_format(stream: io.BufferedReader, path: Path) -> Format:
    head = stream.peek(_SNIFFED)[:_SNIFFED]
    if head.startswith(b"PAR1"):
        if not can_be_read_twice(path):
            raise FileError(f"{path}: Parquet is read from its end; give a file, not a pipe")
        return "parquet"
    if head.startswith(b"WARC/"):
        return "warc"
    if head.lstrip().startswith(b"{"):
        return "jsonl"
    return "document"


def _read_document(stream: IO[bytes], path: Path) -> Source:
    body = read_within(stream, path)
    if sniff(body) == "binary":
        raise FileError(f"{path}: binary, not text; give plain text, HTML, JSON Lines, Parquet or WARC")
    return Source(id=stem(path), body=body)


def _read_jsonl(stream: IO[bytes], path: Path, columns: Columns) -> Iterator[Source]:
    most, number = most_bytes(), 0
    while line := stream.readline(most + 1):
        number += 1
        where = f"{path}: line {number}"
        if len(line) > most:
            raise TooLargeError(where, most, "stored_bytes")
        if not line.strip():
            continue
        check_json(line, where)
        try:
            row = orjson.loads(line)
            orjson.dumps(row)  # read four times as deep as it is written
        except orjson.JSONDecodeError as error:
            raise FileError(f"{where} is not JSON: {error}") from None
        except orjson.JSONEncodeError as error:
            raise FileError(f"{where} cannot be passed on: {error}") from None
        if not isinstance(row, dict):
            raise FileError(f"{where} is not an object; one JSON object a line is expected")
        yield _from_row(row, columns, f"{stem(path)}-{number}", where)


def _read_parquet(path: Path, columns: Columns, meter: Meter) -> Iterator[Source]:
    if find_spec("pyarrow") is None:
        raise UsageError(f"{path}: reading Parquet needs pyarrow: pip install mapexpress[parquet]")
    for number, (row, share) in enumerate(parquet_rows(path), 1):
        meter.read += int(size_of(path) * share)
        yield _from_row(row, columns, f"{stem(path)}-{number}", f"{path}: row {number}")


def _from_row(row: dict[str, Json], columns: Columns, number: str, where: str) -> Source:
    body = row.get(columns.text)
    if not isinstance(body, str):
        known = ", ".join(sorted(row)) or "none"
        raise UsageError(f"{where} has no text in {columns.text!r} (columns: {known}); name it with --text-field")
    url, title, own = row.get(columns.url), row.get(columns.title), row.get(columns.id)
    return Source(
        id=str(own) if isinstance(own, str | int) and own != "" else number,
        body=body,
        url=url if isinstance(url, str) and url else None,
        title=title if isinstance(title, str) and title else None,
        extra={k: v for k, v in row.items() if k not in (columns.text, columns.url, columns.id, columns.title)},
    )


def warc_sources(raw: IO[bytes], path: Path) -> Iterator[Source]:
    """HTML pages of an open WARC file, texts of a WET file, in their order; `path` names it. Raises UsageError."""
    with unpacked_stream(raw, path, Meter()) as stream:
        yield from _read_warc(stream, path)


def _read_warc(stream: IO[bytes], path: Path) -> Iterator[Source]:
    number = 0
    for record, kind, body in _warc_records(stream, path):
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


def _warc_records(stream: IO[bytes], path: Path) -> Iterator[tuple[Any, Literal["html", "text"] | None, bytes]]:
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
            body = _body(record, path) if kind else b""
            while record.raw_stream.read(_DRAINED):
                pass
            if record.raw_stream.limit > 0:  # warcio takes the end of the file for the end of the record
                raise ValueError("cut off in the middle of a record")
            yield record, kind, body
            whole.left = _HEADS
    except (ArchiveLoadFailed, EOFError, zlib.error, zstandard.ZstdError, *_WARCIO) as error:
        said = str(error).strip().splitlines() or [type(error).__name__]  # some begin with an empty line
        raise FileError(f"{path}: not a WARC file or a broken one: {said[0].strip()}") from None


def _body(record: Any, path: Path) -> bytes:
    """A record's document without transfer and content codings. Raises TooLargeError."""
    from warcio.bufferedreaders import ChunkedDataReader

    headers, stream = record.http_headers, record.raw_stream
    coding = headers.get_header("Content-Encoding") if headers else None
    if headers and (headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
        stream = ChunkedDataReader(stream)
    what = f"a record of {path}"
    body = read_within(stream, what)
    return undo_codings(body, coding, what) if coding else body


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
