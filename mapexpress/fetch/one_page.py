"""One page fetched for a person who asks about it: guarded and polite as in a crawl, and stored nowhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapy import Request, Spider

from mapexpress.fetch.failures import failure_reason
from mapexpress.fetch.run import run_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from mapexpress.sites.address_map import AddressMap


@dataclass(slots=True)
class Fetched:
    """What came of it: a response, or the reason why there is none."""

    response: Response | None = None
    problem: str = ""


class OnePage(Spider):
    """Puts the answer of `url` into `fetched`. Lives outside `spiders/`, so that `scrapy list` does not show it."""

    name = "one_page"
    custom_settings = {  # noqa: RUF012  (Scrapy's own declaration)
        "DOWNLOADER_MIDDLEWARES": {
            "mapexpress.fetch.capture.WarcMiddleware": None,
            "mapexpress.fetch.replay.StoredResponseMiddleware": None,
        },
        "ITEM_PIPELINES": {
            "mapexpress.pipelines.checks.TdmPipeline": None,
            "mapexpress.pipelines.checks.ValidatePipeline": None,
            "mapexpress.pipelines.deduplicate.DeduplicatePipeline": None,
            "mapexpress.pipelines.store.StorePipeline": None,
        },
        "EXTENSIONS": {
            "mapexpress.crawl.extensions.outcome.RunOutcome": None,
            "mapexpress.crawl.extensions.run_log_writer.RunLog": None,
            "mapexpress.crawl.extensions.quality.QualityGates": None,
            "mapexpress.crawl.extensions.progress.Progress": None,
        },
        "DOWNLOAD_DELAY": 0,  # one page
        "LOG_LEVEL": "CRITICAL",  # what goes wrong is the command's to say
    }
    url: str
    fetched: Fetched

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, *args: object, unchecked: AddressMap | None = None, **kwargs: object
    ) -> OnePage:
        """`unchecked` are the hosts whose certificates are not checked."""
        run_of(crawler).unchecked = unchecked
        return super().from_crawler(crawler, *args, **kwargs)

    async def start(self) -> AsyncIterator[Request]:
        """The one request."""
        yield Request(self.url, callback=self._take, errback=self._fail, dont_filter=True)

    def _take(self, response: Response) -> None:
        self.fetched.response = response

    def _fail(self, failure: Failure) -> None:
        error = failure.value or RuntimeError("a failure without an exception")
        detail = " ".join(str(error).split())[:200]
        self.fetched.problem = ": ".join(filter(None, (failure_reason(error) or type(error).__name__, detail)))
