"""WordPress themes: a core theme, tagDiv Newspaper, Elementor over plain permalinks, JNews with an edition of its own host."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from benchmarks.site_kinds.site import Answer, Site, json_ld, link, page, paragraphs
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
    site.put("/robots.txt", robots(site).replace("sitemap_index", "wp-sitemap"), "way", kind="text/plain")
    site.full_ways = ("feed", "wp_api", "sitemap", "listing")
    return site


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

    def pager(self, number: int, last: int, to: Callable[[int], str]) -> str:
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
        lambda m, q: Answer(body=denied, status=401, headers={"Content-Type": "application/json"}, role="way"),
    )
    engine.put_sitemaps(
        ("/post-sitemap.xml", "/post-sitemap2.xml"),
        [f"/{n}-sitemap.xml" for n in ("page", "tdb_templates", "category", "post_tag", "author")],
        "/sitemap_index.xml",
    )
    site.put("/robots.txt", robots(site), "way", kind="text/plain")
    site.full_ways = ("feed", "sitemap", "listing")
    return site


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
    site.put(
        "/robots.txt",
        f"User-agent: *\nDisallow: /wp-admin/\n\nSitemap: {site.url('/?sitemap=index')}\n",
        "way",
        kind="text/plain",
    )
    site.full_ways = ("feed", "wp_api", "sitemap", "listing")
    return site


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
