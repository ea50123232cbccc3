"""Listings and the ways in: what a person would pick, and nothing of the frame."""

import pytest

from mapexpress.discovery.declared_ways import find_ways
from mapexpress.discovery.listings import read_listing
from mapexpress.discovery.section_links import section_links
from mapexpress.page.parse import parse
from mapexpress.sites import Edition, SiteConfig

URL = "https://news.example/sport/"
MENU = """<nav><ul class="menu"><li><a href="/">Accueil</a></li><li><a href="/sport/">Sport</a></li>
<li><a href="/economie-et-finance-du-maroc/">Économie</a></li><li><a href="/contact/">Contact</a></li>
<li><a href="https://twitter.com/x">Suivez-nous partout ici</a></li></ul></nav>"""
CARD = """<div class="card"><a href="/{slug}/"><img src="/i.jpg"></a>
<h3 class="entry-title"><a href="/{slug}/">{title}</a></h3>
<a href="/author/jo/">Jo Doe de la rédaction sportive</a><time datetime="2026-06-1{n}T10:00:00+01:00">1{n} juin</time>
<a href="/{slug}/#respond">0</a>
<p>Un premier paragraphe qui raconte en quelques mots ce que dit l'article en question.</p></div>"""


def _listing(pager: str = "", cards: int = 4) -> str:
    names = [(f"victoire-numero-{n}-du-club", f"Victoire numéro {n} du club", n) for n in range(cards)]
    body = "".join(CARD.format(slug=slug, title=title, n=n) for slug, title, n in names)
    footer = "<footer><a href='/mentions-legales/'>Mentions légales du site ici</a></footer>"
    return f"<html><body>{MENU}<main>{body}{pager}</main>{footer}</body></html>"


def test_the_cards_and_nothing_else() -> None:
    found = read_listing(parse(_listing(), url=URL))
    assert [link.url for link in found.links] == [
        f"https://news.example/victoire-numero-{n}-du-club/" for n in range(4)
    ]
    assert found.links[1].date_hint == "2026-06-11T10:00:00+01:00"
    assert found.links[1].title_hint == "Victoire numéro 1 du club"


def test_bare_links_with_a_written_date_and_arabic_titles() -> None:
    html = """<div class="single"><a href="/ar/actualite/akhbar/khabar-1/">
    جلالة الملك يستقبل وفدا من رؤساء الدول الإفريقية</a>
    <div class="pull-left">27 أبريل 2022</div></div>
    <div class="single"><a href="/ar/actualite/akhbar/khabar-2/">وفد مغربي
    يشارك في أشغال المؤتمر الدولي للمناخ</a><div class="pull-left">26 أبريل 2022</div></div>"""
    found = read_listing(parse(html, url="https://news.example/ar/"))
    assert [(link.url[-9:], link.date_hint) for link in found.links] == [
        ("khabar-1/", "2022-04-27"),
        ("khabar-2/", "2022-04-26"),
    ]


@pytest.mark.parametrize(
    ("pager", "expected"),
    [
        ('<div class="page-nav"><a href="/sport/page/2/" aria-label="next-page"><i></i></a></div>', "/sport/page/2/"),
        ('<div class="page-nav"><span>1</span><a href="/sport/page/2/">2</a></div>', "/sport/page/2/"),
        ('<ul class="pagination"><li><a href="?page=2">Suivant »</a></li></ul>', "/sport/?page=2"),
        ('<a rel="next" href="/sport/page/2/">plus</a>', "/sport/page/2/"),
        ('<div class="pagination"><a class="next" href="#">Suivant</a></div>', None),
        ('<a rel="next" href="/calendrier/2026/07/">juillet</a>', None),
        ('<a rel="next" href="https://ads.example/page/2/">next</a>', None),
        ('<a class="td_ajax_load_more" href="#">Voir plus</a>', "/sport/page/2/"),
        ('<nav class="elementor-pagination"><a href="/sport/page/2/"><span>Page</span>2</a></nav>', "/sport/page/2/"),
        (
            '<p class="pagination"><b>0</b> <a href="?debut_art=10">10</a> <a href="?debut_art=20">20</a></p>',
            "/sport/?debut_art=10",
        ),
        ('<p class="pagination"><a href="?tri=1">1</a> <a href="?tri=2&amp;sens=1">2</a></p>', None),
        ('<p><a href="/sport2/">Articles plus anciens</a></p>', "/sport2/"),
        ('<p><a href="/dossiers/">Articles plus anciens</a></p>', None),
    ],
)  # fmt: skip
def test_the_next_page(pager: str, expected: str | None) -> None:
    found = read_listing(parse(_listing(pager), url=URL))
    assert found.next_pages == ((f"https://news.example{expected}",) if expected else ())


def test_a_title_may_share_its_block_with_its_excerpt() -> None:
    excerpt = "Le port a rouvert ses quais après deux semaines de tempête, et les pêcheurs sont repartis au large."
    html = f"""<p><b><a href="/a12.htm">Le port rouvre ses quais aux pêcheurs</a></b> (12 juin 2026)<br>{excerpt}
    <a href="/a12.htm">Lire la suite</a></p><p>{excerpt} Voir <a href="/a9.htm">notre récit de la tempête</a>, paru
    hier.<br>{excerpt}</p>"""
    found = read_listing(parse(html, url="https://news.example/"))
    assert [(link.url[-8:], link.title_hint) for link in found.links] == [
        ("/a12.htm", "Le port rouvre ses quais aux pêcheurs")
    ]


def test_scripts_name_their_pages_by_the_query() -> None:
    html = "".join(
        f"<li><h3><a href='spip.php?article{n}'>Le titre de la dépêche numéro {n}</a></h3></li>" for n in (7, 8)
    )
    html += "<li><a href='spip.php?rubrique3'>Sport</a></li>"
    found = read_listing(parse(html, url="https://news.example/spip.php"))
    assert [link.url[-9:] for link in found.links] == ["?article7", "?article8"]


def test_a_line_of_labels_is_the_menu_where_nothing_calls_itself_one() -> None:
    html = """<center><a href="/sport.htm">Sport</a> | <a href="/culture.htm">Culture</a> |
    <a href="/archives.htm">Archives</a> | <a href="/contact.htm">Contact</a></center>
    <p>Par <a href="/jo.htm">Jo</a>, <a href="/al.htm">Al</a> et <a href="/li.htm">Li</a> de la rédaction du soir</p>"""
    sections = section_links(parse(html, url="https://news.example/"))
    assert [url.rpartition("/")[2] for url in sections] == ["sport.htm", "culture.htm", "archives.htm"]


def test_sections_come_from_the_menu() -> None:
    assert section_links(parse(_listing(), url="https://news.example/")) == (
        "https://news.example/sport/",
        "https://news.example/economie-et-finance-du-maroc/",
    )


def test_ways_declared_before_guessed() -> None:
    head = """<head><link rel="alternate" type="application/rss+xml" href="/sport/feed/">
    <link rel="alternate" type="application/rss+xml" href="/feed/">
    <link rel="alternate" type="application/rss+xml" href="/comments/feed/">
    <link rel="sitemap" href="/sitemap.xml">
    <link rel="https://api.w.org/" href="/index.php/wp-json/"><link rel="alternate" hreflang="ar" href="/ar/"></head>"""
    page = parse(f"<html>{head}<body></body></html>", url="https://news.example/")
    ways = find_ways("https://news.example/", page=page)
    assert ways.feeds == ("https://news.example/feed/", "https://news.example/sport/feed/")
    assert ways.sitemaps == ("https://news.example/sitemap.xml",)
    assert ways.rest == ("https://news.example/index.php/wp-json/",)
    assert ways.editions == (("ar", "https://news.example/ar/"),)
    assert "https://news.example/feed/" not in ways.guessed_feeds
    assert "https://news.example/wp-sitemap.xml" in ways.guessed_sitemaps


def test_broken_addresses_are_passed_over() -> None:
    html = _listing('<a href="http://[preferences]/">Réglez vos préférences de lecture ici</a>')
    assert len(read_listing(parse(html, url=URL)).links) == 4


def test_a_site_files_selectors_decide_where_they_find_a_link() -> None:
    html = """<div class=row><b><a href="/un?x=1#c">Un</a></b><a href="/ad">Annonce du port de Safi</a></div>
    <div class=row><b><a href="https://news.example/2026/06/12/deux">Deux</a></b></div>
    <p class=more><a href="?s=2">+</a></p>"""
    site = SiteConfig(
        key="news",
        editions=(Edition(home=URL),),
        listing_links=("div.row > b", "//div[@data-url]/@data-url"),
        listing_next=("p.more a::attr(href)",),
    )
    found = read_listing(parse(html, url=URL), site=site)
    assert [(link.url, link.title_hint, link.date_hint) for link in found.links] == [
        ("https://news.example/un?x=1", "Un", None),
        ("https://news.example/2026/06/12/deux", "Deux", "2026-06-12"),
    ]
    assert found.next_pages == (f"{URL}?s=2",)
    other = parse("<h2><a href='/une-depeche-du-port-de-safi'>Une dépêche du port de Safi</a></h2>", url=URL)
    assert len(read_listing(other, site=site).links) == 1
    assert read_listing(other, site=site).next_pages == ()
