"""Hosts that are down: noticed after a few tries, so that a run neither waits for one nor blames its articles.

A host that has answered nothing is down when one address was tried in vain as often as a request is tried; one that
answered before, when after six failures in a row its home fails too. What robots.txt answers says nothing here: a
server that is down may serve that file still, and while it fails `mapexpress.fetch.robots` has its own rule.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.defer import _schedule_coro
from scrapy.utils.httpobj import urlparse_cached

from mapexpress.fetch.failures import HostDown, failure_reason
from mapexpress.fetch.handler import INTERRUPTED, let_through
from mapexpress.fetch.run import STORAGE_FAILED, run_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

LESS_PATIENCE = 15.0  # seconds for a further try on a host that answered nothing: three tries then fit into a minute
PAUSE = 0.5  # seconds between two looks at what came of it, for those that wait
KIND, LOOK = "mapexpress_kind", "outage"  # what the WARC calls the answer of a home that was asked for this
PRIORITY = 1000  # of the look at a home, as Scrapy asks for robots.txt
WORDS = {  # for the reasons that tell of the host; a certificate has words of its own
    "timeout": "does not answer in time",
    "dns": "is an unknown host",
    "unreachable": "refuses the connection",
    "connection": "breaks the connection off",
}


class OutageMiddleware:
    """Sees every try of a request, before it is retried; of a host that is down nothing more is asked (HostDown)."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.outages = run_of(crawler).outages
        self.tries = crawler.settings.getint("RETRY_TIMES") + 1
        for signal in (INTERRUPTED, STORAGE_FAILED):
            crawler.signals.connect(self._over, signal)
        crawler.signals.connect(self._over, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OutageMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises HostDown."""
        host = urlparse_cached(request).netloc
        while host in self.outages.looked_at and self.outages.waits(host) and request.meta.get(KIND) != LOOK:
            await asyncio.sleep(PAUSE)
        if host in self.outages.down:
            raise HostDown(self.outages.down[host])
        if self.outages.was_tried(request.url) and not self.outages.has_answered(host):
            request.meta["download_timeout"] = LESS_PATIENCE

    def process_response(self, request: Request, response: Response) -> Response:
        address = urlparse_cached(request)
        if request.meta.get("mapexpress_stored") or address.path == "/robots.txt":
            return response
        if response.status >= 500:
            self._failed(request, f"answers {response.status}")
        elif response.status // 100 != 3 or response.status == 304:  # where a redirect leads may be down
            self.outages.well(address.netloc)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        words = WORDS.get(failure_reason(exception) or "")
        if words is not None and not isinstance(exception, HostDown):
            self._failed(request, words)

    def _failed(self, request: Request, words: str) -> None:
        host, outages = urlparse_cached(request).netloc, self.outages
        if not outages.waits(host) or not outages.fails(host, request.url, self.tries) or host in outages.looked_at:
            return
        if outages.has_answered(host):
            outages.looked_at.add(host)
            _schedule_coro(self._look(request, host, words))
        else:
            self._is_down(host, words)

    async def _look(self, failed: Request, host: str, words: str) -> None:
        """Ask the home of a host, beside what waits for the host: where it fails too, no single pages are broken."""
        run, home = run_of(self.crawler), f"{urlparse_cached(failed).scheme}://{host}/"
        if run.site is not None and urlparse_cached(Request(run.fetched(run.site.home))).netloc == host:
            home = run.fetched(run.site.home)
        meta = {KIND: LOOK, "download_slot": f"{host} {LOOK}"}
        try:
            response = await self.crawler.engine.download_async(
                Request(home, priority=PRIORITY, callback=NO_CALLBACK, meta=meta)
            )
            fails = response.status >= 500
        except Exception as error:  # whatever it is, the home was not to be had
            fails = failure_reason(error) in WORDS
        self.outages.looked_at.discard(host)
        if fails and self.outages.waits(host):
            self._is_down(host, words)

    def _is_down(self, host: str, words: str) -> None:
        self.outages.down[host] = f"{host} {words}"
        logger.warning("%s %s: nothing more is asked there in this run", host, words)
        self.crawler.stats.set_value("mapexpress/down", list(self.outages.down.values()))
        let_through(self.crawler, host)

    def _over(self) -> None:
        self.outages.over = True
