"""Download handler with bounded heads and a time to the first byte, whose transfers can be cut."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from OpenSSL import SSL
from scrapy import signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, DownloadTimeoutError
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached

from mapexpress.fetch.connections.certificates import note_refusal, policy_for
from mapexpress.fetch.failures import HostDown
from mapexpress.fetch.heads import BoundedFactory
from mapexpress.fetch.run import STORAGE_FAILED, run_of
from mapexpress.limits import Limits

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from mapexpress.fetch.browser import Browser


class InterruptibleHandler(HTTP11DownloadHandler):
    """Scrapy's handler, plus `interrupt`: every transfer under way fails with DownloadCancelledError.

    Scrapy waits for them on a signal, up to DOWNLOAD_TIMEOUT each. An answer whose head has not come within
    `MAPEXPRESS_FIRST_BYTE_TIMEOUT` seconds fails with DownloadTimeoutError, a host whose certificate does not hold with
    CertificateRefused.
    """

    lazy = False
    running: set[asyncio.Task[Response]]

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = partial(BoundedFactory, limits=Limits.read(crawler.settings.get))  # type: ignore[assignment]  # called as the class is
        self.certificates = policy_for(crawler)
        self._contextFactory = self.certificates  # type: ignore[assignment]  # an interface of zope's is no type
        self.first_byte = crawler.settings.getfloat("MAPEXPRESS_FIRST_BYTE_TIMEOUT")
        self.running = set()
        self.silent: set[Request] = set()  # asked, and nothing has come yet
        self.interrupted = False
        self.browser = _browser_for(crawler)
        crawler.signals.connect(self.interrupt, INTERRUPTED)
        crawler.signals.connect(self.interrupt, STORAGE_FAILED)
        crawler.signals.connect(self._answered, signals.headers_received)

    async def download_request(self, request: Request) -> Response:
        """Raises what Scrapy's handler raises, and DownloadCancelledError once interrupted."""
        if self.interrupted:
            raise DownloadCancelledError("the run was interrupted")
        outages, host = run_of(self._crawler).outages, urlparse_cached(request).netloc
        if host in outages.down:  # it waited for its turn when the host was found to be down
            raise HostDown(outages.down[host])
        if self.browser is not None and request.meta.get(BROWSER):
            return await self._show(self.browser, request)
        task = asyncio.ensure_future(super().download_request(request))
        self.running.add(task)
        self.silent.add(request)
        timer = asyncio.get_running_loop().call_later(self.first_byte, self._give_up, task, request)
        try:
            return await task
        except (DownloadFailedError, SSL.Error) as error:
            refusal = self.certificates.refusal(request.url, error)
            if refusal is None:
                raise
            note_refusal(self._crawler, refusal)
            raise refusal from None
        except asyncio.CancelledError:
            if self.interrupted:
                raise DownloadCancelledError("the run was interrupted") from None
            raise DownloadTimeoutError(f"no answer within {self.first_byte:g} seconds") from None
        finally:
            timer.cancel()
            self.silent.discard(request)
            self.running.discard(task)

    async def _show(self, browser: Browser, request: Request) -> Response:
        """A page as the browser shows it; cut by `interrupt` like any transfer."""
        task = asyncio.ensure_future(browser.fetch(request))
        self.running.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            raise DownloadCancelledError("the run was interrupted") from None
        finally:
            self.running.discard(task)

    async def close(self) -> None:
        """Close the connections, and the browser where there is one."""
        # Scrapy's own fires the deferred itself after a second; where the connections close in the same turn of the
        # loop that raises, into the log of a run on a busy machine.
        closed = asyncio.ensure_future(maybe_deferred_to_future(self._pool.closeCachedConnections()))  # type: ignore[no-untyped-call]
        await asyncio.wait([closed], timeout=self._disconnect_timeout)
        if self.browser is not None:
            await self.browser.close()

    def interrupt(self) -> None:
        """Cut every transfer and refuse new ones."""
        self.interrupted = True
        for task in list(self.running):
            task.cancel()
        let_through(self._crawler)

    def _answered(self, request: Request) -> None:
        self.silent.discard(request)

    def _give_up(self, task: asyncio.Task[Response], request: Request) -> None:
        if request in self.silent:
            task.cancel()


def let_through(crawler: Crawler, host: str | None = None) -> None:
    """Let what waits for its turn on a host (None for all) come to the handler, which refuses it at once.

    Scrapy waits for each of them when a spider is closed, as long as the host's delay is: up to half a minute each.
    """
    downloader = crawler.engine.downloader
    for name, slot in downloader.slots.items():
        if host is None or name == host.rpartition("@")[2].partition(":")[0]:
            slot.delay = 0.0
            slot.close()  # the timer of the next turn
            downloader._process_queue(slot)


def _browser_for(crawler: Crawler) -> Browser | None:
    """A browser for a site that asks for one; it is started with its first page."""
    site = run_of(crawler).site
    if site is None or not site.browser:
        return None
    from mapexpress.fetch.browser import Browser  # an optional package

    return Browser(crawler)


BROWSER = "mapexpress_browser"  # key of a request's meta: show the page in the browser
INTERRUPTED = object()  # signal, sent by the crawl command shortly after SIGTERM or SIGINT
