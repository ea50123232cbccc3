"""What is seen of a run: a line that moves on a terminal, plain log lines elsewhere, a summary at the end."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.utils.asyncio import create_looping_call

from mapexpress.crawl.extensions.outcome import summary
from mapexpress.fetch.run import run_of
from mapexpress.system.streams import tell
from mapexpress.text.characters import visible

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

ON_SCREEN, IN_LOG = 0.5, 60.0  # seconds between two lines


class Progress:
    """Extension: stored, rejected, queue, rate and current section while a run goes; the summary when it ends."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.started = monotonic()
        self.section = ""
        plain = crawler.settings.get("LOG_FILE") or crawler.settings.getbool("MAPEXPRESS_LOG_JSON")
        self.screen = sys.stderr.isatty() and not plain
        self.loop = create_looping_call(self._tell)
        crawler.signals.connect(self._opened, signals.spider_opened)
        crawler.signals.connect(self._closed, signals.spider_closed)
        crawler.signals.connect(self._stored, signals.item_scraped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        return cls(crawler)

    def line(self) -> str:
        """The state of the run in one line."""
        stats = self.crawler.stats.get_stats()
        rejected = {k[20:]: v for k, v in stats.items() if k.startswith("mapexpress/rejected/")}
        stored = stats.get("mapexpress/stored", 0)
        minutes = max(monotonic() - self.started, 1.0) / 60
        frontier = run_of(self.crawler).frontier
        queue = frontier.count_open("article", "listing") if frontier is not None else 0
        reasons = ", ".join(f"{v} {k}" for k, v in sorted(rejected.items(), key=lambda i: -i[1])[:3])
        pages = stats.get("downloader/response_count", 0) / minutes
        where = f" | {self.section}" if self.section else ""
        return (
            f"{stored} stored, {sum(rejected.values())} rejected{f' ({reasons})' if reasons else ''}, {queue} queued, "
            f"{pages:.0f} pages/min{where}"
        )

    def _opened(self) -> None:
        self.loop.start(ON_SCREEN if self.screen else IN_LOG, now=False)

    def _stored(self, item: object) -> None:
        self.section = visible(" ".join(str(getattr(item, "section", None) or "").split()))[:40]

    def _tell(self) -> None:
        if self.screen:
            tell("\r\x1b[K" + self.line()[:119], end="")
        else:
            logger.info("%s", self.line())

    def _closed(self) -> None:
        if self.loop.running:
            self.loop.stop()
        if self.screen:
            tell("\r\x1b[K", end="")
        run = run_of(self.crawler)
        if run.site is None or run.frontier is None:
            return  # nothing was asked
        stats = self.crawler.stats.get_stats()
        if self.crawler.settings.getbool("MAPEXPRESS_LOG_JSON"):
            counts = {k.removeprefix("mapexpress/"): v for k, v in stats.items() if k.startswith("mapexpress/")}
            told = {"site": run.site.key, "complete": run.complete, **counts}
            logger.info("run ended", extra={"summary": told})
            return
        text = summary(
            stats,
            site=run.site.key,
            data=str(Path(self.crawler.settings.get("MAPEXPRESS_DATA")).absolute()),
            complete=run.complete,
        )
        tell(text)
