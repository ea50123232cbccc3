"""The end of the line: records and rejections go into the site's store, committed at most a second apart."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from scrapy import signals
from scrapy.exceptions import CloseSpider, DropItem
from scrapy.utils.asyncio import create_looping_call
from scrapy.utils.defer import deferred_from_coro

from mapexpress.dataset.clock import clock_from
from mapexpress.dataset.revisions import is_revision
from mapexpress.dataset.store import SiteStore, new_run_id
from mapexpress.dataset.writer import Written
from mapexpress.errors import MapexpressError, PageTooSlowError, ReadingCancelledError, StorageError
from mapexpress.fetch.run import STORAGE_FAILED, run_of
from mapexpress.limits import Limits
from mapexpress.model.record import Article, Rejection
from mapexpress.record.canonical import names_another, under_own_name
from mapexpress.system.disk import storage_errors
from mapexpress.text.characters import visible

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from mapexpress.dataset.files.warc import Captured
    from mapexpress.dataset.state.tables import Known

logger = logging.getLogger(__name__)

# At most this long a stored record may still be lost to a power cut; one fsync a second is free on any disk.
COMMIT_SECONDS = 1.0
MAX_SECTIONS = 500  # that the stats of a run tell apart; the fullest navigation seen has 60


class StorePipeline:
    """Commits, seals and closes the `SiteStore` of the crawl; others reach it by `fetch.run.store_of(crawler)`.

    What the crawl is for stands in its `Run` before `open_spider`; without a site there the spider's name is its key.
    Sealed in `close_spider`; a crawl that came to its end merges the files of past days when the engine has stopped,
    then the store is closed. A BusyError or StorageError at opening, and a StorageError later, whichever component
    met it, closes the spider with the reason `storage`, stands in `failure` and leaves its line in the stat
    `mapexpress/storage_error`; `STORAGE_FAILED` tells those who wait for a transfer.
    Only articles that are new, revised, gone or back pass on to feed exports; everything else ends here.
    """

    store: SiteStore

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.failure: MapexpressError | None = None  # what ended the crawl, with its exit status
        self._failed = False
        self._sections: set[str] = set()
        self._timer = create_looping_call(self._flush)
        crawler.signals.connect(self._engine_stopped, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        """Nothing is opened yet."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Open the store; a failure ends the crawl before anything is asked."""
        settings, run, spider = self.crawler.settings, run_of(self.crawler), self.crawler.spider
        try:
            assert spider is not None
            clock = clock_from(settings.get("MAPEXPRESS_NOW"))
            store = SiteStore.open(
                Path(settings.get("MAPEXPRESS_DATA") or "data"),
                run.site.key if run.site is not None else spider.name,
                run=new_run_id(clock),
                clock=clock,
                warc=settings.getbool("MAPEXPRESS_WARC", True),
                limits=Limits.read(settings.get),
            )
        except MapexpressError as error:
            self._failed, self.failure = True, error
            self.crawler.stats.set_value("mapexpress/storage_error", str(error))
            raise CloseSpider("storage") from error  # Scrapy then closes what it opened, in order
        self.store = run.store = store
        store.on_failure(self.fail)
        self._timer.start(COMMIT_SECONDS, now=False)

    def close_spider(self) -> None:
        """Seal what was stored."""
        if self._timer.running:
            self._timer.stop()
        if hasattr(self, "store") and not self._failed:
            with self._heard():
                self.store.seal()

    def _engine_stopped(self) -> None:
        if not hasattr(self, "store"):
            return
        with self._heard():
            if not self._failed and self.crawler.stats.get_value("finish_reason") == "finished":
                keep_days = self.crawler.settings.getint("MAPEXPRESS_WARC_DAYS")
                self.store.compact(keep_days=keep_days, go_on=self._goes_on)
        with self._heard():
            self.store.close()

    @contextmanager
    def _heard(self) -> Iterator[None]:
        """Let an error fail the run: Scrapy logs what a signal's receiver raises, and ends with status 0."""
        try:
            with storage_errors(self.store.layout.site):
                yield
        except StorageError as error:
            self.fail(error)
        except Exception as error:
            logger.exception("the store could not be left as it should be")
            self.failure = self.failure or MapexpressError(f"a bug: {type(error).__name__}: {error}")

    def _goes_on(self) -> bool:
        """Whether nobody waits for the process to end."""
        return self.crawler.stats.get_value("mapexpress/interrupted") is None

    async def process_item(self, item: object) -> object:
        """Store a record or a rejection; anything else passes untouched."""
        if not isinstance(item, Article | Rejection):
            return item
        if self._failed:
            raise DropItem("storage failed before", log_level="DEBUG")
        try:
            record, written = await self._store(item)
        except StorageError as error:
            self.fail(error)
            raise DropItem("storage failed", log_level="DEBUG") from None
        self._count(record, written)
        if isinstance(record, Rejection) or written in ("unchanged", "forgotten"):
            raise DropItem(record.reason if isinstance(record, Rejection) else written, log_level="DEBUG")
        return record

    def settle(self, url: str, like: str) -> None:
        """`SiteStore.settle`, with a disk error ending the crawl."""
        try:
            self.store.settle(url, like)
        except StorageError as error:
            self.fail(error)

    async def _store(self, item: Article | Rejection) -> tuple[Article | Rejection, Written]:
        if isinstance(item, Rejection):
            return item, self.store.write(item)
        item = self._under_whose_name(item)
        while known := self.store.known(item.id):
            revised = await self._revised(known, item)
            if known != self.store.known(item.id):
                continue  # it came under another address meanwhile
            if revised:
                break
            self.store.checked(item)
            return item, "unchanged"
        return item, self.store.write(item)

    def _under_whose_name(self, article: Article) -> Article:
        """An article that is stored from its own page is not replaced by another page that names its address.

        Our spiders have asked there before (`mapexpress.crawl.claims`); any other's record comes as its page is.
        """
        if not names_another(article.url, article.canonical_url):
            return article
        known = self.store.known(article.id)
        if known is None or names_another(known.url, known.canonical_url) or known.content_hash == article.content_hash:
            return article
        return under_own_name(article)

    async def _revised(self, known: Known, article: Article) -> bool:
        if known.content_hash == article.content_hash or known.status != article.status:
            return known.status != article.status
        last = self.store.latest(known)
        again = await self._again(last) if last else None
        return is_revision(known, article, again)

    async def _again(self, article: Article) -> Article | Rejection | None:
        """What today's code makes of what a stored article was made from."""
        from mapexpress.record.rebuild import rebuild  # brings all that reads pages

        run = run_of(self.crawler)
        work = partial(
            rebuild,
            article,
            self._responses(article),
            site=run.site,
            snapshot=run.snapshot(),
            options=run.options,
        )
        if run.beside_loop is not None:
            with suppress(ReadingCancelledError):  # the run ends: what came to here is stored
                try:
                    return cast("Article | Rejection | None", await run.beside_loop(work))
                except PageTooSlowError:
                    return None
        return work()

    def _responses(self, article: Article) -> list[Captured]:
        """The stored responses; a damaged one is as one that was not kept, and no reason to end a run."""
        try:
            return self.store.responses(article)
        except StorageError as error:
            logger.warning("%s; scrapy verify tells more", error)
            return []

    def _count(self, record: Article | Rejection, written: Written) -> None:
        stats = self.crawler.stats
        # what failed once more as it did before is no article that came and is unchanged
        stats.inc_value("mapexpress/rejected" if isinstance(record, Rejection) else f"mapexpress/{written}")
        if isinstance(record, Rejection):
            stats.inc_value(f"mapexpress/rejected/{record.reason}")
            detail = f" ({record.detail})" if record.detail else ""
            logger.info("rejected %s: %s%s", record.url, record.reason, detail)
        elif written in ("new", "revised", "gone", "returned"):
            stats.inc_value("mapexpress/stored")
            stats.inc_value(f"mapexpress/section/{self._section(record.section)}")
            stats.inc_value(f"mapexpress/language/{record.language or '-'}")
            stats.inc_value(f"mapexpress/via/{record.discovered_via or '-'}")

    def _section(self, name: str | None) -> str:
        """The name that the stats count under; a site that has one for each article does not fill the memory."""
        short = visible(name or "-")[:80]
        if short not in self._sections and len(self._sections) >= MAX_SECTIONS:
            return "others"
        self._sections.add(short)
        return short

    def _flush(self) -> None:
        if self._failed:
            return
        try:
            self.store.flush()
        except StorageError as error:
            self.fail(error)

    def fail(self, error: StorageError) -> None:
        """End the crawl at once for an error of the disk; the first one counts."""
        if self._failed:
            return
        self._failed, self.failure = True, error
        self.crawler.stats.set_value("mapexpress/storage_error", str(error))
        self.crawler.signals.send_catch_log(STORAGE_FAILED)
        if self.crawler.engine.spider is not None:
            deferred_from_coro(self.crawler.engine.close_spider_async(reason="storage"))
