"""Publishing services and generators: Blogger, Ghost, a static generator with archives by date."""

from __future__ import annotations

from datetime import timedelta
from html import escape

from benchmarks.site_kinds.site import (
    XML,
    Answer,
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


def blogger(origin: str, lang: str) -> Site:
    """Blogger: `/YYYY/MM/name.html`, `?m=1` twins, `/search` closed by robots.txt, an Atom feed in pages, labels.

    Arabic titles give `blog-post_12.html`, as Blogger does for what it cannot write in ASCII.
    """
    stories = write_stories(lang, seed="blogger")
    site = Site(kind="blogger", lang=lang, origin=origin, stories=stories, front=stories[:7])
    words = site.words

    def path(story: Story) -> str:
        name = "-".join(story.slug.split("-")[:6]) if lang != "ar" else f"blog-post_{story.id % 1000}"
        return f"/{story.published:%Y/%m}/{name}.html"

    def frame(title: str, body: str, css: str, canonical: str) -> str:
        labels = "".join(
            f"<li>{link(site.url('/search/label/' + words['sections'][s]), words['sections'][s], 'class=label-name')}</li>"
            for s in SECTIONS
        )
        months = "".join(
            f"<li class='archivedate'>{link(site.url(f'/2026/{m:02}/'), words['months'][m - 1], 'class=post-count-link')}</li>"
            for m in (6, 5)
        )
        popular = "".join(
            f"<div class='popular-post-widget-title'><h3 class='post-title'>{link(site.url(path(s)) + '?m=1', s.title)}</h3></div>"
            for s in stories[4:7]
        )
        head = (
            f"<link href='{canonical}' rel='canonical'><meta content='blogger' name='generator'>"
            f"<link rel='alternate' type='application/atom+xml' title='{words['site']} - Atom' href='{origin}/feeds/posts/default'>"
            f"<link rel='alternate' type='application/rss+xml' title='{words['site']} - RSS' href='{origin}/feeds/posts/default?alt=rss'>"
            f"<meta property='og:title' content='{escape(title)}'><meta property='og:url' content='{canonical}'>"
        )
        return page(
            site,
            title=f"{words['site']}: {title}",
            head=head,
            body_class=css,
            body=f"""<div class='header section' id='header'><div class='widget Header'><h1 class='title'>{link(origin + "/", words["site"])}</h1></div></div>
<div class='tabs section' id='crosscol'><div class='widget PageList'><ul><li>{link(site.url("/p/contact.html"), words["about"])}</li></ul></div></div>
<div class='main section' id='main'><div class='widget Blog' id='Blog1'>{body}</div></div>
<aside class='sidebar section'><div class='widget Label'><ul>{labels}</ul></div><div class='widget BlogArchive'><ul class='hierarchy'>{months}</ul></div><div class='widget PopularPosts'>{popular}</div></aside>""",
        )

    def post(story: Story, inner: str, tag: str = "h2") -> str:
        return f"""<div class='date-outer'><h2 class='date-header'><span>{story.day}</span></h2><div class='post hentry uncustomized-post-template' itemprop='blogPost' itemscope='itemscope' itemtype='http://schema.org/BlogPosting'>
<{tag} class='post-title entry-title' itemprop='name'>{link(site.url(path(story)), story.title) if tag == "h2" else escape(story.title)}</{tag}>
<div class='post-body entry-content' id='post-body-{story.id}'>{inner}</div><div class='post-footer'><div class='post-footer-line'><span class='post-author vcard'>{words["by"]} <span class='fn' itemprop='author'>{story.author}</span></span>
<span class='post-timestamp'><a class='timestamp-link' href='{site.url(path(story))}' rel='bookmark'><abbr class='published' itemprop='datePublished' title='{story.published.isoformat()}'>{story.published:%H:%M}</abbr></a></span>
<span class='post-labels'>{link(site.url("/search/label/" + words["sections"][story.section]), words["sections"][story.section], "rel=tag")}</span></div></div></div></div>"""

    parts = chunks(stories, 7)
    for number, part in enumerate(parts):
        body = "".join(
            post(
                s,
                f"<p>{escape(s.lead)}</p><div class='jump-link'>{link(site.url(path(s)) + '#more', words['more'])}</div>",
            )
            for s in part
        )
        stamp = f"/search?updated-max={(part[0].published + timedelta(seconds=1)).isoformat()}&max-results=7"
        if number + 1 < len(parts):
            following = f"/search?updated-max={(parts[number + 1][0].published + timedelta(seconds=1)).isoformat()}&max-results=7"
            body += f"<div class='blog-pager' id='blog-pager'><span id='blog-pager-older-link'><a class='blog-pager-older-link' href='{site.url(following)}' title='{words['older']}'>{words['older']}</a></span></div>"
        site.put(
            "/" if number == 0 else stamp,
            frame(words["site"], body, "loading", origin + "/"),
            "listing" if number == 0 else "waste",
        )
    for story in stories:
        url = site.url(path(story))
        site.addresses[url] = story
        older = "".join(
            f"<a class='blog-pager-older-link' href='{site.url(path(s))}'>{words['older']}</a>"
            for s in stories[story.number + 1 : story.number + 2]
        )
        # Blogger has no pages of an article: its texts come whole
        body = (
            post(story, paragraphs(story.paragraphs), "h3")
            + f"<div class='blog-pager' id='blog-pager'>{older}</div><div class='comments' id='comments'><h4>{words['comments']}</h4></div>"
        )
        site.put(path(story), frame(story.title, body, "loading item", url), "article")
        site.put(f"{path(story)}?m=1", frame(story.title, body, "loading item mobile", url), "waste")
    for number, part in enumerate(chunks(stories, 25)):
        start = 1 + 25 * number
        rows = "".join(
            f"<entry><id>tag:blogger.com,1999:blog-77.post-{s.id}</id><published>{s.published.isoformat()}</published><updated>{(s.published + timedelta(hours=3)).isoformat()}</updated>"
            f"<title type='text'>{escape(s.title)}</title><content type='html'>{escape(paragraphs(s.paragraphs))}</content>"
            f"<link rel='replies' type='text/html' href='{site.url(path(s))}#comment-form'/><link rel='self' type='application/atom+xml' href='{origin}/feeds/77/posts/default/{s.id}'/>"
            f"<link rel='alternate' type='text/html' href='{site.url(path(s))}'/></entry>"
            for s in part
        )
        following = (
            f"<link rel='next' type='application/atom+xml' href='{origin}/feeds/posts/default?start-index={start + 25}&amp;max-results=25'/>"
            if start + 25 <= len(stories)
            else ""
        )
        xml = f"<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'><title type='text'>{words['site']}</title>{following}<generator version='7.00' uri='https://www.blogger.com'>Blogger</generator>{rows}</feed>"
        where = "/feeds/posts/default" + (f"?start-index={start}" if number else "")
        site.put(where, xml, "way", kind="application/atom+xml; charset=UTF-8")
    site.put(
        "/feeds/posts/default?alt=rss",
        rss(site, [(site.url(path(s)), s) for s in stories[:25]]),
        "way",
        kind="application/rss+xml",
    )
    site.put("/sitemap.xml", sitemap_index([site.url("/sitemap.xml?page=1")]), "way", kind=XML)
    site.put(
        "/sitemap.xml?page=1",
        sitemap((site.url(path(s)), f"{s.published:%Y-%m-%dT%H:%M:%SZ}") for s in stories),
        "way",
        kind=XML,
    )
    site.put(
        "/p/contact.html",
        frame(
            words["about"],
            f"<h3 class='post-title'>{words['about']}</h3><div class='post-body'><p>{words['about_text']}</p></div>",
            "loading page",
            site.url("/p/contact.html"),
        ),
        "waste",
    )
    site.put(
        "/robots.txt",
        f"User-agent: Mediapartners-Google\nDisallow:\n\nUser-agent: *\nDisallow: /search\nAllow: /\n\nSitemap: {origin}/sitemap.xml\n",
        "way",
        kind="text/plain",
    )
    site.full_ways = ("feed", "sitemap")
    return site


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
    site.put(
        "/robots.txt",
        f"User-agent: *\nSitemap: {origin}/sitemap.xml\nDisallow: /ghost/\nDisallow: /p/\nDisallow: /email/\n",
        "way",
        kind="text/plain",
    )
    site.full_ways = ("sitemap", "listing")
    return site


def static(origin: str, lang: str) -> Site:
    """A static generator: relative links, `/posts/name/`, archives by year and month, `/page/1/` that sends home.

    No JSON-LD and no Open Graph; a feed with everything; undated sitemap; every page linked to with and without
    `index.html`.
    """
    stories = write_stories(lang, seed="static")
    site = Site(kind="static", lang=lang, origin=origin, stories=stories, front=stories[:6])
    words = site.words

    def path(story: Story) -> str:
        return f"/posts/{story.slug}/"

    def up(depth: int) -> str:
        return "../" * depth

    def frame(title: str, body: str, depth: int) -> str:
        root = up(depth) or "./"
        items = "".join(f'<li><a href="{root}categories/{s}/">{words["sections"][s]}</a></li>' for s in SECTIONS)
        feed = f'<link rel="alternate" type="application/rss+xml" href="{root}index.xml">'
        return page(
            site,
            title=f"{title} · {words['site']}",
            head=f'<meta name="generator" content="Hugo 0.125.4">{feed}',
            body=f'''<header class="site-header"><a class="site-title" href="{root}">{words["site"]}</a><nav class="site-nav"><ul>{items}<li><a href="{root}archives/">{words["archives"]}</a></li><li><a href="{root}about/">{words["about"]}</a></li></ul></nav></header>
<main>{body}</main><footer><p>{words["rights"]}</p></footer>''',
        )

    def row(story: Story, depth: int) -> str:
        index = "index.html" if story.number % 4 == 1 else ""
        href = f"{up(depth)}posts/{escape(site.url('/' + story.slug).rpartition('/')[2])}/{index}"
        return f'<li class="post-entry"><time>{story.day}</time> <a href="{href}">{escape(story.title)}</a><p class="summary">{escape(story.lead)}</p></li>'

    def put_list(base: str, title: str, listed: list[Story], depth: int, role: str = "listing") -> None:
        parts = chunks(listed, 6)
        for number, part in enumerate(parts, 1):
            d = depth + (2 if number > 1 else 0)
            older = (
                f'<a class="next" href="{up(d)}{base.strip("/") + "/" if base != "/" else ""}page/{number + 1}/">{words["older"]} »</a>'
                if number < len(parts)
                else ""
            )
            newer = (
                f'<a class="prev" href="{up(d)}{base.strip("/") + "/" if base != "/" else ""}{f"page/{number - 1}/"}">«</a>'
                if number > 1
                else ""
            )
            body = f'<h1>{title}</h1><ul class="post-list">{"".join(row(s, d) for s in part)}</ul><nav class="pagination">{newer}{older}</nav>'
            site.put(base + (f"page/{number}/" if number > 1 else ""), frame(title, body, d), role)  # type: ignore[arg-type]
        alias = f'<html><head><title>{site.url(base)}</title><link rel="canonical" href="{site.url(base)}"><meta http-equiv="refresh" content="0; url={site.url(base)}"></head></html>'
        site.put(f"{base}page/1/", alias, "waste")
        site.put(f"{base}index.html", alias, "waste")

    put_list("/", words["latest"], list(stories), 0)
    for section in SECTIONS:
        put_list(f"/categories/{section}/", words["sections"][section], in_section(stories, section), 2)
    months = sorted({(s.published.year, s.published.month) for s in stories}, reverse=True)
    rows = "".join(f'<li><a href="{y}/{m:02}/">{words["months"][m - 1]} {y}</a></li>' for y, m in months)
    site.put("/archives/", frame(words["archives"], f"<h1>{words['archives']}</h1><ul>{rows}</ul>", 1), "listing")
    for y, m in months:
        listed = [s for s in stories if (s.published.year, s.published.month) == (y, m)]
        put_list(f"/archives/{y}/{m:02}/", f"{words['months'][m - 1]} {y}", listed, 3)
    site.put("/tags/port/", frame("port", f"<ul>{''.join(row(s, 2) for s in stories[:5])}</ul>", 2), "waste")
    for story in stories:
        site.addresses[site.url(path(story))] = story
        near = stories[story.number + 1 : story.number + 2]
        other = "".join(
            f'<a class="nav-next" href="../{escape(site.url("/" + s.slug).rpartition("/")[2])}/">{escape(s.title)} →</a>'
            for s in near
        )
        body = f"""<article class="post"><h1>{escape(story.title)}</h1><p class="meta">{story.day} · {story.author} · <a href="../../categories/{story.section}/">{words["sections"][story.section]}</a> · <a href="../../tags/port/">#{story.tags[0]}</a></p>{paragraphs(story.paragraphs)}</article><nav class="post-nav">{other}</nav>"""
        site.put(path(story), frame(story.title, body, 2), "article")
        site.put(f"{path(story)}index.html", frame(story.title, body, 2), "waste")
    site.put(
        "/about/", frame(words["about"], f"<h1>{words['about']}</h1>{paragraphs([words['about_text']])}", 1), "waste"
    )
    site.put(
        "/index.xml",
        rss(site, [(site.url(path(s)), s) for s in stories], generator="Hugo 0.125.4"),
        "way",
        kind="application/rss+xml",
    )
    site.put(
        "/sitemap.xml",
        sitemap(
            [(site.url(path(s)), None) for s in stories]
            + [
                (site.url(p), None)
                for p in ("/", "/about/", "/tags/port/", "/archives/", *(f"/categories/{s}/" for s in SECTIONS))
            ]
        ),
        "way",
        kind=XML,
    )
    site.put("/robots.txt", "User-agent: *\n", "way", kind="text/plain")
    site.rule(r"/archives/(\d{4})/(\d\d)/\d\d/", lambda m, q: Answer(status=404))
    site.full_ways = ("feed", "sitemap", "listing")
    return site
