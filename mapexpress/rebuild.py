"""A stored article made again from its stored responses, with today's code: for revisions and for `scrapy reclean`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import orjson

from mapexpress.article import Document, build

if TYPE_CHECKING:
    from mapexpress.boilerplate.template import TemplateSnapshot
    from mapexpress.dataset.warc import Captured
    from mapexpress.extraction.options import Options
    from mapexpress.records import Article, Rejection
    from mapexpress.sites import SiteConfig


def rebuild(
    stored: Article,
    responses: Sequence[Captured],
    *,
    site: SiteConfig | None = None,
    snapshot: TemplateSnapshot | None = None,
    options: Options | None = None,
) -> Article | Rejection | None:
    """What today's code makes of the responses of a stored article; None when they are not what it was made from."""
    documents = [_document(stored, response, first=n == 0) for n, response in enumerate(responses)]
    known = [document for document in documents if document is not None]
    if not known or len(known) < len(documents):
        return None
    return build(known, site=site, snapshot=snapshot, options=options)


def _document(stored: Article, response: Captured, *, first: bool) -> Document | None:
    body, kind, url = response.body, "html", response.url
    if "json" in response.headers.get("content-type", ""):
        post = _post(body, stored)
        if post is None:
            return None
        body, kind, url = post, "wp_post", stored.url or url
    return Document(
        body=body,
        kind="wp_post" if kind == "wp_post" else "html",
        url=url,
        content_type=response.headers.get("content-type"),
        status=response.status,
        headers=response.headers,
        fetched_at=stored.fetched_at if first else response.fetched_at,
        discovered_via=stored.discovered_via,
        warc_record_id=response.warc_record_id,
        source_id=stored.source_id,
    )


def _post(body: bytes, stored: Article) -> bytes | None:
    """The one post of a REST answer that an article was made from."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    for post in value if isinstance(value, list) else [value]:
        if isinstance(post, dict) and str(post.get("id")) == stored.source_id:
            return orjson.dumps(post)
    return None
