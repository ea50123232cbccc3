"""A stored article made again from its stored responses, with today's code: for revisions and for `scrapy reclean`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mapexpress.model.document import Document
from mapexpress.model.record import Article
from mapexpress.model.rest_answer import posts_of, read_answer
from mapexpress.record.build import build
from mapexpress.record.canonical import names_another, under_own_name
from mapexpress.record.rest_posts import post_document

if TYPE_CHECKING:
    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.dataset.files.warc import Captured
    from mapexpress.model.options import Options
    from mapexpress.model.record import Rejection
    from mapexpress.sites import SiteConfig


def rebuild(
    stored: Article,
    responses: Sequence[Captured],
    *,
    site: SiteConfig | None = None,
    snapshot: TemplateSnapshot | None = None,
    options: Options | None = None,
) -> Article | Rejection | None:
    """What today's code makes of the responses of a stored article; None when they are not what it was made from.

    An article that is stored under its own address keeps it: the run that asked did not believe the other one.
    """
    documents = documents_of(stored, responses)
    if not documents:
        return None
    made = build(documents, site=site, snapshot=snapshot, options=options)
    own = stored.canonical_url is not None and not names_another(stored.url, stored.canonical_url)
    if isinstance(made, Article) and own and names_another(made.url, made.canonical_url):
        return under_own_name(made)
    return made


def documents_of(stored: Article, responses: Sequence[Captured]) -> list[Document]:
    """The documents that a stored article was made of; empty when the responses are not what it was made from."""
    documents = [_document(stored, response, first=n == 0) for n, response in enumerate(responses)]
    known = [document for document in documents if document is not None]
    return known if len(known) == len(documents) else []


def _document(stored: Article, response: Captured, *, first: bool) -> Document | None:
    if "json" in response.headers.get("content-type", ""):
        post = posts_of(read_answer(response.body)).get(stored.source_id or "")
        if post is None:
            return None
        return post_document(
            post,
            url=stored.url or response.url,
            fetched_at=stored.fetched_at,
            discovered_via=stored.discovered_via,
            warc_record_id=response.warc_record_id,
        )
    return Document(
        body=response.body,
        url=response.url,
        content_type=response.headers.get("content-type"),
        status=response.status,
        headers=response.headers,
        fetched_at=stored.fetched_at if first else response.fetched_at,
        discovered_via=stored.discovered_via,
        warc_record_id=response.warc_record_id,
        source_id=stored.source_id,
    )
