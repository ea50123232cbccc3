"""Components for the project's settings: a pipeline with a bug, a hand on the keyboard."""

from __future__ import annotations

import os
import resource
import signal

from scrapy import Request, signals
from scrapy.crawler import Crawler

from mapexpress.records import Article


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
