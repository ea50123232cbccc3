"""Responses that are in the WARC without an outcome: they are processed without asking the site again.

A killed run did not come to them, or this run holds them until it has learned the site's template.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from mapexpress.errors import StorageError
from mapexpress.fetch.run import run_of, store_of
from mapexpress.web.addresses import canonicalize, identity

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class StoredResponseMiddleware:
    """Answer an article's request from the WARC where an earlier run left its response without an outcome.

    Once a run and address: a response that cannot be used after all is asked for again. The body goes on as it was
    received, so that a cut one is noticed as if it had just come.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._left: dict[str, str] | None = None  # WARC record ids by identity of the public address

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StoredResponseMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> Response | None:
        """The stored response, or None: to be fetched."""
        if request.meta.get("mapexpress_kind") != "article":
            return None
        request.meta.pop("mapexpress_stored", None)  # a retry or a redirect carries the meta of what it came from
        held = request.meta.pop("mapexpress_held", None)
        run, store = run_of(self.crawler), store_of(self.crawler)
        if self._left is None:
            self._left = {identity(pending.url): pending.warc_record_id for pending in store.unprocessed()}
        left = held or self._left.pop(identity(run.public(request.url)), None)
        try:
            stored = store.response(left, decoded=False) if left else None
        except StorageError:
            return None  # damaged; `scrapy verify` says so
        if stored is None:
            return None
        if not held:
            self.crawler.stats.inc_value("mapexpress/resumed")
        request.meta.update(mapexpress_stored=True, fetched_at=stored.fetched_at, warc_record_id=stored.warc_record_id)
        headers = Headers(dict(stored.headers))
        url = request.url
        if canonicalize(stored.url) != canonicalize(
            run.public(url)
        ):  # it had been redirected, or is the page of a twin
            url = run.fetched(stored.url)
        kind = responsetypes.from_args(headers=headers, url=url, body=stored.body)
        return kind(url=url, status=stored.status, headers=headers, body=stored.body, request=request)
