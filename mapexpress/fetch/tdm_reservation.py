"""`/.well-known/tdmrep.json`: what of a host is reserved for text and data mining, asked once before its first article.

The file on the origin server of the TDM Reservation Protocol (W3C Community Group report, 2024): an array of
`{"location", "tdm-reservation", "tdm-policy"}`, locations being patterns as in robots.txt (RFC 9309).
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from mapexpress.dataset.state.visits import Visit, Visits
from mapexpress.fetch.run import run_of, store_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

WELL_KNOWN = "/.well-known/tdmrep.json"
MAX_RULES = 1000  # of one file; the published ones have a handful
PRIORITY = 1000  # before the articles that wait for it, as Scrapy asks for robots.txt


@dataclass(slots=True, frozen=True)
class Rule:
    """One location: its literal parts, between which anything may stand."""

    parts: tuple[str, ...]
    to_the_end: bool
    reserved: bool

    def fits(self, path: str) -> bool:
        """Whether a path with its query is meant; in time linear in it, whatever the pattern.

        >>> Rule(("/a", "/c"), True, True).fits("/ab/c"), Rule(("/a", "/c"), True, True).fits("/ab/cd")
        (True, False)
        """
        first, *others = self.parts
        if not path.startswith(first):
            return False
        place = len(first)
        last = others.pop() if others and self.to_the_end else None
        for part in others:
            place = path.find(part, place)
            if place < 0:
                return False
            place += len(part)
        if last is not None:
            return path.endswith(last) and len(path) - len(last) >= place
        return place == len(path) or not self.to_the_end


def parse_reservations(body: bytes) -> tuple[Rule, ...]:
    """The rules of a tdmrep.json, the longest location first; one that breaks the protocol reserves nothing.

    >>> rules = parse_reservations(b'[{"location": "/", "tdm-reservation": 1},'
    ...                            b' {"location": "/libre/*", "tdm-reservation": 0}]')
    >>> is_reserved(rules, "/actualite/pluie/"), is_reserved(rules, "/libre/pluie/"), is_reserved((), "/")
    (True, False, None)
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ()
    found: list[tuple[int, Rule]] = []
    for entry in (value if isinstance(value, list) else [value])[:MAX_RULES]:
        location = entry.get("location") if isinstance(entry, dict) else None
        reserved = str(entry.get("tdm-reservation")) if isinstance(entry, dict) else ""
        if isinstance(location, str) and location.startswith(("/", "*")) and reserved in ("0", "1"):
            rule = Rule(tuple(location.removesuffix("$").split("*")), location.endswith("$"), reserved == "1")
            found.append((len(location), rule))
    found.sort(key=lambda pair: (-pair[0], not pair[1].reserved))
    return tuple(rule for _, rule in found)


def is_reserved(rules: tuple[Rule, ...], path: str) -> bool | None:
    """What the most specific rule says of a path with its query, as in RFC 9309; None where none speaks of it."""
    return next((rule.reserved for rule in rules if rule.fits(path)), None)


class Reserved(IgnoreRequest):
    """An article that tdmrep.json reserves for its publisher; raised by `ReservationMiddleware`."""


class ReservationMiddleware:
    """Ask a host for its tdmrep.json before its first article, and leave reserved articles unasked.

    With MAPEXPRESS_STORE_RESERVED they are fetched; what the file says is in `request.meta["tdm_reserved"]`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.store_reserved = crawler.settings.getbool("MAPEXPRESS_STORE_RESERVED")
        self._hosts: dict[str, asyncio.Task[tuple[Rule, ...]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ReservationMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises Reserved."""
        if request.meta.get("mapexpress_kind") != "article":
            return
        address = urlparse_cached(request)
        if address.netloc not in self._hosts:
            asking = self._ask(f"{address.scheme}://{address.netloc}{WELL_KNOWN}")
            self._hosts[address.netloc] = asyncio.ensure_future(asking)
        rules = await asyncio.shield(self._hosts[address.netloc])
        public = urlsplit(run_of(self.crawler).public(request.url))
        path = f"{public.path or '/'}?{public.query}" if public.query else public.path or "/"
        reserved = is_reserved(rules, path)
        request.meta["tdm_reserved"] = reserved
        if reserved and not self.store_reserved:
            raise Reserved(f"{WELL_KNOWN} reserves it")

    async def _ask(self, url: str) -> tuple[Rule, ...]:
        """The rules of a host; none where the file cannot be had, nor for a day where there is none."""
        store = store_of(self.crawler)
        visits, now = Visits(store.state), store.clock()
        last = visits.last(url, WELL_KNOWN)
        if last is not None and last.is_absent(now):
            return ()
        request = Request(url, priority=PRIORITY, callback=NO_CALLBACK, meta={"mapexpress_kind": "tdmrep"})
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # whatever goes wrong is the site's; its articles are asked for all the same
            logger.info("%s: %s", url, " ".join(str(error).split())[:200] or type(error).__name__)
            return ()
        visits.put(Visit(url=url, asked=WELL_KNOWN, checked_at=now, status=response.status))
        return parse_reservations(response.body) if response.status == 200 else ()
