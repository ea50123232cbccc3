"""The whole crawl, top to bottom: seeds, ways in, links, pages, records."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, ClassVar

from scrapy import Request, Spider, signals
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Response
from scrapy.utils.defer import _schedule_coro
from scrapy.utils.httpobj import urlparse_cached

from mapexpress import __version__
from mapexpress.article import Document, build
from mapexpress.blocks import Page, parse
from mapexpress.dataset.frontier import Entry, Frontier, Kind
from mapexpress.dataset.schedule import RECHECKS, is_due
from mapexpress.dataset.store import SiteStore
from mapexpress.discovery.feeds import parse_feed
from mapexpress.discovery.links import Found
from mapexpress.discovery.listings import read_listing
from mapexpress.discovery.sections import section_links
from mapexpress.discovery.sitemaps import parse_sitemap
from mapexpress.discovery.ways import find_ways
from mapexpress.discovery.wordpress import parse_posts, parse_root
from mapexpress.encoding import detect as detect_encoding
from mapexpress.errors import MapexpressError, UsageError
from mapexpress.extraction.pager import MAX_PAGES, article_pages
from mapexpress.fetch.addresses import AddressPolicy
from mapexpress.fetch.blocked import Blocked, blocked_by
from mapexpress.fetch.failures import failure_reason
from mapexpress.pipelines.store import store_of
from mapexpress.records import Article, Rejection
from mapexpress.sites import SiteConfig, load_site
from mapexpress.spiders.arguments import Arguments, local_day, read_arguments
from mapexpress.spiders.outcome import RunOutcome
from mapexpress.spiders.plan import PER_PAGE, Plan
from mapexpress.urls import AddressMap, canonicalize, identity

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

logger = logging.getLogger(__name__)

WINDOW = 32  # entries under way: four times the requests in flight, so that the downloader never waits for the frontier
BLOCKED_IN_A_ROW = 12  # refusals without one page between them end the run: asking on would only make it worse
# The host itself does not answer: no other address of it will.
UNREACHABLE = ("timeout", "dns", "unreachable", "connection", "address_refused")
RECENT_LINKS = 5000  # of one way, kept to notice a pager that turns in circles: 50 of the fullest listing pages
RECHECKED = timedelta(days=30)  # articles that are asked again unasked for: after a month hardly one changes
CHEAP: tuple[Kind, ...] = ("home", "feed", "rest", "sitemap")
PRIORITY: Mapping[Kind, int] = {"home": 5, "feed": 4, "rest": 3, "sitemap": 2, "article": 1, "listing": 0}

Output = Request | Article | Rejection


class NewsSpider(Spider):
    """Any news site by its address: `scrapy crawl news -a url=https://news.example/`."""

    name = "news"
    site_name: ClassVar[str | None] = None  # a site file, for the spiders of sites that are known

    plan: Plan
    frontier: Frontier
    store: SiteStore
    complete: bool | None = None
    under_way: dict[str, Entry]
    pagers: dict[tuple[Kind, int], deque[int]]
    sitemaps: dict[str, tuple[str, ...]]  # of robots.txt, by host and port

    # Before anything is fetched.

    @classmethod
    def check(cls, given: Mapping[str, str], settings: BaseSettings) -> Plan:
        """Read arguments and site file. Raises UsageError with one line."""
        arguments = read_arguments(given, needs_url=cls.site_name is None)
        site = load_site(cls.site_name) if cls.site_name else SiteConfig.for_url(arguments.url or "")
        policy = AddressPolicy.parse(settings.get("MAPEXPRESS_ALLOW_HOSTS") or "")
        for address in filter(None, (arguments.url, arguments.base_url)):
            refusal = policy.refusal(address)
            if refusal:
                raise UsageError(f"{address}: {refusal}; open it with -s MAPEXPRESS_ALLOW_HOSTS=host:port")
        return Plan(site=site, arguments=arguments, addresses=AddressMap(site, arguments.base_url))

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: object, **kwargs: str) -> NewsSpider:
        """Raises UsageError as `check` does."""
        spider = super().from_crawler(crawler)
        spider.plan = cls.check(kwargs, crawler.settings)
        if spider.site.delay is not None:
            crawler.settings.set("DOWNLOAD_DELAY", spider.site.delay, priority="spider")
        spider.under_way = {}
        spider.pagers = {}
        spider.sitemaps = {}
        spider.refused_in_a_row = 0
        crawler.signals.connect(spider._robots, signals.robots_parsed)
        crawler.signals.connect(spider._item_settled, signals.item_scraped)
        crawler.signals.connect(spider._item_settled, signals.item_dropped)
        crawler.signals.connect(spider._item_failed, signals.item_error)
        return spider

    @property
    def site(self) -> SiteConfig:
        """What is known of the site; the store pipeline reads its key."""
        return self.plan.site

    @property
    def arguments(self) -> Arguments:
        """What this run is asked for."""
        return self.plan.arguments

    # The frontier feeds the engine.

    async def start(self) -> AsyncIterator[Request]:
        """Requests in bounded batches, until the frontier is empty and nothing is under way."""
        self.wake = asyncio.Event()
        self.store = store_of(self.crawler)
        self.frontier = Frontier(self.store.state, self.arguments.walk)
        if self.frontier.begin([*self.plan.seeds(), *self._rechecks()]) and self.arguments.walks_back:
            logger.info("going on with a walk that was interrupted")
        while True:
            self.wake.clear()
            batch = self._choose()
            for entry in batch:
                request = self._request(entry)
                if request is not None:
                    yield request
            if batch:
                continue
            if not self.under_way:
                break
            await self.wake.wait()
        self._count("found", self.frontier.count("article"))
        ended = self.frontier.end()
        self.complete = ended if self.arguments.walks_back else None

    def _choose(self) -> list[Entry]:
        """The next entries: cheap ways first, for they name the articles; then listings and articles."""
        room, under_way = WINDOW - len(self.under_way), self.under_way
        kinds = {entry.kind for entry in under_way.values()}
        cheap = self.frontier.take(CHEAP, room, under_way)
        if cheap or kinds & set(CHEAP):
            return cheap
        listings = self.frontier.take(("listing",), room, under_way)
        if self.arguments.limit or not self.arguments.walks_back:
            if listings or "listing" in kinds:
                return listings
            if self.arguments.limit:
                self.frontier.keep_newest(self.arguments.limit)
            return self.frontier.take(("article",), room, under_way)
        articles = self.frontier.take(("article",), room, under_way)
        return articles[: room - 2] + ([] if "listing" in kinds else listings[:1])

    def _request(self, entry: Entry) -> Request | None:
        if entry.kind == "article":
            if entry.via != "seed":  # what only we remember is shown by no way in
                self._count("shown")
            if not self._is_due(entry):
                self._count("known")
                self.frontier.close(entry.url)
                return None
        self.under_way[entry.url] = entry
        return self._ask(entry, entry.url)

    def _is_due(self, entry: Entry) -> bool:
        outcome = self.store.outcome(entry.url)
        if outcome is None:
            return True
        if self.arguments.full:
            return outcome.kind != "forgotten"
        return is_due(outcome, self.store.clock(), __version__)

    def _rechecks(self) -> Iterator[Entry]:
        """Stored articles that are due, whether or not a way in still shows them: a removal shows nowhere else."""
        if self.arguments.walks_back or self.arguments.limit:
            return
        now = self.store.clock().astimezone(UTC)
        young, checked = (now - RECHECKED).isoformat(), (now - RECHECKS[0][1]).isoformat()
        for url, record in self.store.state.all(
            "SELECT url, record_id FROM urls WHERE kind = 'stored' AND first_seen > ? AND checked_at < ?",
            young,
            checked,
        ):
            known = self.store.known(str(record))
            if known is not None and known.url == url:
                yield Entry(url=str(url), kind="article", via="seed", position=PER_PAGE)

    def _ask(self, entry: Entry, url: str, documents: tuple[Document, ...] = ()) -> Request:
        return Request(
            self.plan.addresses.to_fetch(url),
            callback=self.visit,
            errback=self.fail,
            headers=self._validators(entry) if entry.kind == "article" and not documents else {},
            cb_kwargs={"entry": entry, "documents": documents},
            meta={"mapexpress_entry": entry, "mapexpress_kind": entry.kind},
            priority=PRIORITY[entry.kind],
            dont_filter=True,  # the frontier knows what was asked
        )

    def _validators(self, entry: Entry) -> dict[str, str]:
        """Headers of a conditional request, where the article is stored."""
        outcome = self.store.outcome(entry.url)
        if outcome is None or outcome.kind != "stored" or self.arguments.full:
            return {}
        given = {"If-None-Match": outcome.etag, "If-Modified-Since": outcome.last_modified}
        return {name: value for name, value in given.items() if value}

    # Answers.

    def visit(self, response: Response, entry: Entry, documents: tuple[Document, ...]) -> list[Output]:
        """Every answer: a page of a way in, or of an article. A bug leaves the entry open for the next run."""
        outputs: list[Output] | None = None
        try:
            outputs = list(self._visit(response, entry, documents))
        finally:
            if not outputs:
                self._release(entry)
        return outputs

    def _visit(self, response: Response, entry: Entry, documents: tuple[Document, ...]) -> Iterator[Output]:
        reason = self._refusal(response, entry)
        if response.status == 304:
            self._count("unchanged")
            self.store.checked(url=entry.url)
            self.frontier.close(entry.url)
        elif documents and response.status in (404, 410):  # the pager promised one page too many
            yield from self._article(None, entry, documents)
        elif reason:
            yield from self._refused(entry, reason, response.status)
        elif entry.kind == "article":
            yield from self._article(response, entry, documents)
        else:
            self.refused_in_a_row = 0
            {"home": self._home, "feed": self._feed, "rest": self._rest, "sitemap": self._sitemap,
             "listing": self._listing}[entry.kind](response, entry)  # fmt: skip

    def fail(self, failure: Failure) -> list[Output]:
        """A download that failed: a rejection with its reason, unless the run was interrupted or it is our bug."""
        entry: Entry = failure.request.cb_kwargs["entry"]  # type: ignore[attr-defined]
        error = failure.value or RuntimeError("a failure without an exception")
        reason = failure_reason(error)
        outputs: list[Output] = []
        if isinstance(error, DownloadCancelledError) and "interrupted" in str(error):
            pass
        elif reason is None:
            self._note_bug(error)
        else:
            if reason == "robots":
                self._count("blocked/robots")
            outputs = list(self._refused(entry, reason, None, str(error)))
        if not outputs:
            self._release(entry)
        return outputs

    def _refused(self, entry: Entry, reason: str, status: int | None, detail: str = "") -> Iterator[Rejection]:
        if entry.kind != "article":
            logger.info("%s %s: %s", entry.kind, entry.url, reason)
            guesses = self._guess_ways(entry) if entry.kind == "home" else self.plan.next_guess(entry)
            away = reason in UNREACHABLE
            if away:
                self._count(f"away/{reason}")
            passes = away or reason == "truncated" or (status or 0) >= 500
            self.frontier.expand(entry, [] if away else guesses, failed=passes and self.arguments.walks_back)
            return
        yield Rejection(
            url=entry.url,
            stage="fetch",
            reason=reason,
            detail=" ".join(detail.split())[:300] or None,
            site=self.site.key,
            http_status=status,
            discovered_via=entry.via,
        )

    def _refusal(self, response: Response, entry: Entry) -> str | None:
        blocked = blocked_by(response.status, response.body, _headers(response), url=response.url, asked=entry.url)
        if blocked:
            self._note_blocked(blocked)
            return blocked
        self.refused_in_a_row = 0
        return f"http_{response.status}" if response.status >= 400 else None

    def _note_blocked(self, reason: Blocked) -> None:
        self._count(f"blocked/{reason}")
        self.refused_in_a_row += 1
        if self.refused_in_a_row == BLOCKED_IN_A_ROW:
            logger.warning("%d refusals in a row: the run ends here", BLOCKED_IN_A_ROW)
            _schedule_coro(self.crawler.engine.close_spider_async(reason="blocked"))

    # Ways in.

    def _home(self, response: Response, entry: Entry) -> None:
        page = self._page(response)
        declared = self.plan.ways_in(
            entry,
            find_ways(self._public(response), page=page),
            self.sitemaps.get(urlparse_cached(response).netloc, ()),
        )
        self.frontier.expand(entry, [*declared, *self._read(page, entry)])

    def _guess_ways(self, entry: Entry) -> list[Entry]:
        netloc = urlparse_cached(Request(self.plan.addresses.to_fetch(entry.url))).netloc
        return list(self.plan.ways_in(entry, find_ways(entry.url), self.sitemaps.get(netloc, ())))

    def _feed(self, response: Response, entry: Entry) -> None:
        self._take_in(entry, parse_feed(response.body, self._public(response)))

    def _sitemap(self, response: Response, entry: Entry) -> None:
        self._take_in(entry, parse_sitemap(response.body, self._public(response)))

    def _rest(self, response: Response, entry: Entry) -> None:
        state, key = self.store.state, f"home:{entry.edition}"
        if "/wp/v2/" in entry.url:
            found = parse_posts(response.body, entry.url, _headers(response))
            self._take_in(entry, self.plan.at_home(found, state.meta(key), entry.edition))
            return
        root = parse_root(response.body)
        if root.home:
            state.put_meta(key, root.home)
        more = self.plan.next_guess(entry) if root.problem else self.plan.collections(entry, root.types)
        self.frontier.expand(entry, more)

    def _listing(self, response: Response, entry: Entry) -> None:
        self.frontier.expand(entry, self._read(self._page(response), entry))

    def _read(self, page: Page, entry: Entry) -> list[Entry]:
        """Entries for the articles, sections and following page of a listing."""
        if "listing" not in self.arguments.via:
            return []
        found = self._onwards(entry, read_listing(page, site=self.site))
        digs = entry.kind == "home" or self.arguments.walks_back
        return self.plan.expand(entry, found, sections=section_links(page) if digs else ())

    def _take_in(self, entry: Entry, found: Found) -> None:
        if found.problem:
            logger.info("%s %s: %s", entry.kind, entry.url, found.problem)
        guesses = self.plan.next_guess(entry) if found.problem and not found.links else ()
        self.frontier.expand(entry, [*self.plan.expand(entry, self._onwards(entry, found)), *guesses])

    def _onwards(self, entry: Entry, found: Found) -> Found:
        """What was found, without the following page where a pager turns in circles: it shows what it just showed."""
        recent = self.pagers.setdefault((entry.kind, entry.edition), deque(maxlen=RECENT_LINKS))
        links = [hash(link.url) for link in found.links]
        circles = entry.position > 0 and all(link in recent for link in links)
        recent.extend(links)
        return replace(found, next_pages=()) if circles else found

    # Articles.

    def _article(self, response: Response | None, entry: Entry, documents: tuple[Document, ...]) -> Iterator[Output]:
        """A record, or the request for the article's next page; without a response there is none."""
        if response is not None:
            documents = (*documents, self._document(response, entry))
        alias = self._other_name(entry, documents[0].url)
        following = self._following(response, documents) if response is not None and not alias else None
        if following:
            yield self._ask(entry, following, documents)
            return
        record = alias or build(documents, site=self.site)
        asked = self._as_asked(entry, record) if isinstance(record, Article) else record
        if asked is not None:
            yield asked

    def _following(self, response: Response, documents: tuple[Document, ...]) -> str | None:
        """The next page of an article over several pages; None at its end, or where its pager turns in circles."""
        asked = {identity(d.url) for d in documents if d.url}
        pages = article_pages(self._page(response)) if len(documents) < MAX_PAGES else ()
        return next((url for url in pages if identity(url) not in asked and self.plan.addresses.owns(url)), None)

    def _document(self, response: Response, entry: Entry) -> Document:
        meta = response.meta
        return Document(
            body=response.body,
            url=self._public(response),
            content_type=(response.headers.get("Content-Type") or b"").decode("latin-1") or None,
            status=response.status,
            headers=_headers(response),
            fetched_at=meta.get("fetched_at"),
            discovered_via=entry.via,
            warc_record_id=meta.get("warc_record_id"),
            source_id=entry.source_id,
        )

    def _as_asked(self, entry: Entry, record: Article) -> Article | Rejection | None:
        """The record, or None when it is not asked for, or a rejection when it is another entry's article."""
        day = local_day(record.date_published, self.plan.zone) if record.date_published else None
        if not (
            self.arguments.wants_day(day)
            and self.plan.wants_section(record.url, record.section)
            and self.plan.wants_language(record.language)
        ):
            self._count("left_out")
            self.frontier.close(entry.url)
            return None
        return self._other_name(entry, record.canonical_url) or record

    def _other_name(self, entry: Entry, address: str | None) -> Rejection | None:
        """A rejection where `address`, which the page says it is, is an article of this walk under its own name."""
        if not address or identity(address) == identity(entry.url) or not self.frontier.holds(address):
            return None
        return Rejection(
            url=entry.url,
            stage="page",
            reason="duplicate",
            detail=f"another address of {address}",
            site=self.site.key,
            discovered_via=entry.via,
        )

    # What became of an entry.

    def _item_settled(self, item: object, response: Response | Failure | None) -> None:
        entry = _entry_of(response)
        if entry is None or not isinstance(item, Article | Rejection):
            return
        if isinstance(item, Article) and item.url and identity(item.url) != identity(entry.url):
            self.store.settle(entry.url, item.url)
        self.frontier.close(entry.url)
        self._release(entry)

    def _item_failed(self, response: Response | Failure | None) -> None:
        entry = _entry_of(response)
        if entry is not None:
            self._release(entry)

    def _release(self, entry: Entry) -> None:
        self.under_way.pop(entry.url, None)
        self.wake.set()

    # Small things.

    def _page(self, response: Response) -> Page:
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1") or None
        encoding = detect_encoding(response.body, content_type)
        return parse(response.body, url=self._public(response), encoding=encoding)

    def public(self, url: str) -> str:
        """The public address of a fetched one."""
        return self.plan.addresses.to_public(url)

    def _public(self, response: Response) -> str:
        return canonicalize(self.plan.addresses.to_public(response.url))

    def _robots(self, robotparser: object, request: Request) -> None:
        rules = getattr(robotparser, "rp", None)
        self.sitemaps[urlparse_cached(request).netloc] = tuple(getattr(rules, "sitemaps", ()))

    def _count(self, name: str, count: int = 1) -> None:
        self.crawler.stats.inc_value(f"mapexpress/{name}", count)

    def _note_bug(self, error: BaseException) -> None:
        if not isinstance(error, MapexpressError):  # those end the run with their own line
            logger.error("unexpected error", exc_info=error)
        outcome = self.crawler.get_extension(RunOutcome)
        if outcome is not None:
            outcome.note(error)


def _headers(response: Response) -> dict[str, str]:
    """Headers by lower-cased name; of several the first."""
    return {
        name.decode("latin-1").lower(): values[0].decode("latin-1")
        for name, values in response.headers.items()
        if values
    }


def _entry_of(response: Response | Failure | None) -> Entry | None:
    request = getattr(response, "request", None)
    entry = request.meta.get("mapexpress_entry") if request is not None else None
    return entry if isinstance(entry, Entry) else None
