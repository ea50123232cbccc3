"""A simulated site: what it answers at each address at the simulation's time, and what it was asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from benchmarks.generated_sites.site import Site as Words
from benchmarks.unattended import documents
from benchmarks.unattended.lives import Life
from benchmarks.unattended.pages import Frame, section_path
from benchmarks.unattended.stories import SECTIONS, Story, there

Role = Literal["robots", "way", "listing", "article", "other"]
FRONT = 12  # stories of the home and of a section's page
MAPPED = 100  # links that an ordinary run takes of a sitemap; a walk back takes all
OLD = timedelta(days=30)  # a sitemap of old articles holds those of this age
HTML, XML, TEXT = "text/html; charset=utf-8", "application/xml; charset=utf-8", "text/plain; charset=utf-8"
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer; `dropped` closes the connection instead."""

    status: int = 200
    body: str = ""
    kind: str = HTML
    location: str = ""
    dropped: bool = False
    more: tuple[tuple[str, str], ...] = ()  # headers

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body.encode()).hexdigest()[:20]}"'


@dataclass(frozen=True, slots=True)
class Hit:
    """A request: the round in which it came, its path, the status answered, what it was for."""

    at: datetime
    target: str
    status: int
    role: Role


@dataclass(slots=True, weakref_slot=True)
class SimulatedSite:
    """`origin` is where it lives at first, `next_origin` where it moves to, `foreign` another site's address."""

    life: Life
    words: Words
    stories: Sequence[Story]
    origin: str
    next_origin: str
    foreign: str
    now: datetime
    hits: list[Hit] = field(default_factory=list)
    in_run: int = 0  # requests of the run that goes on
    _pages: dict[str, Answer] = field(default_factory=dict)
    _by_path: dict[str, Story] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_path = {story.path: story for story in self.stories}

    def begin_run(self, now: datetime) -> None:
        """A run begins at a moment: the site stands still while it lasts."""
        self.in_run = 0
        if now != self.now:
            self.now = now
            self._pages.clear()

    def answer(self, host: str, target: str) -> Answer:
        """The answer to a GET, noted among the hits."""
        self.in_run += 1
        answer, role = self._barred(host, target), self._role(target)
        if answer is None:
            answer = self._pages.get(target)
            if answer is None:
                answer = self._pages[target] = self._plain(target)
        self.hits.append(Hit(self.now, target, answer.status, role))
        return answer

    @property
    def home(self) -> str:
        """The origin that it names itself by now."""
        return self.next_origin if self.life.during("moved", self.now) else self.origin

    def visible(self, now: datetime) -> set[int]:
        """Numbers of the stories that the ways of an ordinary run show at a moment."""
        all_there = there(self.stories, now)
        listed = [s for s in all_there if not s.only_in_sitemap]
        shown = {s.number for s in listed[:FRONT]}
        for n in range(SECTIONS):
            shown |= {s.number for s in [s for s in listed if s.section == n][:FRONT]}
        if "feed" in self.life.ways:
            shown |= {s.number for s in listed[: self.life.feed_length]}
        return shown | {s.number for s in self._mapped(all_there, now)[:MAPPED]}

    # What stands between a visitor and the site.

    def _barred(self, host: str, target: str) -> Answer | None:
        life, now, path = self.life, self.now, urlsplit(target).path
        is_robots, is_article = path == "/robots.txt", self._role(target) == "article"
        if life.during("parked", now):
            return Answer(body=documents.parked(host))
        if life.during("moved", now) and not self.next_origin.endswith(host):
            return Answer(status=301, location=self.next_origin + target)
        if down := life.during("down", now):
            return Answer(dropped=True) if down.how == "dropped" else self._refused(int(down.how))
        if is_robots:
            if fails := life.during("robots_fails", now):
                return self._refused(int(fails.how))
            return None
        if (blocks := life.during("blocks_after", now)) and self.in_run > blocks.count:
            return self._refused(int(blocks.how))
        if (forbidden := life.during("forbidden", now)) and (is_article or forbidden.how == "all"):
            return self._refused(403)
        if life.during("consent", now) and self._role(target) in ("article", "listing"):
            return Answer(body=documents.consent(self.words))
        if (broken := life.during("articles_fail", now)) and is_article:
            return self._missing(200) if broken.how == "soft" else self._refused(int(broken.how))
        if (fails := life.during("feed_fails", now)) and path == "/feed/":
            return self._missing(200) if fails.how == "page" else self._refused(int(fails.how))
        return None

    def _refused(self, status: int) -> Answer:
        words = {403: "Forbidden", 429: "Too Many Requests", 503: "Service Unavailable", 404: "Not Found"}
        if status == 404:
            return self._missing(404)
        title = f"{status} {words.get(status, 'Error')}"
        return Answer(status=status, body=self._frame.notice(title, "nginx", bare=True))

    def _missing(self, status: int) -> Answer:
        text = self.words.words["boxes"][-1]
        return Answer(status=status, body=self._frame.notice("404", text))

    # The site itself.

    @property
    def _frame(self) -> Frame:
        redesign = self.life.during("redesign", self.now)
        listed = [s for s in there(self.stories, self.now) if not s.only_in_sitemap]
        return Frame(
            words=self.words,
            origin=self.home,
            theme=redesign.how if redesign else self.life.theme,
            now=self.now,
            latest=listed[: FRONT * 2],
            feed="feed" in self.life.ways,
            rest="rest" in self.life.ways,
        )

    def _role(self, target: str) -> Role:
        path = urlsplit(target).path
        if path in self._by_path:
            return "article"
        if path == "/robots.txt":
            return "robots"
        if path in ("/feed/", "/sitemap.xml") or path.startswith("/wp-json/"):
            return "way"
        return "listing" if path == "/" or path.startswith("/rubrique-") else "other"

    def _plain(self, target: str) -> Answer:
        path, life, now = urlsplit(target).path, self.life, self.now
        if path == "/robots.txt":
            return Answer(body=self._robots(), kind=TEXT)
        if path == "/feed/" and "feed" in life.ways:
            return Answer(body=self._feed(), kind="application/rss+xml; charset=utf-8")
        if path == "/sitemap.xml" and any("sitemap" in way for way in life.ways):
            rows = [(self.home + s.path, s.modified(now)) for s in self._mapped(there(self.stories, now), now)]
            return Answer(body=documents.sitemap(rows), kind=XML)
        if path.startswith("/wp-json/") and "rest" in life.ways:
            return self._rest(path, dict(parse_qsl(urlsplit(target).query)))
        story = self._by_path.get(path)
        if story is not None:
            if story.is_there(now):
                return Answer(body=self._frame.article(story))
            return self._missing(life.removed_status if now >= story.shown else 404)
        listed = [s for s in there(self.stories, now) if not s.only_in_sitemap]
        if path == "/":
            return Answer(body=self._frame.listing(self.words.name, listed[:FRONT]))
        if path == "/equipe/":
            return Answer(body=self._frame.notice(self.words.nav[0], self.words.words["about"][0]))
        for n in range(SECTIONS):
            own = [s for s in listed if s.section == n]
            for page in range(1, max(2, -(-len(own) // FRONT) + 1)):
                if path == section_path(n, page):
                    older = section_path(n, page + 1) if page * FRONT < len(own) else ""
                    part = own[(page - 1) * FRONT : page * FRONT]
                    return Answer(body=self._frame.listing(self.words.sections[n], part, older=older))
        return self._missing(404)

    def _rest(self, path: str, query: dict[str, str]) -> Answer:
        if path.rstrip("/") == "/wp-json":
            return Answer(body=documents.rest_root(self.words, self.home), kind=JSON)
        listed = [s for s in there(self.stories, self.now) if not s.only_in_sitemap]
        if path.rstrip("/") != "/wp-json/wp/v2/posts":
            return Answer(status=404, body='{"code":"rest_no_route","data":{"status":404}}', kind=JSON)
        status, body, total = documents.rest_posts(listed, query, self.home, self.now)
        pages = -(-total // int(query.get("per_page", "10")))
        more = (("X-WP-Total", str(total)), ("X-WP-TotalPages", str(pages)))
        return Answer(status=status, body=body, kind=JSON, more=more)

    def _robots(self) -> str:
        ban = "/" if self.life.during("robots_ban", self.now) else "/recherche/"
        declared = f"Sitemap: {self.home}/sitemap.xml\n" if "sitemap" in self.life.ways else ""
        return f"User-agent: *\nDisallow: {ban}\n{declared}"

    def _feed(self) -> str:
        lie = self.life.during("feed_lies", self.now)
        listed = [s for s in there(self.stories, self.now) if not s.only_in_sitemap]
        shown = listed[: self.life.feed_length]
        rows = [(self.home + s.path, s.title, s.published, s.at(self.now).lines[0]) for s in shown]
        if lie is not None:
            removed = [s for s in self.stories if s.removed and not s.is_there(self.now) and s.shown < self.now]
            rows = documents.lies(lie.how, rows, home=self.home, foreign=self.foreign, now=self.now, removed=removed)
        return documents.feed(self.words, self.home, rows)

    def _mapped(self, present: Sequence[Story], now: datetime) -> list[Story]:
        """The stories of the sitemap, as it is at a moment."""
        if not any("sitemap" in way for way in self.life.ways):
            return []
        stale = self.life.during("stale_sitemap", now)
        if stale is not None:
            present = [s for s in present if s.shown < stale.begin]
        return [s for s in present if s.published < now - OLD] if "old_sitemap" in self.life.ways else list(present)
