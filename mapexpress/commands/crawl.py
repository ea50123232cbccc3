"""`scrapy crawl`, with exit statuses that mean what they say."""

from __future__ import annotations

import asyncio
import logging
import sys
from functools import partial
from typing import TYPE_CHECKING, cast

from scrapy import Spider
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import SETTINGS_PRIORITIES
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.project import inside_project

from mapexpress.crawl.extensions.json_log import log_as_json
from mapexpress.crawl.extensions.outcome import RunOutcome
from mapexpress.crawl.interruption import Interruption
from mapexpress.crawl.workers.main_thread import MainThread
from mapexpress.errors import ExitStatus, MapexpressError, OutputError, UsageError
from mapexpress.fetch.run import run_of
from mapexpress.page.memory import collect_rarely, give_back
from mapexpress.spiders.news import NewsSpider
from mapexpress.system.streams import leave_streams, open_closed_streams, output_error, tell

if TYPE_CHECKING:
    import argparse

    from scrapy.crawler import Crawler, CrawlerProcessBase


class Command(ScrapyCrawl):
    """Scrapy's command for every spider; for those of this package with honest statuses and a summary.

    Scrapy itself exits with 0 after callback errors, a full disk and signals, and takes any `-a` argument.
    """

    requires_project = False
    spider: type[Spider]
    quiet = False
    logfile: str | None = None  # where all is told; nobody sees it at once
    interruption: Interruption

    def __init__(self) -> None:
        super().__init__()
        open_closed_streams()  # before anything is opened

    def short_desc(self) -> str:
        return "Run a spider by name; the exit status says how it went"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if not inside_project():
            self.settings.setmodule("mapexpress.settings", priority="project")
        super().process_options(args, opts)
        self._check(args, opts.spargs)
        self.quiet = not (opts.loglevel or opts.logfile or (self.settings.getpriority("LOG_LEVEL") or 0) >= _CMDLINE)
        if self.quiet:  # on a terminal the progress line has the screen; what goes wrong still shows
            level = "WARNING" if sys.stderr.isatty() else self.settings["LOG_LEVEL"]
            self.settings.set("LOG_LEVEL", level, priority="cmdline")
            self.settings.set("LOG_VERSIONS", [], priority="cmdline")
        if self.settings.getbool("MAPEXPRESS_LOG_JSON"):
            self.logfile = self.settings.get("LOG_FILE")
            log_as_json(self.settings)

    def _check(self, args: list[str], arguments: dict[str, str]) -> None:
        """End with one line and status 2 for bad arguments, before a log is opened or anything is asked."""
        assert self.settings is not None
        if len(args) != 1:
            raise ScrapyUsageError("give one spider: scrapy crawl mapexpress, or scrapy crawl news -a url=…")
        loader = get_spider_loader(self.settings)
        try:
            try:
                self.spider = loader.load(args[0])
            except KeyError:
                raise UsageError(f"no spider {args[0]!r}; known: {', '.join(sorted(loader.list()))}") from None
            if issubclass(self.spider, NewsSpider):
                self.interruption = Interruption()
                self.spider.check(arguments, self.settings)
        except MapexpressError as error:
            self._fail(error)
            sys.exit(self.exitcode)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            self._run(args, opts)
        finally:
            failed = leave_streams()
            if failed is not None and not isinstance(failed, BrokenPipeError) and not self.exitcode:
                self._fail(output_error(failed) or OutputError(str(failed)))

    def _run(self, args: list[str], opts: argparse.Namespace) -> None:
        if self.quiet:
            for name in _CHATTY:
                logging.getLogger(name).setLevel(logging.WARNING)
        if issubclass(self.spider, NewsSpider):
            give_back()
            collect_rarely()
            self._crawl(self._create_crawler(self.spider), opts.spargs)
        else:
            super().run(args, opts)

    def _crawl(self, crawler: Crawler, arguments: dict[str, str]) -> None:
        assert self.crawler_process is not None
        interruption = self.interruption
        interruption.attach(crawler)
        if interruption.number is not None:  # nothing has begun
            self.exitcode = 128 + interruption.number
            return
        task = self.crawler_process.crawl(crawler, **arguments)
        MainThread().serve(partial(_run_loop, self.crawler_process, asyncio.get_event_loop()))
        failed = isinstance(task, asyncio.Task) and task.done() and not task.cancelled()
        error = cast("asyncio.Task[None]", task).exception() if failed else None
        outcome = crawler.get_extension(RunOutcome) if crawler._extensions is not None else None
        if isinstance(error, MapexpressError):
            self._fail(error)
            return
        if error is not None:
            raise error
        if outcome is not None and outcome.failure is not None:
            self._fail(outcome.failure)
            return
        status = outcome.status() if outcome is not None else ExitStatus.BUG
        ended = crawler.stats is not None and crawler.stats.get_value("finish_reason") == "finished"
        if interruption.number is not None and not ended and status is not ExitStatus.BUG:
            self.exitcode = 128 + interruption.number
            return
        self.exitcode = int(status)
        if status is not ExitStatus.OK and self.logfile and outcome is not None:  # cron mails what is printed
            site = run_of(crawler).site
            tell(f"scrapy crawl: {site.key if site else self.spider.name}: {outcome.told(status)}")

    def _fail(self, error: MapexpressError) -> None:
        tell(f"scrapy crawl: {error}")
        self.exitcode = int(error.status)


def _run_loop(process: CrawlerProcessBase, loop: asyncio.AbstractEventLoop) -> None:
    """The crawl itself, in a thread beside the one that reads its pages."""
    asyncio.set_event_loop(loop)
    process.start(install_signal_handlers=False)


# What Scrapy says of itself at every start: 60 lines that nobody reads in a log of runs every fifteen minutes.
_CHATTY = ("scrapy.addons", "scrapy.crawler", "scrapy.middleware", "scrapy.utils.log")
_CMDLINE = SETTINGS_PRIORITIES["cmdline"]
