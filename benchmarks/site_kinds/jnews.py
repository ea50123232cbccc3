"""JNews, with an edition on a host of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from benchmarks.site_kinds.site import Site, json_ld, link, page, paragraphs
from benchmarks.site_kinds.stories import Story, write_stories
from benchmarks.site_kinds.wordpress import FRONT, Engine, Theme


class JNews(Theme):
    """JNews: no slash at the end of permalinks, `http://` and bare-host links, tracking parameters in its blocks."""

    article_class = "wp-embed-responsive post-template-default single single-post postid-{id} single-format-standard jeg_toggle_light jnews jsc_normal"
    archive_class = "archive category category-{section} jeg_toggle_light jnews"
    front_class = "home page-template page-template-template-builder page page-id-9 jeg_toggle_light jnews"
    other: tuple[str, str] | None = None  # language and home of the other edition

    def frame(self, title: str, body: str, css: str, story: Story | None = None) -> str:
        e, words = self.engine, self.words
        items = "".join(
            f'<li class="menu-item menu-item-type-taxonomy">{link(url, label)}</li>' for url, label in self.menu()
        )
        head = e.head(story, rest=None)
        languages = ""
        if self.other and story is None and "home" in css:
            head += f'<link rel="alternate" hreflang="{e.lang}" href="{e.url("/")}"><link rel="alternate" hreflang="{self.other[0]}" href="{self.other[1]}">'
        if self.other:
            languages = (
                f'<div class="jeg_nav_item jeg_lang_switcher">{link(self.other[1], self.other[0].upper())}</div>'
            )
        if story is not None:
            node = {
                "@context": "http://schema.org", "@type": "NewsArticle", "mainEntityOfPage": {"@type": "WebPage", "@id": e.address(story)},
                "headline": story.title, "datePublished": f"{story.published:%Y-%m-%d %H:%M:%S}",
                "author": {"@type": "Person", "name": story.author}, "publisher": {"@type": "Organization", "name": words["site"]},
            }  # fmt: skip
            head += json_ld(node)
        popular = "".join(
            self._post(s, "jeg_pl_sm", "?utm_source=widget&utm_medium=most-read") for s in e.stories[9:12]
        )
        return page(
            self.site,
            title=f"{title} - {words['site']}",
            html=f'lang="{e.lang}" dir="{words["direction"]}"',
            head=head,
            body_class=css,
            body=f"""<div class="jeg_viewport"><div class="jeg_header_wrapper"><div class="jeg_topbar">{languages}</div><div class="jeg_navbar"><ul class="jeg_menu jeg_main_menu">{items}</ul></div></div>
<div class="jeg_main"><div class="jeg_container"><div class="jeg_content">{body}</div>
<div class="jeg_sidebar"><div class="widget widget_jnews_popular"><div class="jeg_block_heading"><h3 class="jeg_block_title"><span>{words["popular"]}</span></h3></div>{popular}</div></div></div></div>
<div class="footer-holder"><div class="jeg_footer"><p>{words["rights"]}</p>{link(e.url("/a-propos/"), words["about"])}</div></div></div>""",
        )

    def _post(self, story: Story, css: str, mark: str = "") -> str:
        e = self.engine
        # blocks that editors filled by hand keep the addresses of years ago: http, and no `www.`
        url = e.address(story) + mark if not mark else e.address(story).replace("https://", "http://") + mark
        return f'''<article class="jeg_post {css} format-standard"><div class="jeg_thumb"><a href="{escape(url)}"><div class="thumbnail-container"><img src="/u/{story.id}.jpg" alt="{escape(story.title)}"></div></a></div>
<div class="jeg_postblock_content"><h3 class="jeg_post_title">{link(url, story.title)}</h3><div class="jeg_post_meta"><div class="jeg_meta_author">{link(e.url("/author/redaction/"), story.author)}</div><div class="jeg_meta_date"><a href="{escape(url)}"><i class="fa fa-clock-o"></i> {story.day}</a></div></div>
<div class="jeg_post_excerpt"><p>{escape(story.lead)}</p><a href="{escape(url)}" class="jeg_readmore">{self.words["more"]}</a></div></div></article>'''

    def teaser(self, story: Story) -> str:
        return self._post(story, "jeg_pl_md_2")

    def pager(self, number: int, last: int, to: Callable[[int], str]) -> str:
        e = self.engine
        if number == last:
            return f'<div class="jeg_navigation jeg_pagination jeg_pagenav_1"><span class="page_info">{number} / {last}</span></div>'
        following = link(e.url(to(number + 1)), self.words["next"], 'class="page_nav next" data-id="2"')
        return f'<div class="jeg_navigation jeg_pagination jeg_pagenav_1 jeg_aligncenter"><span class="page_info">{number} / {last}</span><span class="page_number active">{number}</span>{following}</div>'

    def article(self, story: Story, part: Sequence[str], number: int) -> str:
        e, words = self.engine, self.words
        links = (
            f'<div class="jeg_pagelinks jeg_pagination jeg_pagenav_1 jeg_alignleft"><span class="page_info">{number} / {len(story.parts)}</span>{self.part_links(story, number, "page_number")}</div>'
            if len(story.parts) > 1
            else ""
        )
        inline = self._post(e.stories[(story.number + 5) % len(e.stories)], "jeg_pl_xs_4")
        related = "".join(self._post(s, "jeg_pl_md_1") for s in e.stories[story.number + 1 : story.number + 4])
        return f"""<div class="entry-header"><div class="jeg_breadcrumbs jeg_breadcrumb_container">{link(e.url("/"), words["home"])}</div><h1 class="jeg_post_title">{escape(story.title)}</h1>
<div class="jeg_meta_container"><div class="jeg_post_meta"><div class="meta_left"><div class="jeg_meta_author"><span class="meta_text">{words["by"]}</span> {link(e.url("/author/redaction/"), story.author)}</div><div class="jeg_meta_date">{link(e.address(story), story.day)}</div></div></div></div></div>
<div class="jeg_featured featured_image"><a href="/u/{story.id}.jpg"><div class="thumbnail-container"><img src="/u/{story.id}.jpg" alt=""></div></a></div>
<div class="jeg_share_top_container"><div class="jeg_sharelist">{link(f"https://x.com/intent/tweet?url={e.address(story)}", words["share"] + " X")}</div></div>
<div class="entry-content no-share"><div class="content-inner">{paragraphs(part[:2])}<div class="jnews_inline_related_post"><div class="jeg_postblock_21"><h3 class="jeg_block_title"><span>{words["related"]}</span></h3>{inline}</div></div>{paragraphs(part[2:])}{links}<div class="jeg_post_tags"><span>{words["tags"]}:</span> {link(e.url("/tag/port/"), story.tags[0], 'rel="tag"')}</div></div></div>
<div class="jnews_related_post_container"><div class="jeg_block_heading"><h3 class="jeg_block_title"><span>{words["related"]}</span></h3></div>{related}</div>"""


def jnews(origin: str, lang: str) -> Site:
    """JNews with a second edition, in another language, on a host of its own that only `hreflang` names."""
    other = {"fr": "ar", "ar": "fr", "en": "fr"}[lang]
    site = Site(kind="jnews", lang=lang, origin=origin, stories=(), full_ways=("feed", "sitemap", "listing"))
    sibling = f"{other}.{site.host.removeprefix('www.')}"
    site.hosts = {sibling}
    homes = {lang: f"{origin}/", other: f"https://{sibling}/"}
    for language, host in ((lang, None), (other, sibling)):
        stories = write_stories(language, seed=f"jnews {host}", count=26 if host is None else 12)
        engine = Engine(site, stories, language, host=host, permalink="{root}{year}/{month}/{slug}")
        theme = JNews(engine)
        counterpart = other if host is None else lang
        theme.other = (counterpart, homes[counterpart])
        theme.lay_out()
        engine.put_feed()
        engine.put_sitemaps(
            ("/post-sitemap1.xml", "/post-sitemap2.xml"),
            ["/page-sitemap.xml", "/category-sitemap.xml"],
            "/sitemap_index.xml",
        )
        engine.put(
            "/robots.txt",
            f"User-agent: *\nDisallow: /wp-admin/\n\nSitemap: {engine.url('/sitemap_index.xml')}\n",
            "way",
            kind="text/plain",
        )
        site.stories = [*site.stories, *stories]
        site.front = [*site.front, *stories[:FRONT]]
    return site
