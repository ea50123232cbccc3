"""What a corpus is made of: documents, the columns of its rows, and what files are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from mapexpress.limits import DEFAULTS, Limits
from mapexpress.model.document import Document, kind_of

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Format = Literal["document", "jsonl", "csv", "parquet", "warc"]  # a page and a text are told by what they hold

SUFFIXES: dict[str, Format] = {
    ".txt": "document",
    ".text": "document",
    ".md": "document",
    ".html": "document",
    ".htm": "document",
    ".xhtml": "document",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".warc": "warc",
    ".wet": "warc",
}
PACKED = {".gz", ".zst"}


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
    flags: tuple[str, ...] = ()  # what was noticed when it was read

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
    """Names of the columns of JSON Lines, CSV and Parquet that are read; all others pass through.

    `limits`: how much is read of a line, a document.
    """

    text: str = "text"
    url: str = "url"
    id: str = "id"
    title: str = "title"
    limits: Limits = DEFAULTS


def stem(path: Path) -> str:
    """A file's name without the suffixes that tell its format; of an index the folder's, as mirrors name their pages.

    >>> stem(Path("2026/pluie-a-rabat/index.html"))
    'pluie-a-rabat'
    >>> stem(Path("a/b.c.html.gz")), stem(Path("dirty.txt")), stem(Path("v1.2"))
    ('b.c', 'dirty', 'v1.2')
    """
    name = path.name
    for suffixes in (PACKED, set(SUFFIXES)):
        suffix = Path(name).suffix.lower()
        if suffix in suffixes:
            name = name[: -len(suffix)]
    return (path.parent.name if name == "index" else "") or name or path.name
