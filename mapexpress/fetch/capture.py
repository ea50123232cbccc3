"""Capture: every response goes into the site's WARC as it was received."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from mapexpress.dataset.files.warc import Exchange
from mapexpress.fetch.run import run_of, store_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Response


class WarcMiddleware:
    """Store each response before it is decompressed; its record id goes into `request.meta["warc_record_id"]`.

    Sits next to the network, so that redirects, errors and robots.txt are kept too.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> WarcMiddleware:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Raises StorageError."""
        if request.meta.get("mapexpress_stored"):
            return response
        store = store_of(self.crawler)
        fetched_at = store.clock().astimezone(UTC).isoformat(timespec="seconds")
        request.meta["fetched_at"] = fetched_at
        request.meta["warc_record_id"] = store.capture(
            Exchange(
                url=run_of(self.crawler).public(response.url),
                fetched_url=response.url,
                status=response.status,
                body=response.body,
                fetched_at=fetched_at,
                headers=tuple(_pairs(response.headers)),
                method=request.method,
                request_headers=tuple(_pairs(request.headers)),
                content=str(request.meta.get("mapexpress_kind", "other")),
            )
        )
        return response


def _pairs(headers: Headers) -> Iterator[tuple[str, str]]:
    for name, values in headers.items():
        for value in values:
            yield name.decode("latin-1"), value.decode("latin-1")
