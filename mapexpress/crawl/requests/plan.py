"""What a run asks next: seeds, and the entries that each discovery page adds to the frontier. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from mapexpress import __version__
from mapexpress.crawl.requests.arguments import Arguments, Way
from mapexpress.crawl.requests.wanted import HINT_SLACK, Wanted
from mapexpress.dataset.state.frontier import Entry, Kind
from mapexpress.discovery.declared_ways import Ways, next_guess
from mapexpress.discovery.wordpress import collection_url
from mapexpress.limits import Limits
from mapexpress.model.link import Found, Link
from mapexpress.model.options import Options
from mapexpress.model.record import Via
from mapexpress.sites import Edition, SiteConfig
from mapexpress.sites.address_map import AddressMap, same_family
from mapexpress.web.addresses import canonicalize, same_site

MAX_URL = 2083  # Scrapy's URLLENGTH_LIMIT, from the old Internet Explorer: longer addresses are traps
NEW_SITEMAPS = 2  # of an index: the month that ends and the one that begins
NEW_LINKS = 100  # of a sitemap in a run that takes what is new: two days of a large agency
NEW_POSTS = 20  # of a REST collection in such a run: twice WordPress's default page
MAX_FEEDS = 12  # declared feeds of one edition that are asked: its own and those of its sections
MAX_LISTINGS = 80  # section listings taken from one page: the fullest navigation seen has 60
MAX_CHANGED = 20  # pages of changed posts that a run asks of one collection: after an outage, or a mass edit
DAY_AND_ZONES = 38 * 3600.0  # seconds from a day's begin in UTC to its end in the last zone
PER_PAGE = 10_000  # positions of one page

VIA_OF: dict[Kind, Via] = {"feed": "feed", "sitemap": "sitemap", "rest": "wp_api", "listing": "listing"}


@dataclass(slots=True, frozen=True, kw_only=True)
class Plan:
    """Everything that decides what is asked, and nothing that changes during a run but the hosts of `addresses`."""

    site: SiteConfig
    arguments: Arguments
    addresses: AddressMap
    longest: int = MAX_URL  # characters of an address that is asked: MAPEXPRESS_MAX_URL
    options: Options | None = None  # what counts as text, where it is not the dataset's policy

    @property
    def wanted(self) -> Wanted:
        """Which articles this run is asked for."""
        return self.arguments.wanted

    @property
    def limits(self) -> Limits:
        """How much of an answer is read."""
        return (self.options or Options()).limits

    @property
    def takes_new(self) -> bool:
        """Whether a run takes what is new, so that what the last run learned of the ways in may spare requests."""
        return not (self.arguments.walks_back or self.arguments.full)

    @property
    def asked(self) -> str:
        """Digest of what the entries of a way in depend on beside its answer: version, site file, arguments, limits."""
        lasting = replace(self.arguments, limit=None, full=False)
        return hashlib.sha256(repr((__version__, self.site, lasting, self.longest, self.limits)).encode()).hexdigest()[
            :16
        ]

    @property
    def zone(self) -> ZoneInfo | None:
        """The site's time zone, where its file names one."""
        return ZoneInfo(self.site.time_zone) if self.site.time_zone else None

    def seeds(self) -> Iterator[Entry]:
        """Entries that a walk starts with: homes, and the ways in that the site file names."""
        for number, edition in enumerate(self.site.editions):
            if not self.wanted.has_language(edition.language):
                continue
            yield Entry(url=canonicalize(edition.home), kind="home", edition=number)
            yield from self._declared(edition, number)

    def _declared(self, edition: Edition, number: int) -> Iterator[Entry]:
        via = self.arguments.via
        if "feed" in via:
            yield from (Entry(url=u, kind="feed", via="feed", edition=number) for u in edition.feeds)
        if "sitemap" in via:
            yield from (Entry(url=u, kind="sitemap", via="sitemap", edition=number) for u in edition.sitemaps)
        if "wp_api" in via and edition.rest:
            if edition.post_types:
                yield from (self._collection(edition.rest, t, number) for t in edition.post_types)
            else:
                yield Entry(url=edition.rest, kind="rest", via="wp_api", edition=number)
        if "listing" in via:
            yield from self._listings(edition.listings, number)

    def ways_in(
        self, page: Entry, ways: Ways, sitemaps: Sequence[str], *, hopeless: Collection[Kind] = (), digs: bool = False
    ) -> Iterator[Entry]:
        """Entries for the ways that a home page and robots.txt declare, and one guess where they declare none.

        `hopeless` are kinds whose well-known addresses were all tried not long ago. `digs`: a sitemap is guessed though
        there are cheaper ways, which may show less.
        """
        via, number = self.arguments.via, page.edition
        edition = self.site.editions[number]
        feeds = dict.fromkeys((*edition.feeds, *ways.feeds[:MAX_FEEDS]))
        maps = dict.fromkeys((*edition.sitemaps, *sitemaps, *ways.sitemaps))
        rest = dict.fromkeys((*([edition.rest] if edition.rest else []), *ways.rest))
        if "feed" in via:
            known = feeds or (ways.guessed_feeds[:1] if "feed" not in hopeless else ())
            yield from self._entries("feed", known, number)
        if "wp_api" in via and not edition.post_types:
            guesses = "rest" not in hopeless and self._digs(bool(feeds), "feed")
            known = rest or (ways.guessed_rest[:1] if guesses else ())
            yield from self._entries("rest", known, number)
        if "sitemap" in via:
            guesses = "sitemap" not in hopeless and (digs or self._digs(bool(feeds or rest), "feed", "wp_api"))
            known = maps or (ways.guessed_sitemaps[:1] if guesses else ())
            yield from self._entries("sitemap", known, number)
        for language, home in ways.editions:
            if self.wanted.has_language(language) and (self.addresses.owns(home) or same_family(home, page.url)):
                self.addresses.own(home)
                yield Entry(url=canonicalize(self.addresses.to_public(home)), kind="home", edition=number)

    def _digs(self, others: bool, *other_ways: Way) -> bool:
        """Whether a way that nothing declares is worth a guess: in archives, where all is asked, or when no cheaper way
        is at hand."""
        return (
            self.arguments.walks_back
            or self.arguments.full
            or not others
            or not any(w in self.arguments.via for w in other_ways)
        )

    def _entries(self, kind: Kind, urls: Iterable[str], edition: int) -> Iterator[Entry]:
        for url in urls:
            public = self.addresses.spell(self.addresses.to_public(url))
            if len(public) <= self.longest:
                yield Entry(url=public, kind=kind, via=VIA_OF[kind], edition=edition)

    def next_guess(self, failed: Entry) -> Iterator[Entry]:
        """The next well-known address to try after one that is none, of the same way."""
        following = next_guess(failed.kind, failed.url)
        if following is not None:
            yield from self._entries(failed.kind, [following], failed.edition)

    def collections(self, root: Entry, types: Iterable[str]) -> Iterator[Entry]:
        """First pages of the collections under a REST root."""
        return (self._collection(root.url, t, root.edition) for t in types)

    def at_home(self, found: Found, believed: str | None, edition: int) -> Found:
        """REST links with the edition's home in the place of the one that WordPress believes in.

        A mirror or a site behind another name serves its pages under an address that its REST answers do not know.
        """
        if not believed or self.addresses.owns(believed):
            return found
        old, home = believed.rstrip("/") + "/", self.site.editions[edition].home
        new = home[: home.rindex("/") + 1]
        links = (replace(link, url=new + link.url.removeprefix(old)) if link.url.startswith(old) else link
                 for link in found.links)  # fmt: skip
        return replace(found, links=tuple(links))

    def _collection(self, root: str, post_type: str, edition: int) -> Entry:
        since, until = self.wanted.since, self.wanted.until
        url = collection_url(
            root,
            post_type,
            per_page=100 if self.arguments.walks_back else NEW_POSTS,
            after=_midnight(since - HINT_SLACK) if since else None,
            before=_midnight(until + HINT_SLACK) if until else None,
            embed=self.arguments.source == "rest",
        )
        return Entry(url=url, kind="rest", via="wp_api", edition=edition)

    def _listings(self, urls: Iterable[str], edition: int) -> Iterator[Entry]:
        public = (self.addresses.spell(self.addresses.to_public(u)) for u in urls)
        kept = [u for u in public if self.addresses.owns(u) and len(u) <= self.longest]
        for url in kept[:MAX_LISTINGS]:
            if not self.wanted.has_language(self._language_of(url)):
                continue  # editions link to one another
            if self.wanted.names_section(url):
                yield Entry(url=canonicalize(url), kind="listing", edition=edition)

    def expand(self, page: Entry, found: Found, *, sections: Iterable[str] = ()) -> list[Entry]:
        """Article entries of a discovery page, and the pages that are to be asked after it."""
        links = list(self._links(page, found))
        entries = [*links, *self._listings(sections, page.edition)]
        if page.kind == "sitemap":
            children = found.children if self.arguments.walks_back else found.children[:NEW_SITEMAPS]
            entries += (
                replace(entry, modified=self._changed(found.changed.get(child)), position=page.position + 1)
                for child in children
                if self.addresses.owns(child) or same_site(child, page.url)  # no request is made for another's index
                for entry in self._entries("sitemap", [child], page.edition)
            )
        if self._goes_on(page, found):
            entries += (
                Entry(
                    url=self._paged(page, url),
                    kind="listing" if page.kind == "home" else page.kind,
                    via=page.via,
                    edition=page.edition,
                    position=page.position + 1,
                )
                for url in found.next_pages
                if len(url) <= self.longest and self.addresses.owns(url)
            )
        return entries

    def _paged(self, page: Entry, url: str) -> str:
        """The public address of a following page; a listing's without sessions and tracking."""
        public = self.addresses.spell(self.addresses.to_public(url))
        return canonicalize(public) if page.kind in ("home", "listing") else public

    def _goes_on(self, page: Entry, found: Found) -> bool:
        """Whether the pages after this one are asked: in archives, and where REST tells what changed."""
        if self.arguments.walks_back:
            return not self.wanted.ends_before(link.date_hint for link in found.links)
        return (
            page.kind == "rest"
            and page.position < MAX_CHANGED
            and any("modified_after=" in u for u in found.next_pages)
        )

    def _changed(self, lastmod: str | None) -> float | None:
        """The last change of a sitemap; of a day its end in any zone, for until then it may change once more."""
        moment = self.moment(lastmod)
        return moment + DAY_AND_ZONES if moment and lastmod and len(lastmod) <= 10 else moment

    def _links(self, page: Entry, found: Found) -> Iterator[Entry]:
        taken = 0
        trusted = _tells_days_apart(link.modified_hint for link in found.links)
        for place, link in enumerate(found.links):
            url = canonicalize(self.addresses.spell(self.addresses.to_public(link.url)))
            if not self._may_be_asked_for(url, link):
                continue
            taken += 1
            if page.kind == "sitemap" and not self.arguments.walks_back and taken > NEW_LINKS:
                return
            yield Entry(
                url=url,
                kind="article",
                via=link.via,
                edition=page.edition,
                position=page.position * PER_PAGE + min(place, PER_PAGE - 1),
                published=self.moment(link.date_hint) or self.moment(link.modified_hint),
                title_hint=link.title_hint,
                source_id=link.source_id,
                modified=self.moment(link.modified_hint) if trusted or len(link.modified_hint or "") > 10 else None,
            )

    def _may_be_asked_for(self, url: str, link: Link) -> bool:
        if len(url) > self.longest or not self.addresses.owns(url):
            return False
        path = unquote(urlsplit(url).path)
        if any(re.search(p, path) for p in self.site.skip_urls):
            return False
        if self.site.article_urls and not any(re.search(p, path) for p in self.site.article_urls):
            return False
        if not self.wanted.has_language(self._language_of(url)):
            return False
        return self.wanted.may_have(link.date_hint, link.modified_hint)

    def _language_of(self, url: str) -> str | None:
        """The language of the edition that an address stands under, where the site file has several."""
        inside = [e for e in self.site.editions if url.startswith(e.home)]
        if len(self.site.editions) < 2 or not inside:
            return None
        return max(inside, key=lambda e: len(e.home)).language

    def moment(self, hint: str | None) -> float | None:
        """Seconds since 1970 of a hint; a day or a local time is taken in the site's zone, a month as its first day."""
        if not hint:
            return None
        try:
            moment = datetime.fromisoformat(hint if len(hint) > 7 else f"{hint}-01")
        except ValueError:
            return None
        return moment.replace(tzinfo=moment.tzinfo or self.zone or UTC).timestamp()


def _tells_days_apart(hints: Iterable[str | None]) -> bool:
    """Whether days of last changes tell of changes: some sites give the day of the sitemap for all that is in it.

    An article is asked again from the day's begin on, so one that changed on the day it was asked waits its turn.

    >>> _tells_days_apart(["2026-05-20", "2026-05-20", None]), _tells_days_apart(["2026-05-20", "2024-01-02"])
    (False, True)
    """
    days = Counter(hint[:10] for hint in hints if hint)
    return bool(days) and max(days.values()) <= days.total() / 2


def _midnight(day: date) -> str:
    return datetime.combine(day, time()).isoformat()
