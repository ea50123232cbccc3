"""The files of a corpus: found in folders, their formats told by their names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from mapexpress.errors import UsageError

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
                p for p in path.rglob("*") if p.is_file() and format_of(p) is not None and ".json" not in p.suffixes
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


def format_of(path: Path) -> Format | None:
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return _SUFFIXES.get(suffixes[-1]) if suffixes else None
