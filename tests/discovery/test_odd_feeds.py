"""Feeds and sitemaps as servers print them: warnings before, sources inside, addresses of pictures as text."""

import pytest

from mapexpress.discovery.feeds import parse_feed
from mapexpress.discovery.sitemaps import parse_sitemap

FEED = "https://news.example/feed/"
ONE, TWO = "https://news.example/2026/06/01/il-pleut-sur-safi/", "https://news.example/2026/06/02/il-neige-a-ifrane/"
RSS = (
    f"<?xml version='1.0'?><rss><channel><item><link>{ONE}</link></item><item><link>{TWO}</link></item></channel></rss>"
)
URLSET = f"<urlset><url><loc>{ONE}</loc></url><url><loc>{TWO}</loc></url></urlset>"
PRINTED = [
    "<br />\n<b>Deprecated</b>:  Function strftime() is deprecated in <b>/srv/x.php</b> on line <b>9</b><br />\n",
    'Warning: Undefined array key "lang" in /srv/x.php on line 9\n',
    "<!-- cached at 12:00 -->\n\n",
    "<div class='debug'>3 queries</div>",
]


@pytest.mark.parametrize("printed", PRINTED)
def test_what_a_server_prints_before_it_is_passed_over(printed: str) -> None:
    assert [link.url for link in parse_feed((printed + RSS).encode(), FEED).links] == [ONE, TWO]
    assert {link.url for link in parse_sitemap((printed + URLSET).encode(), FEED).links} == {ONE, TWO}


def test_the_source_of_an_entry_has_its_own_link_and_date() -> None:
    source = (
        "<source><id>urn:x</id><title>Le Courrier</title><link href='https://other.example/'/>"
        "<updated>2020-01-01T00:00:00Z</updated></source>"
    )
    entry = f"<entry>{source}<title>Il pleut</title><link href='{ONE}'/><updated>2026-06-01T08:00:00Z</updated></entry>"
    (link,) = parse_feed(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode(), FEED).links
    assert (link.url, link.title_hint, (link.modified_hint or "")[:10]) == (ONE, "Il pleut", "2026-06-01")


@pytest.mark.parametrize("rel", ["enclosure", "self", "replies"])
def test_the_address_of_something_else_written_as_text_is_not_the_entrys(rel: str) -> None:
    entry = f"<entry><link rel='{rel}'>https://cdn.example/a.jpg</link><link href='{ONE}'/><id>urn:1</id></entry>"
    (link,) = parse_feed(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode(), FEED).links
    assert link.url == ONE
