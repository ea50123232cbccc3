"""A WordPress core theme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from benchmarks.site_kinds.site import Site, link, page, paragraphs
from benchmarks.site_kinds.stories import Story, write_stories
from benchmarks.site_kinds.wordpress import FRONT, Engine, Theme, robots


class Core(Theme):
    """Twenty Twenty-One's markup: calendar widget, sticky post, `nav.page-links`, comment pages, attachments."""

    article_class = Theme.article_class + " wp-embed-responsive is-light-theme"
    sticky = True

    def frame(self, title: str, body: str, css: str, story: Story | None = None) -> str:
        e, words = self.engine, self.words
        items = "".join(f'<li class="menu-item">{link(url, label)}</li>' for url, label in self.menu())
        recent = "".join(f"<li>{link(e.address(s), s.title)}</li>" for s in e.stories[:5])
        cloud = "".join(link(e.url("/tag/port/"), t, 'class="tag-cloud-link"') for s in e.stories[:3] for t in s.tags)
        return page(
            self.site,
            title=f"{title} – {words['site']}",
            head=e.head(story, rest=e.url("/wp-json/")),
            body_class=css,
            body=f"""<div id="page" class="site"><header id="masthead" class="site-header"><p class="site-title">{link(e.url("/"), words["site"], 'rel="home"')}</p>
<nav id="site-navigation" class="primary-navigation"><ul id="primary-menu-list" class="menu-wrapper">{items}</ul></nav></header>
<div id="content" class="site-content"><div id="primary" class="content-area"><main id="main" class="site-main">{body}</main></div></div>
<aside class="widget-area"><section class="widget widget_search"><form role="search" action="/"><label>{words["search"]}</label><input name="s"></form></section>
<section class="widget widget_recent_entries"><h2 class="widget-title">{words["latest"]}</h2><ul>{recent}</ul></section>
<section class="widget widget_calendar">{self._calendar()}</section>
<section class="widget widget_tag_cloud"><div class="tagcloud">{cloud}</div></section></aside>
<footer id="colophon" class="site-footer"><div class="site-info">{words["rights"]} {link(e.url("/a-propos/"), words["about"])}</div></footer></div>""",
        )

    def _calendar(self) -> str:
        """Days that have posts, and the month before, for ever."""
        e = self.engine
        days = sorted({s.published.day for s in e.stories if s.published.month == 6})
        cells = "".join(f"<td>{link(e.url(f'/2026/06/{d:02}/'), str(d))}</td>" for d in days)
        before = link(e.url("/2026/05/"), f"« {self.words['months'][4]}")
        return (
            f'<div id="calendar_wrap" class="calendar_wrap"><table id="wp-calendar" class="wp-calendar-table"><tr>{cells}</tr>'
            f'</table><nav class="wp-calendar-nav"><span class="wp-calendar-nav-prev">{before}</span></nav></div>'
        )

    def _posted_on(self, story: Story) -> str:
        return (
            '<span class="posted-on"><time class="entry-date published updated" '
            f'datetime="{story.published:%Y-%m-%dT%H:%M:%S+00:00}">{story.day}</time></span>'
        )

    def _terms(self, story: Story) -> str:
        e = self.engine
        section = link(e.url(e.section_path(story.section)), e.section_name(story.section), 'rel="category tag"')
        return f'<span class="cat-links">{section}</span>'

    def teaser(self, story: Story) -> str:
        url = self.engine.address(story)
        return f'''<article id="post-{story.id}" class="post-{story.id} post type-post status-publish format-standard hentry">
<header class="entry-header"><h2 class="entry-title default-max-width">{link(url, story.title)}</h2>
<figure class="post-thumbnail"><a class="post-thumbnail-inner" href="{escape(url)}" aria-hidden="true" tabindex="-1"><img src="/u/{story.id}.jpg" alt=""></a></figure></header>
<div class="entry-content"><p>{escape(story.lead)}</p><a class="more-link" href="{escape(url)}#more-{story.id}">{self.words["more"]}</a></div>
<footer class="entry-footer">{self._posted_on(story)}<div class="post-taxonomies">{self._terms(story)}</div></footer></article>'''

    def pager(self, number: int, last: int, to: Callable[[int], str]) -> str:
        e = self.engine
        links = "".join(
            f'<span aria-current="page" class="page-numbers current">{n}</span>'
            if n == number
            else link(e.url(to(n)), str(n), 'class="page-numbers"')
            for n in range(1, last + 1)
        )
        if number < last:
            older = f'<span class="nav-next-text">{self.words["older"]}</span>'
            links += f'<a class="next page-numbers" href="{escape(e.url(to(number + 1)))}">{older}</a>'
        return f'<nav class="navigation pagination" aria-label="Posts"><div class="nav-links">{links}</div></nav>'

    def article(self, story: Story, part: Sequence[str], number: int) -> str:
        e, words = self.engine, self.words
        url = e.address(story)
        links = ""
        if len(story.parts) > 1:
            links = (
                f'<nav class="page-links" aria-label="Page">{self.part_links(story, number, "post-page-numbers")}</nav>'
            )
        older = "".join(
            f'<div class="nav-previous"><a href="{escape(e.address(s))}" rel="prev"><p class="post-title">{escape(s.title)}</p></a></div>'
            for s in e.stories[story.number + 1 : story.number + 2]
        )
        return f'''<article id="post-{story.id}" class="post-{story.id} post type-post status-publish format-standard has-post-thumbnail hentry entry">
<header class="entry-header alignwide"><h1 class="entry-title">{escape(story.title)}</h1><figure class="post-thumbnail"><a href="{url}photo-{story.id}/"><img src="/u/{story.id}.jpg" class="attachment-post-thumbnail wp-post-image" alt=""></a></figure></header>
<div class="entry-content">{paragraphs(part)}{links}</div>
<footer class="entry-footer default-max-width"><div class="posted-by">{self._posted_on(story)}
<span class="byline">{words["by"]} {link(e.url("/author/redaction/"), story.author, 'rel="author"')}</span></div>
<div class="post-taxonomies">{self._terms(story)}<span class="tags-links">{words["tags"]} {link(e.url("/tag/port/"), story.tags[0], 'rel="tag"')}</span></div></footer></article>
<nav class="navigation post-navigation"><div class="nav-links">{older}</div></nav>
<div id="comments" class="comments-area"><ol class="comment-list"><li class="comment"><div class="comment-content"><p>Bravo.</p></div><div class="reply"><a class="comment-reply-link" href="{url}?replytocom=91#respond">@</a></div></li></ol>
<nav class="navigation comments-pagination"><div class="nav-links"><a class="page-numbers" href="{url}comment-page-2/#comments">2</a></div></nav>
<div id="respond" class="comment-respond"><h2 id="reply-title">{words["comments"]}</h2><form></form></div></div>'''


def core(origin: str, lang: str) -> Site:
    """A core theme with dated permalinks, reached by an address and a port."""
    stories = write_stories(lang, seed="core")
    site = Site(kind="wp-core", lang=lang, origin=origin, stories=stories, front=stories[:FRONT])
    engine = Engine(site, stories, lang, permalink="{root}{year}/{month}/{day}/{slug}/")
    theme = Core(engine)
    theme.lay_out()
    for story in stories:
        for twin in (f"{engine.path(story)}comment-page-2/", f"{engine.path(story)}?replytocom=91"):
            engine.put(
                twin, theme.frame(story.title, theme.article(story, story.parts[0], 1), "single", story), "waste"
            )
    engine.put_feed()
    engine.put_rest("/wp-json")
    engine.put_sitemaps(
        ("/wp-sitemap-posts-post-1.xml", "/wp-sitemap-posts-post-2.xml"),
        ["/wp-sitemap-posts-page-1.xml", "/wp-sitemap-taxonomies-category-1.xml", "/wp-sitemap-users-author-1.xml"],
        "/wp-sitemap.xml",
    )
    site.put_robots(robots(site).replace("sitemap_index", "wp-sitemap"))
    site.full_ways = ("feed", "wp_api", "sitemap", "listing")
    return site
