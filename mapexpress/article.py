"""From documents to a record: the only way in.

Spiders, `scrapy clean`, `reclean` and `mapexpress.clean()` all come through `build`; a record is a pure function
of (documents, template snapshot, site file, options, code version).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from mapexpress.extraction.options import Options
from mapexpress.records import Article, Rejection, Via

if TYPE_CHECKING:
    from mapexpress.boilerplate.template import TemplateSnapshot
    from mapexpress.sites import SiteConfig

DocumentKind = Literal["html", "text", "wp_post"]


@dataclass(slots=True, frozen=True, kw_only=True)
class Document:
    """One response or file: all that a record may depend on. `url` is the public address."""

    body: bytes | str
    kind: DocumentKind = "html"
    url: str | None = None
    content_type: str | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-cased names
    fetched_at: str | None = None
    discovered_via: Via | None = None
    warc_record_id: str | None = None
    source_id: str | None = None


def build(
    documents: Sequence[Document],
    *,
    site: SiteConfig | None = None,
    snapshot: TemplateSnapshot | None = None,
    options: Options | None = None,
) -> Article | Rejection:
    """Make one record of an article's pages, in order; a page that is none gives a `Rejection` with its reason."""
    raise NotImplementedError


def clean(
    data: bytes | str,
    *,
    url: str | None = None,
    template: TemplateSnapshot | None = None,
    options: Options | None = None,
) -> Article:
    """Clean one document: HTML or plain text is told apart by itself.

    Never raises for what a document contains: a page without an article gives an empty text and a flag.
    """
    raise NotImplementedError
