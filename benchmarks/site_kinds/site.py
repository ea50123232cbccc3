"""A generated site: what it answers at each address, and the truth about its articles."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from benchmarks.site_kinds.stories import WORDS, Story

# What a request is for: a way in (robots.txt, feed, sitemap, REST), a listing, an article, or none of these.
Role = Literal["way", "listing", "article", "waste"]
HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer and what a crawl that asks for it does."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    role: Role = "waste"


Handler = Callable[[re.Match[str], dict[str, str]], Answer | None]


@dataclass(slots=True)
class Site:
    """Answers by host, path and query. Parameters that a page does not know change nothing, as on real servers.

    `full_ways` are the ways in that show every article, each by itself; `front` are the stories of the home page.
    """

    kind: str
    lang: str
    origin: str
    stories: Sequence[Story]
    addresses: dict[str, Story] = field(default_factory=dict)  # canonical address of each article
    full_ways: tuple[str, ...] = ()
    front: Sequence[Story] = ()
    hosts: set[str] = field(default_factory=set)  # its own, besides the host of `origin`
    encoding: str = "utf-8"
    missing_status: int = 404
    start: str = "/"
    pages: dict[tuple[str, str], list[tuple[dict[str, str], Answer]]] = field(default_factory=dict)
    rules: list[tuple[re.Pattern[str], Handler]] = field(default_factory=list)

    @property
    def words(self) -> dict[str, Any]:
        """Labels in the site's language."""
        return WORDS[self.lang]

    @property
    def host(self) -> str:
        return urlsplit(self.origin).netloc

    def url(self, path: str) -> str:
        """A path as the site writes it in its links: absolute, percent-encoded."""
        return self.origin + quote(path, safe="/?=&;:%+,.~-_#!()")

    def put(self, path: str, body: str | bytes, role: Role, *, kind: str | None = None, status: int = 200,
            host: str | None = None, **headers: str) -> None:  # fmt: skip
        """Serve a page at a path (with the query that names it, if any)."""
        data = body if isinstance(body, bytes) else body.encode(self.encoding, "xmlcharrefreplace")
        told = {"Content-Type": kind or f"text/html; charset={self.encoding}"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        self._add(path, Answer(body=data, status=status, headers=told, role=role), host)

    def put_robots(self, body: str, *, host: str | None = None) -> None:
        """Serve robots.txt."""
        self.put("/robots.txt", body, "way", kind="text/plain", host=host)

    def move(self, path: str, target: str, role: Role = "waste", *, host: str | None = None, status: int = 301) -> None:
        """Redirect a path."""
        self._add(path, Answer(status=status, headers={"Location": target}, role=role), host)

    def rule(self, pattern: str, handler: Handler) -> None:
        """Answer the paths that match, where no page is put."""
        self.rules.append((re.compile(pattern), handler))

    def _add(self, path: str, answer: Answer, host: str | None) -> None:
        parts = urlsplit(path)
        key = (host or self.host, unquote(parts.path))
        self.pages.setdefault(key, []).append((dict(parse_qsl(parts.query, keep_blank_values=True)), answer))

    def answer(self, scheme: str, host: str, target: str) -> Answer:
        """What a request gets. A foreign host is no address of this site: 502."""
        own = urlsplit(self.origin)
        if host.removeprefix("www.") not in {h.removeprefix("www.") for h in (own.netloc, *self.hosts)}:
            return Answer(status=502)
        proper = next(h for h in (own.netloc, *self.hosts) if h.removeprefix("www.") == host.removeprefix("www."))
        if (scheme, host) != (own.scheme, proper):
            return Answer(status=301, headers={"Location": f"{own.scheme}://{proper}{target}"})
        parts = urlsplit(target)
        path, query = unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True))
        known = [(len(q), a) for q, a in self.pages.get((host, path), ()) if q.items() <= query.items()]
        if known:
            return max(known, key=lambda pair: pair[0])[1]
        for pattern, handler in self.rules:
            match = pattern.fullmatch(path)
            if match and (made := handler(match, query)) is not None:
                return made
        if (host, path + "/") in self.pages and "." not in path.rpartition("/")[2]:
            return Answer(
                status=301, headers={"Location": quote(path) + "/" + (f"?{parts.query}" if parts.query else "")}
            )
        return self.not_found()

    def not_found(self) -> Answer:
        """A page of its own, with the frame of the site; some sites send it with status 200."""
        words = self.words
        body = page(
            self, title=words["missing"], body=f"<h1>{words['missing']}</h1><p>{words['missing_text']}</p>"
        )  # fmt: skip
        headers = {"Content-Type": f"text/html; charset={self.encoding}"}
        return Answer(body=body.encode(self.encoding, "xmlcharrefreplace"), status=self.missing_status, headers=headers)


def page(site: Site, *, title: str, body: str, head: str = "", body_class: str = "", html: str = "") -> str:
    """A document around a body."""
    words = site.words
    attributes = html or f'lang="{site.lang}" dir="{words["direction"]}"'
    classes = f' class="{body_class}"' if body_class else ""
    return (
        f'<!DOCTYPE html>\n<html {attributes}>\n<head>\n<meta charset="{site.encoding}">\n<title>{escape(title)}</title>\n'
        f"{head}\n</head>\n<body{classes}>\n{body}\n</body>\n</html>\n"
    )


def paragraphs(texts: Iterable[str]) -> str:
    """Paragraphs as HTML."""
    return "\n".join(f"<p>{escape(t)}</p>" for t in texts)


def link(href: str, text: str, attributes: str = "") -> str:
    """An anchor."""
    return f'<a href="{escape(href)}"{" " + attributes if attributes else ""}>{escape(text)}</a>'


def json_ld(value: object) -> str:
    """A block of JSON-LD."""
    return f'<script type="application/ld+json">{json.dumps(value, ensure_ascii=False)}</script>'


def chunks(stories: Sequence[Story], size: int) -> list[Sequence[Story]]:
    """Stories page by page of a listing; one empty page where there are none."""
    return [stories[i : i + size] for i in range(0, len(stories), size)] or [()]


def in_section(stories: Sequence[Story], section: str) -> list[Story]:
    """Stories of one section."""
    return [s for s in stories if s.section == section]


def rss(site: Site, items: Sequence[tuple[str, Story]], *, generator: str = "", dated: bool = True) -> str:
    """RSS 2.0 with excerpts."""
    rows = "".join(
        f"<item><title>{escape(s.title)}</title><link>{escape(url)}</link>"
        + (f"<pubDate>{s.published:%a, %d %b %Y %H:%M:%S} +0000</pubDate>" if dated else "")
        + f'<guid isPermaLink="false">{escape(site.origin)}/?p={s.id}</guid><description>{escape(s.lead)}</description></item>'
        for url, s in items
    )
    made_by = f"<generator>{escape(generator)}</generator>" if generator else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{escape(site.words["site"])}</title>'
        f"<link>{escape(site.origin)}/</link><description/>{made_by}{rows}</channel></rss>"
    )


def sitemap(rows: Iterable[tuple[str, str | None]]) -> str:
    """A sitemap of (address, lastmod)."""
    entries = "".join(
        f"<url><loc>{escape(url)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>" for url, day in rows
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def sitemap_index(urls: Iterable[str]) -> str:
    """A sitemap of sitemaps."""
    entries = "".join(f"<sitemap><loc>{escape(u)}</loc></sitemap>" for u in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'
