"""Quality gates over what a run stored, together with the days before it: a failed one sets status 5."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING

from scrapy import signals

from mapexpress.crawl.refusals import REPEATED_TEXT
from mapexpress.dataset.between_runs.ledger import Ledger
from mapexpress.dataset.state.recheck_schedule import ABSENT, passes
from mapexpress.fetch.run import run_of
from mapexpress.model.record import Article, Rejection
from mapexpress.model.schema import to_dict
from mapexpress.report.gates import check, recent
from mapexpress.report.summary import COVERED, SiteSummary

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

LEAST_REPEATED = 3  # pages of a run: two may be one notice of a video that is gone
SHARE_REPEATED = 0.1  # of its pages: what an archive loses to such notices is no state of the site
_WALLS = ("consent", "robots")  # beside those that `passes` knows


class QualityGates:
    """Extension: counts each stored article and rejection, and judges the site and its layout when the run ends.

    A run of three articles says nothing: the newest days are added up until they hold `min_articles`. Lines that
    recur across records are looked for in the run alone, where it is long enough.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.run = SiteSummary(site="")
        crawler.signals.connect(self._stored, signals.item_scraped)
        crawler.signals.connect(self._dropped, signals.item_dropped)
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> QualityGates:
        return cls(crawler)

    def _stored(self, item: object) -> None:
        if isinstance(item, Article):
            self.run.add(to_dict(item))

    def _dropped(self, item: object) -> None:
        if isinstance(item, Rejection) and not self._is_absent(item):
            self.run.rejections[item.reason] += 1

    def _is_absent(self, rejection: Rejection) -> bool:
        """Whether a stored article was not there today, which takes nothing from it (`articles.absences`)."""
        store = run_of(self.crawler).store
        if store is None or rejection.url is None or rejection.http_status not in ABSENT:
            return False
        outcome = store.outcome(rejection.url)
        return outcome is not None and outcome.kind != "rejected"

    def _closed(self) -> None:
        run = run_of(self.crawler)
        store, site = run.store, run.site
        if store is None or site is None or self.crawler.stats.get_value("mapexpress/storage_error"):
            return
        layout = run.layout_changes()
        for change in layout:
            logger.warning("layout: %s", change)
        self.crawler.stats.set_value("mapexpress/layout_change", layout)
        ledger = Ledger(store.state)
        today = store.clock().astimezone(UTC).date().isoformat()
        ledger.add(today, figures_of(self.run))
        failures = [*judge(self.run, ledger.days(), site.thresholds), *repeats(self.run)]
        ledger.note(today, "layout", layout)
        ledger.note(today, "quality", failures)
        store.state.commit()
        for failure in failures:
            logger.warning("quality: %s", failure)
        self.crawler.stats.set_value("mapexpress/quality_alarm", failures)


def figures_of(summary: SiteSummary) -> dict[str, int]:
    """The counts of a run that can be added up.

    What the network, the server or a wall kept from the run judges no page: the run's own status tells of it, and
    once it is over the days that follow are not to be called bad for it.
    """
    filled = {f"filled:{name}": summary.filled[name] for name in COVERED}
    return {
        "runs": 1,
        "articles": summary.articles,
        "empty": summary.empty,
        "rejected": sum(count for reason, count in summary.rejections.items() if not _is_kept_away(reason)),
    } | filled


def _is_kept_away(reason: str) -> bool:
    return passes(reason) or reason in _WALLS


def judge(run: SiteSummary, days: Mapping[str, Counter[str]], thresholds: Mapping[str, float]) -> list[str]:
    """A sentence for each gate that fails; `days` holds the ledger with the run in it, newest first."""
    recurring = [f for f in check(run, thresholds) if f.gate == "max_recurring"]
    return [failure.message for failure in (*check(recent(days, thresholds), thresholds), *recurring)]


def repeats(run: SiteSummary) -> list[str]:
    """A sentence where one text came from many addresses: the site is away, and says so in pages with status 200."""
    count, pages = run.rejections[REPEATED_TEXT], run.articles + run.revisions + run.rejected
    if count < LEAST_REPEATED or count < SHARE_REPEATED * pages:
        return []
    return [f"{count} of {pages} pages gave a text that other addresses give too: an error or a notice in their place"]
