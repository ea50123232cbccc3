"""Reading corpora as a stream of documents: plain text, HTML, JSON Lines, Parquet, WARC and WET.

Memory holds one document (one row group for Parquet). What cannot be read is a UsageError with one line before the
first document when its name shows it, else at the place where it is found.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import orjson
import zstandard

from mapexpress.corpus.files import Format, can_be_read_twice, format_of, size_of, stem
from mapexpress.corpus.parquet import parquet_rows
from mapexpress.corpus.source import Columns, Json, Source
from mapexpress.corpus.unpacking import FileError, Meter, unpacked
from mapexpress.corpus.warc import read_warc
from mapexpress.errors import UsageError
from mapexpress.system.bounded import TooLargeError, check_json, most_bytes, read_within
from mapexpress.web.sniffing import sniff

_SNIFFED = 4096


def read(path: Path, columns: Columns | None = None, meter: Meter | None = None) -> Iterator[Source]:
    """The documents of one file in their order; raises FileError in one line for what cannot be read.

    A pipe is read once, by what its first bytes show it to be; Parquet needs a file.
    """
    columns, meter = columns or Columns(), meter or Meter()
    try:
        kind = format_of(path) if can_be_read_twice(path) else None
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
                yield from read_warc(stream, path)
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
