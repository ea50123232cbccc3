"""Manners beyond Scrapy's: a declared Crawl-delay is kept, and a site that asks to wait is waited for."""

from __future__ import annotations

import asyncio
import email.utils
import logging
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Protocol, cast

from scrapy import signals
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.utils.httpobj import urlparse_cached

from mapexpress.fetch.run import run_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

LOOK = 0.5  # seconds between two looks whether a wait is still of use
WAITS = (429, 503)  # answers that may carry Retry-After (RFC 9110, 10.2.3)


class _Robots(Protocol):
    """What Protego knows of a robots.txt."""

    def crawl_delay(self, user_agent: str) -> float | None: ...


class CrawlDelayMiddleware:
    """Keep the Crawl-delay of robots.txt, which AutoThrottle would erode (2.9 s measured for a declared 5).

    At most MAPEXPRESS_MAX_CRAWL_DELAY seconds are kept; 0 turns this off.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.longest = crawler.settings.getfloat("MAPEXPRESS_MAX_CRAWL_DELAY")
        self.declared: dict[str, float] = {}
        crawler.signals.connect(self._parsed, signals.robots_parsed)
        logging.getLogger("scrapy.downloadermiddlewares.robotstxt").addFilter(_in_one_line)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CrawlDelayMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        host = urlparse_cached(request).hostname or ""
        if host in self.declared:
            request.meta["autothrottle_dont_adjust_delay"] = True

    def _parsed(self, robotparser: object, request: Request) -> None:
        rules = cast("_Robots", getattr(robotparser, "rp", None))
        delay = rules.crawl_delay(str(self.crawler.settings["USER_AGENT"])) if rules is not None else None
        if delay is None or not self.longest:
            return
        delay = min(float(delay), self.longest)
        if delay <= self.crawler.settings.getfloat("DOWNLOAD_DELAY"):
            return
        host = urlparse_cached(request).hostname or ""
        self.declared[host] = delay
        downloader = self.crawler.engine.downloader
        downloader.per_slot_settings[host] = {"delay": delay, "concurrency": 1, "jitter": 0.0}
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.delay, slot.concurrency = delay, 1
        logger.info("robots.txt of %s asks for %g seconds between requests", host, delay)


def _in_one_line(record: logging.LogRecord) -> bool:
    """Logging filter: a robots.txt that cannot be had is no error of ours, and needs no traceback."""
    if record.exc_info:
        record.exc_info = None
        record.levelno, record.levelname = logging.INFO, "INFO"
    return True


class RetryAfterMiddleware:
    """Wait as long as a 429 or 503 asks for, at most MAPEXPRESS_MAX_RETRY_AFTER seconds, then ask again.

    Each such answer also doubles the delay of the host, up to AUTOTHROTTLE_MAX_DELAY.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.longest = crawler.settings.getfloat("MAPEXPRESS_MAX_RETRY_AFTER")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RetryAfterMiddleware:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if response.status not in WAITS:
            return response
        self._slow_down(request)
        wait = seconds_asked(response.headers.get("Retry-After"), datetime.now(UTC))
        if wait is None or wait > self.longest or self.crawler.spider is None:
            return response
        again = get_retry_request(request, spider=self.crawler.spider, reason=f"retry_after_{response.status}")
        if again is None:
            return response
        return again if await self._waited(wait, urlparse_cached(request).netloc) else response

    async def _waited(self, seconds: float, host: str) -> bool:
        """Whether a wait came to its end; it is given up when the run ends, or the host is found to be down."""
        outages, end = run_of(self.crawler).outages, monotonic() + seconds
        while (left := end - monotonic()) > 0 and outages.waits(host):
            await asyncio.sleep(min(left, LOOK))
        return left <= 0

    def _slow_down(self, request: Request) -> None:
        slot = self.crawler.engine.downloader.slots.get(str(request.meta.get("download_slot")))
        if slot is not None and slot.delay:
            slot.delay = min(slot.delay * 2, self.crawler.settings.getfloat("AUTOTHROTTLE_MAX_DELAY"))


def seconds_asked(value: bytes | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, never negative; None without one or for nonsense.

    >>> seconds_asked(b"120", datetime.now(UTC)), seconds_asked(b"soon", datetime.now(UTC))
    (120.0, None)
    >>> seconds_asked(b"Fri, 31 Dec 1999 23:59:59 GMT", datetime(1999, 12, 31, 23, 59, 29, tzinfo=UTC))
    30.0
    """
    text = (value or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
