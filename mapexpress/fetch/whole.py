"""Bodies that stop half-way are failed downloads, never half an article."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_CHUNK = 1 << 18


class TruncatedBody(IgnoreRequest):
    """A compressed body that ends before its end, after the retries; raised by `WholeBodyMiddleware`."""


class WholeBodyMiddleware:
    """Ask again for a compressed body that was cut, then fail: Scrapy hands on what could be inflated, status 200.

    Sits between the network and HttpCompressionMiddleware. (A short plain body is Scrapy's DOWNLOAD_FAIL_ON_DATALOSS.)
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> WholeBodyMiddleware:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Raises TruncatedBody."""
        encodings = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1").lower()
        if request.method == "HEAD" or not encodings or is_whole(response.body, encodings, self.limit):
            return response
        self.crawler.stats.inc_value("mapexpress/truncated")
        if self.crawler.spider is not None:
            again = get_retry_request(request, spider=self.crawler.spider, reason="truncated_body")
            if again is not None:
                return again
        raise TruncatedBody(f"the {encodings} body of {len(response.body)} bytes ends before its end")


def is_whole(body: bytes, encodings: str, limit: int) -> bool:
    """Whether a compressed body reaches its end; True for codings that do not mark one, and past `limit` bytes.

    >>> import gzip
    >>> whole = gzip.compress(b"Il pleut. " * 99)
    >>> is_whole(whole, "gzip", 1 << 20), is_whole(whole[:-9], "gzip", 1 << 20), is_whole(b"", "gzip", 1 << 20)
    (True, False, True)
    """
    names = [name.strip() for name in encodings.split(",") if name.strip()]
    if len(names) != 1 or not body:
        return True
    if names[0] in ("gzip", "x-gzip"):
        return _reaches_end(body, 31, limit)
    if names[0] == "deflate":
        # raw deflate is what some servers mean by it; both forms have an end
        return _reaches_end(body, 15 if (body[0] & 0x0F) == 8 and int.from_bytes(body[:2]) % 31 == 0 else -15, limit)
    if names[0] == "br":
        return _brotli_reaches_end(body, limit)
    return True


def _reaches_end(body: bytes, window: int, limit: int) -> bool:
    inflater = zlib.decompressobj(window)
    seen = 0
    try:
        while body and not inflater.eof:
            seen += len(inflater.decompress(body, _CHUNK))
            if seen > limit:
                return True  # HttpCompressionMiddleware says what is wrong with it
            body = inflater.unconsumed_tail
    except zlib.error:
        return False
    return inflater.eof


def _brotli_reaches_end(body: bytes, limit: int) -> bool:
    import brotli  # comes with Scrapy

    inflater = brotli.Decompressor()
    seen = 0
    try:
        seen += len(inflater.process(body, output_buffer_limit=_CHUNK))
        while not inflater.is_finished():
            chunk = inflater.process(b"", output_buffer_limit=_CHUNK)
            seen += len(chunk)
            if not chunk:
                return False
            if seen > limit:
                return True
    except brotli.error:
        return False
    return True
