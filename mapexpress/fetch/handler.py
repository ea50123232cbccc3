"""Download handler whose transfers can be cut, so that an interrupted run ends in seconds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadCancelledError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class InterruptibleHandler(HTTP11DownloadHandler):
    """Scrapy's handler, plus `interrupt`: every transfer under way fails with DownloadCancelledError.

    Scrapy waits for them on a signal, up to DOWNLOAD_TIMEOUT each.
    """

    lazy = False
    running: set[asyncio.Task[Response]]

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.running = set()
        self.interrupted = False
        crawler.signals.connect(self.interrupt, INTERRUPTED)

    async def download_request(self, request: Request) -> Response:
        """Raises what Scrapy's handler raises, and DownloadCancelledError once interrupted."""
        if self.interrupted:
            raise DownloadCancelledError("the run was interrupted")
        task = asyncio.ensure_future(super().download_request(request))
        self.running.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            raise DownloadCancelledError("the run was interrupted") from None
        finally:
            self.running.discard(task)

    def interrupt(self) -> None:
        """Cut every transfer and refuse new ones."""
        self.interrupted = True
        for task in list(self.running):
            task.cancel()


INTERRUPTED = object()  # signal, sent by the crawl command shortly after SIGTERM or SIGINT
