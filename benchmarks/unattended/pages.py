"""The pages of a simulated site, in one of its themes (themes.toml)."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path

from benchmarks.generated_sites.site import Site
from benchmarks.unattended.stories import Story

THEMES: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("themes.toml").read_text("utf-8"))
RTL = {"ar"}
LEAD = 110  # characters of a teaser


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all pages of a site share at a moment; `latest` are the newest stories, for the boxes beside an article."""

    words: Site
    origin: str
    theme: str
    now: datetime
    latest: Sequence[Story]
    feed: bool
    rest: bool

    def article(self, story: Story) -> str:
        """An article's page."""
        version, theme = story.at(self.now), THEMES[self.theme]
        others = [s for s in self.latest if s is not story]
        around = {
            "title": escape(story.title),
            "author": escape(story.author),
            "iso": story.published.isoformat(),
            "day": f"{story.published:%d.%m.%Y %H:%M}",
            "section": escape(self.words.sections[story.section]),
            "section_url": section_path(story.section),
            "site": escape(self.words.name),
            "standfirst": theme["standfirst"].format(text=escape(version.standfirst)) if version.standfirst else "",
            "paragraphs": "\n".join(f"<p>{escape(p)}</p>" for p in version.paragraphs),
            "box0": escape(self.words.words["boxes"][0]),
            "box1": escape(self.words.words["boxes"][1]),
            "related_title": escape(self.words.heading),
            "related": "".join(self.teaser(s) for s in others[4:7]),
            "latest_title": escape(self.words.minutes.replace("#", "").strip()),
            "latest": "".join(f'<li><a href="{s.path}">{escape(s.title)}</a></li>' for s in others[:5]),
        }
        return self._page(story.title, theme["article"].format_map(around), self._declared(story, theme["meta"]))

    def listing(self, title: str, stories: Sequence[Story], *, older: str = "") -> str:
        """The home or a section's page; `older` is the address of its next one."""
        pager = f'<nav class="pagination"><a class="next" rel="next" href="{older}">&raquo;</a></nav>' if older else ""
        main = f"<h1>{escape(title)}</h1><div class='liste-articles'>{''.join(map(self.teaser, stories))}</div>{pager}"
        return self._page(title, main, "")

    def notice(self, title: str, text: str, *, bare: bool = False) -> str:
        """A page that is no article: within the site's frame, or `bare`, as a host in between answers."""
        main = f"<div class='avis'><h1>{escape(title)}</h1><p>{escape(text)}</p></div>"
        return f"<html><head><title>{escape(title)}</title></head><body>{main}</body></html>" if bare else self._page(
            title, main, ""
        )  # fmt: skip

    def teaser(self, story: Story) -> str:
        """A story as listings show it."""
        text = " ".join(story.at(self.now).lines)[:LEAD]
        return THEMES[self.theme]["teaser"].format(
            url=story.path,
            title=escape(story.title),
            iso=story.published.isoformat(),
            day=f"{story.published:%d.%m.%Y %H:%M}",
            lead=escape(text) + "…",
        )

    def _page(self, title: str, main: str, head: str) -> str:
        menu = "".join(
            f'<li><a href="{section_path(n)}">{escape(name)}</a></li>'
            for n, name in enumerate(self.words.sections[:3])
        ) + f'<li><a href="/equipe/">{escape(self.words.nav[0])}</a></li>'  # fmt: skip
        body = THEMES[self.theme]["body"].format(menu=menu, main=main, site=escape(self.words.name))
        feed = '<link rel="alternate" type="application/rss+xml" href="/feed/">' if self.feed else ""
        rest = '<link rel="https://api.w.org/" href="/wp-json/">' if self.rest else ""
        direction = ' dir="rtl"' if self.words.code in RTL else ""
        return (
            f'<!DOCTYPE html><html lang="{self.words.code}"{direction}><head><meta charset="utf-8">'
            f"<title>{escape(title)} | {escape(self.words.name)}</title>"
            f'<meta property="og:site_name" content="{escape(self.words.name)}">{feed}{rest}{head}</head>\n'
            f"{body}</html>"
        )

    def _declared(self, story: Story, how: str) -> str:
        version, url = story.at(self.now), self.origin + story.path
        description = escape(version.standfirst or version.paragraphs[0][:150])
        out = [
            f'<link rel="canonical" href="{url}"><meta name="description" content="{description}">',
            f'<meta property="og:type" content="article"><meta property="og:title" content="{escape(story.title)}">',
        ]
        changed = story.modified(self.now)
        if how != "json_ld":
            out.append(f'<meta property="article:published_time" content="{story.published.isoformat()}">')
            if changed != story.published:
                out.append(f'<meta property="article:modified_time" content="{changed.isoformat()}">')
        if how != "og":
            told = {
                "@context": "https://schema.org",
                "@type": "NewsArticle",
                "headline": story.title,
                "datePublished": story.published.isoformat(),
                "dateModified": changed.isoformat(),
                "author": {"@type": "Person", "name": story.author},
            }
            out.append(f'<script type="application/ld+json">{json.dumps(told, ensure_ascii=False)}</script>')
        return "".join(out)


def section_path(number: int, page: int = 1) -> str:
    """Where a section's listing stands."""
    return f"/rubrique-{number + 1}/" + (f"page/{page}/" if page > 1 else "")
