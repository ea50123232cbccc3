"""SPIP: everything is a question to one script."""

from __future__ import annotations

from html import escape

from benchmarks.site_kinds.site import (
    Site,
    chunks,
    in_section,
    page,
    paragraphs,
    rss,
)
from benchmarks.site_kinds.stories import SECTIONS, Story, write_stories


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
    site.put_robots("User-agent: *\nDisallow: /ecrire/\n")
    site.full_ways = ("listing",)
    return site
