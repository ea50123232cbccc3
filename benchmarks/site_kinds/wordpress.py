"""WordPress as every theme has it: permalinks, feeds, REST, sitemaps, pagers, shortlinks, attachments, dates."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from html import escape
from typing import Any

from benchmarks.site_kinds.site import (
    XML,
    Answer,
    Site,
    chunks,
    in_section,
    link,
    paragraphs,
    rss,
    sitemap,
    sitemap_index,
)  # fmt: skip
from benchmarks.site_kinds.stories import SECTIONS, WORDS, Story

FRONT, ARCHIVE, FEED = 8, 6, 10  # stories on a page


@dataclass(slots=True)
class Engine:
    """What all WordPress sites share. `root` is the path of an edition, `plain` means `?p=ID` permalinks."""

    site: Site
    stories: Sequence[Story]
    lang: str
    root: str = "/"
    host: str | None = None
    plain: bool = False
    permalink: str = "{root}{slug}/"
    category: str = "{root}category/{name}/"

    @property
    def words(self) -> dict[str, Any]:
        return WORDS[self.lang]

    @property
    def origin(self) -> str:
        return f"{self.site.origin.partition('://')[0]}://{self.host or self.site.host}"

    def url(self, path: str) -> str:
        return self.site.url(path).replace(self.site.origin, self.origin, 1)

    def path(self, story: Story) -> str:
        """The permalink of a story."""
        if self.plain:
            return f"{self.root}?p={story.id}"
        day = story.published
        return self.permalink.format(
            root=self.root, slug=story.slug, year=day.year, month=f"{day.month:02}", day=f"{day.day:02}"
        )

    def address(self, story: Story) -> str:
        return self.url(self.path(story))

    def section_path(self, section: str, number: int = 1) -> str:
        if self.plain:
            return f"{self.root}?cat={SECTIONS.index(section) + 3}" + (f"&paged={number}" if number > 1 else "")
        base = self.category.format(root=self.root, name=section)
        return base + (f"page/{number}/" if number > 1 else "")

    def front_path(self, number: int) -> str:
        if number == 1:
            return self.root
        return f"{self.root}?paged={number}" if self.plain else f"{self.root}page/{number}/"

    def put(self, path: str, body: str, role: str, kind: str | None = None, **headers: str) -> None:
        self.site.put(path, body, role, kind=kind, host=self.host, **headers)  # type: ignore[arg-type]

    def section_name(self, section: str) -> str:
        return str(self.words["sections"][section])

    def head(self, story: Story | None, *, rest: str | None) -> str:
        """The links that WordPress puts into every head."""
        feed = self.url(f"{self.root}?feed=rss2" if self.plain else f"{self.root}feed/")
        comments = self.url(f"{self.root}?feed=comments-rss2" if self.plain else f"{self.root}comments/feed/")
        site = str(self.words["site"])
        out = [
            f'<link rel="alternate" type="application/rss+xml" title="{site} &raquo; Flux" href="{escape(feed)}">',
            f'<link rel="alternate" type="application/rss+xml" title="{site} &raquo; Comments" href="{escape(comments)}">',
            '<meta name="generator" content="WordPress 6.8.1">',
        ]
        if rest:
            out.append(f'<link rel="https://api.w.org/" href="{escape(rest)}">')
        if story is not None:
            out.append(f'<link rel="canonical" href="{escape(self.address(story))}">')
            out.append(f'<link rel="shortlink" href="{escape(self.url(f"{self.root}?p={story.id}"))}">')
        return "\n".join(out)

    # The ways in.

    def put_feed(self) -> None:
        """The main feed and its `?paged=N`; the comments feed."""
        base = f"{self.root}?feed=rss2" if self.plain else f"{self.root}feed/"
        for number, part in enumerate(chunks(self.stories, FEED), 1):
            mark = "" if number == 1 else f"{'&' if '?' in base else '?'}paged={number}"
            xml = rss(self.site, [(self.address(s), s) for s in part], generator="https://wordpress.org/?v=6.8.1")
            self.put(base + mark, xml, "way", "application/rss+xml; charset=UTF-8")
        for number in (len(chunks(self.stories, FEED)) + 1, 90):
            over = f"{base}{'&' if '?' in base else '?'}paged={number}"
            self.site.put(over, "<h1>404</h1>", "way", status=404, host=self.host)

    def put_rest(self, root: str) -> None:
        """REST root, types and posts under a root such as `/wp-json` or `/?rest_route=`."""
        post_args = {n: {} for n in ("context", "page", "per_page", "after", "before", "slug", "status", "orderby")}
        page_args = {n: {} for n in ("context", "page", "per_page", "after", "slug", "status", "parent")}
        term_args = {n: {} for n in ("context", "page", "per_page", "hide_empty", "slug", "post")}
        media_args = {n: {} for n in ("context", "page", "per_page", "after", "slug", "status", "media_type")}

        def route(arguments: dict[str, object]) -> dict[str, object]:
            return {"methods": ["GET"], "endpoints": [{"methods": ["GET"], "args": arguments}]}

        index = {
            "name": self.words["site"],
            "home": self.origin + self.root.rstrip("/"),
            "timezone_string": "UTC",
            "routes": {
                "/": route({}),
                "/wp/v2/posts": route(post_args),
                "/wp/v2/pages": route(page_args),
                "/wp/v2/media": route(media_args),
                "/wp/v2/categories": route(term_args),
                "/wp/v2/tags": route(term_args),
                "/wp/v2/posts/(?P<id>[\\d]+)": route({}),
            },
        }
        kind = "application/json; charset=UTF-8"
        self.put(root + "/", json.dumps(index), "way", kind)
        for size in (20, 100):
            parts = chunks(self.stories, size)
            for number, part in enumerate(parts, 1):
                mark = f"{'&' if '?' in root else '?'}per_page={size}" + (f"&page={number}" if number > 1 else "")
                self.put(
                    f"{root}/wp/v2/posts{mark}",
                    json.dumps([self._post(s) for s in part]),
                    "way",
                    kind,
                    X_WP_Total=str(len(self.stories)),
                    X_WP_TotalPages=str(len(parts)),
                )

    def _post(self, story: Story) -> dict[str, object]:
        day = f"{story.published:%Y-%m-%dT%H:%M:%S}"
        later = f"{story.published + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}"
        content = "\n<!--nextpage-->\n".join(paragraphs(part) for part in story.parts)
        return {
            "id": story.id,
            "date": day,
            "date_gmt": day,
            "modified": later,
            "modified_gmt": later,
            "slug": story.slug,
            "status": "publish",
            "type": "post",
            "link": self.address(story),
            "title": {"rendered": escape(story.title)},
            "content": {"rendered": content, "protected": False},
            "excerpt": {"rendered": f"<p>{escape(story.lead)}</p>", "protected": False},
            "author": 3,
            "featured_media": 0,
            "categories": [SECTIONS.index(story.section) + 3],
            "tags": [],
        }

    def put_sitemaps(self, posts: tuple[str, str], others: Sequence[str], index: str) -> None:
        """An index over two sitemaps of posts, the older ones first, and of everything that is no post."""
        half = len(self.stories) // 2
        rows = [(self.address(s), f"{s.published + timedelta(days=1):%Y-%m-%d}") for s in self.stories]
        for name, part in zip(posts, (rows[half:], rows[:half]), strict=True):
            self.put(name, sitemap(part), "way", XML)
        listed = [self.url(f"{self.root}{n}/") for n in ("a-propos", "charte", "tag/port", "author/redaction")]
        for name in others:  # not to be asked for
            self.put(name, sitemap((url, None) for url in listed), "waste", XML)
        self.put(index, sitemap_index(self.url(n) for n in (*posts, *others)), "way", XML)

    # What is neither listing nor article.

    def put_others(self, wrap: Callable[[str, str, str], str]) -> None:
        """Terms, authors, dates, search, attachments, pages, shortlinks: none of them is to be asked for."""
        words = self.words
        listed = "".join(f"<article><h2>{link(self.address(s), s.title)}</h2></article>" for s in self.stories[:5])
        for path, css in (
            (f"{self.root}tag/port/", "archive tag"),
            (f"{self.root}author/redaction/", "archive author"),
            (f"{self.root}2026/06/", "archive date"),
        ):
            self.put(path, wrap(path, f"<h1>{path}</h1>{listed}", css), "waste")
        self.site.rule(
            r"/(\d{4})/(\d\d)(/\d\d)?/",
            lambda m, _q: Answer(
                body=wrap("Calendar", f"<h1>{m[0]}</h1>{link(_month_before(m), '«')}", "archive date").encode(),
                headers={"Content-Type": "text/html; charset=utf-8"},
            ),
        )
        for name, title in (("a-propos", words["about"]), ("charte", words["charter"])):
            body = (
                f'<main><article class="page type-page"><h1>{title}</h1><p>{words["about_text"]}</p></article></main>'
            )
            self.put(f"{self.root}{name}/", wrap(str(title), body, "page-template-default page page-id-2"), "waste")
        for story in self.stories:
            if not self.plain:
                self.site.move(f"{self.root}?p={story.id}", self.address(story), host=self.host)
            photo = f'<h1>photo-{story.id}</h1><p class="attachment"><img src="/u/{story.id}.jpg"></p>'
            self.put(
                f"{self.root}?attachment_id={story.id + 1}" if self.plain else f"{self.path(story)}photo-{story.id}/",
                wrap(f"photo-{story.id}", photo, "attachment attachment-template-default single single-attachment"),
                "waste",
            )


def _month_before(match: object) -> str:
    year, month = int(match[1]), int(match[2])  # type: ignore[index]
    year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return f"/{year}/{month:02}/"


def _calendar(engine: Engine) -> str:
    """The core calendar widget: days that have posts, and the month before, for ever."""
    days = sorted({s.published.date() for s in engine.stories if s.published.month == 6})
    cells = "".join(
        f"<td>{link(engine.url(f'{engine.root}2026/06/{d.day:02}/'), str(d.day), 'aria-label=day')}</td>" for d in days
    )
    before = link(engine.url(f"{engine.root}2026/05/"), "« Mai")
    return f'<div id="calendar_wrap" class="calendar_wrap"><table id="wp-calendar" class="wp-calendar-table"><tr>{cells}</tr></table><nav class="wp-calendar-nav"><span class="wp-calendar-nav-prev">{before}</span></nav></div>'


class Theme(ABC):
    """The markup of one theme over an engine; `lay_out` serves the front pages, sections and articles."""

    article_class = "post-template-default single single-post postid-{id} single-format-standard"
    archive_class = "archive category category-{section}"
    front_class = "home blog hfeed"
    sticky = False  # one story stands on every front page

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.site = engine.site
        self.words: dict[str, Any] = engine.words

    @abstractmethod
    def frame(self, title: str, body: str, css: str, story: Story | None = None) -> str:
        """A document of the theme."""

    @abstractmethod
    def teaser(self, story: Story) -> str:
        """One story of a listing."""

    @abstractmethod
    def pager(self, number: int, last: int, to: Callable[[int], str]) -> str:
        """Links from one page of a listing to the others."""

    @abstractmethod
    def article(self, story: Story, part: Sequence[str], number: int) -> str:
        """The body of an article's page."""

    def part_path(self, story: Story, number: int) -> str:
        """Where a page of an article is."""
        path = self.engine.path(story)
        if number == 1:
            return path
        return f"{path}&page={number}" if self.engine.plain else f"{path.rstrip('/')}/{number}/"

    def part_links(self, story: Story, number: int, css: str) -> str:
        """What `wp_link_pages` gives, without its box."""
        return " ".join(
            f'<span class="{css} current" aria-current="page">{n}</span>'
            if n == number
            else link(self.engine.url(self.part_path(story, n)), str(n), f'class="{css}"')
            for n in range(1, len(story.parts) + 1)
        )

    def menu(self) -> list[tuple[str, str]]:
        """Address and label of the navigation: home, the sections, a page."""
        e = self.engine
        out = [(e.url(e.root), str(self.words["home"]))]
        out += [(e.url(e.section_path(s)), e.section_name(s)) for s in SECTIONS]
        return [*out, (e.url(f"{e.root}charte/"), str(self.words["charter"]))]

    def lay_out(self) -> None:
        """Serve everything that readers come for."""
        e = self.engine
        fronts = chunks(e.stories, FRONT)
        for number, part in enumerate(fronts, 1):
            shown = [e.stories[1], *(s for s in part if s is not e.stories[1])] if self.sticky else part
            body = "".join(map(self.teaser, shown)) + self.pager(number, len(fronts), e.front_path)
            css = self.front_class + (f" paged paged-{number}" if number > 1 else "")
            e.put(e.front_path(number), self.frame(str(self.words["site"]), body, css), "listing")
        for section in SECTIONS:
            parts = chunks(in_section(e.stories, section), ARCHIVE)
            for number, part in enumerate(parts, 1):
                body = f'<header class="page-header"><h1 class="page-title">{e.section_name(section)}</h1></header>'
                body += "".join(map(self.teaser, part))
                body += self.pager(number, len(parts), partial(e.section_path, section))
                css = self.archive_class.format(section=section)
                e.put(e.section_path(section, number), self.frame(e.section_name(section), body, css), "listing")
        for story in e.stories:
            self.site.addresses[e.address(story)] = story
            for number, part in enumerate(story.parts, 1):
                css = self.article_class.format(id=story.id)
                document = self.frame(story.title, self.article(story, part, number), css, story)
                e.put(self.part_path(story, number), document, "article")
        e.put_others(lambda title, body, css: self.frame(title, body, css))


def robots(site: Site) -> str:
    """robots.txt as the sitemap plugins write it."""
    return f"User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n\nSitemap: {site.url('/sitemap_index.xml')}\n"
