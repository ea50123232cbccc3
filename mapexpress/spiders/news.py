"""The whole crawl, top to bottom: seeds, ways in, links, pages, records."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar, ParamSpec, TypeVar

from scrapy import Request, Spider, signals
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Response
from scrapy.utils.defer import _schedule_coro
from scrapy.utils.httpobj import urlparse_cached

from mapexpress.crawl.article_reading import ReadArticle, compare, read_article, read_post
from mapexpress.crawl.articles import Articles
from mapexpress.crawl.claims import Claim, Claims, claim_of
from mapexpress.crawl.doubts import Doubts
from mapexpress.crawl.extensions.outcome import MAX_NAMES, RunOutcome
from mapexpress.crawl.learning import SiteLearning
from mapexpress.crawl.refusals import Refusals
from mapexpress.crawl.requests.allowance import Allowance
from mapexpress.crawl.requests.arguments import Arguments
from mapexpress.crawl.requests.plan import Plan
from mapexpress.crawl.requests.plan_from_arguments import read_plan
from mapexpress.crawl.requests.queue import WINDOW, Turns
from mapexpress.crawl.requests.revisits import Revisits
from mapexpress.crawl.requests.traps import Traps
from mapexpress.crawl.responses import document_of, entry_of, headers_of
from mapexpress.crawl.rest_source import RestSource
from mapexpress.crawl.ways_in import WaysIn, named_sitemaps
from mapexpress.crawl.workers.heavy import HeavyPages
from mapexpress.crawl.workers.thread import PageThread
from mapexpress.dataset.state.frontier import Entry, Frontier, Kind
from mapexpress.dataset.state.visits import ABSENT
from mapexpress.dataset.store import SiteStore
from mapexpress.errors import MapexpressError, PageTooSlowError, ReadingCancelledError, is_exhausted
from mapexpress.extraction.blocked import ADVICE
from mapexpress.fetch.failures import failure_reason
from mapexpress.fetch.handler import BROWSER
from mapexpress.fetch.run import run_of, store_of
from mapexpress.model.document import Document
from mapexpress.model.record import Article, Rejection
from mapexpress.pipelines.store import MAX_SECTIONS
from mapexpress.record.canonical import under_own_name
from mapexpress.sites import SiteConfig
from mapexpress.sites.address_map import AddressMap
from mapexpress.web.addresses import host_key, identity
from mapexpress.web.lookalikes import lookalike

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.crawl.workers.confined.messages import Reading

logger = logging.getLogger(__name__)

# The host itself does not answer: no other address of it will.
UNREACHABLE = ("timeout", "dns", "unreachable", "connection", "address_refused", "robots_unreachable", "tls")
PRIORITY: Mapping[Kind, int] = {"home": 5, "feed": 4, "rest": 3, "sitemap": 2, "article": 1, "listing": 0}
SHOWN_KINDS = ("home", "listing", "article")  # that a browser shows, where the site asks for one
HELD_PRIORITY = 6  # they cost the site nothing

STEP = 500  # entries that the frontier takes in at a time: some 10 ms

FULL = "mapexpress_full"  # mark of a request for the page that an AMP twin names
Output = Request | Article | Rejection
P = ParamSpec("P")
T = TypeVar("T")


class NewsSpider(Spider):
    """Any news site by its address: `scrapy crawl news -a url=https://news.example/`."""

    name = "news"
    site_name: ClassVar[str | None] = None  # a site file, for the spiders of sites that are known

    plan: Plan
    frontier: Frontier
    store: SiteStore
    turns: Turns
    ways: WaysIn
    revisits: Revisits
    articles: Articles
    claims: Claims
    doubts: Doubts
    learning: SiteLearning
    rest: RestSource
    refusals: Refusals
    heavy: HeavyPages
    allowance: Allowance
    thread: PageThread
    under_way: dict[str, Entry]
    other_sections: Counter[str]  # of articles that were left out
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
        spider.under_way = {}
        spider.sitemaps = {}
        spider.other_sections = Counter()
        spider.refusals = Refusals(spider.site.key, spider._count, spider._given_up)
        crawler.signals.connect(spider._robots, signals.robots_parsed)
        crawler.signals.connect(spider._item_settled, signals.item_scraped)
        crawler.signals.connect(spider._item_settled, signals.item_dropped)
        crawler.signals.connect(spider._item_failed, signals.item_error)
        return spider

    @property
    def site(self) -> SiteConfig:
        """What is known of the site."""
        return self.plan.site

    @property
    def snapshot(self) -> TemplateSnapshot | None:
        """The template that this run's records are made with."""
        return self.learning.snapshot if hasattr(self, "learning") else None  # feed exports ask for it at the start

    @property
    def arguments(self) -> Arguments:
        """What this run is asked for."""
        return self.plan.arguments

    async def _beside_loop(self, work: Callable[[], T]) -> T:
        """Work on pages, done in the thread that reads them."""
        return await self.thread.run(work)

    # The frontier feeds the engine.

    async def start(self) -> AsyncIterator[Request | Article]:
        """Requests in bounded batches, until the frontier is empty and nothing is under way.

        What a REST answer holds comes as records, without a request.
        """
        try:
            async for output in self._turns():
                yield output
        except MapexpressError as error:
            self._note_bug(error)

    async def _turns(self) -> AsyncIterator[Request | Article]:
        self.wake = asyncio.Event()
        self.reading = asyncio.Lock()  # one page at a time is in memory as a tree
        self.choosing = asyncio.Lock()
        self.store = store_of(self.crawler)
        self.frontier = Frontier(self.store.state, self.arguments.walk)
        self.turns = Turns(self.frontier, self.store, self.arguments)
        self.thread = PageThread.of_crawl(self.crawler)
        self.ways = WaysIn(
            self.plan,
            self.thread,
            self.store.state,
            self.sitemaps,
            self.store.clock,
            traps=Traps.of(self.crawler.settings, self._limited),
            walled=lambda wall: self._count(f"blocked/{wall}"),
            limited=self._limited,
        )
        self.revisits = Revisits(self.plan, self.store)
        self.articles = Articles(self.plan, self.frontier)
        self.claims = Claims(self.store)
        self.doubts = Doubts(self.store)
        self.rest = RestSource(self.plan, self.frontier, self.turns, self.under_way)
        self.learning = SiteLearning(self.store, selectors=self.site.keep)
        await self.learning.begin()
        run = run_of(self.crawler)
        run.frontier, run.layout_changes = self.frontier, self.learning.layout.changes
        run.snapshot = lambda: self.learning.snapshot
        self.allowance = Allowance.of(self.store, self.crawler.settings, self._count)
        self.heavy = HeavyPages.of_crawl(self.plan, self.crawler)
        if self.frontier.begin([*self.plan.seeds(), *self.turns.rechecks()]) and self.arguments.walks_back:
            logger.info("going on with a walk that was interrupted")
            self._count("shown", self.frontier.count("article"))  # to the runs before this one
        while True:
            self.wake.clear()
            for entry, document in self.rest.ready():
                if record := await self._from_rest(entry, document):
                    yield record
            async with self.choosing:
                batch = self._choose()
            for entry in batch:
                request = self._request(entry)
                if request is not None:
                    yield request
            if batch:
                continue
            if self.refusals.shut_out and not self.learning.cleaning:
                _schedule_coro(self.crawler.engine.close_spider_async(reason="blocked"))
                return
            if self.under_way:
                await self.wake.wait()
            elif not self.learning.release():
                for entry, record in self.doubts.release():
                    self.under_way[entry.url] = entry
                    yield record
                if not self.under_way:
                    break
        self._count("found", self.frontier.count("article"))
        ended = self.frontier.end()
        run_of(self.crawler).complete = ended if self.arguments.walks_back else None

    def _choose(self) -> list[Entry]:
        """Held articles whose turn has come, then the frontier's next ones, unless the site shuts us out."""
        held = self.learning.due(WINDOW - len(self.under_way))
        if held or self.refusals.shut_out or self.allowance.spent():
            return held
        return self.turns.choose(
            self.under_way, self.learning.waiting() | self.doubts.waiting(), articles=self.learning.room(WINDOW)
        )

    def _request(self, entry: Entry) -> Request | None:
        if entry.kind == "article" and entry.url not in self.learning.cleaning:
            if entry.via != "seed":  # what only we remember is shown by no way in
                self._count("shown")
            if not self.turns.is_due(entry):
                self._count("known")
                self.turns.put_off(entry)
                return None
        elif (known := self.revisits.known(entry)) is not None:
            self._count("spared")
            self.frontier.expand(entry, known)
            return None
        self.under_way[entry.url] = entry
        self.learning.asked(entry)
        self.allowance.asks(entry)
        return self._ask(entry, entry.url)

    async def _from_rest(self, entry: Entry, document: Document) -> Article | None:
        """The record, when it is asked for; what the answer does not give is left to the article's page."""
        record: Article | Rejection | None = None
        try:
            async with self.reading:
                made = await self._judged(partial(read_post, document, plan=self.plan))
            record = self.articles.as_asked(entry, made) if isinstance(made, Article) else made
        except (ReadingCancelledError, PageTooSlowError):
            self._release(entry)
            return None
        except Exception as error:  # raised here it would end the run's requests
            self._note_bug(error)
            self._release(entry)
            return None
        if isinstance(record, Article):
            self._count("shown")
            self._count("from_rest")
            return record
        if record is None and isinstance(made, Article):
            self._leave_out(made)
            self.frontier.close(entry.url)
        self._release(entry)
        return None

    def _ask(
        self,
        entry: Entry,
        url: str,
        documents: tuple[Document, ...] = (),
        *,
        full: bool = False,
        claim: Claim | None = None,
    ) -> Request:
        meta: dict[str, object] = {"mapexpress_entry": entry, "mapexpress_kind": entry.kind, FULL: full}
        held = self.learning.replay(url) if entry.kind == "article" else None
        if held is not None:
            meta |= {"mapexpress_held": held.warc_record_id, "tdm_reserved": held.tdm_reserved}
        headers = {} if documents or full else self.turns.validators(entry)
        if entry.kind != "article":
            url, headers = self.revisits.asked(entry)
        if self.site.browser and entry.kind in SHOWN_KINDS and held is None:
            meta[BROWSER], headers = True, {}  # an empty page that has not changed says nothing of what it shows
        return Request(
            self.plan.addresses.to_fetch(url),
            callback=self.visit,
            errback=self.fail,
            headers=headers,
            cb_kwargs={"entry": entry, "documents": documents, "claim": claim},
            meta=meta,
            priority=HELD_PRIORITY if held is not None else PRIORITY[entry.kind],
            dont_filter=True,  # the frontier knows what was asked
        )

    # Answers.

    async def visit(
        self, response: Response, entry: Entry, documents: tuple[Document, ...], claim: Claim | None = None
    ) -> list[Output]:
        """Every answer: a page of a way in, of an article, or the one that an article's page names."""
        if self._interrupted:  # it is in the WARC without an outcome: the next run reads it there
            self._release(entry)
            return []
        outputs: list[Output] | None = None
        try:
            reading = await self.heavy.read(response, entry, documents, self.snapshot)
            try:
                outputs = await self._in_turn(response, entry, documents, reading, claim)
            except PageTooSlowError as late:
                outputs = await self._slow(response, entry, documents, reading, claim, str(late))
        except ReadingCancelledError:
            return []
        except MapexpressError as error:
            self._note_bug(error)  # ends the run with its own line: raised, it would be a traceback in the log too
            return []
        except Exception as error:
            if self._interrupted and is_exhausted(error):  # whoever ends the run has ended the confined process too
                return []
            self._put_aside(entry, error)
            if not is_exhausted(error):
                raise
            self._note_bug(error)
            return []
        finally:
            if not outputs:
                self._release(entry)
            if not any(isinstance(output, Request) for output in outputs or ()):
                self._compare(entry, None)
        return outputs

    async def _in_turn(
        self,
        response: Response,
        entry: Entry,
        documents: tuple[Document, ...],
        reading: Reading | None,
        claim: Claim | None,
    ) -> list[Output]:
        async with self.reading:
            return [] if self._interrupted else await self._visit(response, entry, documents, reading, claim)

    async def _slow(
        self,
        response: Response,
        entry: Entry,
        documents: tuple[Document, ...],
        reading: Reading | None,
        claim: Claim | None,
        late: str,
    ) -> list[Output]:
        """What the confined process makes of an answer that was not read in time, where it has not read it yet.

        What it does not come to the end of either is given up.
        """
        self._count("slow")
        logger.info("%s %s: %s", entry.kind, entry.url, late)
        if reading is None:
            reading = await self.heavy.read(response, entry, documents, self.snapshot, slow=True)
            if reading is not None and not reading.problem:
                with suppress(PageTooSlowError):
                    return await self._in_turn(response, entry, documents, reading, claim)
        return self._denied(claim, entry) if claim else self._refused(entry, "too_slow", response.status, late)

    def _compare(self, entry: Entry, record: Article | Rejection | None, problem: str | None = None) -> None:
        """Tell the REST source what the whole of an article's page gave, once; None for nothing."""
        for held in self.rest.compare(entry, record, problem):
            self._release(held)
        self.wake.set()

    async def _visit(
        self,
        response: Response,
        entry: Entry,
        documents: tuple[Document, ...],
        reading: Reading | None,
        claim: Claim | None,
    ) -> list[Output]:
        """What an answer gives."""
        reason = self.refusals.reason(response, entry) or (reading.problem if reading else None)
        if response.status == 304 and entry.kind != "article":
            self.frontier.expand(entry, self.revisits.unchanged(entry))
        elif response.status == 304 and self._is_stored(entry):
            self._count("unchanged")
            self.store.checked(url=entry.url)
            self.frontier.close(entry.url)
        elif response.status == 304:  # nobody said that we had it
            return self._refused(entry, "http_304", 304)
        elif documents and response.status in (404, 410):  # the pager promised one page too many
            if reading is not None and reading.problem:
                return self._denied(claim, entry) if claim else self._refused(entry, reading.problem, None)
            return await self._article(None, entry, documents, reading, claim)
        elif reason:
            return self._denied(claim, entry) if claim else self._refused(entry, reason, response.status)
        elif entry.kind == "article":
            return await self._article(response, entry, documents, reading, claim)
        else:
            led = await self.ways.read(response, entry, reading)
            self.revisits.note(entry, led.entries, response.status, headers_of(response))
            await self._take_in(entry, led.entries)
            if led.collection is not None and self.arguments.source == "rest":
                sample = self.rest.hold(response, entry, led.collection, self.learning.waiting())
                requests: list[Output] = [request for sampled in sample if (request := self._request(sampled))]
                self._release(entry)
                return requests
        return []

    def _is_stored(self, entry: Entry) -> bool:
        outcome = self.store.outcome(entry.url)
        return outcome is not None and outcome.kind == "stored"

    async def _take_in(self, entry: Entry, found: Sequence[Entry]) -> None:
        """What a way in leads to, in steps between which others have their turn; nothing is chosen from a part of it.

        A run that is killed in between asks the way in again.
        """
        async with self.choosing:
            for begin in range(0, len(found) - STEP, STEP):
                self.frontier.add(found[begin : begin + STEP])
                await asyncio.sleep(0)
            self.frontier.expand(entry, found[(len(found) - 1) // STEP * STEP :])

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
                self._put_aside(entry, error)  # left open it would be asked again without end
            self._note_bug(error)
        else:
            if reason == "robots":
                self._count("blocked/robots")
            try:
                outputs = self._denied(claim, entry) if claim else self._refused(entry, reason, None, str(error))
            except MapexpressError as failed:
                self._note_bug(failed)
        if not outputs:
            self._release(entry)
        self._compare(entry, None)
        return outputs

    def _refused(self, entry: Entry, reason: str, status: int | None, detail: str = "") -> list[Output]:
        if entry.kind != "article":
            logger.info("%s %s: %s", entry.kind, entry.url, reason)
            away = reason in UNREACHABLE
            if away:
                self._count(f"away/{reason}")
            passes = away or reason == "truncated" or (status or 0) >= 500
            guesses = [] if away else self.ways.guess(entry, missing=status in ABSENT)
            if status in ABSENT:
                self.revisits.note(entry, guesses, status, {})
            self.frontier.expand(entry, guesses, failed=passes and self.arguments.walks_back)
            return []
        return [self.refusals.rejection(entry, reason, status=status, detail=detail)]

    def _limited(self, entry: Entry, reason: str, detail: str) -> None:
        """A way in, or a part of it, that was left out for a limit is among the rejections."""
        rejection = self.refusals.rejection(entry, reason, detail=detail)
        if self.store.write(rejection) != "unchanged":
            self._count(f"rejected/{reason}")
            logger.info("rejected %s: %s (%s)", entry.url, reason, detail)

    def _given_up(self) -> None:
        self.learning.release()  # what is held is cleaned first
        self.wake.set()

    # Articles.

    async def _article(
        self,
        response: Response | None,
        entry: Entry,
        documents: tuple[Document, ...],
        reading: Reading | None,
        claim: Claim | None = None,
    ) -> list[Output]:
        """A record, or the request for the article's next page; without a response there is none."""
        if response is not None and (away := self.articles.elsewhere(entry, self.ways.public(response, entry))):
            self.store.leave(self.ways.public(response, entry))
            if claim:
                return self._denied(claim, entry)
            if not documents or reading is not None:
                return [away]
            response = None  # a pager that leads there has no further page here
        if response is not None:
            documents = (*documents, document_of(response, entry, self.ways.public(response, entry)))
        if alias := self.articles.other_name(entry, documents[0].url):
            return [alias]
        if reading is not None and reading.record is not None:
            return await self._read_elsewhere(response, entry, documents, reading, claim)
        read = await self._read(response, entry, documents)
        if read.full:
            return [self._ask(entry, read.full, full=True)]
        if read.further:
            return [self._ask(entry, read.further, read.documents, claim=claim)]
        record = read.record
        assert record is not None
        if claim:
            return self._settled(claim, entry, record, documents, names_itself=read.names_itself)
        self._compare(entry, record, read.disagreement)
        if isinstance(record, Rejection):
            if record.reason in ADVICE:
                self._count(f"blocked/{record.reason}")
            return [record]
        if self.learning.holds:
            assert read.lesson is not None
            self.doubts.note(entry, record)
            self.learning.hold(entry, read.lesson, documents)
            return []
        wanted = self.learning.wants(read.page_key, read.window)
        lesson = read.lesson or await self.thread.run(read.finish, teaches=wanted)
        if wanted and lesson is not None:
            self.learning.learn(lesson)
        return self._as_asked(entry, record, documents)

    async def _read_elsewhere(
        self,
        response: Response | None,
        entry: Entry,
        documents: tuple[Document, ...],
        reading: Reading,
        claim: Claim | None,
    ) -> list[Output]:
        """What the confined process makes of a heavy page, which teaches nothing of the site's template."""
        if response is not None:
            following = self.articles.following(entry, reading.pages, documents)
            if isinstance(following, Rejection):
                return self._denied(claim, entry) if claim else [following]
            if following:
                return [self._ask(entry, following, documents, claim=claim)]
        record = reading.record
        assert record is not None
        if claim:
            return self._settled(claim, entry, record, documents, names_itself=False)
        post, problem = self.rest.sampled(entry), None
        if post is not None and isinstance(record, Article):
            problem = await self.thread.run(compare, self.plan, record, post, self.snapshot)
        self._compare(entry, record, problem)
        if isinstance(record, Rejection):
            return [record]
        return self._as_asked(entry, record, documents)

    def _settled(
        self,
        claim: Claim,
        entry: Entry,
        answer: Article | Rejection,
        documents: Sequence[Document],
        *,
        names_itself: bool,
    ) -> list[Output]:
        """The record of a page that names another address, now that the page there has been read."""
        if isinstance(answer, Rejection):
            return self._denied(claim, entry)
        record = self.claims.settle(claim, answer, names_itself=names_itself)
        self.claims.forgo(claim, answered=[document.url for document in documents])
        asked = self.articles.as_asked(entry, record)
        return self._kept(entry, asked) if asked is not None else self._not_wanted(entry, record)

    def _denied(self, claim: Claim, entry: Entry) -> list[Output]:
        """What comes of a page that names an address at which there is no article."""
        self.claims.forgo(claim)
        return self._kept(entry, self.claims.missed(claim) or self.articles.another(entry, claim.address))

    async def _read(self, response: Response | None, entry: Entry, documents: tuple[Document, ...]) -> ReadArticle:
        return await self._judged(
            partial(
                read_article,
                self.articles,
                entry,
                documents,
                ended=response is None,
                may_be_twin=len(documents) == 1 and response is not None and not response.meta.get(FULL),
                may_be_another=len(documents) > 1 and self.articles.stands_alone(documents[-1].url),
                post=self.rest.sampled(entry),
                teaches=self.learning.holds,
            )
        )

    async def _judged(self, read: Callable[..., T]) -> T:
        """What is read with a `snapshot` that is still the run's when it is read."""
        while True:
            snapshot = self.snapshot
            made = await self.thread.run(read, snapshot=snapshot)
            if self.snapshot is snapshot:
                return made

    def _as_asked(self, entry: Entry, record: Article, documents: Sequence[Document]) -> list[Output]:
        asked = self.articles.as_asked(entry, record)
        if asked is None:
            return self._not_wanted(entry, record)
        if isinstance(asked, Article):
            verdict = self.claims.verdict(asked)
            if verdict == "ask" and asked.canonical_url:
                return [self._ask(entry, asked.canonical_url, full=True, claim=claim_of(asked, documents))]
            if verdict == "own":
                asked = under_own_name(asked)
        return self._kept(entry, asked)

    def _kept(self, entry: Entry, record: Article | Rejection) -> list[Output]:
        """What is given to the store now; a record that may be no article of its address waits."""
        return [record] if isinstance(record, Rejection) else [*self.doubts.judge(entry, record)]

    def _not_wanted(self, entry: Entry, record: Article) -> list[Output]:
        self._leave_out(record)
        self.frontier.close(entry.url)
        for url in {entry.url, *record.page_urls}:
            self.store.leave(url)
        return []

    def _leave_out(self, record: Article) -> None:
        self._count("left_out")
        if not self.plan.wants_section(record.url, record.section):
            name = record.section or "-"
            known = name in self.other_sections or len(self.other_sections) < MAX_SECTIONS
            self.other_sections[name if known else "others"] += 1
            self.crawler.stats.set_value("mapexpress/other_sections", self.other_sections.most_common(MAX_NAMES))

    # What became of an entry.

    def _item_settled(self, item: object, response: Response | Failure | None) -> None:
        if not isinstance(item, Article | Rejection):
            return
        entry = self._entry_of(item, response)
        if entry is None:
            return
        try:
            if isinstance(item, Article) and item.url and identity(item.url) != identity(entry.url):
                self.store.settle(entry.url, item.url)
            self.turns.put_off(entry)
        except MapexpressError as error:
            self._note_bug(error)
        self._release(entry)

    def _put_aside(self, entry: Entry, error: BaseException) -> None:
        if reason := self.turns.put_aside(entry, error):
            self._count(f"rejected/{reason}")

    def _item_failed(self, item: object, response: Response | Failure | None, failure: Failure) -> None:
        entry = self._entry_of(item, response) if isinstance(item, Article | Rejection) else None
        if entry is not None:
            if not isinstance(failure.value, MapexpressError):  # the store takes nothing more
                self._put_aside(entry, failure.value or RuntimeError("a failure without an exception"))
            self._release(entry)

    def _entry_of(self, item: Article | Rejection, response: Response | Failure | None) -> Entry | None:
        """The entry that an item ends: that of its response, or for a record from REST that of its address."""
        if entry := self.doubts.entry_of(item):
            return entry
        return entry_of(response) if response is not None else self.under_way.get(item.url or "")

    def _release(self, entry: Entry) -> None:
        self.under_way.pop(entry.url, None)
        self.learning.settled(entry)
        self.wake.set()

    # What several of the steps above need.

    @property
    def _interrupted(self) -> bool:
        return self.crawler.stats.get_value("mapexpress/interrupted") is not None

    def _robots(self, robotparser: object, request: Request) -> None:
        rules = getattr(robotparser, "rp", None)
        self.sitemaps[urlparse_cached(request).netloc] = named_sitemaps(request.url, getattr(rules, "sitemaps", ()))

    def _count(self, name: str, count: int = 1) -> None:
        self.crawler.stats.inc_value(f"mapexpress/{name}", count)

    def _note_bug(self, error: BaseException) -> None:
        if is_exhausted(error):
            self._count("exhausted")
            logger.error(
                "this machine has run out of something: %s", " ".join(f"{type(error).__name__} {error}".split())
            )
        elif not isinstance(error, MapexpressError):  # those end the run with their own line
            logger.error("unexpected error", exc_info=error)
        outcome = self.crawler.get_extension(RunOutcome)
        if outcome is not None:
            outcome.note(error)


def _unchecked(plan: Plan) -> AddressMap | None:
    """Whose certificates are not checked: the site's own where its file says so, not those that it leads to."""
    if plan.site.verify_certificates:
        return None
    return AddressMap(plan.site, plan.arguments.base_url)  # without the homes that a redirect adds
