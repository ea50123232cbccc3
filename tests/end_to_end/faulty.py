"""Components for the project's settings: a pipeline with a bug, a hand on the keyboard, a page that takes its time."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import resource
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.crawler import Crawler

from mapexpress.crawl import article_answers
from mapexpress.crawl.ways import ways_in
from mapexpress.model.record import Article, Rejection
from mapexpress.record import rebuild

if TYPE_CHECKING:
    from mapexpress.crawl.articles.reading import ReadArticle


class FaultyPipeline:
    """Fails for the articles of one section."""

    def process_item(self, item: object) -> object:
        if isinstance(item, Article) and item.url is not None and "/sports/" in item.url:
            raise ValueError("no such\nfield")
        return item


class EarlySignal:
    """Types Ctrl-C at the moment the engine says that it starts, when it cannot be stopped yet."""

    def __init__(self, crawler: Crawler) -> None:
        crawler.signals.connect(self._started, signals.engine_started)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> EarlySignal:
        return cls(crawler)

    def _started(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)


class FullDisk:
    """Lets no file grow over `FULL_DISK` bytes from the first answer on."""

    def __init__(self, crawler: Crawler) -> None:
        self.largest = crawler.settings.getint("FULL_DISK")
        crawler.signals.connect(self._answered, signals.response_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FullDisk:
        return cls(crawler)

    def _answered(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.largest, self.largest))


class StopAtAnArticle:
    """Sends SIGTERM when the first article has come and before it is read."""

    def __init__(self, crawler: Crawler) -> None:
        self.sent = False
        crawler.signals.connect(self._answered, signals.response_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StopAtAnArticle:
        return cls(crawler)

    def _answered(self, request: Request) -> None:
        if request.meta.get("mapexpress_kind") == "article" and not self.sent:
            self.sent = True
            os.kill(os.getpid(), signal.SIGTERM)


class PageThatWaits:
    """Holds the first article's page up, while it is read, until the answer of another one has come."""

    patience = 60  # seconds: only a loop that is held lets them pass

    def __init__(self, crawler: Crawler) -> None:
        self.read, article_answers.read_article = article_answers.read_article, self._read
        self.first: str | None = None
        self.came = threading.Event()
        crawler.signals.connect(self._answered, signals.response_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PageThatWaits:
        return cls(crawler)

    def _read(self, *args: Any, **kwargs: Any) -> ReadArticle:
        url = args[1].url
        self.first = self.first or url
        if url == self.first and not self.came.wait(self.patience):
            raise TimeoutError("nothing came while a page was read")
        return self.read(*args, **kwargs)

    def _answered(self, request: Request) -> None:
        asked = request.meta.get("mapexpress_entry")
        if self.first is not None and asked is not None and asked.url != self.first:
            self.came.set()


class StopAtAPageThatStays(PageThatWaits):
    """Sends SIGTERM while the first article's page is read, which goes on until the run has ended."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        crawler.signals.connect(self.came.set, signals.spider_closed)

    def _read(self, *args: Any, **kwargs: Any) -> ReadArticle:
        if self.first is None:
            os.kill(os.getpid(), signal.SIGTERM)
        return super()._read(*args, **kwargs)

    def _answered(self, request: Request) -> None:
        """Nothing but the end lets it go on."""


def turn_in_circles() -> None:
    """Minutes to days in one call into C, which lets no other thread run."""
    re.fullmatch(
        r"(?:\d+[ /]*)+",
        "0522 12 34 56 78 / 0661 98 76 54 32 / 0537 11 22 33 44 / 0528 22 33 44 55 / 0535 66 77 88 99 (Rabat)",
    )


class PageInCircles(PageThatWaits):
    """Never comes to the end of the first article's page."""

    def _read(self, *args: Any, **kwargs: Any) -> ReadArticle:
        url = args[1].url
        self.first = self.first or url
        if url == self.first:
            turn_in_circles()
        return self.read(*args, **kwargs)


class StopAtAPageInCircles(PageInCircles):
    """Sends SIGTERM when the first article's page is read, of which nothing comes to its end."""

    def _read(self, *args: Any, **kwargs: Any) -> ReadArticle:
        if self.first is None:
            threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGTERM)).start()
        return super()._read(*args, **kwargs)


class PageInALoop(PageInCircles):
    """Never comes to the end of the first article's page, in a loop of Python's own."""

    def _read(self, *args: Any, **kwargs: Any) -> ReadArticle:
        self.first = self.first or args[1].url
        while args[1].url == self.first:
            with suppress(Exception):
                len(self.first)
        return self.read(*args, **kwargs)


class ListingsInCircles:
    """Never comes to the end of a section's listing; the home page is read."""

    def __init__(self) -> None:
        self.read, ways_in.read_shown = ways_in.read_shown, self._read

    @classmethod
    def from_crawler(cls, _crawler: Crawler) -> ListingsInCircles:
        return cls()

    def _read(self, plan: Any, entry: Any, *args: Any, **kwargs: Any) -> Any:
        if entry.kind == "listing":
            turn_in_circles()
        return self.read(plan, entry, *args, **kwargs)


class Exhausted(PageThatWaits):
    """Has no memory, then no file, for the first pages."""

    def _read(self, *args: Any, **kwargs: Any) -> ReadArticle:
        failed = self.first or ""
        if failed.count(" ") < 2 and args[1].url not in failed:
            self.first = f"{failed}{args[1].url} "
            raise MemoryError if not failed else OSError(errno.EMFILE, "too many open files")
        return self.read(*args, **kwargs)


class PageWithABug(PageThatWaits):
    """Fails where articles of one section are read."""

    def _read(self, *args: Any, **kwargs: Any) -> ReadArticle:
        if "/sports/" in args[1].url:
            raise ValueError("no such\nfield")
        return self.read(*args, **kwargs)


class RevisionsBesideTheLoop:
    """Fails where a stored article is made again in the thread of the event loop."""

    def __init__(self) -> None:
        self.rebuild, rebuild.rebuild = rebuild.rebuild, self._rebuild

    @classmethod
    def from_crawler(cls, _crawler: Crawler) -> RevisionsBesideTheLoop:
        return cls()

    def _rebuild(self, *args: Any, **kwargs: Any) -> Article | Rejection | None:
        if asyncio._get_running_loop() is not None:
            raise RuntimeError("the loop is held")
        return self.rebuild(*args, **kwargs)
