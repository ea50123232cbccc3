"""News systems: Drupal with two editions, SPIP, an Arc-like publisher, a house system with numbers, an AMP twin site."""

from __future__ import annotations

import re
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
    site.put(
        "/robots.txt",
        f"User-agent: *\nDisallow: /admin/\nDisallow: /search/\nDisallow: /user/login\nSitemap: {origin}/sitemap.xml\n",
        "way",
        kind="text/plain",
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


def spip(origin: str, lang: str) -> Site:
    """SPIP: `spip.php?article12`, `?rubrique3&debut_articles=10`, `page=imprimer`, windows-1252 where it can be."""
    stories = write_stories(lang, seed="spip")
    site = Site(kind="spip", lang=lang, origin=origin, stories=stories, front=stories[:8])
    site.encoding = {"fr": "windows-1252", "ar": "windows-1256", "en": "iso-8859-1"}[lang]
    site.start = "/spip.php"
    words = site.words

    def url(story: Story) -> str:
        return f"{origin}/spip.php?article{story.id}"

    def frame(title: str, body: str, css: str) -> str:
        items = "".join(
            f'<li class="menu-entree"><a href="spip.php?rubrique{n + 2}">{words["sections"][s]}</a></li>'
            for n, s in enumerate(SECTIONS)
        )
        session = f"&amp;PHPSESSID={'0123456789abcdef' * 2}"
        last = "".join(
            f'<li><a href="spip.php?article{s.id}{session}">{escape(s.title)}</a></li>' for s in stories[1:4]
        )
        return page(
            site,
            title=f"{title} - {words['site']}",
            head='<meta name="generator" content="SPIP 3.2.19"><link rel="alternate" type="application/rss+xml" title="Syndiquer tout le site" href="spip.php?page=backend">',
            body_class=css,
            body=f'''<div id="page"><div id="entete"><a rel="start home" href="{origin}/spip.php"><strong id="nom_site_spip">{words["site"]}</strong></a></div><div class="nav" id="nav"><ul>{items}</ul></div>
<div id="conteneur"><div id="contenu">{body}</div></div><div id="extra"><div class="menu articles"><h2>{words["latest"]}</h2><ul>{last}</ul></div></div>
<div id="pied"><p><a href="spip.php?page=sommaire">{words["home"]}</a> | <a href="spip.php?page=plan">Plan</a> | <a href="spip.php?page=login">Login</a></p></div></div>''',
        )

    def row(story: Story) -> str:
        return f'''<li class="hentry"><h3 class="entry-title"><a href="spip.php?article{story.id}" rel="bookmark">{escape(story.title)}</a></h3><small><abbr class="published" title="{story.published:%Y-%m-%dT%H:%M:%SZ}">{story.day}</abbr>, {words["by"]} <span class="vcard author">{story.author}</span></small><div class="introduction entry-content"><p>{escape(story.lead)}</p></div></li>'''

    def put_list(base: str, title: str, listed: list[Story]) -> None:
        parts = chunks(listed, 5)
        sign = "&" if "?" in base else "?"
        for number, part in enumerate(parts):
            links = "".join(
                f'<strong class="on">{5 * n}</strong> | '
                if n == number
                else f'<a href="{escape(base.lstrip("/") + (f"{sign}debut_articles={5 * n}" if n else ""))}#pagination_articles" class="lien_pagination" rel="nofollow">{5 * n}</a> | '
                for n in range(len(parts))
            )
            body = f'<div class="cartouche"><h1>{title}</h1></div><div class="menu articles"><a name="pagination_articles" id="pagination_articles"></a><ul>{"".join(map(row, part))}</ul><p class="pagination">{links}</p></div>'
            # SPIP shows its last page for every number behind it
            site.put(
                base if number == 0 else f"{base}{sign}debut_articles={5 * number}",
                frame(title, body, "page_rubrique"),
                "listing",
            )

    put_list("/spip.php", words["site"], list(stories))
    site.move("/", f"{origin}/spip.php", "way")
    for n, section in enumerate(SECTIONS):
        put_list(f"/spip.php?rubrique{n + 2}", words["sections"][section], in_section(stories, section))
    for story in stories:
        site.addresses[url(story)] = story
        body = f'''<div class="cartouche"><p id="hierarchie"><a href="spip.php">{words["home"]}</a> &gt; <a href="spip.php?rubrique{SECTIONS.index(story.section) + 2}">{words["sections"][story.section]}</a></p><h1 class="titre entry-title">{escape(story.title)}</h1><p class="info-publi"><abbr class="published" title="{story.published:%Y-%m-%dT%H:%M:%SZ}">{story.day}</abbr>, {words["by"]} <span class="vcard author"><a class="url fn spip_in" href="spip.php?auteur3">{story.author}</a></span></p></div>
<div class="texte entry-content">{paragraphs(story.paragraphs)}</div><p><a href="spip.php?page=imprimer&amp;id_article={story.id}">{words["print"]}</a></p><div class="forum"><h2>{words["comments"]}</h2></div>'''
        site.put(f"/spip.php?article{story.id}", frame(story.title, body, "page_article"), "article")
        site.put(
            f"/spip.php?page=imprimer&id_article={story.id}",
            frame(story.title, f"<h1>{escape(story.title)}</h1>{paragraphs(story.paragraphs)}", "imprimer"),
            "waste",
        )
    feed = rss(site, [(url(s), s) for s in stories[:10]], generator="SPIP - www.spip.net")
    site.put(
        "/spip.php?page=backend",
        feed.replace('encoding="UTF-8"', f'encoding="{site.encoding}"'),
        "way",
        kind="text/xml",
    )
    site.put("/spip.php?page=plan", frame("Plan", "<h1>Plan</h1>", "page_plan"), "waste")
    site.put("/spip.php?page=login", frame("Login", "<form></form>", "page_login"), "waste")
    site.put("/robots.txt", "User-agent: *\nDisallow: /ecrire/\n", "way", kind="text/plain")
    site.full_ways = ("listing",)
    return site


def arc(origin: str, lang: str) -> Site:
    """An Arc-like publisher: `/section/YYYY/MM/DD/slug/`, "load more" by script alone, outbound feeds, `outputType=amp`."""
    stories = write_stories(lang, seed="arc")
    site = Site(kind="arc", lang=lang, origin=origin, stories=stories, front=stories[:9])
    words = site.words

    def url(story: Story) -> str:
        name = story.slug if lang != "ar" else f"story-{story.id}"
        return f"{origin}/{story.section}/{story.published:%Y/%m/%d}/{site.url('/' + name).rpartition('/')[2]}/"

    def frame(title: str, body: str, head: str = "") -> str:
        items = "".join(
            f'<li class="section-item"><a class="section-menu--link" href="/{s}/">{words["sections"][s]}</a></li>'
            for s in SECTIONS
        )
        return page(
            site,
            title=f"{title} | {words['site']}",
            head=f'<script>window.Fusion=window.Fusion||{{}};Fusion.arcSite="x";</script>{head}',
            body=f"""<div id="fusion-app" class="layout-section"><header class="page-header"><nav id="main-nav" class="b-header-nav-chain" aria-label="Sections Menu"><ul class="c-stack">{items}</ul></nav></header><section class="b-single-chain">{body}</section>
<footer class="b-footer"><a class="c-link" href="/about-us/">{words["about"]}</a><p class="c-paragraph">{words["rights"]}</p></footer></div>""",
        )

    def promo(story: Story, mark: str = "") -> str:
        href = escape(url(story).removeprefix(origin) + mark)
        return f'''<article class="b-results-list__item"><a class="c-link" href="{href}" aria-hidden="true" tabindex="-1"><figure class="c-media-item"><img class="c-image" src="/resizer/{story.id}.jpg" alt=""></figure></a>
<a class="c-link" href="{href}"><h2 class="c-heading">{escape(story.title)}</h2></a><p class="c-paragraph">{escape(story.lead)}</p><div class="c-attribution b-results-list__attribution"><span>{words["by"]} <a class="c-link" href="/author/redaction/">{story.author}</a></span> <time as="time" class="c-date" datetime="{story.published:%Y-%m-%dT%H:%M:%SZ}">{story.day}</time></div></article>'''

    def front(title: str, listed: list[Story]) -> str:
        return frame(
            title,
            f'<h1 class="c-heading">{title}</h1><div class="b-results-list">{"".join(promo(s) for s in listed[:9])}<button type="button" class="c-button b-results-list__see-more">{words["older"]}</button></div><div class="b-top-table-list"><h2>{words["popular"]}</h2>{"".join(promo(s, "?itm_source=most-read&outputType=amp") for s in stories[3:5])}</div>',
        )

    site.put("/", front(words["site"], list(stories)), "listing")
    for section in SECTIONS:
        site.put(f"/{section}/", front(words["sections"][section], in_section(stories, section)), "listing")
    for story in stories:
        address = url(story)
        site.addresses[address] = story
        node = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": story.title,
            "datePublished": f"{story.published:%Y-%m-%dT%H:%M:%S.123Z}",
            "dateModified": f"{story.published + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
            "author": [{"@type": "Person", "name": story.author}],
            "mainEntityOfPage": address,
            "isAccessibleForFree": True,
        }
        head = f'<link rel="canonical" href="{address}"><link rel="amphtml" href="{address}?outputType=amp"><meta property="og:type" content="article">{json_ld(node)}'
        half = len(story.paragraphs) // 2
        more = "".join(promo(s) for s in stories[story.number + 1 : story.number + 3])
        body = f'''<div class="c-stack b-right-rail__main-interior"><a class="c-overline" href="/{story.section}/">{words["sections"][story.section]}</a><h1 class="b-headline c-heading">{escape(story.title)}</h1><div class="b-byline c-attribution">{words["by"]} <span class="b-byline__names"><a class="c-link" href="/author/redaction/">{story.author}</a></span></div><time class="b-date c-date" datetime="{story.published:%Y-%m-%dT%H:%M:%SZ}">{story.day}</time>
<article class="b-article-body">{"".join(f'<p class="c-paragraph">{escape(p)}</p>' for p in story.paragraphs[:half])}<div class="arcad-feature"><p class="arcad-label">ADVERTISEMENT</p></div>{"".join(f'<p class="c-paragraph">{escape(p)}</p>' for p in story.paragraphs[half:])}</article></div><aside class="b-right-rail__rail--right"><h2 class="c-heading">{words["related"]}</h2>{more}</aside>'''
        site.put(address.removeprefix(origin), frame(story.title, body, head), "article")
        for mark in ("?outputType=amp", "?outputType=amp&itm_source=most-read"):
            site.put(
                address.removeprefix(origin) + mark,
                frame(story.title, body, f'<link rel="canonical" href="{address}">'),
                "waste",
            )
    site.put("/author/redaction/", front("redaction", list(stories)), "waste")
    site.put(
        "/about-us/", frame(words["about"], f"<h1>{words['about']}</h1>{paragraphs([words['about_text']])}"), "waste"
    )
    rows = [(url(s), f"{s.published:%Y-%m-%dT%H:%M:%SZ}") for s in stories]
    months = sorted({f"{s.published:%Y-%m}" for s in stories}, reverse=True)
    for where in ("/arc/outboundfeeds/rss/?outputType=xml", "/arc/outboundfeeds/rss/"):
        site.put(where, rss(site, [(url(s), s) for s in stories[:20]]), "way", kind=XML)
    site.put("/arc/outboundfeeds/news-sitemap/?outputType=xml", sitemap(rows[:12]), "way", kind=XML)
    site.put(
        "/arc/outboundfeeds/sitemap-index/?outputType=xml",
        sitemap_index(f"{origin}/arc/outboundfeeds/sitemap/{m}/?outputType=xml" for m in months),
        "way",
        kind=XML,
    )
    for month in months:
        site.put(
            f"/arc/outboundfeeds/sitemap/{month}/?outputType=xml",
            sitemap(r for r in rows if r[1].startswith(month)),
            "way",
            kind=XML,
        )
    site.put(
        "/robots.txt",
        f"User-agent: *\nDisallow: /pf/api/\nSitemap: {origin}/arc/outboundfeeds/news-sitemap/?outputType=xml\nSitemap: {origin}/arc/outboundfeeds/sitemap-index/?outputType=xml\n",
        "way",
        kind="text/plain",
    )
    site.full_ways = ("sitemap",)
    return site


def numbers(origin: str, lang: str) -> Site:
    """A house system: `/news.php?id=N`, `?page=N` for ever, sessions in every link, a calendar without end, soft 404s.

    Every article names the home page as its canonical; pages behind the last show the last again; deleted articles
    are still listed and answer 200 with an error's text.
    """
    stories = write_stories(lang, seed="numbers")
    site = Site(kind="numbers", lang=lang, origin=origin, stories=stories, front=stories[:6], missing_status=200)
    words = site.words
    session = "sid=9f86d081884c7d659a2feaa0c55ad015"

    def url(story: Story) -> str:
        return f"{origin}/news.php?id={story.id}"

    def frame(title: str, body: str) -> str:
        items = "".join(
            f'<td><a href="/rubrique.php?id={n + 1}&amp;{session}">{words["sections"][s]}</a></td>'
            for n, s in enumerate(SECTIONS)
        )
        days = "".join(f'<td><a href="/archive.php?date=2026-06-{d:02}">{d}</a></td>' for d in range(1, 13))
        return page(
            site,
            title=f"{words['site']} : {title}",
            head=f'<link rel="canonical" href="{origin}/">',
            body=f'''<table width="980" align="center"><tr><td colspan="3"><a href="/index.php?{session}"><img src="/logo.gif" alt="{words["site"]}"></a></td></tr><tr class="menu"><td><a href="/">{words["home"]}</a></td>{items}<td><a href="/contact.php">{words["about"]}</a></td></tr>
<tr><td valign="top">{body}</td><td valign="top" class="colonne"><table class="calendrier"><tr><th><a href="/archive.php?date=2026-05-31">&lt;&lt;</a></th></tr><tr>{days}</tr></table><form action="/search.php"><input name="q"></form></td></tr><tr><td class="pied">{words["rights"]}</td></tr></table>''',
        )

    def row(story: Story) -> str:
        return f'<div class="item"><a class="titre" href="/news.php?id={story.id}&amp;{session}">{escape(story.title)}</a><br><span class="date">{story.day}</span><br>{escape(story.lead)} <a href="/news.php?id={story.id}&amp;{session}">[+]</a></div>'

    gone = {0: 91007, 1: 91014}

    def put_list(base: str, title: str, listed: list[Story]) -> None:
        parts = chunks(listed, 6)
        sign = "&" if "?" in base else "?"

        def shown(number: int) -> str:
            part = parts[min(number, len(parts)) - 1]
            dead = f'<div class="item"><a class="titre" href="/news.php?id={gone[number % 2]}&amp;{session}">{escape(words["places"][number % 9])}: {words["acts"][0]}</a></div>'
            # the pager never ends: it always offers the number after this one
            links = "".join(
                f'<a href="{escape(f"{base}{sign}page={n}&{session}")}">{n}</a> '
                for n in range(max(1, number - 2), number + 3)
            )
            following = f'<a href="{escape(f"{base}{sign}page={number + 1}&{session}")}">{words["next"]} &gt;&gt;</a>'
            return frame(
                title, f'<h1>{title}</h1>{"".join(map(row, part))}{dead}<div class="pages">{links}{following}</div>'
            )

        for number in range(1, 40):
            where = base if number == 1 else f"{base}{sign}page={number}"
            # one page behind the last is what it takes to see that it repeats
            site.put(where, shown(number), "listing" if number <= len(parts) + 1 else "waste")
            if number == 1:
                site.put(f"{base}{sign}page=1", shown(1), "waste")

    put_list("/", words["latest"], list(stories))
    put_list("/index.php", words["latest"], list(stories))
    for n, section in enumerate(SECTIONS):
        put_list(f"/rubrique.php?id={n + 1}", words["sections"][section], in_section(stories, section))
    for story in stories:
        site.addresses[url(story)] = story
        near = "".join(
            f"<li><a href='/news.php?id={s.id}&amp;{session}'>{escape(s.title)}</a></li>"
            for s in stories[story.number + 1 : story.number + 4]
        )
        body = f"""<h1 class="titre">{escape(story.title)}</h1><div class="infos">{story.day} | {words["by"]} {story.author} | <a href="/print.php?id={story.id}">{words["print"]}</a> | <a href="/news.php?id={story.id}&amp;print=1">{words["print"]}</a></div><div class="corps">{paragraphs(story.paragraphs)}</div><div class="voir"><b>{words["related"]}</b><ul>{near}</ul></div>"""
        site.put(f"/news.php?id={story.id}", frame(story.title, body), "article")
        printed = page(site, title=story.title, body=f"<h1>{escape(story.title)}</h1>{paragraphs(story.paragraphs)}")
        site.put(f"/print.php?id={story.id}", printed, "waste")
        site.put(f"/news.php?id={story.id}&print=1", printed, "waste")
    site.rule(
        r"/archive\.php",
        lambda m, q: Answer(
            body=frame(
                "archive", f'<a href="/archive.php?date=2026-0{len(q)}-01&amp;k={len(q)}">&lt;&lt;</a>'
            ).encode(),
            headers={"Content-Type": "text/html"},
        ),
    )
    site.put(
        "/contact.php", frame(words["about"], f"<h1>{words['about']}</h1>{paragraphs([words['about_text']])}"), "waste"
    )
    site.put("/robots.txt", "User-agent: *\nDisallow: /search.php\n", "way", kind="text/plain")
    site.full_ways = ("listing",)
    return site


def amp(origin: str, lang: str) -> Site:
    """A publisher with a twin of every page for AMP on a host of its own, which its feed and most-read list name."""
    stories = write_stories(lang, seed="amp")
    bare = re.sub(r"^https://(?:www\.)?", "", origin)
    site = Site(kind="amp", lang=lang, origin=origin, stories=stories, front=stories[:8], hosts={f"amp.{bare}"})
    words = site.words

    def path(story: Story) -> str:
        return f"/{story.section}/article/{story.id}/{story.slug if lang != 'ar' else 'article'}.html"

    def twin(story: Story) -> str:
        return site.url(path(story)).replace(origin, f"https://amp.{bare}")

    def frame(title: str, body: str, head: str) -> str:
        items = "".join(f'<li><a href="/{s}">{words["sections"][s]}</a></li>' for s in SECTIONS)
        return page(
            site,
            title=f"{title} - {words['site']}",
            head=head,
            body=f'<header><div class="logo"><a href="/">{words["site"]}</a></div><nav class="main-nav"><ul>{items}</ul></nav></header>{body}<footer><ul><li><a href="/mentions-legales">Legal</a></li></ul></footer>',
        )

    def card(story: Story, href: str) -> str:
        return f'<div class="card"><a class="card__link" href="{escape(href)}"><img alt="" src="/i/{story.id}.jpg"><h3 class="card__title">{escape(story.title)}</h3></a><p class="card__text">{escape(story.lead)}</p><span class="card__date">{story.published:%d/%m/%Y}</span></div>'

    def put_list(base: str, title: str, listed: list[Story]) -> None:
        parts = chunks(listed, 8)
        for number, part in enumerate(parts, 1):
            following = (
                f'<a class="pagination__next" rel="next" href="{base}?page={number + 1}">{words["next"]}</a>'
                if number < len(parts)
                else ""
            )
            popular = "".join(f"<li>{link(twin(s) + '?xtor=RSS-1', s.title)}</li>" for s in stories[2:6])
            body = f'<main><h1>{title}</h1><section class="list">{"".join(card(s, path(s)) for s in part)}</section><div class="pagination">{following}</div></main><aside class="most-read"><h2>{words["popular"]}</h2><ol>{popular}</ol></aside>'
            head = '<link rel="alternate" type="application/rss+xml" href="/flux/une.rss">' + (
                f'<link rel="next" href="{origin}{base}?page={number + 1}">' if number < len(parts) else ""
            )
            site.put(base if number == 1 else f"{base}?page={number}", frame(title, body, head), "listing")

    put_list("/", words["site"], list(stories))
    for section in SECTIONS:
        put_list(f"/{section}", words["sections"][section], in_section(stories, section))
    for story in stories:
        address = site.url(path(story))
        site.addresses[address] = story
        parts = story.parts
        for number, part in enumerate(parts, 1):
            links = (
                "".join(f'<a href="{escape(path(story))}?page={n}">{n}</a>' for n in range(1, len(parts) + 1))
                if len(parts) > 1
                else ""
            )
            pager = (
                f'<div class="pager"><span>{words["page"].format(n=number, m=len(parts))}</span> {links}</div>'
                if links
                else ""
            )
            body = f'<main><article itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">{escape(story.title)}</h1><p class="signature">{words["by"]} <span itemprop="author">{story.author}</span></p><p class="date">{story.published:%d/%m/%Y %H:%M}</p><div itemprop="articleBody">{paragraphs(part)}</div>{pager}</article></main><aside><h2>{words["related"]}</h2>{"".join(card(s, path(s)) for s in stories[story.number + 1 : story.number + 3])}</aside>'
            head = f'<link rel="canonical" href="{address}"><link rel="amphtml" href="{twin(story)}"><meta itemprop="datePublished" content="{story.published.isoformat()}">'
            site.put(
                path(story) + ("" if number == 1 else f"?page={number}"), frame(story.title, body, head), "article"
            )
            if number == 1 and len(parts) > 1:
                site.put(f"{path(story)}?page=1", frame(story.title, body, head), "waste")
        small = page(
            site,
            title=story.title,
            html="amp",
            head=f'<link rel="canonical" href="{address}"><script async src="https://cdn.ampproject.org/v0.js"></script>',
            body=f"<article><h1>{escape(story.title)}</h1>{paragraphs(story.parts[0])}</article>",
        )
        site.put(path(story), small, "waste", host=f"amp.{bare}")
    site.put(
        "/flux/une.rss",
        rss(site, [(twin(s) if s.number % 2 else site.url(path(s)), s) for s in stories[:12]]),
        "way",
        kind="application/rss+xml",
    )
    site.put("/mentions-legales", frame("Legal", f"<h1>Legal</h1>{paragraphs([words['about_text']])}", ""), "waste")
    site.put("/robots.txt", f"User-agent: *\nSitemap: {origin}/sitemap-news.xml\n", "way", kind="text/plain")
    site.put("/robots.txt", "User-agent: *\n", "way", kind="text/plain", host=f"amp.{bare}")
    rows = "".join(
        f"<url><loc>{escape(site.url(path(s)))}</loc><news:news><news:publication><news:name>x</news:name><news:language>{lang}</news:language></news:publication><news:publication_date>{s.published.isoformat()}</news:publication_date><news:title>{escape(s.title)}</news:title></news:news></url>"
        for s in stories[:15]
    )
    site.put(
        "/sitemap-news.xml",
        f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>',
        "way",
        kind=XML,
    )
    site.full_ways = ("listing",)
    return site


def handmade(origin: str, lang: str) -> Site:
    """Pages made by hand in tables: no date but a visible one, `article12.htm`, `index.htm`, pages `-2.htm`, `print/`.

    No feed, no sitemap, no robots.txt, no canonical; the archives are a chain of files.
    """
    stories = write_stories(lang, seed="handmade")
    site = Site(kind="handmade", lang=lang, origin=origin, stories=stories, front=stories[:6])
    site.encoding = {"fr": "iso-8859-1", "ar": "windows-1256", "en": "us-ascii"}[lang]
    words = site.words

    def name(story: Story) -> str:
        return f"article{story.id % 1000}"

    def frame(title: str, body: str) -> str:
        items = " | ".join(f'<a href="/{s}.htm">{words["sections"][s]}</a>' for s in SECTIONS)
        return page(
            site,
            title=f"{words['site']} - {title}",
            body=f"""<center><font size="6"><a href="/index.htm">{words["site"]}</a></font><p>{items} | <a href="/archives.htm">{words["archives"]}</a> | <a href="/contact.htm">{words["about"]}</a></p></center><hr>
<table border="0" width="100%"><tr><td>{body}</td></tr></table><hr><center><font size="1">{words["rights"]}</font></center>""",
        )

    def rows(listed: list[Story]) -> str:
        return "".join(
            f'<p><b><a href="/{name(s)}.htm">{escape(s.title)}</a></b> ({s.day})<br>{escape(s.lead)} <a href="/{name(s)}.htm">{words["more"]}</a></p>'
            for s in listed
        )

    site.put("/", frame(words["latest"], rows(list(stories[:6]))), "listing")
    site.put("/index.htm", frame(words["latest"], rows(list(stories[:6]))), "waste")
    for section in SECTIONS:
        site.put(
            f"/{section}.htm",
            frame(
                words["sections"][section],
                f"<h2>{words['sections'][section]}</h2>" + rows(in_section(stories, section)[:5]),
            ),
            "listing",
        )
    parts = chunks(stories, 9)
    for number, part in enumerate(parts, 1):
        following = (
            f'<p align="right"><a href="/archives{number + 1}.htm">{words["older"]}</a></p>'
            if number < len(parts)
            else ""
        )
        listed = "".join(f'<li><a href="/{name(s)}.htm">{escape(s.title)}</a> ({s.day})</li>' for s in part)
        site.put(
            f"/archives{number if number > 1 else ''}.htm",
            frame(words["archives"], f"<h2>{words['archives']}</h2><ul>{listed}</ul>{following}"),
            "listing",
        )
    for story in stories:
        site.addresses[f"{origin}/{name(story)}.htm"] = story
        for number, part in enumerate(story.parts, 1):
            links = ""
            if len(story.parts) > 1:
                links = (
                    "<p>Page "
                    + " ".join(
                        f"<b>{n}</b>"
                        if n == number
                        else f'<a href="/{name(story)}{f"-{n}" if n > 1 else ""}.htm">{n}</a>'
                        for n in range(1, len(story.parts) + 1)
                    )
                    + "</p>"
                )
            body = f'<h1>{escape(story.title)}</h1><p><i>{words["by"]} {story.author}, {story.day}</i></p>{paragraphs(part)}{links}<p><a href="/print/{name(story)}.htm">{words["print"]}</a> - <a href="javascript:history.back()">&lt;&lt;</a></p>'
            site.put(f"/{name(story)}{f'-{number}' if number > 1 else ''}.htm", frame(story.title, body), "article")
        site.put(
            f"/print/{name(story)}.htm",
            page(site, title=story.title, body=f"<h1>{escape(story.title)}</h1>{paragraphs(story.paragraphs)}"),
            "waste",
        )
    site.put(
        "/contact.htm", frame(words["about"], f"<h2>{words['about']}</h2>{paragraphs([words['about_text']])}"), "waste"
    )
    site.full_ways = ("listing",)
    return site
