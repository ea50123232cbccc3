"""A publisher on Arc's platform."""

from __future__ import annotations

from datetime import timedelta
from html import escape

from benchmarks.site_kinds.site import (
    XML,
    Site,
    in_section,
    json_ld,
    page,
    paragraphs,
    rss,
    sitemap,
    sitemap_index,
)
from benchmarks.site_kinds.stories import SECTIONS, Story, write_stories


def arc(origin: str, lang: str) -> Site:
    """An Arc-like publisher: `/section/YYYY/MM/DD/slug/`, "load more" by script alone, outbound feeds, `outputType=amp`."""
    stories = write_stories(lang, seed="arc")
    site = Site(kind="arc", lang=lang, origin=origin, stories=stories, front=stories[:9])
    words = site.words

    def url(story: Story) -> str:
        name = story.slug if lang != "ar" else f"story-{story.id}"
        return f"{origin}/{story.section}/{story.published:%Y/%m/%d}/{site.url('/' + name).rpartition('/')[2]}/"

    def frame(title: str, body: str, head: str = "") -> str:
        items = "".join(
            f'<li class="section-item"><a class="section-menu--link" href="/{s}/">{words["sections"][s]}</a></li>'
            for s in SECTIONS
        )
        return page(
            site,
            title=f"{title} | {words['site']}",
            head=f'<script>window.Fusion=window.Fusion||{{}};Fusion.arcSite="x";</script>{head}',
            body=f"""<div id="fusion-app" class="layout-section"><header class="page-header"><nav id="main-nav" class="b-header-nav-chain" aria-label="Sections Menu"><ul class="c-stack">{items}</ul></nav></header><section class="b-single-chain">{body}</section>
<footer class="b-footer"><a class="c-link" href="/about-us/">{words["about"]}</a><p class="c-paragraph">{words["rights"]}</p></footer></div>""",
        )

    def promo(story: Story, mark: str = "") -> str:
        href = escape(url(story).removeprefix(origin) + mark)
        return f'''<article class="b-results-list__item"><a class="c-link" href="{href}" aria-hidden="true" tabindex="-1"><figure class="c-media-item"><img class="c-image" src="/resizer/{story.id}.jpg" alt=""></figure></a>
<a class="c-link" href="{href}"><h2 class="c-heading">{escape(story.title)}</h2></a><p class="c-paragraph">{escape(story.lead)}</p><div class="c-attribution b-results-list__attribution"><span>{words["by"]} <a class="c-link" href="/author/redaction/">{story.author}</a></span> <time as="time" class="c-date" datetime="{story.published:%Y-%m-%dT%H:%M:%SZ}">{story.day}</time></div></article>'''

    def front(title: str, listed: list[Story]) -> str:
        return frame(
            title,
            f'<h1 class="c-heading">{title}</h1><div class="b-results-list">{"".join(promo(s) for s in listed[:9])}<button type="button" class="c-button b-results-list__see-more">{words["older"]}</button></div><div class="b-top-table-list"><h2>{words["popular"]}</h2>{"".join(promo(s, "?itm_source=most-read&outputType=amp") for s in stories[3:5])}</div>',
        )

    site.put("/", front(words["site"], list(stories)), "listing")
    for section in SECTIONS:
        site.put(f"/{section}/", front(words["sections"][section], in_section(stories, section)), "listing")
    for story in stories:
        address = url(story)
        site.addresses[address] = story
        node = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": story.title,
            "datePublished": f"{story.published:%Y-%m-%dT%H:%M:%S.123Z}",
            "dateModified": f"{story.published + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
            "author": [{"@type": "Person", "name": story.author}],
            "mainEntityOfPage": address,
            "isAccessibleForFree": True,
        }
        head = f'<link rel="canonical" href="{address}"><link rel="amphtml" href="{address}?outputType=amp"><meta property="og:type" content="article">{json_ld(node)}'
        half = len(story.paragraphs) // 2
        more = "".join(promo(s) for s in stories[story.number + 1 : story.number + 3])
        body = f'''<div class="c-stack b-right-rail__main-interior"><a class="c-overline" href="/{story.section}/">{words["sections"][story.section]}</a><h1 class="b-headline c-heading">{escape(story.title)}</h1><div class="b-byline c-attribution">{words["by"]} <span class="b-byline__names"><a class="c-link" href="/author/redaction/">{story.author}</a></span></div><time class="b-date c-date" datetime="{story.published:%Y-%m-%dT%H:%M:%SZ}">{story.day}</time>
<article class="b-article-body">{"".join(f'<p class="c-paragraph">{escape(p)}</p>' for p in story.paragraphs[:half])}<div class="arcad-feature"><p class="arcad-label">ADVERTISEMENT</p></div>{"".join(f'<p class="c-paragraph">{escape(p)}</p>' for p in story.paragraphs[half:])}</article></div><aside class="b-right-rail__rail--right"><h2 class="c-heading">{words["related"]}</h2>{more}</aside>'''
        site.put(address.removeprefix(origin), frame(story.title, body, head), "article")
        for mark in ("?outputType=amp", "?outputType=amp&itm_source=most-read"):
            site.put(
                address.removeprefix(origin) + mark,
                frame(story.title, body, f'<link rel="canonical" href="{address}">'),
                "waste",
            )
    site.put("/author/redaction/", front("redaction", list(stories)), "waste")
    site.put(
        "/about-us/", frame(words["about"], f"<h1>{words['about']}</h1>{paragraphs([words['about_text']])}"), "waste"
    )
    rows = [(url(s), f"{s.published:%Y-%m-%dT%H:%M:%SZ}") for s in stories]
    months = sorted({f"{s.published:%Y-%m}" for s in stories}, reverse=True)
    for where in ("/arc/outboundfeeds/rss/?outputType=xml", "/arc/outboundfeeds/rss/"):
        site.put(where, rss(site, [(url(s), s) for s in stories[:20]]), "way", kind=XML)
    site.put("/arc/outboundfeeds/news-sitemap/?outputType=xml", sitemap(rows[:12]), "way", kind=XML)
    site.put(
        "/arc/outboundfeeds/sitemap-index/?outputType=xml",
        sitemap_index(f"{origin}/arc/outboundfeeds/sitemap/{m}/?outputType=xml" for m in months),
        "way",
        kind=XML,
    )
    for month in months:
        site.put(
            f"/arc/outboundfeeds/sitemap/{month}/?outputType=xml",
            sitemap(r for r in rows if r[1].startswith(month)),
            "way",
            kind=XML,
        )
    site.put_robots(
        f"User-agent: *\nDisallow: /pf/api/\nSitemap: {origin}/arc/outboundfeeds/news-sitemap/?outputType=xml\nSitemap: {origin}/arc/outboundfeeds/sitemap-index/?outputType=xml\n"
    )
    site.full_ways = ("sitemap",)
    return site
