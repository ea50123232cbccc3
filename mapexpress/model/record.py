"""The record (v1): one definition from which JSON, JSON Schema, Arrow and Hugging Face types come.

Every key is always present, every key has one type, lists are never null. `mapexpress.model.schema` derives the types.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Literal

SCHEMA_VERSION = "1"

Status = Literal["active", "gone"]
DatePrecision = Literal["instant", "local", "day"]
Via = Literal["feed", "sitemap", "wp_api", "listing", "seed", "archive", "file"]
Stage = Literal["fetch", "page", "extract", "pipeline"]


@dataclass(slots=True, frozen=True, kw_only=True)
class Image:
    """A picture of the article: absolute address, caption and credit as the page shows them."""

    url: str
    caption: str | None = None
    credit: str | None = None


@dataclass(slots=True, frozen=True, kw_only=True)
class Removal:
    """Total of what was removed inside the article's region for one reason; `chars` counts code points."""

    reason: str
    blocks: int
    chars: int


@dataclass(slots=True, kw_only=True)
class Quality:
    """Figures to filter by: `link_density` is the share of text characters inside links, 0 to 1."""

    chars: int = 0
    words: int = 0
    link_density: float = 0.0
    removed_chars: int = 0
    flags: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Article:
    """One article, whole, once. `docs/record.md` tells each field."""

    schema_version: str = SCHEMA_VERSION
    id: str = ""
    source_id: str | None = None
    site: str = ""
    url: str | None = None
    canonical_url: str | None = None
    page_urls: list[str] = field(default_factory=list)
    status: Status = "active"
    title: str = ""
    description: str | None = None
    text: str = ""
    dateline: str | None = None
    authors: list[str] = field(default_factory=list)
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    date_published: str | None = None
    date_modified: str | None = None
    date_precision: DatePrecision | None = None
    date_source: str | None = None
    date_published_raw: str | None = None
    language: str | None = None
    publisher: str | None = None
    image_url: str | None = None
    images: list[Image] = field(default_factory=list)
    is_free: bool | None = None
    tdm_reserved: bool | None = None
    discovered_via: Via | None = None
    fetched_at: str | None = None
    http_status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    warc_record_id: str | None = None
    extractor: str = ""
    extractor_version: str = ""
    template_id: str | None = None
    removed: list[Removal] = field(default_factory=list)
    content_hash: str = ""
    revision: int = 1
    previous_hash: str | None = None
    duplicate_of: str | None = None
    quality: Quality = field(default_factory=Quality)


@dataclass(slots=True, kw_only=True)
class Rejection:
    """A page that gave no record, with the stop that decided and the reason (a short snake_case word).

    `detail` is one line for a person; it never decides anything.
    """

    url: str | None
    stage: Stage
    reason: str
    detail: str | None = None
    site: str = ""
    http_status: int | None = None
    fetched_at: str | None = None
    discovered_via: Via | None = None
    warc_record_id: str | None = None


def content_hash(title: str, text: str) -> str:
    """SHA-256 of title, blank line, text with white space folded: a change of layout alone is no change.

    >>> content_hash("Pluie", "Il  pleut.\\n\\nEncore.") == content_hash("Pluie ", "Il pleut. Encore.")
    True
    """
    folded = f"{' '.join(title.split())}\n\n{' '.join(text.split())}"
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()
