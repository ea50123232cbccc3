"""Listings and the ways in: what a person would pick, and nothing of the frame."""

import pytest

from mapexpress.blocks import parse
from mapexpress.discovery.listings import read_listing
from mapexpress.discovery.sections import section_links
from mapexpress.discovery.ways import find_ways

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
    ],
)  # fmt: skip
def test_the_next_page(pager: str, expected: str | None) -> None:
    found = read_listing(parse(_listing(pager), url=URL))
    assert found.next_pages == ((f"https://news.example{expected}",) if expected else ())


def test_sections_come_from_the_menu() -> None:
    assert section_links(parse(_listing(), url="https://news.example/")) == (
        "https://news.example/sport/",
        "https://news.example/economie-et-finance-du-maroc/",
    )


def test_ways_declared_before_guessed() -> None:
    head = """<head><link rel="alternate" type="application/rss+xml" href="/sport/feed/">
    <link rel="alternate" type="application/rss+xml" href="/feed/">
    <link rel="alternate" type="application/rss+xml" href="/comments/feed/">
    <link rel="https://api.w.org/" href="/index.php/wp-json/"><link rel="alternate" hreflang="ar" href="/ar/"></head>"""
    ways = find_ways("https://news.example/", page=parse(f"<html>{head}<body></body></html>", url="https://news.example/"),
                     robots="Sitemap: /sitemap.xml")  # fmt: skip
    assert ways.feeds == ("https://news.example/feed/", "https://news.example/sport/feed/")
    assert ways.sitemaps == ("https://news.example/sitemap.xml",)
    assert ways.rest == ("https://news.example/index.php/wp-json/",)
    assert ways.editions == (("ar", "https://news.example/ar/"),)
    assert "https://news.example/feed/" not in ways.guessed_feeds
    assert "https://news.example/wp-sitemap.xml" in ways.guessed_sitemaps


def test_broken_addresses_are_passed_over() -> None:
    html = _listing('<a href="http://[preferences]/">Réglez vos préférences de lecture ici</a>')
    assert len(read_listing(parse(html, url=URL)).links) == 4
