"""Feeds of every kind, whole and broken, as links."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.discovery.feeds import parse_feed

URL = "https://news.example/feed/"
RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Le Courrier</title><link>https://news.example/</link><generator>https://wordpress.org/?v=6.4</generator>
<item><title>Pluie &#8211; F&amp;egrave;s</title><link>/2026/06/12/pluie-a-fes/</link>
<pubDate>Fri, 12 Jun 2026 11:40:16 +0000</pubDate><guid isPermaLink="false">https://news.example/?p=7</guid>
<content:encoded><![CDATA[<p>Il a plu.</p>]]></content:encoded></item>
<item><title>Sans lien</title><guid>https://news.example/soleil-a-oujda/</guid></item></channel></rss>"""


def test_rss_gives_links_dates_titles_and_the_next_page() -> None:
    found = parse_feed(RSS.encode(), URL)
    assert [link.url for link in found.links] == [
        "https://news.example/2026/06/12/pluie-a-fes/",
        "https://news.example/soleil-a-oujda/",
    ]
    assert (found.links[0].title_hint, found.links[0].date_hint) == ("Pluie – Fès", "2026-06-12T11:40:16+00:00")
    assert found.next_pages == ("https://news.example/feed/?paged=2",)


@pytest.mark.parametrize(
    "document",
    [
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title><link rel="self" href="/api/1"/>'
        '<link rel="alternate" type="text/html" href="/a-b"/><updated>2026-06-12T10:00:00Z</updated></entry></feed>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<item rdf:about="https://news.example/a-b"><title>T</title></item></rdf:RDF>',
        '<rss version="0.91"><channel><item><title>T & U</title><link>https://news.example/a-b</link></item>',
        "\n <rss><channel><item><title>T &eacute;</title><link>/a-b</link></item></channel></rss>",
        json.dumps(
            {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "7", "url": "/a-b", "title": "T"}]}
        ),
    ],
    ids=["atom", "rdf", "cut off, bare ampersand", "leading space, HTML entity", "json feed"],
)
def test_other_formats_and_broken_ones(document: str) -> None:
    assert [link.url for link in parse_feed(document.encode(), URL).links] == ["https://news.example/a-b"]


def test_a_bare_ampersand_in_an_address_loses_nothing() -> None:
    document = "<rss><channel><item><link>https://news.example/s?a=1&id=2</link></item></channel></rss>"
    assert parse_feed(document.encode(), URL).links[0].url == "https://news.example/s?a=1&id=2"


def test_a_lying_charset_is_read_as_what_it_is() -> None:
    as_latin = RSS.replace("Pluie &#8211; F&amp;egrave;s", "Été").encode("cp1252")
    assert parse_feed(as_latin, URL).links[0].title_hint == "Été"


def test_entity_bombs_stay_small() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
    )
    found = parse_feed(
        f"{bomb}]><rss><channel><item><title>&j;</title><link>/a-b</link></item></channel></rss>".encode(), URL
    )
    assert sum(len(link.title_hint or "") for link in found.links) < 100


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (
            RSS.replace("/2026/06/12/pluie-a-fes/", "/a/#comment-12").replace("<guid>", '<guid isPermaLink="false">'),
            "comments",
        ),
        ("<!doctype html><html><body><p>Accueil</p></body></html>", "no feed"),
        ('{"code": "rest_no_route"}', "no feed"),
        ("", "no feed"),
    ],
)
def test_what_is_no_feed_of_articles_says_so(document: str, problem: str) -> None:
    found = parse_feed(document.encode(), URL)
    assert not found.links
    assert problem in (found.problem or "")


@settings(max_examples=50)
@given(st.binary(max_size=200), st.integers(0, len(RSS)))
def test_never_raises(noise: bytes, cut: int) -> None:
    parse_feed(noise, URL)
    parse_feed(RSS.encode()[:cut] + noise, URL)
