"""One article once within a run, under however many addresses it was met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from mapexpress.model.record import Article
from mapexpress.pipelines.store import StorePipeline
from mapexpress.record.canonical import names_another

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class DeduplicatePipeline:
    """Drop an article whose id this run has already written, and give its address the outcome of the first one.

    What was written is asked of the store, so memory does not grow with the run.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DeduplicatePipeline:
        """Keep the crawler, whose store is open once items flow."""
        return cls(crawler)

    def process_item(self, item: object) -> object:
        """Pass everything but an article of this run with the same id."""
        pipeline = self.crawler.get_item_pipeline(StorePipeline)
        if not isinstance(item, Article) or pipeline is None:
            return item
        known = pipeline.store.known(item.id)
        if known is None or known.run != pipeline.store.run:
            return item
        if names_another(known.url, known.canonical_url) and not names_another(item.url, item.canonical_url):
            return item  # the page itself, after one that only named it
        first = known.canonical_url or known.url
        if item.url and first:
            pipeline.settle(item.url, first)
        self.crawler.stats.inc_value("mapexpress/duplicate")
        raise DropItem(f"same article as {first}", log_level="DEBUG")
