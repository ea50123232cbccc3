"""Elementor over plain permalinks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from benchmarks.site_kinds.site import Site, link, page, paragraphs
from benchmarks.site_kinds.stories import Story, write_stories
from benchmarks.site_kinds.wordpress import FRONT, Engine, Theme


class Elementor(Theme):
    """Elementor Pro's posts widget and single template: no `article` around the text, a popup, text widgets."""

    article_class = "post-template-default single single-post postid-{id} elementor-default elementor-template-full-width elementor-kit-6 elementor-page-1201"
    archive_class = "archive category category-{section} elementor-default elementor-template-full-width"
    front_class = "home page-template page-template-elementor_header_footer page page-id-11 elementor-default elementor-page elementor-page-11"

    def frame(self, title: str, body: str, css: str, story: Story | None = None) -> str:
        e, words = self.engine, self.words
        items = "".join(
            f'<li class="menu-item">{link(url, label, "class=elementor-item")}</li>' for url, label in self.menu()
        )
        rest = e.url("/index.php?rest_route=/")
        return page(
            self.site,
            title=f"{title} - {words['site']}",
            head=e.head(story, rest=rest),
            body_class=css,
            body=f"""<div data-elementor-type="header" class="elementor elementor-41 elementor-location-header"><div class="elementor-widget elementor-widget-nav-menu"><nav class="elementor-nav-menu--main elementor-nav-menu__container"><ul class="elementor-nav-menu">{items}</ul></nav></div></div>
{body}
<div data-elementor-type="footer" class="elementor elementor-55 elementor-location-footer"><div class="elementor-widget-text-editor"><p>{words["rights"]}</p></div></div>
<div data-elementor-type="popup" class="elementor elementor-location-popup"><h2 class="elementor-heading-title">Newsletter</h2><form class="elementor-form"><input name="form_fields[email]"></form></div>""",
        )

    def teaser(self, story: Story) -> str:
        url = self.engine.address(story)
        return f'''<article class="elementor-post elementor-grid-item post-{story.id} post type-post status-publish format-standard hentry">
<a class="elementor-post__thumbnail__link" href="{escape(url)}" tabindex="-1"><div class="elementor-post__thumbnail"><img src="/u/{story.id}.jpg" alt=""></div></a>
<div class="elementor-post__text"><h3 class="elementor-post__title">{link(url, story.title)}</h3><div class="elementor-post__meta-data"><span class="elementor-post-date">{story.day}</span></div>
<div class="elementor-post__excerpt"><p>{escape(story.lead)}</p></div>{link(url, self.words["more"] + " »", 'class="elementor-post__read-more" tabindex="-1"')}</div></article>'''

    def pager(self, number: int, last: int, to: Callable[[int], str]) -> str:
        e = self.engine
        links = "".join(
            f'<span aria-current="page" class="page-numbers current"><span class="elementor-screen-only">Page</span>{n}</span>'
            if n == number
            else f'<a class="page-numbers" href="{escape(e.url(to(n)))}"><span class="elementor-screen-only">Page</span>{n}</a>'
            for n in range(1, last + 1)
        )
        return f'<nav class="elementor-pagination" aria-label="Pagination">{links}</nav>'

    def article(self, story: Story, part: Sequence[str], number: int) -> str:
        e, words = self.engine, self.words
        links = (
            f'<div class="page-links elementor-page-links">{words["page"].format(n=number, m=len(story.parts))} {self.part_links(story, number, "elementor-page-number")}</div>'
            if len(story.parts) > 1
            else ""
        )
        near = e.stories[story.number + 1 : story.number + 2]
        older = "".join(
            f'<div class="elementor-post-navigation__prev elementor-post-navigation__link"><a href="{escape(e.address(s))}" rel="prev"><span class="post-navigation__prev--title">{escape(s.title)}</span></a></div>'
            for s in near
        )
        return f'''<div data-elementor-type="single-post" class="elementor elementor-1201 elementor-location-single post-{story.id} post type-post hentry"><div class="e-con e-parent"><div class="e-con-inner">
<div class="elementor-widget elementor-widget-theme-post-title"><h1 class="elementor-heading-title elementor-size-default">{escape(story.title)}</h1></div>
<div class="elementor-widget elementor-widget-post-info"><ul class="elementor-icon-list-items elementor-post-info"><li class="elementor-icon-list-item"><span class="elementor-post-info__item elementor-post-info__item--type-date"><time>{story.day}</time></span></li><li class="elementor-icon-list-item"><a href="{e.url("/?author=3")}"><span class="elementor-post-info__item--type-author">{words["by"]} {story.author}</span></a></li></ul></div>
<div class="elementor-widget elementor-widget-theme-post-content"><div class="elementor-widget-container">{paragraphs(part)}{links}</div></div>
<div class="elementor-widget elementor-widget-share-buttons"><div class="elementor-share-btn"><span class="elementor-share-btn__title">{words["share"]} Facebook</span></div></div>
<div class="elementor-widget elementor-widget-post-navigation">{older}</div></div></div></div>'''


def elementor(origin: str, lang: str) -> Site:
    """Elementor over plain permalinks: every article at `/?p=ID`, pagers by `paged`, REST at `?rest_route=`."""
    stories = write_stories(lang, seed="elementor")
    site = Site(kind="elementor", lang=lang, origin=origin, stories=stories, front=stories[:FRONT])
    engine = Engine(site, stories, lang, plain=True)
    theme = Elementor(engine)
    theme.lay_out()
    engine.put_feed()
    engine.put_rest("/?rest_route=")
    engine.put_rest("/index.php?rest_route=")
    posts = "/?sitemap=posts&sitemap-subtype=post&paged="
    others = ("posts&sitemap-subtype=page", "taxonomies&sitemap-subtype=category", "users")
    engine.put_sitemaps((f"{posts}1", f"{posts}2"), [f"/?sitemap={o}&paged=1" for o in others], "/?sitemap=index")
    site.put_robots(f"User-agent: *\nDisallow: /wp-admin/\n\nSitemap: {site.url('/?sitemap=index')}\n")
    site.full_ways = ("feed", "wp_api", "sitemap", "listing")
    return site
