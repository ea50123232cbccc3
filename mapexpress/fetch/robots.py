"""robots.txt as RFC 9309 wants it: bounded, and while it cannot be had nothing of its host is asked."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from scrapy import signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.robotstxt import ProtegoRobotParser
from twisted.internet.defer import Deferred

from mapexpress.fetch.failures import RobotsUnreachable, failure_reason
from mapexpress.fetch.run import store_of

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

    from mapexpress.dataset.store import SiteStore

logger = logging.getLogger(__name__)

MOST_BYTES = 500 * 1024  # RFC 9309, 2.5: a parser reads at least so much, and may end there
KEPT = timedelta(hours=24)  # RFC 9309, 2.4: a copy that is older is not to be used, unless there is no newer one
GIVEN_UP = timedelta(days=30)  # RFC 9309, 2.3.1.4: what cannot be had for so long may be taken for absent
TOO_MANY_REQUESTS = 429  # a client error by its number, and a busy server by what it says
_AGENT = re.compile(rb"[ \t]*user[- ]?agent[ \t]*:?(?P<name>[^#]*)", re.IGNORECASE)
_ANOTHER = b"User-agent: (another)"


class BoundedRobotParser(ProtegoRobotParser):
    """Protego with a bound on what it reads, and one group for all programs that are not us.

    By itself it notes each rule of a group for each program that the group names: 500 KB can name ten thousand
    programs and twenty thousand rules.
    """

    def __init__(self, robotstxt_body: bytes, spider: Spider | None, agent: str = "") -> None:
        super().__init__(bounded(robotstxt_body, agent), spider)

    @classmethod
    def from_crawler(cls, crawler: Crawler, robotstxt_body: bytes) -> BoundedRobotParser:
        return cls(robotstxt_body, crawler.spider, str(crawler.settings["USER_AGENT"]))


def bounded(body: bytes, agent: str) -> bytes:
    """The part of a robots.txt that is read, by whole lines, with the names of other programs made one.

    >>> bounded(b"User-agent: press\\nUser-agent: mapexpress # us\\nDisallow: /x", "mapexpress/1.0").splitlines()
    [b'User-agent: (another)', b'User-agent: mapexpress # us', b'Disallow: /x']
    """
    if len(body) > MOST_BYTES:
        body = body[: body.rfind(b"\n", 0, MOST_BYTES) + 1]
    ours = agent.lower().encode("utf-8", "replace")
    lines: list[bytes] = []
    for line in body.splitlines():
        named = _AGENT.match(line)
        if named is not None:
            name = named["name"].strip().lower()
            if name != b"*" and not _names_us(name.replace(b"*", b""), ours):
                if lines and lines[-1] == _ANOTHER:
                    continue
                line = _ANOTHER
        lines.append(line)
    return b"\n".join(lines)


def _names_us(name: bytes, ours: bytes) -> bool:
    """Whether Protego takes a group of this name for ours: it stands in our User-Agent, at the beginning of a word."""
    at = ours.find(name) if name else -1
    while at > 0 and (ours[at - 1 : at].isalnum() or ours[at - 1 : at] in b"-_"):
        at = ours.find(name, at + 1)
    return at >= 0


@dataclass(slots=True, frozen=True, kw_only=True)
class Copy:
    """What is remembered of a host's robots.txt: the last one, and since when none can be had."""

    text: str | None = None
    fetched_at: datetime | None = None
    failing_since: datetime | None = None

    @classmethod
    def of(cls, store: SiteStore, host: str) -> Copy:
        """The one that the state of a site holds; an empty one where there is none."""
        value = orjson.loads(store.state.meta(f"robots:{host}") or "{}")
        moments = {
            name: datetime.fromisoformat(value[name]) if value.get(name) else None
            for name in ("fetched_at", "failing_since")
        }
        return cls(text=value.get("text"), **moments)

    def keep(self, store: SiteStore, host: str) -> None:
        """Remember it. Raises StorageError."""
        value: dict[str, Any] = {"text": self.text, "fetched_at": self.fetched_at, "failing_since": self.failing_since}
        store.state.put_meta(f"robots:{host}", orjson.dumps(value).decode())

    def is_fresh(self, now: datetime) -> bool:
        """Whether it may stand for one that cannot be had; one from the future may be of any age."""
        return self.text is not None and self.fetched_at is not None and timedelta() <= now - self.fetched_at <= KEPT


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's, which allows everything where robots.txt fails, as a server in trouble and a broken network do.

    While it fails a copy of the last day is used; without one every request to the host raises RobotsUnreachable.
    After 30 days of it the last copy counts whatever its age, and everything is allowed where there is none. A client
    error (404 and others) means that there is no such file; so does one that redirects without end (2.3.1.2).
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._unreachable: dict[str, RobotsUnreachable] = {}

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raises RobotsUnreachable, and IgnoreRequest for what the file forbids."""
        problem = self._unreachable.get(request.url.split("/", 3)[2])
        if problem is not None:
            raise RobotsUnreachable(str(problem), reason=problem.reason)
        super().process_request_2(rp, request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        failing = response.status >= 500 or response.status == TOO_MANY_REQUESTS
        if failing:
            problem = RobotsUnreachable(f"robots.txt answers {response.status}", reason="robots_unreachable")
            await self._do_without(problem, netloc, request)
            return
        body = response.body if response.status < 400 else b""
        store, parser = self._store(), BoundedRobotParser.from_crawler(self.crawler, body)
        if store is not None:
            text = bounded(body, str(self.crawler.settings["USER_AGENT"])).decode("utf-8", "replace")
            Copy(text=text, fetched_at=store.clock()).keep(store, netloc)
        await self._settle(parser, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        """It was not answered at all; requests to the host would fail as it did, or should not be made."""
        reason = None if type(exc) is IgnoreRequest else failure_reason(exc)
        if reason is None:
            super()._robots_error(exc, netloc)
            return
        waiting = self._parsers[netloc]
        parser = self._copy(RobotsUnreachable(f"robots.txt: {exc}", reason=reason), netloc)
        self._parsers[netloc] = parser
        if isinstance(waiting, Deferred):
            waiting.callback(parser)

    async def _do_without(self, problem: RobotsUnreachable, netloc: str, request: Request) -> None:
        await self._settle(self._copy(problem, netloc), netloc, request)

    async def _settle(self, parser: RobotParser | None, netloc: str, request: Request) -> None:
        if parser is not None:
            await self.crawler.signals.send_catch_log_async(
                signal=signals.robots_parsed, robotparser=parser, request=request
            )
        waiting = self._parsers[netloc]
        self._parsers[netloc] = parser
        if isinstance(waiting, Deferred):
            waiting.callback(parser)

    def _copy(self, problem: RobotsUnreachable, netloc: str) -> RobotParser | None:
        """The parser of a copy that counts, None for everything is allowed; else the host's requests are refused."""
        store = self._store()
        kept = Copy.of(store, netloc) if store is not None else Copy()
        now = store.clock() if store is not None else None
        long = False
        if store is not None and now is not None:
            since = kept.failing_since if kept.failing_since is not None and kept.failing_since <= now else now
            long = now - since > GIVEN_UP
            Copy(text=kept.text, fetched_at=kept.fetched_at, failing_since=since).keep(store, netloc)
        if kept.text is not None and now is not None and (long or kept.is_fresh(now)):
            logger.info("%s: %s; the copy of %s counts", netloc, problem, kept.fetched_at)
            return BoundedRobotParser.from_crawler(self.crawler, kept.text.encode())
        if long:
            logger.warning("%s: %s for 30 days: taken for absent", netloc, problem)
            return None
        logger.warning("%s: %s: nothing is asked there while it cannot be had (RFC 9309)", netloc, problem)
        self._unreachable[netloc] = problem
        return None

    def _store(self) -> SiteStore | None:
        try:
            return store_of(self.crawler)
        except RuntimeError:  # of a project that uses these components without the store
            return None
