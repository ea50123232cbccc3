"""Bodies without their content codings: one that stops half-way is a failed download, never half an article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.responsetypes import responsetypes

from mapexpress.limits import Limits
from mapexpress.web.codings import CodingError, InflatedTooLargeError, TooManyCodingsError, inflate

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class TruncatedBody(IgnoreRequest):
    """A compressed body that ends before its end, after the retries; raised by `WholeBodyMiddleware`."""


class BadCompression(IgnoreRequest):
    """A body that is not in the codings that its server names."""


class TooManyCodings(IgnoreRequest):
    """A body in more codings, one in another, than are undone."""


class BodyTooLarge(IgnoreRequest):
    """A body that inflates beyond DOWNLOAD_MAXSIZE."""


class WholeBodyMiddleware:
    """Undo content codings within bounds, and ask again for a body that was cut.

    Sits next to HttpCompressionMiddleware and leaves it nothing but codings that neither knows: that one hands on what
    could be inflated of half a body, status 200, and raises the errors of three libraries for a false one. (A short
    plain body is Scrapy's DOWNLOAD_FAIL_ON_DATALOSS.)
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self.most = Limits.read(crawler.settings.get).codings

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> WholeBodyMiddleware:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Raises TruncatedBody, BadCompression, TooManyCodings, BodyTooLarge."""
        header = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        if request.method == "HEAD" or not header or not response.body:
            return response
        try:
            inflated = inflate(response.body, header, self.limit, most=self.most)
        except InflatedTooLargeError as error:
            raise BodyTooLarge(str(error)) from None
        except TooManyCodingsError as error:
            raise TooManyCodings(str(error)) from None
        except CodingError as error:
            raise BadCompression(str(error)) from None
        if inflated.whole:
            return _plain(response, inflated.body, inflated.left)
        self.crawler.stats.inc_value("mapexpress/truncated")
        if self.crawler.spider is not None:
            again = get_retry_request(request, spider=self.crawler.spider, reason="truncated_body")
            if again is not None:
                return again
        raise TruncatedBody(f"the {header} body of {len(response.body)} bytes ends before its end")


def _plain(response: Response, body: bytes, left: tuple[str, ...]) -> Response:
    """The response with its plain body, of the class that this body has."""
    headers = response.headers.copy()
    if left:
        headers["Content-Encoding"] = ", ".join(left)
    else:
        del headers["Content-Encoding"]
    kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
    return response.replace(cls=kind, headers=headers, body=body)
