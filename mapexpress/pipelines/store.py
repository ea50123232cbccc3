"""The end of the line: records and rejections go into the site's store, committed at most a second apart."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem
from scrapy.utils.asyncio import create_looping_call
from scrapy.utils.defer import deferred_from_coro

from mapexpress.dataset.store import SiteStore, new_run_id, utc_now
from mapexpress.errors import StorageError
from mapexpress.records import Article, Rejection

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

# At most this long a stored record may still be lost to a power cut; one fsync a second is free on any disk.
COMMIT_SECONDS = 1.0


class StorePipeline:
    """Owns the `SiteStore` of the crawl, from `open_spider` (before the spider's `start()` runs) to `close_spider`.

    The spider gives `site` (a `SiteConfig`) and may give `run` (a run id) and `clock`. Others reach the store by
    `store_of(crawler)`. A BusyError or StorageError at opening ends the crawl by raising; a StorageError later closes
    the spider with the reason `storage` and leaves its line in the stat `mapexpress/storage_error`.
    Only articles pass on to feed exports: rejections and articles that are not new end here.
    """

    store: SiteStore

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._failed = False
        self._timer = create_looping_call(self._flush)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        """Nothing is opened yet."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Take the site's lock and recover what a killed run left."""
        spider, settings = self.crawler.spider, self.crawler.settings
        clock = getattr(spider, "clock", utc_now)
        self.store = SiteStore.open(
            Path(settings.get("MAPEXPRESS_DATA") or "data"),
            spider.site.key,  # type: ignore[union-attr]
            run=getattr(spider, "run", None) or new_run_id(clock),
            clock=clock,
            warc=settings.getbool("MAPEXPRESS_WARC", True),
        )
        self._timer.start(COMMIT_SECONDS, now=False)

    def close_spider(self) -> None:
        """Seal what was stored and give the lock back."""
        if self._timer.running:
            self._timer.stop()
        if not hasattr(self, "store"):
            return
        try:
            if not self._failed:
                self.store.seal()
        except StorageError as error:
            self._fail(error)
        finally:
            self._failed = True
            try:
                self.store.close()
            except StorageError as error:
                self._fail(error)

    def process_item(self, item: object) -> object:
        """Store a record or a rejection; anything else passes untouched."""
        if not isinstance(item, Article | Rejection):
            return item
        if self._failed:
            raise DropItem("storage failed before", log_level="DEBUG")
        try:
            written = self.store.write(item)
        except StorageError as error:
            self._fail(error)
            raise DropItem("storage failed", log_level="DEBUG") from None
        stats = self.crawler.stats
        stats.inc_value(f"mapexpress/{written}")
        if isinstance(item, Rejection):
            stats.inc_value(f"mapexpress/rejected/{item.reason}")
            logger.info("rejected %s: %s%s", item.url, item.reason, f" ({item.detail})" if item.detail else "")
            raise DropItem(item.reason, log_level="DEBUG")
        if written in ("unchanged", "forgotten"):
            raise DropItem(written, log_level="DEBUG")
        stats.inc_value("mapexpress/stored")
        return item

    def settle(self, url: str, like: str) -> None:
        """`SiteStore.settle`, with a disk error ending the crawl."""
        try:
            self.store.settle(url, like)
        except StorageError as error:
            self._fail(error)

    def _flush(self) -> None:
        if self._failed:
            return
        try:
            self.store.flush()
        except StorageError as error:
            self._fail(error)

    def _fail(self, error: StorageError) -> None:
        if self._failed:
            return
        self._failed = True
        self.crawler.stats.set_value("mapexpress/storage_error", str(error))
        logger.error("%s", error)
        if self.crawler.engine.spider is not None:
            deferred_from_coro(self.crawler.engine.close_spider_async(reason="storage"))


def store_of(crawler: Crawler) -> SiteStore:
    """The open store of a crawl. Raises RuntimeError when its `StorePipeline` is not enabled or not open."""
    pipeline = crawler.get_item_pipeline(StorePipeline)
    if pipeline is None or not hasattr(pipeline, "store"):
        raise RuntimeError("the store is not open: enable mapexpress.pipelines.store.StorePipeline")
    return pipeline.store
