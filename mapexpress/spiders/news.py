"""The whole crawl, top to bottom: seeds, ways in, links, pages, records."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

from scrapy import Request, Spider, signals
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Response
from scrapy.utils.defer import _schedule_coro
from scrapy.utils.httpobj import urlparse_cached

from mapexpress.crawl.answer import Answer
from mapexpress.crawl.article_answers import Output
from mapexpress.crawl.claims import Claim
from mapexpress.crawl.components import Components
from mapexpress.crawl.refusals import Refusals
from mapexpress.crawl.requests.arguments import Arguments
from mapexpress.crawl.requests.plan import Plan
from mapexpress.crawl.requests.plan_from_arguments import read_plan
from mapexpress.crawl.requests.queue import WINDOW
from mapexpress.crawl.run_counts import RunCounts
from mapexpress.crawl.ways.named_sitemaps import named_sitemaps
from mapexpress.dataset.state.frontier import Entry
from mapexpress.errors import MapexpressError, PageTooSlowError, ReadingCancelledError, is_exhausted
from mapexpress.fetch.failures import failure_reason
from mapexpress.fetch.run import run_of
from mapexpress.model.document import Document
from mapexpress.model.record import Article, Rejection
from mapexpress.sites import SiteConfig
from mapexpress.sites.address_map import AddressMap
from mapexpress.web.addresses import host_key
from mapexpress.web.lookalikes import lookalike

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure


logger = logging.getLogger(__name__)
T = TypeVar("T")


class NewsSpider(Spider):
    """Any news site by its address: `scrapy crawl news -a url=https://news.example/`."""

    name = "news"
    site_name: ClassVar[str | None] = None  # a site file, for the spiders of sites that are known

    plan: Plan
    counts: RunCounts
    parts: Components  # from the start on
    refusals: Refusals
    sitemaps: dict[str, tuple[str, ...]]  # of robots.txt, by host and port

    # Before anything is fetched.

    @classmethod
    def check(cls, given: Mapping[str, str], settings: BaseSettings) -> Plan:
        """Read arguments, settings and site file. Raises UsageError with one line."""
        return read_plan(given, settings, site_name=cls.site_name)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *_args: object, **kwargs: str) -> NewsSpider:
        """Raises UsageError as `check` does."""
        spider = super().from_crawler(crawler)
        spider.plan = cls.check(kwargs, crawler.settings)
        if spider.site.delay is not None:
            crawler.settings.set("DOWNLOAD_DELAY", spider.site.delay, priority="spider")
        shown = lookalike(host_key(spider.site.home))
        if shown is not None:
            logger.warning("%s reads as %s: is it the site that is meant?", host_key(spider.site.home), shown)
        run = run_of(crawler)
        run.site, run.options, run.addresses = spider.site, spider.plan.options, spider.plan.addresses
        run.unchecked, run.beside_loop = _unchecked(spider.plan), spider._beside_loop
        spider.sitemaps = {}
        spider.counts = RunCounts(crawler)
        spider.refusals = Refusals(spider.site.key, spider.counts.add, spider._given_up)
        crawler.signals.connect(spider._robots, signals.robots_parsed)
        return spider

    @property
    def site(self) -> SiteConfig:
        """What is known of the site."""
        return self.plan.site

    @property
    def arguments(self) -> Arguments:
        """What this run is asked for."""
        return self.plan.arguments

    async def _beside_loop(self, work: Callable[[], T]) -> T:
        """Work on pages, done in the thread that reads them."""
        return await self.parts.thread.run(work)

    def _robots(self, robotparser: object, request: Request) -> None:
        rules = getattr(robotparser, "rp", None)
        self.sitemaps[urlparse_cached(request).netloc] = named_sitemaps(request.url, getattr(rules, "sitemaps", ()))

    # The frontier feeds the engine.

    async def start(self) -> AsyncIterator[Output]:
        """Requests in bounded batches, until the frontier is empty and nothing is under way.

        What a REST answer holds comes as records, without a request.
        """
        try:
            self.parts = await Components.of_run(
                self.plan,
                self.counts,
                self.sitemaps,
                limited=self._limited,
                answered=self.visit,
                failed=self.fail,
            )
            self.reading = asyncio.Lock()  # one page at a time is in memory as a tree
            async for output in self._turns():
                yield output
        except MapexpressError as error:
            self.counts.note_bug(error)

    async def _turns(self) -> AsyncIterator[Output]:
        if self.parts.frontier.begin([*self.plan.seeds(), *self.parts.turns.rechecks()]) and self.arguments.walks_back:
            logger.info("going on with a walk that was interrupted")
            self.counts.add("shown", self.parts.frontier.count_shown())  # to the runs before this one
        under_way = self.parts.under_way
        while True:
            under_way.changed.clear()
            for entry, document in self.parts.rest.ready():
                if record := await self._from_rest(entry, document):
                    yield record
            async with self.parts.ways.choosing:
                batch = self._choose()
            for entry in batch:
                request = self.parts.asking.begin(entry)
                if request is not None:
                    yield request
            if batch:
                continue
            if self.refusals.shut_out and not self.parts.learning.cleaning:
                _schedule_coro(self.crawler.engine.close_spider_async(reason="blocked"))
                return
            if under_way.entries:
                await under_way.changed.wait()
            elif not self.parts.learning.release() and (self.counts.ends_down or not self.parts.absences.probe()):
                for kept in self._kept_back():
                    yield kept
                if not under_way.entries:
                    break
        self.parts.tell_troubles(self.counts)
        self.counts.count_found(self.parts.frontier)
        ended = self.parts.frontier.end()
        run_of(self.crawler).complete = ended if self.arguments.walks_back else None

    def closed(self, reason: str) -> None:
        """Called by Scrapy when the run ends, before it is summed up: one that was cut off is counted here."""
        if reason != "finished" and hasattr(self, "parts") and self.parts.store.state.failure is None:
            self.counts.count_found(self.parts.frontier)
            run_of(self.crawler).complete = False if self.arguments.walks_back else None

    def _choose(self) -> list[Entry]:
        """Held articles whose turn has come, then the frontier's next ones, unless the site shuts us out."""
        asked = self.parts.under_way.entries
        held = self.parts.learning.due(WINDOW - len(asked))
        if held or self.refusals.shut_out or self.counts.ends_down or self.parts.allowance.spent():
            return held
        waiting = self.parts.learning.waiting() | self.parts.doubts.waiting() | self.parts.absences.waiting()
        return self.parts.turns.choose(asked, waiting, articles=self.parts.learning.room(WINDOW))

    def _kept_back(self) -> Iterator[Article | Rejection]:
        """What waited for the run's end: records in doubt, and then articles that may be gone."""
        under_way = self.parts.under_way
        for entry, record in self.parts.doubts.release():
            under_way.begin(entry)
            yield record
        if not under_way.entries:
            for entry, judged in self.parts.absences.release():
                yield under_way.give(entry, judged)

    async def _from_rest(self, entry: Entry, document: Document) -> Article | None:
        """The record that a REST answer gives; an error raised here would end the run's requests."""
        record: Article | None = None
        try:
            async with self.reading:
                record = await self.parts.articles.from_rest(entry, document)
        except (ReadingCancelledError, PageTooSlowError):
            pass
        except Exception as error:
            self.counts.note_bug(error)
        if record is None:
            self.parts.under_way.release(entry)
        return record

    # Answers.

    async def visit(
        self, response: Response, entry: Entry, documents: tuple[Document, ...], claim: Claim | None = None
    ) -> list[Output]:
        """Every answer: a page of a way in, of an article, or the one that an article's page names."""
        if self.counts.interrupted:  # it is in the WARC without an outcome: the next run reads it there
            self.parts.under_way.release(entry)
            return []
        outputs: list[Output] | None = None
        try:
            reading = await self.parts.heavy.read(response, entry, documents, self.parts.learning.snapshot)
            answer = Answer(response=response, entry=entry, documents=documents, claim=claim, reading=reading)
            try:
                outputs = await self._in_turn(answer)
            except PageTooSlowError as late:
                outputs = await self._slow(answer, str(late))
        except ReadingCancelledError:
            return []
        except MapexpressError as error:
            self.counts.note_bug(error)  # ends the run with its own line: raised, it would be a traceback in the log
            return []
        except Exception as error:
            if self.counts.interrupted and is_exhausted(error):  # whoever ends the run has ended that process too
                return []
            self.parts.under_way.put_aside(entry, error)
            if not is_exhausted(error):
                raise
            self.counts.note_bug(error)
            return []
        finally:
            if not outputs:
                self.parts.under_way.release(entry)
            if not any(isinstance(output, Request) for output in outputs or ()):
                self.parts.articles.compare(entry, None)
        return outputs

    async def _in_turn(self, answer: Answer) -> list[Output]:
        async with self.reading:
            return [] if self.counts.interrupted else await self._visit(answer)

    async def _slow(self, answer: Answer, late: str) -> list[Output]:
        """What the confined process makes of an answer that was not read in time, where it has not read it yet.

        What it does not come to the end of either is given up.
        """
        entry, response, reading = answer.entry, answer.response, answer.reading
        self.counts.add("slow")
        logger.info("%s %s: %s", entry.kind, entry.url, late)
        if reading is None:
            reading = await self.parts.heavy.read(
                response, entry, answer.documents, self.parts.learning.snapshot, slow=True
            )
            if reading is not None and not reading.problem:
                with suppress(PageTooSlowError):
                    return await self._in_turn(replace(answer, reading=reading))
        return self._refused(entry, "too_slow", response.status, late, claim=answer.claim)

    async def _visit(self, answer: Answer) -> list[Output]:
        """What an answer gives."""
        entry, response, reading, claim = answer.entry, answer.response, answer.reading, answer.claim
        problem = reading.problem if reading else None
        reason = self.refusals.reason(response, entry) or problem
        if response.status == 304 and entry.kind == "article":
            if not self._is_stored(entry):  # nobody said that we had it
                return self._refused(entry, "http_304", 304)
            self.counts.add("unchanged")
            self.parts.absences.answered(entry)
            self.parts.store.checked(url=entry.url)
            self.parts.frontier.close(entry.url)
            return []
        if answer.documents and response.status in (404, 410):  # the pager promised one page too many
            if problem:
                return self._refused(entry, problem, None, claim=claim)
            return await self.parts.articles.take(answer, ended=True)
        if reason and response.status != 304:
            return self._refused(entry, reason, response.status, claim=claim)
        if entry.kind == "article":
            return await self.parts.articles.take(answer)
        collection = await self.parts.ways.take(answer)
        if collection is not None and self.arguments.source == "rest":
            sample = self.parts.rest.hold(response, entry, collection, self.parts.learning.waiting())
            requests: list[Output] = [request for one in sample if (request := self.parts.asking.begin(one))]
            self.parts.under_way.release(entry)  # they are its articles' own
            return requests
        return []

    def _is_stored(self, entry: Entry) -> bool:
        outcome = self.parts.store.outcome(entry.url)
        return outcome is not None and outcome.kind == "stored"

    def fail(self, failure: Failure) -> list[Output]:
        """A download that failed: a rejection with its reason, unless the run was interrupted or it is our bug."""
        entry: Entry = failure.request.cb_kwargs["entry"]  # type: ignore[attr-defined]
        claim: Claim | None = failure.request.cb_kwargs.get("claim")  # type: ignore[attr-defined]
        error = failure.value or RuntimeError("a failure without an exception")
        reason = failure_reason(error)
        outputs: list[Output] = []
        if isinstance(error, DownloadCancelledError) and "interrupted" in str(error):
            pass
        elif reason is None:
            if not isinstance(error, MapexpressError):  # that ends the run: the entry waits for the next one
                self.parts.under_way.put_aside(entry, error)
            self.counts.note_bug(error)
        else:
            if reason == "robots":
                self.counts.add("blocked/robots")
            try:
                outputs = self._refused(entry, reason, None, str(error), claim=claim)
            except MapexpressError as failed:
                self.counts.note_bug(failed)
        if not outputs:
            self.parts.under_way.release(entry)
        self.parts.articles.compare(entry, None)
        return outputs

    # What gives no page.

    def _refused(
        self, entry: Entry, reason: str, status: int | None, detail: str = "", *, claim: Claim | None = None
    ) -> list[Output]:
        if claim:
            return self.parts.articles.denied(entry, claim)
        if entry.kind == "article":
            if self.counts.ends_down or (reason == "robots_unreachable" and self._is_stored(entry)):
                self.counts.add("put_off")
                self.parts.frontier.postpone(entry.url)
                return []
            rejection = self.refusals.rejection(entry, reason, status=status, detail=detail)
            return [*self.parts.absences.judge(entry, rejection)]
        self.parts.ways.refuse(entry, reason, status)
        return []

    def _limited(self, entry: Entry, reason: str, detail: str) -> None:
        """A way in, or a part of it, that was left out for a limit is among the rejections."""
        rejection = self.refusals.rejection(entry, reason, detail=detail)
        if self.parts.store.write(rejection) != "unchanged":
            self.counts.add(f"rejected/{reason}")
            logger.info("rejected %s: %s (%s)", entry.url, reason, detail)

    def _given_up(self) -> None:
        self.parts.learning.release()  # what is held is cleaned first
        self.parts.under_way.changed.set()


def _unchecked(plan: Plan) -> AddressMap | None:
    """Whose certificates are not checked: the site's own where its file says so, not those that it leads to."""
    if plan.site.verify_certificates:
        return None
    return AddressMap(plan.site, plan.arguments.base_url)  # without the homes that a redirect adds
