"""Reading corpora as a stream of documents: plain text, HTML, JSON Lines, Parquet, WARC and WET, and folders of them.

Memory holds one document (one row group for Parquet). What cannot be read is a UsageError with one line before the
first document when its name shows it, else at the place where it is found.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias

import orjson
import zstandard

from mapexpress.corpus.unpacking import Meter, unpacked, unpacked_zstd
from mapexpress.errors import UsageError

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Format = Literal["text", "html", "jsonl", "parquet", "warc"]

_SUFFIXES: dict[str, Format] = {
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".warc": "warc",
    ".wet": "warc",
}
_PACKED = {".gz", ".zst"}
# Larger than any page a crawl takes (DOWNLOAD_MAXSIZE) and any book in a corpus; stops decompression bombs.
LARGEST_DOCUMENT = 64 * 2**20
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|div|p|h1|table|section|main)\b", re.IGNORECASE)
_SNIFFED = 4096
_MAGIC = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x7fELF", b"RIFF", b"OggS", b"ID3", b"SQLite")


@dataclass(slots=True, frozen=True, kw_only=True)
class Source:
    """One document of a corpus. `id` is the input's own, or the file's stem; `extra` are its other columns."""

    id: str
    body: bytes | str
    kind: Literal["html", "text"]
    url: str | None = None
    title: str | None = None
    content_type: str | None = None
    fetched_at: str | None = None
    warc_record_id: str | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)


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
    """The documents of one file in their order; raises UsageError in one line for what cannot be read.

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
                yield _read_document(stream, path, kind)
    except (gzip.BadGzipFile, zlib.error, EOFError, zstandard.ZstdError) as error:
        raise UsageError(f"{path}: broken or incomplete compressed file: {error}") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None


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
            raise UsageError(f"{path}: Parquet is read from its end; give a file, not a pipe")
        return "parquet"
    if head.startswith(b"WARC/"):
        return "warc"
    if head.lstrip().startswith(b"{"):
        return "jsonl"
    return "html" if sniff(head) == "html" else "text"


def sniff(body: bytes | str) -> Literal["html", "text", "binary"]:
    """What a document is by its beginning.

    >>> sniff("<!DOCTYPE html><html>"), sniff("Rabat - a < b"), sniff(b"\\x00\\x01\\x02")
    ('html', 'text', 'binary')
    """
    head = body[:_SNIFFED].encode("utf-8", "replace") if isinstance(body, str) else body[:_SNIFFED]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode("utf-8", "replace")
    if b"\x00" in head or head.startswith(_MAGIC):
        return "binary"
    begun = _HTML.search(head)
    return "html" if begun is not None and b">" in head[begun.end() :] else "text"


def decode(body: bytes) -> str:
    """Plain text of bytes without a declared encoding: UTF-8 or a byte order mark, else what the bytes look like."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(body[: 2**16]).best()
        return body.decode(best.encoding if best else "cp1252", "replace")


def _read_document(stream: IO[bytes], path: Path, kind: Literal["text", "html"]) -> Source:
    body = stream.read(LARGEST_DOCUMENT + 1)
    if len(body) > LARGEST_DOCUMENT:
        raise UsageError(f"{path}: larger than {LARGEST_DOCUMENT // 2**20} MiB; one document a file is expected")
    if sniff(body) == "binary":
        raise UsageError(f"{path}: binary, not text; give plain text, HTML, JSON Lines, Parquet or WARC")
    if kind == "html":
        return Source(id=stem(path), body=body, kind="html")
    return Source(id=stem(path), body=decode(body), kind="text")


def _read_jsonl(stream: IO[bytes], path: Path, columns: Columns) -> Iterator[Source]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise UsageError(f"{path}: line {number} is not JSON: {error}") from None
        if not isinstance(row, dict):
            raise UsageError(f"{path}: line {number} is not an object; one JSON object a line is expected")
        yield _from_row(row, columns, f"{stem(path)}-{number}", f"{path}: line {number}")


def _read_parquet(path: Path, columns: Columns, meter: Meter) -> Iterator[Source]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise UsageError(f"{path}: reading Parquet needs pyarrow: pip install mapexpress[parquet]") from None
    number = 0
    try:
        file = parquet.ParquetFile(path)
        rows = max(1, file.metadata.num_rows)
        for batch in file.iter_batches(batch_size=256):
            meter.read += size_of(path) * batch.num_rows // rows
            for row in batch.to_pylist():
                number += 1
                yield _from_row(row, columns, f"{stem(path)}-{number}", f"{path}: row {number}")
    except pyarrow.ArrowInvalid as error:
        raise UsageError(f"{path}: not a Parquet file: {str(error).splitlines()[0]}") from None


def _from_row(row: dict[str, Json], columns: Columns, number: str, where: str) -> Source:
    body = row.get(columns.text)
    if not isinstance(body, str):
        known = ", ".join(sorted(row)) or "none"
        raise UsageError(f"{where} has no text in {columns.text!r} (columns: {known}); name it with --text-field")
    url, title, own = row.get(columns.url), row.get(columns.title), row.get(columns.id)
    return Source(
        id=str(own) if isinstance(own, str | int) and own != "" else number,
        body=body,
        kind="html" if sniff(body) == "html" else "text",
        url=url if isinstance(url, str) and url else None,
        title=title if isinstance(title, str) and title else None,
        extra={k: v for k, v in row.items() if k not in (columns.text, columns.url, columns.id, columns.title)},
    )


def warc_sources(raw: IO[bytes], path: Path) -> Iterator[Source]:
    """HTML pages of an open WARC file, texts of a WET file, in their order; `path` names it. Raises UsageError."""
    # warcio unpacks gzip members itself
    stream = unpacked_zstd(raw) if path.suffix == ".zst" else raw
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
            body=decode(body) if kind == "text" else body,
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

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)
        except EOFError as error:
            raise ValueError(str(error)) from None


_DRAINED = 2**16
_WARCIO = (AttributeError, ValueError, TypeError)  # it raises them for records without an address or with odd lengths


def _warc_records(stream: IO[bytes], path: Path) -> Iterator[tuple[Any, Literal["html", "text"] | None, bytes]]:
    """Each record with what it holds and its body, empty where it is none of ours. Raises UsageError."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    try:
        for record in ArchiveIterator(_Whole(stream)):
            kind = _warc_kind(record)
            body = record.content_stream().read(LARGEST_DOCUMENT) if kind else b""
            while record.raw_stream.read(_DRAINED):
                pass
            if record.raw_stream.limit > 0:  # warcio takes the end of the file for the end of the record
                raise ValueError("cut off in the middle of a record")
            yield record, kind, body
    except (ArchiveLoadFailed, EOFError, zlib.error, zstandard.ZstdError, *_WARCIO) as error:
        said = str(error).strip().splitlines() or [type(error).__name__]  # some begin with an empty line
        raise UsageError(f"{path}: not a WARC file or a broken one: {said[0].strip()}") from None


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
