"""What each run did, kept beside the site's dataset: one line of JSON a run, one file a month."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from scrapy import signals

from mapexpress.crawl.extensions.outcome import RunOutcome
from mapexpress.errors import ExitStatus, StorageError
from mapexpress.fetch.run import run_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_OURS, _SECTIONS = "mapexpress/", "mapexpress/section/"  # a site may have hundreds of sections
_OTHERS = {"downloader/request_count": "requests", "downloader/response_bytes": "bytes"}


class RunLog:
    """Extension: notes status, reason, seconds and counts of a run when its spider is closed, after what sets them."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.began = monotonic()
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RunLog:
        return cls(crawler)

    def _closed(self, reason: str) -> None:
        run = run_of(self.crawler)
        outcome = self.crawler.get_extension(RunOutcome)
        if run.store is None or outcome is None or outcome.failure is not None:
            return  # nothing was opened, or nothing can be written
        counts = {_OTHERS[k]: v for k, v in self.crawler.stats.get_stats().items() if k in _OTHERS}
        counts |= {
            k.removeprefix(_OURS): v
            for k, v in self.crawler.stats.get_stats().items()
            if k.startswith(_OURS) and not k.startswith(_SECTIONS) and isinstance(v, int)
        }
        told = {
            "status": self._status(outcome, reason),
            "why": outcome.why(outcome.status()) or None,
            "reason": "down" if reason == "finished" and counts.get("ended_down") else reason,
            "down": self.crawler.stats.get_value("mapexpress/down", []),
            "complete": run.complete,
            "seconds": round(monotonic() - self.began, 1),
            "counts": counts,
        }
        try:
            run.store.note_run(told)
        except StorageError as error:
            outcome.note(error)

    def _status(self, outcome: RunOutcome, reason: str) -> int:
        number = self.crawler.stats.get_value("mapexpress/interrupted")
        status = outcome.status()
        if isinstance(number, int) and reason != "finished" and status is not ExitStatus.BUG:
            return 128 + number
        return int(status)
