"""A site whose articles have AMP twins."""

from __future__ import annotations

import re
from html import escape

from benchmarks.site_kinds.site import (
    XML,
    Site,
    chunks,
    in_section,
    link,
    page,
    paragraphs,
    rss,
)
from benchmarks.site_kinds.stories import SECTIONS, Story, write_stories


def amp(origin: str, lang: str) -> Site:
    """A publisher with a twin of every page for AMP on a host of its own, which its feed and most-read list name."""
    stories = write_stories(lang, seed="amp")
    bare = re.sub(r"^https://(?:www\.)?", "", origin)
    site = Site(kind="amp", lang=lang, origin=origin, stories=stories, front=stories[:8], hosts={f"amp.{bare}"})
    words = site.words

    def path(story: Story) -> str:
        return f"/{story.section}/article/{story.id}/{story.slug if lang != 'ar' else 'article'}.html"

    def twin(story: Story) -> str:
        return site.url(path(story)).replace(origin, f"https://amp.{bare}")

    def frame(title: str, body: str, head: str) -> str:
        items = "".join(f'<li><a href="/{s}">{words["sections"][s]}</a></li>' for s in SECTIONS)
        return page(
            site,
            title=f"{title} - {words['site']}",
            head=head,
            body=f'<header><div class="logo"><a href="/">{words["site"]}</a></div><nav class="main-nav"><ul>{items}</ul></nav></header>{body}<footer><ul><li><a href="/mentions-legales">Legal</a></li></ul></footer>',
        )

    def card(story: Story, href: str) -> str:
        return f'<div class="card"><a class="card__link" href="{escape(href)}"><img alt="" src="/i/{story.id}.jpg"><h3 class="card__title">{escape(story.title)}</h3></a><p class="card__text">{escape(story.lead)}</p><span class="card__date">{story.published:%d/%m/%Y}</span></div>'

    def put_list(base: str, title: str, listed: list[Story]) -> None:
        parts = chunks(listed, 8)
        for number, part in enumerate(parts, 1):
            following = (
                f'<a class="pagination__next" rel="next" href="{base}?page={number + 1}">{words["next"]}</a>'
                if number < len(parts)
                else ""
            )
            popular = "".join(f"<li>{link(twin(s) + '?xtor=RSS-1', s.title)}</li>" for s in stories[2:6])
            body = f'<main><h1>{title}</h1><section class="list">{"".join(card(s, path(s)) for s in part)}</section><div class="pagination">{following}</div></main><aside class="most-read"><h2>{words["popular"]}</h2><ol>{popular}</ol></aside>'
            head = '<link rel="alternate" type="application/rss+xml" href="/flux/une.rss">' + (
                f'<link rel="next" href="{origin}{base}?page={number + 1}">' if number < len(parts) else ""
            )
            site.put(base if number == 1 else f"{base}?page={number}", frame(title, body, head), "listing")

    put_list("/", words["site"], list(stories))
    for section in SECTIONS:
        put_list(f"/{section}", words["sections"][section], in_section(stories, section))
    for story in stories:
        address = site.url(path(story))
        site.addresses[address] = story
        parts = story.parts
        for number, part in enumerate(parts, 1):
            links = (
                "".join(f'<a href="{escape(path(story))}?page={n}">{n}</a>' for n in range(1, len(parts) + 1))
                if len(parts) > 1
                else ""
            )
            pager = (
                f'<div class="pager"><span>{words["page"].format(n=number, m=len(parts))}</span> {links}</div>'
                if links
                else ""
            )
            body = f'<main><article itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">{escape(story.title)}</h1><p class="signature">{words["by"]} <span itemprop="author">{story.author}</span></p><p class="date">{story.published:%d/%m/%Y %H:%M}</p><div itemprop="articleBody">{paragraphs(part)}</div>{pager}</article></main><aside><h2>{words["related"]}</h2>{"".join(card(s, path(s)) for s in stories[story.number + 1 : story.number + 3])}</aside>'
            head = f'<link rel="canonical" href="{address}"><link rel="amphtml" href="{twin(story)}"><meta itemprop="datePublished" content="{story.published.isoformat()}">'
            site.put(
                path(story) + ("" if number == 1 else f"?page={number}"), frame(story.title, body, head), "article"
            )
            if number == 1 and len(parts) > 1:
                site.put(f"{path(story)}?page=1", frame(story.title, body, head), "waste")
        small = page(
            site,
            title=story.title,
            html="amp",
            head=f'<link rel="canonical" href="{address}"><script async src="https://cdn.ampproject.org/v0.js"></script>',
            body=f"<article><h1>{escape(story.title)}</h1>{paragraphs(story.parts[0])}</article>",
        )
        site.put(path(story), small, "waste", host=f"amp.{bare}")
    site.put(
        "/flux/une.rss",
        rss(site, [(twin(s) if s.number % 2 else site.url(path(s)), s) for s in stories[:12]]),
        "way",
        kind="application/rss+xml",
    )
    site.put("/mentions-legales", frame("Legal", f"<h1>Legal</h1>{paragraphs([words['about_text']])}", ""), "waste")
    site.put_robots(f"User-agent: *\nSitemap: {origin}/sitemap-news.xml\n")
    site.put_robots("User-agent: *\n", host=f"amp.{bare}")
    rows = "".join(
        f"<url><loc>{escape(site.url(path(s)))}</loc><news:news><news:publication><news:name>x</news:name><news:language>{lang}</news:language></news:publication><news:publication_date>{s.published.isoformat()}</news:publication_date><news:title>{escape(s.title)}</news:title></news:news></url>"
        for s in stories[:15]
    )
    site.put(
        "/sitemap-news.xml",
        f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>',
        "way",
        kind=XML,
    )
    site.full_ways = ("listing",)
    return site
