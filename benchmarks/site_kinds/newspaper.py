"""tagDiv's Newspaper theme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from benchmarks.site_kinds.site import Answer, Site, link, page, paragraphs
from benchmarks.site_kinds.stories import Story, write_stories
from benchmarks.site_kinds.wordpress import FRONT, Engine, Theme, robots


class Newspaper(Theme):
    """tagDiv Newspaper 12's cloud templates: titles of the root, a hover menu, "load more" by script, AMP twins."""

    article_class = (
        "wp-singular post-template-default single single-post postid-{id} td-standard-pack tdb_template_7 tdb-template"
    )
    archive_class = "archive category category-{section} td-standard-pack tdb_template_8 tdb-template"
    front_class = "home blog td-standard-pack"

    def frame(self, title: str, body: str, css: str, story: Story | None = None) -> str:
        e, words = self.engine, self.words
        hover = "".join(self._module(s, "td_module_mega_menu") for s in e.stories[:3])
        items = "".join(
            f'<li class="menu-item tdb-menu-item-button">{link(url, label)}'
            + (
                f'<ul class="sub-menu"><li class="tdb-mega-menu"><div class="td_block_inner">{hover}</div></li></ul>'
                if n == 1
                else ""
            )
            + "</li>"
            for n, (url, label) in enumerate(self.menu())
        )
        popular = "".join(self._module(s, "td_module_flex") for s in e.stories[12:15])
        head = e.head(story, rest=None)
        if story is not None:
            # a dispatch names the agency that it came from, an old plugin names the home page
            canonical = {2: f"https://agency.example/{story.slug}/", 6: e.url("/")}.get(story.number)
            if canonical:
                head = head.replace(f'rel="canonical" href="{e.address(story)}"', f'rel="canonical" href="{canonical}"')
            head += f'<link rel="amphtml" href="{e.address(story)}amp/">'
            head += f'<meta property="og:type" content="article"><meta property="article:published_time" content="{story.published.isoformat()}">'
            head += f'<meta property="og:title" content="{escape(story.title)}"><meta property="og:url" content="{e.address(story)}">'
        return page(
            self.site,
            title=f"{title} | {words['site']}",
            head=head,
            body_class=css,
            body=f"""<div id="td-outer-wrap" class="td-theme-wrap"><div class="td-header-template-wrap"><div class="tdb_header_menu"><ul id="menu-main" class="tdb-block-menu tdb-menu tdb-menu-items-visible">{items}</ul></div></div>
<div class="td-main-content-wrap td-container-wrap"><div class="td-a-rec td-a-rec-id-header"><span class="td-adspot-title">- Advertisement -</span></div>{body}</div>
<div class="td-footer-template-wrap"><div class="td_block_wrap td_flex_block_1"><h4 class="td-block-title"><span>{words["popular"]}</span></h4>{popular}</div>
<div class="tdm_block">{words["rights"]} {link(e.url("/a-propos/"), words["about"])}</div></div></div>""",
        )

    def _module(self, story: Story, css: str) -> str:
        e = self.engine
        url = e.address(story)
        return f'''<div class="{css} td_module_wrap td-animation-stack"><div class="td-module-container"><div class="td-image-container"><div class="td-module-thumb"><a href="{url}" rel="bookmark" class="td-image-wrap" title="{escape(story.title)}"><span class="entry-thumb"></span></a></div></div>
<div class="td-module-meta-info">{link(e.url(e.section_path(story.section)), e.section_name(story.section), 'class="td-post-category"')}<h3 class="entry-title td-module-title">{link(url, story.title, f'rel="bookmark" title="{escape(story.title)}"')}</h3>
<div class="td-editor-date"><span class="td-author-date"><span class="td-post-date"><time class="entry-date updated td-module-date" datetime="{story.published.isoformat()}">{story.day}</time></span></span></div>
<div class="td-excerpt">{escape(story.lead)}</div></div></div></div>'''

    def teaser(self, story: Story) -> str:
        return self._module(story, "td_module_flex td_module_flex_1")

    def pager(self, _number: int, _last: int, _to: Callable[[int], str]) -> str:
        return '<div class="td-load-more-wrap"><a href="#" class="td_ajax_load_more td_ajax_load_more_js" id="next-page-tdi_8">Load more</a></div>'

    def article(self, story: Story, part: Sequence[str], number: int) -> str:
        e, words = self.engine, self.words
        others = "".join(self._module(s, "td_module_flex") for s in e.stories[story.number + 2 : story.number + 5])
        links = (
            f'<div class="page-nav page-nav-post td-pb-padding-side">{self.part_links(story, number, "page")}</div>'
            if len(story.parts) > 1
            else ""
        )
        return f'''<article id="post-{story.id}" class="tdb-single-post post-{story.id} post type-post hentry">
<div class="vc_column"><div class="tdb-breadcrumbs"><span>{link(e.url("/"), words["home"], 'class="tdb-entry-crumb"')}</span> {link(e.url(e.section_path(story.section)), e.section_name(story.section), 'class="tdb-entry-crumb"')}</div>
<div class="tdb_title"><div class="tdb-block-inner"><h1 class="tdb-title-text">{escape(story.title)}</h1></div></div>
<div class="tdb_single_author"><div class="tdb-author-name-wrap"><span class="tdb-author-by">{words["by"]}</span> {link(e.url("/author/redaction/"), story.author, 'class="tdb-author-name"')}</div></div>
<div class="tdb_single_date"><time class="entry-date updated td-module-date" datetime="{story.published.isoformat()}">{story.day}</time></div>
<div class="td-post-sharing">{words["share"]} {link(f"https://www.facebook.com/sharer.php?u={e.address(story)}", "Facebook")} {link(e.address(story) + "?share=whatsapp", "WhatsApp")}</div>
<div class="td_block_wrap tdb_single_content td-post-content tagdiv-type"><div class="tdb-block-inner td-fix-index">{paragraphs(part[:2])}<div class="td-a-rec td-a-rec-id-content_inline"><span class="td-adspot-title">- Advertisement -</span><img alt="spot_img"></div>{paragraphs(part[2:])}{links}</div></div>
<div class="tdb_single_tags"><ul class="tdb-tags"><li><span>{words["tags"]}</span></li><li>{link(e.url("/tag/port/"), story.tags[0])}</li></ul></div>
<div class="td_block_wrap tdb_single_related"><h4 class="td-block-title"><span>{words["related"]}</span></h4>{others}</div></div></article>'''


def newspaper(origin: str, lang: str) -> Site:
    """tagDiv with `/slug/` permalinks, REST closed by a plugin, Yoast's sitemaps, AMP twins, a canonical of another host."""
    stories = write_stories(lang, seed="newspaper")
    site = Site(kind="tagdiv", lang=lang, origin=origin, stories=stories, front=stories[:FRONT])
    engine = Engine(site, stories, lang)
    theme = Newspaper(engine)
    theme.lay_out()
    for story in stories:
        body = theme.article(story, story.parts[0], 1)
        amp = page(
            site,
            title=story.title,
            html="amp lang=x",
            head=f'<link rel="canonical" href="{engine.address(story)}">',
            body=body,
        )
        engine.put(f"{engine.path(story)}amp/", amp, "waste")
    engine.put_feed()
    denied = b'{"code":"rest_not_logged_in","message":"You are not currently logged in.","data":{"status":401}}'
    site.rule(
        r"/wp-json/.*",
        lambda _m, _q: Answer(body=denied, status=401, headers={"Content-Type": "application/json"}, role="way"),
    )
    engine.put_sitemaps(
        ("/post-sitemap.xml", "/post-sitemap2.xml"),
        [f"/{n}-sitemap.xml" for n in ("page", "tdb_templates", "category", "post_tag", "author")],
        "/sitemap_index.xml",
    )
    site.put_robots(robots(site))
    site.full_ways = ("feed", "sitemap", "listing")
    return site
