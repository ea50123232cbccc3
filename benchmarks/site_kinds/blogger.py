"""Blogger: an Atom feed in pages, labels, mobile twins."""

from __future__ import annotations

from datetime import timedelta
from html import escape

from benchmarks.site_kinds.site import (
    XML,
    Site,
    chunks,
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
    site.put_robots(
        f"User-agent: Mediapartners-Google\nDisallow:\n\nUser-agent: *\nDisallow: /search\nAllow: /\n\nSitemap: {origin}/sitemap.xml\n"
    )
    site.full_ways = ("feed", "sitemap")
    return site
