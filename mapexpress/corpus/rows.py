"""Rows of JSON Lines, CSV and Parquet as documents: one that is broken or has no text is kept, with a flag.

A corpus of millions has such rows, and nobody wants to lose the others for them. What is no corpus at all (another
format, a column that no row has) is told at its first rows.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO, cast

import orjson

from mapexpress.corpus.parquet import parquet_rows
from mapexpress.corpus.sources import Columns, Json, Source, stem
from mapexpress.corpus.unpacking import FileError, Meter
from mapexpress.errors import UsageError
from mapexpress.limits import Limits
from mapexpress.system.bounded import TooLargeError, check_json, most_bytes

BROKEN_ROW = "broken_row"  # flag: it could not be read, and its text is empty
_MARK = b"\xef\xbb\xbf"  # of a byte order, which RFC 8259 lets readers leave out
_LOOKED_AT = 1000  # rows without the column of texts, before the option is to blame
_DELIMITERS = (",", ";", "\t")  # spreadsheets of countries with a decimal comma write the second
_Row = tuple[dict[str, Json] | None, str]  # None for one that is broken; where it stands


def read_jsonl(stream: IO[bytes], path: Path, columns: Columns) -> Iterator[Source]:
    """A document for each line that is not empty. Raises FileError where the first one is no JSON object."""
    return _documents(_json_rows(stream, path, columns.limits), columns, path)


def read_csv(stream: IO[bytes], path: Path, columns: Columns) -> Iterator[Source]:
    """A document for each row under the header, whose names are the columns (RFC 4180; `;` and tab part too)."""
    return _documents(_csv_rows(stream, path, columns), columns, path)


def read_parquet(path: Path, columns: Columns, size: int, meter: Meter) -> Iterator[Source]:
    """A document for each row of a file of `size` bytes. Raises UsageError without pyarrow."""
    if find_spec("pyarrow") is None:
        raise UsageError(f"{path}: reading Parquet needs pyarrow: pip install mapexpress[parquet]")

    def rows() -> Iterator[_Row]:
        for number, (row, share) in enumerate(parquet_rows(path, columns.limits), 1):
            meter.read += int(size * share)
            yield row, f"row {number}"

    return _documents(rows(), columns, path)


def _json_rows(stream: IO[bytes], path: Path, limits: Limits) -> Iterator[_Row]:
    first = True
    for number, line in enumerate(_lines(stream, path, limits), 1):
        where = f"line {number}"
        line = line.removeprefix(_MARK) if number == 1 else line
        if not line.strip():
            continue
        check_json(line, f"{path}: {where}", limits)
        problem = ""
        try:
            row = _loads(line)
            if not isinstance(row, dict):
                problem = "is not an object; one JSON object a line is expected"
        except (ValueError, TypeError, RecursionError) as error:  # orjson's own are the first two
            problem = f"is not JSON: {' '.join(str(error).split())}"
        if problem and first:
            raise FileError(f"{path}: {where} {problem}")
        first = False
        yield (None if problem else cast("dict[str, Json]", row)), where


def _loads(line: bytes) -> Json:
    """A JSON value that can be written again. Raises ValueError.

    Lone surrogates, which JSON's grammar allows and Python writes, are left out.
    """
    try:
        row: Json = orjson.loads(line)
    except orjson.JSONDecodeError:
        if b"\\u" not in line:
            raise
        row = _whole(json.loads(line))
    orjson.dumps(row)  # what is read four times as deep as it is written cannot be passed on
    return row


def _whole(value: Json) -> Json:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return {str(_whole(k)): _whole(v) for k, v in value.items()} if isinstance(value, dict) else value


def _csv_rows(stream: IO[bytes], path: Path, columns: Columns) -> Iterator[_Row]:
    csv.field_size_limit(most_bytes(columns.limits))
    lines = _text_lines(stream, path, columns.limits)
    header = next(lines, "")
    delimiter = max(_DELIMITERS, key=header.count)
    names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
    if columns.text not in names:
        known = ", ".join(names) or "none"
        raise UsageError(f"{path}: no column {columns.text!r} in its header ({known}); name it with --text-field")
    reader, number = csv.reader(lines, delimiter=delimiter), 1
    while True:
        number += 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None, f"row {number}"
            continue
        if values:
            yield dict(zip(names, values, strict=False)), f"row {number}"


def _text_lines(stream: IO[bytes], path: Path, limits: Limits) -> Iterator[str]:
    for number, line in enumerate(_lines(stream, path, limits), 1):
        line = line.removeprefix(_MARK) if number == 1 else line
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            if number == 1 or b"\0" in line:
                raise FileError(f"{path}: CSV is read as UTF-8, and this is none; convert it") from None
            yield line.decode("utf-8", "replace")


def _lines(stream: IO[bytes], path: Path, limits: Limits) -> Iterator[bytes]:
    """Lines with their ends. Raises TooLargeError for one beyond the limit."""
    most, number = most_bytes(limits), 0
    while line := stream.readline(most + 1):
        number += 1
        if len(line) > most:
            raise TooLargeError(f"{path}: line {number}", most, "stored_bytes")
        yield line


def _documents(rows: Iterable[_Row], columns: Columns, path: Path) -> Iterator[Source]:
    waiting: list[_Row] = []  # until a row shows that the column of texts is one of this corpus
    for one in rows:
        if waiting is not None and (one[0] is None or columns.text not in one[0]):
            waiting.append(one)
            if len(waiting) == _LOOKED_AT:
                break
            continue
        for row, where in (*waiting, one):
            yield _document(row, columns, path, where)
        waiting = []
        for row, where in rows:
            yield _document(row, columns, path, where)
    for row, where in waiting:
        if row is not None:
            known = ", ".join(sorted(row)) or "none"
            raise UsageError(
                f"{path}: {where} has no text in {columns.text!r} (columns: {known}); name it with --text-field"
            )


def _document(row: dict[str, Json] | None, columns: Columns, path: Path, where: str) -> Source:
    number = f"{stem(path)}-{where.rpartition(' ')[2]}"
    if row is None:
        return Source(id=number, body="", flags=(BROKEN_ROW,))
    body = row.get(columns.text)
    url, title, own = row.get(columns.url), row.get(columns.title), row.get(columns.id)
    return Source(
        id=str(own) if isinstance(own, str | int) and own != "" else number,
        body=body if isinstance(body, str) else "",
        url=url if isinstance(url, str) and url else None,
        title=title if isinstance(title, str) and title else None,
        extra={k: v for k, v in row.items() if k not in (columns.text, columns.url, columns.id, columns.title)},
    )
