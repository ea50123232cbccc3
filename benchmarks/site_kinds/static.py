"""A static generator with archives by date."""

from __future__ import annotations

from html import escape

from benchmarks.site_kinds.site import (
    XML,
    Answer,
    Site,
    chunks,
    in_section,
    page,
    paragraphs,
    rss,
    sitemap,
)
from benchmarks.site_kinds.stories import SECTIONS, Story, write_stories


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
    site.put_robots("User-agent: *\n")
    site.rule(r"/archives/(\d{4})/(\d\d)/\d\d/", lambda _m, _q: Answer(status=404))
    site.full_ways = ("feed", "sitemap", "listing")
    return site
