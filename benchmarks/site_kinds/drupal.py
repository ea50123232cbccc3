"""Drupal with two editions under their prefixes."""

from __future__ import annotations

from html import escape

from benchmarks.site_kinds.site import (
    XML,
    Site,
    chunks,
    in_section,
    link,
    page,
    paragraphs,
    rss,
    sitemap,
    sitemap_index,
)
from benchmarks.site_kinds.stories import SECTIONS, WORDS, Story, write_stories


def drupal(origin: str, lang: str) -> Site:
    """Drupal with two languages under their prefixes: `?page=N` from 0, empty pages behind the last, `/node/N`.

    Print twins at `/node/N/printable/print`, shortlinks, taxonomy terms, a home that only redirects.
    """
    other = {"fr": "ar", "ar": "fr", "en": "fr"}[lang]
    site = Site(kind="drupal", lang=lang, origin=origin, stories=())
    maps: list[tuple[str, str | None]] = []
    site.move("/", f"{origin}/{lang}", "way")
    for language, count in ((lang, 26), (other, 10)):
        stories = write_stories(language, seed=f"drupal {language}", count=count)
        _drupal_edition(site, language, other if language == lang else lang, stories, 0 if language == lang else 10_000)
        site.stories = [*site.stories, *stories]
        site.front = [*site.front, *stories[:8]]
    maps = [(url, f"{s.published:%Y-%m-%dT%H:%MZ}") for url, s in site.addresses.items()]
    terms = [(site.url(f"/{lang}/taxonomy/term/{n}"), None) for n in (3, 4)]
    site.put(
        "/sitemap.xml",
        sitemap_index([site.url("/sitemap.xml?page=1"), site.url("/sitemap.xml?page=2")]),
        "way",
        kind=XML,
    )
    site.put("/sitemap.xml?page=1", sitemap([*maps[:20], *terms, (site.url(f"/{lang}"), None)]), "way", kind=XML)
    site.put("/sitemap.xml?page=2", sitemap(maps[20:]), "way", kind=XML)
    site.put_robots(
        f"User-agent: *\nDisallow: /admin/\nDisallow: /search/\nDisallow: /user/login\nSitemap: {origin}/sitemap.xml\n"
    )
    site.full_ways = ("sitemap", "listing")
    return site


def _drupal_edition(site: Site, lang: str, other: str, stories: tuple[Story, ...], numbers: int) -> None:
    words = WORDS[lang]
    origin = site.origin
    kinds = {"fr": "actualites", "ar": "اخبار", "en": "news"}[lang]

    def url(story: Story) -> str:
        return site.url(f"/{lang}/{kinds}/{story.slug}")

    def frame(title: str, body: str, css: str, head: str = "") -> str:
        items = "".join(f"<li>{link(site.url(f'/{lang}/{s}'), words['sections'][s])}</li>" for s in SECTIONS)
        alternates = (
            f'<link rel="alternate" hreflang="{lang}" href="{origin}/{lang}"><link rel="alternate" hreflang="{other}" href="{origin}/{other}">'
            if "path-frontpage" in css
            else ""
        )
        return page(site, title=f"{title} | {words['site']}", html=f'lang="{lang}" dir="{words["direction"]}" prefix="og: https://ogp.me/ns#"',
                    head=f'<meta name="Generator" content="Drupal 10 (https://www.drupal.org)">{alternates}{head}', body_class=css,
                    body=f'''<div class="dialog-off-canvas-main-canvas" data-off-canvas-main-canvas><div class="layout-container"><header role="banner"><div class="region region-header"><nav role="navigation" class="block block-menu navigation menu--main"><ul class="menu">{items}<li>{link(f"{origin}/{lang}/charte", words["charter"])}</li></ul></nav>
<div class="language-switcher-language-url block block-language" role="navigation"><ul class="links"><li hreflang="{other}">{link(f"{origin}/{other}", other, 'class="language-link"')}</li></ul></div></div></header>
<main role="main"><div class="layout-content"><div class="region region-content">{body}</div></div></main>
<footer role="contentinfo"><p>{words["rights"]}</p>{link(f"{origin}/{lang}/user/login", "Login")}</footer></div></div>''')  # fmt: skip

    def row(story: Story) -> str:
        # editors paste addresses of nodes too
        href = site.url(f"/{lang}/node/{story.id + numbers}") if story.number == 7 else url(story)
        return f'''<div class="views-row"><article class="node node--type-article node--promoted node--view-mode-teaser"><h2 class="node__title"><a href="{href.removeprefix(origin)}" rel="bookmark"><span class="field field--name-title field--type-string field--label-hidden">{escape(story.title)}</span></a></h2>
<div class="node__content"><div class="field field--name-field-date">{story.day}</div><div class="clearfix text-formatted field field--name-body field--type-text-with-summary field__item"><p>{escape(story.lead)}</p></div><ul class="links inline"><li class="node-readmore"><a href="{href.removeprefix(origin)}" rel="tag" title="{escape(story.title)}">{words["more"]}</a></li></ul></div></article></div>'''

    def pager(number: int, last: int) -> str:
        items = "".join(
            f'<li class="pager__item{" is-active" if n == number else ""}"><a href="?page={n}" title="Page {n + 1}">{n + 1}</a></li>'
            for n in range(last)
        )
        if number + 1 < last:
            items += f'<li class="pager__item pager__item--next"><a href="?page={number + 1}" rel="next"><span class="visually-hidden">{words["next"]}</span><span aria-hidden="true">››</span></a></li><li class="pager__item pager__item--last"><a href="?page={last - 1}"><span aria-hidden="true">»</span></a></li>'
        return f'<nav class="pager" role="navigation"><ul class="pager__items js-pager__items">{items}</ul></nav>'

    def put_list(base: str, title: str, listed: list[Story], css: str) -> None:
        parts = chunks(listed, 8)
        feed = f'<link rel="alternate" type="application/rss+xml" href="{origin}/{lang}/rss.xml">'
        for number, part in enumerate(parts):
            body = f'<div class="views-element-container"><div class="view view-frontpage"><div class="view-content">{"".join(map(row, part))}</div>{pager(number, len(parts))}</div></div>'
            document = frame(title, body, css, feed)
            site.put(base if number == 0 else f"{base}?page={number}", document, "listing")
            if number == 0:
                site.put(f"{base}?page=0", document, "waste")
        site.put(
            f"{base}?page={len(parts)}", frame(title, f'<div class="view-empty">{words["missing"]}</div>', css), "waste"
        )

    put_list(f"/{lang}", words["site"], list(stories), "path-frontpage")
    for section in SECTIONS:
        put_list(f"/{lang}/{section}", words["sections"][section], in_section(stories, section), "path-taxonomy")
    for story in stories:
        site.addresses[url(story)] = story
        node = f"/{lang}/node/{story.id + numbers}"
        body = f'''<h1 class="page-title"><span class="field field--name-title">{escape(story.title)}</span></h1><article class="node node--type-article node--view-mode-full"><footer class="node__meta"><div class="node__submitted">{words["by"]} <span class="field field--name-uid"><a href="/{lang}/user/4" class="username">{story.author}</a></span> <span class="field field--name-created"><time datetime="{story.published:%Y-%m-%dT%H:%M:%S+00:00}" class="datetime">{story.day}</time></span></div></footer>
<div class="node__content"><div class="clearfix text-formatted field field--name-body field--type-text-with-summary field--label-hidden field__item">{paragraphs(story.paragraphs)}</div><div class="field field--name-field-tags"><div class="field__label">{words["tags"]}</div><div class="field__items"><div class="field__item"><a href="/{lang}/taxonomy/term/12">{story.tags[0]}</a></div></div></div>
<ul class="links inline"><li class="print">{link(f"{node}/printable/print", words["print"])}</li><li class="comment-add">{link(f"/{lang}/user/login?destination=x", words["comments"])}</li></ul></div></article>'''
        head = f'<link rel="canonical" href="{url(story)}"><link rel="shortlink" href="{origin}{node}"><meta property="og:type" content="article">'
        document = frame(story.title, body, "path-node page-node-type-article", head)
        site.put(f"/{lang}/{kinds}/{story.slug}", document, "article")
        site.put(node, document, "waste")
        site.put(
            f"{node}/printable/print",
            page(
                site,
                title=story.title,
                head=f'<link rel="canonical" href="{url(story)}">',
                body=f"<h1>{escape(story.title)}</h1>{paragraphs(story.paragraphs)}",
            ),
            "waste",
        )
    listed = f'<div class="view-content">{"".join(map(row, stories[:6]))}</div>'
    for number in (3, 4, 12):
        site.put(f"/{lang}/taxonomy/term/{number}", frame("term", listed, "path-taxonomy"), "waste")
    site.put(
        f"/{lang}/charte",
        frame(
            words["charter"],
            f'<article class="node node--type-page"><h1>{words["charter"]}</h1><p>{words["about_text"]}</p></article>',
            "path-node page-node-type-page",
        ),
        "waste",
    )
    site.put(f"/{lang}/user/login", frame("Login", "<form></form>", "path-user"), "waste")
    site.put(f"/{lang}/rss.xml", rss(site, [(url(s), s) for s in stories[:10]]), "way", kind="application/rss+xml")
