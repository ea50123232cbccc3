"""Pages are read beside the event loop, one at a time: it answers servers and signals meanwhile."""

from __future__ import annotations

import asyncio
import ctypes
import sys
import threading
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from scrapy import signals

from mapexpress.crawl.workers.main_thread import PATIENCE, EndedError, imports, serving
from mapexpress.errors import PageTooSlowError, ReadingCancelledError
from mapexpress.fetch.handler import INTERRUPTED
from mapexpress.fetch.run import STORAGE_FAILED
from mapexpress.page.memory import uncollected

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.crawler import Crawler

# Of the loop before a page is handed over: what the last one gave is stored by then, requests are sent and what came is
# taken in. Done while a page is read, each of their calls that lets go of the interpreter hands it over and back: on
# two free cores 600 pages wait 23 to 42 thousand times, and 7 thousand times after these turns: 7 % of their CPU time
TURNS = 20
P = ParamSpec("P")
T = TypeVar("T")


class PageThread:
    """Does a crawl's work on pages: what takes values and gives values, and touches neither the store nor Scrapy.

    `scrapy crawl` has it done in the main thread (`workers.main_thread`), which ends what has not come to its end at
    the deadline, or when the run ends. Where the loop is in the main thread, as in the commands of other projects, a
    thread does it, which cannot be killed: past the deadline, and after `stop`, nobody waits for it any more, and it
    ends at the next line of Python that it comes to.

    Python hands the interpreter to the loop 5 ms after it asks. What is heavy is read elsewhere (`workers.heavy`), so
    that this is well under a second.
    """

    def __init__(self, seconds: float = 10.0) -> None:
        self.seconds = seconds
        self._served = serving()
        if self._served is not None:
            self._served.seconds = seconds
        self._pool: Executor = self._served or _new_thread()
        self._awaited: set[asyncio.Future[Any]] = set()
        self._late: set[asyncio.Future[Any]] = set()
        self._thread: int | None = None  # where the last work is done, when it is none of `serving`
        self._stopped = False

    @classmethod
    def of_crawl(cls, crawler: Crawler) -> PageThread:
        """Ends with the crawl; what it is at is dropped when transfers are, or the disk fails."""
        thread = cls(crawler.settings.getfloat("MAPEXPRESS_PAGE_SECONDS"))
        crawler.signals.connect(thread.stop, INTERRUPTED)
        crawler.signals.connect(thread.stop, STORAGE_FAILED)
        crawler.signals.connect(thread.stop, signals.spider_closed)
        return thread

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` gives, or raises. Raises PageTooSlowError past the deadline, ReadingCancelledError after `stop`.

        The deadline is `seconds` of CPU time, so that a busy machine loses no page, and ten times as many on the
        wall clock.
        """
        for _ in range(TURNS):
            await asyncio.sleep(0)
        if self._stopped:
            raise ReadingCancelledError
        loop = asyncio.get_running_loop()
        doing = loop.run_in_executor(self._pool, partial(self._uncollected, work, *args, **kwargs))
        self._awaited.add(doing)
        timer = None if self._served else loop.call_later(self.seconds * PATIENCE, self._give_up, doing)
        try:
            return await doing
        except asyncio.CancelledError:
            if self._stopped:
                raise ReadingCancelledError from None
            if doing in self._late:
                raise PageTooSlowError(f"not at its end after {self.seconds * PATIENCE:g} seconds") from None
            raise
        except PageTooSlowError:
            if self._stopped:
                raise ReadingCancelledError from None
            raise
        finally:
            if timer is not None:
                timer.cancel()
            self._awaited.discard(doing)
            self._late.discard(doing)

    def stop(self) -> None:
        """Take no more work and drop what is under way; safe to call twice."""
        self._stopped = True
        for doing in list(self._awaited):
            doing.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _give_up(self, doing: asyncio.Future[Any]) -> None:
        """Past the deadline: another thread does what comes next."""
        self._late.add(doing)
        doing.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = _new_thread()
        if self._thread is not None and not imports(sys._current_frames().get(self._thread)):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(EndedError))

    def _uncollected(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._thread = threading.get_ident()
        with uncollected():
            return work(*args, **kwargs)


def _new_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="pages")
