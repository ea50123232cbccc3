"""Corpora as streams of documents: plain text, HTML, JSON Lines, CSV, Parquet, WARC and WET, and folders of them.

Memory holds one document (one row group for Parquet). What cannot be read is a UsageError with one line before the
first document when its name shows it, else at the place where it is found.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

import zstandard

from mapexpress.corpus.rows import read_csv, read_jsonl, read_parquet
from mapexpress.corpus.sources import PACKED, SUFFIXES, Columns, Format, Source, stem
from mapexpress.corpus.unpacking import FileError, Meter, unpacked
from mapexpress.corpus.warc_pages import read_warc
from mapexpress.errors import UsageError
from mapexpress.limits import Limits
from mapexpress.system.bounded import TooLargeError, read_within
from mapexpress.web.sniffing import sniff

_SNIFFED = 4096


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
                raise UsageError(f"{path}: a folder without text, HTML, JSON Lines, CSV, Parquet or WARC files")
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
            yield from read_parquet(path, columns, size_of(path), meter)
            return
        with unpacked(path, meter) as stream:
            kind = kind or _sniff_format(stream, path)
            if kind == "parquet":
                yield from read_parquet(path, columns, size_of(path), meter)
            elif kind == "jsonl":
                yield from read_jsonl(stream, path, columns)
            elif kind == "csv":
                yield from read_csv(stream, path, columns)
            elif kind == "warc":
                yield from read_warc(stream, path, columns.limits)
            else:
                yield _read_document(stream, path, columns.limits)
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


def _format_of(path: Path) -> Format | None:
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    return SUFFIXES.get(suffixes[-1]) if suffixes else None


def _sniff_format(stream: io.BufferedReader, path: Path) -> Format:
    head = stream.peek(_SNIFFED)[:_SNIFFED]
    if head.startswith(b"PAR1"):
        if not can_be_read_twice(path):
            raise FileError(f"{path}: Parquet is read from its end; give a file, not a pipe")
        return "parquet"
    if head.startswith(b"WARC/"):
        return "warc"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return "jsonl"
    return "document"


def _read_document(stream: IO[bytes], path: Path, limits: Limits) -> Source:
    body = read_within(stream, path, limits)
    if sniff(body) == "binary":
        raise FileError(f"{path}: binary, not text; give plain text, HTML, JSON Lines, CSV, Parquet or WARC")
    return Source(id=stem(path), body=body)
