"""SIGTERM and SIGINT: a crawl ends as a finished one does, within seconds, with everything stored."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.utils.asyncio import call_later
from scrapy.utils.defer import _schedule_coro

from mapexpress.fetch.handler import INTERRUPTED

if TYPE_CHECKING:
    from types import FrameType

    from scrapy.crawler import Crawler

# After this many seconds transfers are cut: a run that is asked to end shall end within five, on a busy machine too.
GRACE = 1.0
NOT_YET = 0.02  # seconds


class Interruption:
    """Handlers of both signals: the first one stops the crawl, a second one cuts its transfers at once.

    Scrapy's own stand late, so that an early signal kills the process or is taken for an empty crawl, and their second
    signal drops what is in memory. `number` is that of the first signal.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self._crawler: Crawler | None = None
        self._runs = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._received)

    def attach(self, crawler: Crawler) -> None:
        """Say what is to be stopped; before it starts."""
        self._crawler = crawler
        crawler.signals.connect(self._started, signals.engine_started)

    def _received(self, number: int, _frame: FrameType | None) -> None:
        again = self.number is not None
        self.number = self.number or number
        if self._crawler is None:
            raise SystemExit(128 + number)  # nothing has begun
        if self._crawler._stats is not None:  # the public name raises before the crawl starts
            self._crawler._stats.set_value("mapexpress/interrupted", self.number)  # read where nothing else runs
        if "twisted.internet.reactor" not in sys.modules:
            return
        from twisted.internet import reactor

        # A handler may interrupt any line of Python: the reactor's thread does the rest.
        reactor.callFromThread(self._cut if again else self._stop)

    def _started(self) -> None:
        self._runs = True
        if self.number is not None:
            self._stop()

    def _stop(self) -> None:
        if not self._runs or self._crawler is None:
            return
        if not self._crawler.engine.running:
            call_later(NOT_YET, self._stop)  # the engine has said that it starts, and would forget what it is told now
            return
        call_later(GRACE, self._cut)
        _schedule_coro(self._crawler.stop_async())

    def _cut(self) -> None:
        if self._crawler is not None:
            self._crawler.signals.send_catch_log(INTERRUPTED)
