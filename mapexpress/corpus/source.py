"""A document of a corpus, whatever file it came from, and the columns that it is read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from mapexpress.model.document import Document, kind_of

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


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
