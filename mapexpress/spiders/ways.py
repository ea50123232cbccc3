"""Answers of the ways in, as entries for the frontier: homes, feeds, REST, sitemaps, listings."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urljoin, urlsplit

from mapexpress.dataset.frontier import Entry, Kind
from mapexpress.discovery.archives import archive_pages
from mapexpress.discovery.feeds import parse_feed
from mapexpress.discovery.links import Found
from mapexpress.discovery.listings import read_listing
from mapexpress.discovery.sections import section_links
from mapexpress.discovery.sitemaps import parse_sitemap
from mapexpress.discovery.ways import find_ways, folder_of, guessed_below
from mapexpress.discovery.wordpress import parse_posts, parse_root
from mapexpress.extraction.blocked import detect_block
from mapexpress.hosts import same_family
from mapexpress.spiders.answers import headers_of, page_of
from mapexpress.spiders.revisits import MODIFIED_AFTER
from mapexpress.spiders.traps import Traps
from mapexpress.urls import canonicalize, identity, is_address

if TYPE_CHECKING:
    from scrapy.http import Response

    from mapexpress.confined.messages import Reading
    from mapexpress.dataset.clock import Clock
    from mapexpress.dataset.state import State
    from mapexpress.extraction.blocked import BlockKind
    from mapexpress.page import Page
    from mapexpress.spiders.plan import Plan

logger = logging.getLogger(__name__)

RECENT_LINKS = 5000  # of one pager, kept to notice when it turns in circles: 50 of the fullest listing pages
GUESS_AGAIN = timedelta(days=30)  # a site seldom gets its first feed or sitemap, and a guess costs up to 16 requests
GUESSED: tuple[Kind, ...] = ("feed", "rest", "sitemap")
SCOPE = "scope"  # where it keeps the folder that an edition is
FEWEST_IN_FOLDER = 3  # articles of a home that say so
HOMES = "homes"  # where the state keeps the addresses that homes answered under


@dataclass(slots=True)
class WaysIn:
    """Reads what the ways in answer. Remembers, in bounded memory, what each pager has just shown."""

    plan: Plan
    state: State
    sitemaps: Mapping[str, tuple[str, ...]]  # of robots.txt, by host and port
    clock: Clock
    walled: Callable[[BlockKind], None]  # told where a home or listing is a wall or an empty shell
    traps: Traps = field(default_factory=Traps)
    limited: Callable[[Entry, str, str], None] = lambda entry, reason, why: None  # told of a way that was read in part
    _pagers: dict[str, deque[int]] = field(default_factory=dict)  # by the page that is to be asked next

    def __post_init__(self) -> None:
        for home in (self.state.meta(HOMES) or "").split():
            self.plan.addresses.adopt(home)

    def read(self, response: Response, entry: Entry, reading: Reading | None = None) -> list[Entry]:
        """What the answer of a way in adds to the frontier; `reading` is what a heavy one says."""
        if reading is not None and reading.found is not None:
            entries = self._take_in(entry, reading.found)
        else:
            entries = _READERS[entry.kind](self, response, entry)
        return list(self.traps.without(entries))

    def guess(self, entry: Entry, *, missing: bool = True) -> list[Entry]:
        """What is worth asking where a way in gave no answer; `missing`: there is no such page, it did not fail."""
        if entry.kind != "home":
            return self._next_guess(entry, missing=missing)
        return self._ways_in(entry, entry.url, self.plan.addresses.to_fetch(entry.url))

    def public(self, response: Response, entry: Entry) -> str:
        """The public address of a response, in its canonical form."""
        return canonicalize(self.plan.addresses.to_public(response.url, entry.url))

    def _ways_in(self, entry: Entry, home: str, fetched: str, page: Page | None = None) -> list[Entry]:
        hopeless = [kind for kind in GUESSED if self._tried(kind, folder_of(home))]
        ways = find_ways(home, page=page)
        return list(self.plan.ways_in(entry, ways, self._sitemaps_of(fetched), hopeless=hopeless))

    def _next_guess(self, entry: Entry, *, missing: bool) -> list[Entry]:
        following = list(self.plan.next_guess(entry))
        below = guessed_below(entry.kind, entry.url)
        if missing and not following and below is not None:
            self.state.put_meta(f"no {entry.kind} below {below[0]}", self.clock().astimezone(UTC).isoformat())
        return following

    def _tried(self, kind: Kind, home: str) -> bool:
        """Whether all well-known addresses of a way were asked in vain not long ago."""
        tried = self.state.meta(f"no {kind} below {home}")
        return tried is not None and self.clock() - datetime.fromisoformat(tried) < GUESS_AGAIN

    def _sitemaps_of(self, fetched: str) -> tuple[str, ...]:
        return self.sitemaps.get(urlsplit(fetched).netloc, ())

    def _home(self, response: Response, entry: Entry) -> list[Entry]:
        url = self.public(response, entry)
        if not self._take_home(url, entry):
            return []
        page = page_of(response, url)
        declared = self._ways_in(entry, url, response.url, page)
        if not any(found.kind == "home" for found in declared):
            self._take_scope(page, entry)
        return [*declared, *self._links(page, entry)]

    def _take_scope(self, page: Page, entry: Entry) -> None:
        """Learn that the site is a folder of its host: that was asked for, and all articles of its home lie in it.

        What names the whole host (the sitemaps of robots.txt) then names other sites too.
        """
        folder = identity(folder_of(entry.url)) + "/"
        if folder.count("/") == 1:
            return
        shown = [identity(self.plan.addresses.to_public(link.url)) for link in read_listing(page).links]
        if len(shown) >= FEWEST_IN_FOLDER and all(link.startswith(folder) for link in shown):
            self.state.put_meta(f"{SCOPE}:{entry.edition}", folder)

    def _take_home(self, url: str, entry: Entry) -> bool:
        """Learn the host and scheme of the site's pages from a home, for this run and one that goes on with it.

        False where it leads to another site.
        """
        addresses = self.plan.addresses
        if not addresses.owns(url) and not same_family(url, entry.url):
            logger.warning("%s leads to another site: to crawl that one, give its address: %s", entry.url, url)
            return False
        addresses.adopt(url)
        self.state.put_meta(HOMES, " ".join(addresses.homes))
        return True

    def _feed(self, response: Response, entry: Entry) -> list[Entry]:
        return self._take_in(entry, parse_feed(response.body, self.public(response, entry)))

    def _sitemap(self, response: Response, entry: Entry) -> list[Entry]:
        found: Found = parse_sitemap(response.body, self.public(response, entry))
        scope = self.state.meta(f"{SCOPE}:{entry.edition}")
        if scope is not None and not identity(entry.url).startswith(scope):
            within = (
                link for link in found.links if identity(self.plan.addresses.to_public(link.url)).startswith(scope)
            )
            found = replace(found, links=tuple(within))
        return self._take_in(entry, found)

    def _rest(self, response: Response, entry: Entry) -> list[Entry]:
        if "/wp/v2/" in entry.url:
            return self._take_in(entry, self.collection(response, entry))
        root = parse_root(response.body)
        if root.home:
            self.state.put_meta(f"home:{entry.edition}", root.home)
        if root.problem:
            return self._next_guess(entry, missing=True)
        return list(self.plan.collections(entry, root.types))

    def collection(self, response: Response, entry: Entry) -> Found:
        """The links of a page of a REST collection, at the site's public addresses."""
        asked = entry.url
        if MODIFIED_AFTER in response.url and MODIFIED_AFTER not in asked:
            asked += "&orderby=modified&" + response.url.partition("&orderby=modified&")[2]
        found: Found = parse_posts(response.body, asked, headers_of(response))
        if MODIFIED_AFTER in asked and not self._only_changed(found, asked):
            found = replace(found, next_pages=())  # before WordPress 5.7: it knows nothing of the argument
        return self.plan.at_home(found, self.state.meta(f"home:{entry.edition}"), entry.edition)

    def _only_changed(self, found: Found, asked: str) -> bool:
        since = self.plan.moment(parse_qs(urlsplit(asked).query)[MODIFIED_AFTER][0]) or 0.0
        return all((self.plan.moment(link.modified_hint) or 0.0) > since for link in found.links)

    def _listing(self, response: Response, entry: Entry) -> list[Entry]:
        return self._links(page_of(response, self.public(response, entry)), entry)

    def _links(self, page: Page, entry: Entry) -> list[Entry]:
        """Entries for the articles, sections and following page of a listing."""
        arguments = self.plan.arguments
        shown = read_listing(page, site=self.plan.site)
        if not shown.links and (wall := detect_block(page)):
            logger.info("%s %s: %s", entry.kind, entry.url, wall.evidence)
            self.walled(wall.kind)
        if "listing" not in arguments.via:
            return []
        found = self._onwards(entry, shown)
        digs = entry.kind == "home" or arguments.walks_back
        sections = section_links(page) if digs else ()
        if arguments.walks_back and not shown.next_pages:
            sections += archive_pages(page)
        return self.plan.expand(entry, found, sections=sections)

    def _take_in(self, entry: Entry, found: Found) -> list[Entry]:
        if found.problem:
            logger.info("%s %s: %s", entry.kind, entry.url, found.problem)
        if found.cut:
            self.limited(entry, found.cut, found.problem or "")
        guesses = self._next_guess(entry, missing=True) if found.problem and not found.links else ()
        return [*self.plan.expand(entry, self._onwards(entry, found)), *guesses]

    def _onwards(self, entry: Entry, found: Found) -> Found:
        """What was found, without the following page where a pager turns in circles: it shows what it just showed.

        Only its own pages count: what a home page shows too says nothing about where a section ends.
        """
        longest = max(map(len, self._addresses(found)), default=0)
        if longest > self.plan.longest:
            self.limited(entry, "address_too_long", f"it leads to an address of {longest} characters")
        shown = self._pagers.pop(identity(entry.url), None)
        recent = deque(maxlen=RECENT_LINKS) if shown is None else shown
        links = [hash(identity(link.url)) for link in found.links]
        if entry.position > 0 and all(link in recent for link in links):
            return replace(found, next_pages=())
        recent.extend(links)
        for url in found.next_pages:
            self._pagers[identity(self.plan.addresses.to_public(url))] = recent
        return found

    @staticmethod
    def _addresses(found: Found) -> Iterator[str]:
        yield from (link.url for link in found.links)
        yield from found.children
        yield from found.next_pages


def named_sitemaps(robots: str, given: Iterable[str]) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names, whole: some write `/sitemap.xml`, or what is no address at all.

    >>> named_sitemaps("https://news.example/robots.txt", ["/map.xml", "https://cdn.example/m.xml", "none:"])
    ('https://news.example/map.xml', 'https://cdn.example/m.xml')
    """
    whole = [urljoin(robots, url.strip()) for url in given if is_address(url)]
    return tuple(url for url in whole if url.startswith(("http://", "https://")) and is_address(url))


_READERS = {
    "home": WaysIn._home,
    "feed": WaysIn._feed,
    "rest": WaysIn._rest,
    "sitemap": WaysIn._sitemap,
    "listing": WaysIn._listing,
}
