"""What a response says, in the words of the layers below: documents, headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapexpress.dataset.state.frontier import Entry
from mapexpress.model.document import Document
from mapexpress.web.addresses import canonicalize

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from mapexpress.model.record import Article, Rejection
    from mapexpress.sites import SiteConfig


def record_of(response: Response, *, site: SiteConfig | None = None) -> Article | Rejection:
    """The record of an article's page, for spiders of one's own: `yield record_of(response)` in a callback.

    With the add-on it is validated, stored and exported as those of our spiders.
    """
    from mapexpress.record.build import build

    document = document_of(response, None, canonicalize(response.url))
    return build([document], site=site)


def document_of(response: Response, entry: Entry | None, url: str) -> Document:
    """All of a response that a record may depend on; `url` is its public address, `entry` None without a frontier."""
    meta = response.request.meta if response.request is not None else {}  # tests of spiders make responses by hand
    return Document(
        body=response.body,
        url=url,
        content_type=content_type_of(response),
        status=response.status,
        headers=headers_of(response),
        fetched_at=meta.get("fetched_at"),
        discovered_via=entry.via if entry else "seed",
        warc_record_id=meta.get("warc_record_id"),
        source_id=entry.source_id if entry else None,
        tdm_reserved=meta.get("tdm_reserved"),
    )


def content_type_of(response: Response) -> str | None:
    """The header as sent; None where there is none."""
    return (response.headers.get("Content-Type") or b"").decode("latin-1") or None


def headers_of(response: Response) -> dict[str, str]:
    """Headers by lower-cased name; of several the first."""
    return {
        name.decode("latin-1").lower(): values[0].decode("latin-1")
        for name, values in response.headers.items()
        if values
    }


def entry_of(response: Response | Failure | None) -> Entry | None:
    """The frontier's entry that was asked; None for what the spider did not ask."""
    request = getattr(response, "request", None)
    entry = request.meta.get("mapexpress_entry") if request is not None else None
    return entry if isinstance(entry, Entry) else None
