"""Pages are read in a thread of their own, one at a time: the event loop answers servers and signals meanwhile."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from scrapy import signals

from mapexpress.collecting import uncollected
from mapexpress.confined.process import ReadingCancelledError
from mapexpress.fetch.handler import INTERRUPTED
from mapexpress.pipelines.store import STORAGE_FAILED

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

    Python hands the interpreter to the loop 5 ms after it asks. A thread cannot be killed: after `stop` nobody waits
    for it any more, it ends with the page it is at, and a process ends no earlier. What is heavy is read elsewhere
    (`spiders.heavy`), so that this is well under a second.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pages")
        self._awaited: set[asyncio.Future[Any]] = set()
        self._stopped = False

    @classmethod
    def of_crawl(cls, crawler: Crawler) -> PageThread:
        """Ends with the crawl; what it is at is dropped when transfers are, or the disk fails."""
        thread = cls()
        crawler.signals.connect(thread.stop, INTERRUPTED)
        crawler.signals.connect(thread.stop, STORAGE_FAILED)
        crawler.signals.connect(thread.stop, signals.spider_closed)
        return thread

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` gives, or raises. Raises ReadingCancelledError after `stop`."""
        for _ in range(TURNS):
            await asyncio.sleep(0)
        if self._stopped:
            raise ReadingCancelledError
        doing = asyncio.get_running_loop().run_in_executor(self._pool, partial(_uncollected, work, *args, **kwargs))
        self._awaited.add(doing)
        try:
            return await doing
        except asyncio.CancelledError:
            if self._stopped:
                raise ReadingCancelledError from None
            raise
        finally:
            self._awaited.discard(doing)

    def stop(self) -> None:
        """Take no more work and drop what is under way; safe to call twice."""
        self._stopped = True
        for doing in list(self._awaited):
            doing.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)


def _uncollected(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    with uncollected():
        return work(*args, **kwargs)
