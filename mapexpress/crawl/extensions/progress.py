"""What is seen of a run: a line that moves on a terminal, plain log lines elsewhere, a summary at the end."""

from __future__ import annotations

import logging
import shlex
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

    from mapexpress.dataset.state.frontier import Frontier

logger = logging.getLogger(__name__)

FEWEST_FOR_PACE = 5  # articles that say how long the others take
CLEAR = "\r\x1b[K"  # to the begin of the line, and empty it
ON_SCREEN, IN_LOG = 0.5, 60.0  # seconds between two lines


def in_words(seconds: float) -> str:
    """A time that is left, no finer than it can be known.

    >>> in_words(20), in_words(150), in_words(9000), in_words(400_000)
    ('1 min', '3 min', '2 h 30 min', '4 days 15 h')
    """
    minutes = -int(-seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} days {hours % 24} h"


def clear_line(_record: logging.LogRecord) -> bool:
    """Logging filter: what is logged stands on a line of its own, not behind the progress."""
    tell(CLEAR, end="")
    return True


class Progress:
    """Extension: what is stored, rejected and left while a run goes, its rate and section; the summary when it ends."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.started = monotonic()
        self.section = ""
        plain = crawler.settings.get("LOG_FILE") or crawler.settings.getbool("MAPEXPRESS_LOG_JSON")
        self.screen = sys.stderr.isatty() and not plain
        self.loop = create_looping_call(self._tell)
        self.told: dict[str, object] = {}  # for machines, when the run has ended
        self.done_before: int | None = None  # articles of the walk that earlier runs came to the end of
        self.handlers = list(logging.getLogger().handlers) if self.screen else []
        for handler in self.handlers:
            handler.addFilter(clear_line)
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
        share = self._share(frontier) if frontier is not None else ""
        reasons = ", ".join(f"{v} {k}" for k, v in sorted(rejected.items(), key=lambda i: -i[1])[:3])
        pages = stats.get("downloader/response_count", 0) / minutes
        where = f" | {self.section}" if self.section else ""
        return (
            f"{stored} stored, {sum(rejected.values())} rejected{f' ({reasons})' if reasons else ''}, {share}"
            f"{pages:.0f} pages/min{where}"
        )

    def _share(self, frontier: Frontier) -> str:
        """How many of the walk's articles have come to their end, and how long the others take at the pace so far.

        While listings are open there are more to come than are known: then it is the least.
        """
        done, left, listings = (
            frontier.count_done(),
            frontier.count_open("article"),
            frontier.count_open("listing", "rest", "sitemap"),
        )
        if self.done_before is None:
            self.done_before = done
        share = f"{done} of {done + left} articles ({100 * done // max(done + left, 1)}%), "
        if listings:
            share += f"{listings} pages of lists to ask, "
        gained = done - self.done_before
        if gained < FEWEST_FOR_PACE or not left:
            return share
        seconds = (monotonic() - self.started) * left / gained
        return f"{share}{'at least' if listings else 'about'} {in_words(seconds)} left, "

    def _opened(self) -> None:
        self.loop.start(ON_SCREEN if self.screen else IN_LOG, now=False)

    def _stored(self, item: object) -> None:
        self.section = visible(" ".join(str(getattr(item, "section", None) or "").split()))[:40]

    def _tell(self) -> None:
        if self.screen:
            tell(CLEAR + self.line()[:119], end="")
        else:
            logger.info("%s", self.line())

    def _closed(self) -> None:
        if self.loop.running:
            self.loop.stop()
        if self.screen:
            tell(CLEAR, end="")
        for handler in self.handlers:
            handler.removeFilter(clear_line)
        run = run_of(self.crawler)
        if run.site is None or run.frontier is None:
            return  # nothing was asked
        stats = self.crawler.stats.get_stats()
        if self.crawler.settings.getbool("MAPEXPRESS_LOG_JSON"):
            counts = {k.removeprefix("mapexpress/"): v for k, v in stats.items() if k.startswith("mapexpress/")}
            self.told = {"site": run.site.key, "complete": run.complete, **counts}
            self.crawler.signals.connect(self._log_summary, signals.engine_stopped)  # after all that is logged of a run
            return
        text = summary(
            stats,
            site=run.site.key,
            data=str(Path(self.crawler.settings.get("MAPEXPRESS_DATA")).absolute()),
            complete=run.complete,
            again=typed() or "run the same command again",
        )
        tell(text)

    def _log_summary(self) -> None:
        logger.info("run ended", extra={"summary": self.told})


def typed() -> str:
    """The command as it was typed; empty where the crawl was started in another way."""
    given = sys.orig_argv  # Scrapy takes the command's name out of the other one
    return shlex.join(["scrapy", *given[given.index("crawl") :]]) if "crawl" in given else ""
