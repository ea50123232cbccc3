"""What happens in a run is counted here, in Scrapy's stats, from where summary, progress and run log read it."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mapexpress.crawl.extensions.outcome import MAX_NAMES, RunOutcome
from mapexpress.errors import MapexpressError, is_exhausted
from mapexpress.fetch.run import run_of
from mapexpress.pipelines.store import MAX_SECTIONS

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from mapexpress.dataset.state.frontier import Frontier

logger = logging.getLogger(__name__)


@dataclass(slots=True, frozen=True)
class RunCounts:
    """Counts under `mapexpress/`; what was not to be expected goes to the outcome of the run."""

    crawler: Crawler
    _other_sections: Counter[str] = field(default_factory=Counter)  # of articles that were left out

    def add(self, name: str, count: int = 1) -> None:
        """Count an event `count` times."""
        self.crawler.stats.inc_value(f"mapexpress/{name}", count)

    def count_found(self, frontier: Frontier) -> None:
        """Count what a walk has found so far, this run and those before it; before its end forgets it."""
        self.crawler.stats.set_value("mapexpress/found", frontier.count_shown())
        if self.ends_down:
            self.crawler.stats.set_value("mapexpress/ended_down", 1)

    def tell(self, name: str, sentence: str | None) -> None:
        """Keep a sentence that the summary tells; None for nothing. Of one name a few are kept."""
        told = self.crawler.stats.get_value(f"mapexpress/{name}", [])
        if sentence is not None and len(told) < MAX_NAMES:
            self.crawler.stats.set_value(f"mapexpress/{name}", [*told, sentence])

    def left_out(self, section: str | None) -> None:
        """Count an article of a section that is not asked for."""
        name, counted = section or "-", self._other_sections
        counted[name if name in counted or len(counted) < MAX_SECTIONS else "others"] += 1
        self.crawler.stats.set_value("mapexpress/other_sections", counted.most_common(MAX_NAMES))

    def is_down(self, url: str) -> bool:
        """Whether the host of a public address is down."""
        run = run_of(self.crawler)
        return urlsplit(run.fetched(url)).netloc in run.outages.down

    @property
    def ends_down(self) -> bool:
        """Whether the run ends because the site is down."""
        return run_of(self.crawler).outages.ends_run

    @property
    def interrupted(self) -> bool:
        """Whether somebody has told the run to end."""
        return self.crawler.stats.get_value("mapexpress/interrupted") is not None

    def note_bug(self, error: BaseException) -> None:
        """Count what nobody expected; one of our own errors ends the run with its line."""
        if is_exhausted(error):
            self.add("exhausted")
            logger.error(
                "this machine has run out of something: %s", " ".join(f"{type(error).__name__} {error}".split())
            )
        elif not isinstance(error, MapexpressError):  # those end the run with their own line
            logger.error("unexpected error", exc_info=error)
        outcome = self.crawler.get_extension(RunOutcome)
        if outcome is not None:
            outcome.note(error)
