"""Answers of the ways in, as entries for the frontier: homes, feeds, REST, sitemaps, listings, and what each shows."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from mapexpress.crawl.requests.revisits import MODIFIED_AFTER
from mapexpress.crawl.requests.traps import Traps
from mapexpress.crawl.responses import content_type_of, headers_of
from mapexpress.crawl.ways.failing import FailingWays
from mapexpress.crawl.ways.kept import KeptWays
from mapexpress.crawl.ways.shown import Shown, addresses_of, read_shown, within
from mapexpress.dataset.state.frontier import Entry, Kind
from mapexpress.discovery.declared_ways import Ways, find_ways, folder_of, guessed_below
from mapexpress.discovery.feeds import parse_feed
from mapexpress.discovery.sitemaps import parse_sitemap
from mapexpress.discovery.wordpress import parse_posts, parse_root
from mapexpress.sites.address_map import same_family
from mapexpress.web.addresses import canonicalize, identity

if TYPE_CHECKING:
    from scrapy.http import Response

    from mapexpress.crawl.requests.plan import Plan
    from mapexpress.crawl.workers.confined.messages import Reading
    from mapexpress.crawl.workers.thread import PageThread
    from mapexpress.dataset.clock import Clock
    from mapexpress.dataset.state.database import State
    from mapexpress.dataset.state.frontier import Entry
    from mapexpress.extraction.blocked import BlockKind
    from mapexpress.model.link import Found

logger = logging.getLogger(__name__)

RECENT_LINKS = 5000  # of one pager, kept to notice when it turns in circles: 50 of the fullest listing pages
GUESS_AGAIN = timedelta(days=30)  # a site seldom gets its first feed or sitemap, and a guess costs up to 16 requests
GUESSED: tuple[Kind, ...] = ("feed", "rest", "sitemap")
SCOPE = "scope"  # where it keeps the folder that an edition is
HOMES = "homes"  # where the state keeps the addresses that homes answered under


@dataclass(slots=True, frozen=True)
class Led:
    """What a way in leads to: entries for the frontier, and the posts of a REST answer as they were found."""

    entries: list[Entry]
    collection: Found | None = None


@dataclass(slots=True)
class WaysIn:
    """Reads what the ways in answer. Remembers, in bounded memory, what each pager has just shown.

    Parsing, and what is done for each of many links, is work for `thread`; the state is for the event loop only.
    """

    plan: Plan
    thread: PageThread
    state: State
    sitemaps: Mapping[str, tuple[str, ...]]  # of robots.txt, by host and port
    clock: Clock
    kept: KeptWays
    failing: FailingWays
    walled: Callable[[BlockKind], None]  # told where a home or listing is a wall or an empty shell
    moved: Callable[[str], None]  # told in a sentence where a home leads to another site
    traps: Traps = field(default_factory=Traps)
    # told of a way that was read in part
    limited: Callable[[Entry, str, str], None] = lambda _entry, _reason, _why: None
    _pagers: dict[str, deque[int]] = field(default_factory=dict)  # by the page that is to be asked next

    def __post_init__(self) -> None:
        for home in (self.state.meta(HOMES) or "").split():
            self.plan.addresses.adopt(home)

    async def read(self, response: Response, entry: Entry, reading: Reading | None = None) -> Led:
        """What the answer of a way in leads to; `reading` is what a heavy one says.

        One answer at a time. Raises ReadingCancelledError when the run ends.
        """
        collection: Found | None = None
        if entry.kind in ("feed", "sitemap"):
            found = reading.found if reading is not None else None
            entries = await self._file(response, entry, found)
        elif entry.kind == "rest" and "/wp/v2/" in entry.url:
            collection = await self._collection(response, entry)
            entries = await self._take_in(entry, collection)
        elif entry.kind == "rest":
            entries = await self._rest_root(response, entry)
        else:
            entries = await self._page(response, entry)
        return Led(list(self.traps.without(entries)), collection)

    def guess(self, entry: Entry, *, missing: bool = True) -> list[Entry]:
        """What is worth asking where a way in gave no answer; `missing`: there is no such page, it did not fail."""
        if entry.kind != "home":
            return self._next_guess(entry, missing=missing)
        return self._ways_in(entry, entry.url, self.plan.addresses.to_fetch(entry.url))

    def public(self, response: Response, entry: Entry) -> str:
        """The public address of a response, in its canonical form."""
        return canonicalize(self.plan.addresses.to_public(response.url, entry.url))

    def _ways_in(self, entry: Entry, home: str, fetched: str, ways: Ways | None = None) -> list[Entry]:
        hopeless = [k for k in GUESSED if not self.plan.arguments.full and self._tried(k, folder_of(home))]
        ways = ways or find_ways(home)
        sitemaps, digs = self._sitemaps_of(fetched), self._digs(folder_of(home))
        entries = list(self.plan.ways_in(entry, ways, sitemaps, hopeless=hopeless, digs=digs))
        via, asks_all = self.plan.arguments.via, not self.plan.takes_new
        entries += (way for way in self.kept.due(entry.edition, at_once=asks_all) if way.via in via)
        return entries

    def _next_guess(self, entry: Entry, *, missing: bool) -> list[Entry]:
        following = list(self.plan.next_guess(entry))
        below = guessed_below(entry.kind, entry.url)
        if missing and not following and below is not None:
            self.state.put_meta(f"no {entry.kind} below {below[0]}", self.clock().astimezone(UTC).isoformat())
        return following

    def _tried(self, kind: Kind, home: str) -> bool:
        """Whether all well-known addresses of a way were asked in vain not long ago."""
        tried = self.state.meta(f"no {kind} below {home}")
        return tried is not None and timedelta() <= self.clock() - datetime.fromisoformat(tried) < GUESS_AGAIN

    def _digs(self, home: str) -> bool:
        """Whether a sitemap is guessed beside other ways: at first, and as long after as another guess is worth it.

        One that shows what they do not is kept from then on.
        """
        now, key = self.clock(), f"sitemap guessed below {home}"
        last = self.state.meta(key)
        if last is not None and timedelta() <= now - datetime.fromisoformat(last) < GUESS_AGAIN:
            return False
        self.state.put_meta(key, now.astimezone(UTC).isoformat())
        return True

    def _sitemaps_of(self, fetched: str) -> tuple[str, ...]:
        return self.sitemaps.get(urlsplit(fetched).netloc, ())

    async def _page(self, response: Response, entry: Entry) -> list[Entry]:
        url = self.public(response, entry)
        if entry.kind == "home" and not self._take_home(url, entry):
            return []
        shown = await self.thread.run(
            read_shown, self.plan, entry, response.body, url=url, content_type=content_type_of(response)
        )
        if shown.wall:
            logger.info("%s %s: %s", entry.kind, entry.url, shown.wall.evidence)
            self.walled(shown.wall.kind)
            if shown.wall.kind == "parked":  # whatever is asked of such a host answers the same page
                return []
        declared = []
        if entry.kind == "home":
            declared = self._ways_in(entry, url, response.url, shown.ways)
            if shown.folder is not None and not any(found.kind == "home" for found in declared):
                self.state.put_meta(f"{SCOPE}:{entry.edition}", shown.folder)
        return [*declared, *await self._links(shown, entry)]

    def _take_home(self, url: str, entry: Entry) -> bool:
        """Learn the host and scheme of the site's pages from a home, for this run and one that goes on with it.

        False where it leads to another site.
        """
        addresses = self.plan.addresses
        if not addresses.owns(url) and not same_family(url, entry.url):
            moved = f"{entry.url} leads to another site: to crawl that one, give its address: {url}"
            logger.warning("%s", moved)
            self.moved(moved)
            return False
        addresses.adopt(url)
        self.state.put_meta(HOMES, " ".join(addresses.homes))
        return True

    async def _file(self, response: Response, entry: Entry, found: Found | None) -> list[Entry]:
        """Entries of a feed or a sitemap, which a heavy one's reader has `found` already."""
        if found is None:
            parse = parse_feed if entry.kind == "feed" else parse_sitemap
            found = await self.thread.run(parse, response.body, self.public(response, entry), self.plan.limits)
        scope = self.state.meta(f"{SCOPE}:{entry.edition}") if entry.kind == "sitemap" else None
        if scope is not None and not identity(entry.url).startswith(scope):
            found = await self.thread.run(within, self.plan, found, scope)
        return await self._take_in(entry, found)

    async def _rest_root(self, response: Response, entry: Entry) -> list[Entry]:
        root = await self.thread.run(parse_root, response.body)
        if root.home:
            self.state.put_meta(f"home:{entry.edition}", root.home)
        if root.problem:
            return self._next_guess(entry, missing=True)
        return list(self.plan.collections(entry, root.types))

    async def _collection(self, response: Response, entry: Entry) -> Found:
        """The links of a page of a REST collection, at the site's public addresses."""
        asked = entry.url
        if MODIFIED_AFTER in response.url and MODIFIED_AFTER not in asked:
            asked += "&orderby=modified&" + response.url.partition("&orderby=modified&")[2]
        found = await self.thread.run(parse_posts, response.body, asked, headers_of(response))
        if MODIFIED_AFTER in asked and not self._only_changed(found, asked):
            found = replace(found, next_pages=())  # before WordPress 5.7: it knows nothing of the argument
        return self.plan.at_home(found, self.state.meta(f"home:{entry.edition}"), entry.edition)

    def _only_changed(self, found: Found, asked: str) -> bool:
        since = self.plan.moment(parse_qs(urlsplit(asked).query)[MODIFIED_AFTER][0]) or 0.0
        return all((self.plan.moment(link.modified_hint) or 0.0) > since for link in found.links)

    async def _links(self, shown: Shown, entry: Entry) -> list[Entry]:
        """Entries for the articles, sections and following page of a listing."""
        if "listing" not in self.plan.arguments.via:
            return []
        found = await self._onwards(entry, shown.found)
        return await self.thread.run(self.plan.expand, entry, found, sections=shown.sections)

    async def _take_in(self, entry: Entry, found: Found) -> list[Entry]:
        if found.problem:
            logger.info("%s %s: %s", entry.kind, entry.url, found.problem)
        if found.cut:
            self.limited(entry, found.cut, found.problem or "")
        guesses: list[Entry] = []
        if found.problem and not found.links:
            guesses = self._next_guess(entry, missing=True)
            self.failing.failed(entry, found.problem)
        found = await self._onwards(entry, found)
        return [*await self.thread.run(self.plan.expand, entry, found), *guesses]

    async def _onwards(self, entry: Entry, found: Found) -> Found:
        """What was found, without the following page where a pager turns in circles: it shows what it just showed.

        Only its own pages count: what a home page shows too says nothing about where a section ends.
        """
        links, longest = await self.thread.run(addresses_of, found)
        if longest > self.plan.longest:
            self.limited(entry, "address_too_long", f"it leads to an address of {longest} characters")
        shown = self._pagers.pop(identity(entry.url), None)
        recent = deque(maxlen=RECENT_LINKS) if shown is None else shown
        if entry.position > 0 and all(link in recent for link in links):
            return replace(found, next_pages=())
        recent.extend(links)
        for url in found.next_pages:
            self._pagers[identity(self.plan.addresses.to_public(url))] = recent
        return found
