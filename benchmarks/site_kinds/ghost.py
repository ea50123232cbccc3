"""Ghost."""

from __future__ import annotations

from datetime import timedelta
from html import escape

from benchmarks.site_kinds.site import (
    XML,
    Site,
    chunks,
    in_section,
    json_ld,
    link,
    page,
    paragraphs,
    rss,
    sitemap,
    sitemap_index,
)
from benchmarks.site_kinds.stories import SECTIONS, Story, write_stories


def ghost(origin: str, lang: str) -> Site:
    """Ghost: `/slug/` at the root, `/page/N/`, `/tag/` for sections, AMP twins, member links, a feed of fifteen."""
    stories = write_stories(lang, seed="ghost")
    site = Site(kind="ghost", lang=lang, origin=origin, stories=stories, front=stories[:8])
    words = site.words

    def url(story: Story) -> str:
        return site.url(f"/{story.slug}/")

    def frame(title: str, body: str, css: str, head: str = "") -> str:
        items = "".join(
            f'<li class="nav-{s}">{link(site.url(f"/tag/{s}/"), words["sections"][s])}</li>' for s in SECTIONS
        )
        feed = f'<link rel="alternate" type="application/rss+xml" title="{words["site"]}" href="{origin}/rss/">'
        return page(
            site,
            title=title,
            head=f'<meta name="generator" content="Ghost 5.82">{feed}{head}',
            body_class=css,
            body=f'''<div class="gh-viewport"><header id="gh-head" class="gh-head outer"><div class="gh-head-inner inner"><a class="gh-head-logo" href="{origin}">{words["site"]}</a><nav class="gh-head-menu"><ul class="nav"><li class="nav-home">{link(origin + "/", words["home"])}</li>{items}<li class="nav-about">{link(site.url("/about/"), words["about"])}</li></ul></nav><div class="gh-head-members"><a class="gh-head-link" href="#/portal/signin" data-portal="signin">Sign in</a></div></div></header>
<div class="site-content">{body}</div><footer class="site-footer outer"><div class="inner"><section class="copyright">{words["site"]} © 2026</section></div></footer></div>''',
        )

    def card(story: Story) -> str:
        return f'''<article class="post-card post"><a class="post-card-image-link" href="/{story.slug}/"><img class="post-card-image" src="/content/images/{story.id}.jpg" alt="{escape(story.title)}"></a>
<div class="post-card-content"><a class="post-card-content-link" href="{escape(url(story).removeprefix(origin))}"><header class="post-card-header"><div class="post-card-tags"><span class="post-card-primary-tag">{words["sections"][story.section]}</span></div><h2 class="post-card-title">{escape(story.title)}</h2></header><div class="post-card-excerpt">{escape(story.lead)}</div></a>
<footer class="post-card-meta"><time class="post-card-meta-date" datetime="{story.published:%Y-%m-%d}">{story.day}</time><span class="post-card-meta-length">3 min</span></footer></div></article>'''

    def put_list(base: str, listed: list[Story], css: str, role: str) -> None:
        parts = chunks(listed, 8)
        for number, part in enumerate(parts, 1):
            where = base + (f"page/{number}/" if number > 1 else "")
            following = base + f"page/{number + 1}/"
            head = f'<link rel="next" href="{site.url(following)}">' if number < len(parts) else ""
            older = (
                f'<a class="older-posts" href="{following}">{words["older"]} <span aria-hidden="true">&rarr;</span></a>'
                if number < len(parts)
                else ""
            )
            body = f'<main id="site-main" class="site-main outer"><div class="inner posts"><div class="post-feed">{"".join(map(card, part))}</div><nav class="pagination"><span class="page-number">{words["page"].format(n=number, m=len(parts))}</span>{older}</nav></div></main>'
            site.put(where, frame(words["site"], body, css, head), role)  # type: ignore[arg-type]

    put_list("/", list(stories), "home-template", "listing")
    for section in SECTIONS:
        put_list(f"/tag/{section}/", in_section(stories, section), f"tag-template tag-{section}", "listing")
    put_list("/author/redaction/", list(stories[:8]), "author-template author-redaction", "waste")
    for story in stories:
        address = url(story)
        site.addresses[address] = story
        node = {
            "@context": "https://schema.org",
            "@type": "Article",
            "headline": story.title,
            "url": address,
            "datePublished": f"{story.published:%Y-%m-%dT%H:%M:%S.000Z}",
            "dateModified": f"{story.published + timedelta(days=2):%Y-%m-%dT%H:%M:%S.000Z}",
            "author": {"@type": "Person", "name": story.author},
            "mainEntityOfPage": address,
        }
        head = f'<link rel="canonical" href="{address}"><link rel="amphtml" href="{address}amp/"><meta property="og:type" content="article"><meta property="og:title" content="{escape(story.title)}"><meta property="article:published_time" content="{story.published:%Y-%m-%dT%H:%M:%S.000Z}">{json_ld(node)}'
        more = "".join(map(card, stories[story.number + 1 : story.number + 4]))
        body = f'''<main id="site-main" class="site-main"><article class="article post tag-{story.section}"><header class="article-header gh-canvas"><div class="article-tag post-card-tags"><a href="/tag/{story.section}/">{words["sections"][story.section]}</a></div><h1 class="article-title">{escape(story.title)}</h1>
<div class="article-byline"><section class="article-byline-content"><h4 class="author-name"><a href="/author/redaction/">{story.author}</a></h4><div class="byline-meta-content"><time class="byline-meta-date" datetime="{story.published:%Y-%m-%d}">{story.day}</time><span class="byline-reading-time">3 min</span></div></section></div></header>
<section class="gh-content gh-canvas">{paragraphs(story.paragraphs[:3])}<div class="kg-card kg-signup-card"><h2>Newsletter</h2><form></form></div>{paragraphs(story.paragraphs[3:])}</section></article>
<section class="footer-cta outer"><div class="inner"><h2 class="footer-cta-title">{words["site"]}</h2><a class="footer-cta-button" href="#/portal">Newsletter</a></div></section><aside class="read-more-wrap outer"><div class="read-more inner">{more}</div></aside></main>'''
        site.put(f"/{story.slug}/", frame(story.title, body, "post-template tag-x", head), "article")
        site.put(f"/{story.slug}/amp/", frame(story.title, body, "amp-template", head), "waste")
    site.put(
        "/about/",
        frame(
            words["about"],
            f'<main><article class="article page"><h1 class="article-title">{words["about"]}</h1><section class="gh-content">{paragraphs([words["about_text"]])}</section></article></main>',
            "page-template page-about",
        ),
        "waste",
    )
    site.put(
        "/rss/",
        rss(site, [(url(s), s) for s in stories[:15]], generator="Ghost 5.82"),
        "way",
        kind="application/rss+xml",
    )
    site.put(
        "/sitemap.xml",
        sitemap_index([site.url(f"/sitemap-{n}.xml") for n in ("pages", "posts", "authors", "tags")]),
        "way",
        kind=XML,
    )
    site.put(
        "/sitemap-posts.xml",
        sitemap((url(s), f"{s.published:%Y-%m-%dT%H:%M:%S.000Z}") for s in stories),
        "way",
        kind=XML,
    )
    for name, rows in (
        ("pages", ["/", "/about/"]),
        ("authors", ["/author/redaction/"]),
        ("tags", [f"/tag/{s}/" for s in SECTIONS]),
    ):
        site.put(f"/sitemap-{name}.xml", sitemap((site.url(r), None) for r in rows), "waste", kind=XML)
    site.put_robots(
        f"User-agent: *\nSitemap: {origin}/sitemap.xml\nDisallow: /ghost/\nDisallow: /p/\nDisallow: /email/\n"
    )
    site.full_ways = ("sitemap", "listing")
    return site
