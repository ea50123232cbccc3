"""Sitemaps: indexes without what lists no articles, addresses newest first, and what is no sitemap."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.discovery.sitemaps import parse_sitemap

URL = "https://news.example/sitemap_index.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def _index(*names: str) -> bytes:
    rows = "".join(f"<sitemap><loc>https://news.example/{n}</loc></sitemap>" for n in names)
    return f"<sitemapindex {NS}>{rows}</sitemapindex>".encode()


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (("post-sitemap.xml", "page-sitemap.xml", "category-sitemap.xml", "post_tag-sitemap.xml", "author-sitemap.xml",
          "tdb_templates-sitemap.xml", "actualite-sitemap.xml"), ("post-sitemap.xml", "actualite-sitemap.xml")),
        (("wp-sitemap-posts-post-1.xml", "wp-sitemap-posts-post-2.xml", "wp-sitemap-posts-page-1.xml",
          "wp-sitemap-taxonomies-category-1.xml", "wp-sitemap-users-1.xml"),
         ("wp-sitemap-posts-post-2.xml", "wp-sitemap-posts-post-1.xml")),
        (("sitemap-2026-05.xml", "sitemap-2026-06.xml"), ("sitemap-2026-06.xml", "sitemap-2026-05.xml")),
    ],
)  # fmt: skip
def test_children_of_an_index(names: tuple[str, ...], kept: tuple[str, ...]) -> None:
    assert parse_sitemap(_index(*names), URL).children == tuple(f"https://news.example/{n}" for n in kept)


URLSET = f"""<urlset {NS} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://news.example/</loc></url>
<url><loc>https://news.example/old-story-here/</loc><lastmod>2024-01-02</lastmod></url>
<url><image:image><image:loc>https://news.example/wp-content/a.jpg</image:loc></image:image>
<loc>/new-story-here/</loc><lastmod>2026-06-12T10:00:00+01:00</lastmod>
<news:news><news:publication_date>2026-06-12</news:publication_date><news:title>New story</news:title></news:news></url>
</urlset>""".encode()


@pytest.mark.parametrize("data", [URLSET, gzip.compress(URLSET)], ids=["plain", "gzip"])
def test_addresses_newest_first(data: bytes) -> None:
    found = parse_sitemap(data, "https://news.example/news-sitemap.xml")
    assert [link.url for link in found.links] == [
        "https://news.example/new-story-here/",
        "https://news.example/old-story-here/",
    ]
    assert (found.links[0].date_hint, found.links[0].title_hint) == ("2026-06-12", "New story")
    assert (found.links[1].date_hint, found.links[1].modified_hint) == (None, "2024-01-02")


def test_a_list_of_addresses() -> None:
    found = parse_sitemap(
        b"https://news.example/a-b\nhttps://news.example/tag/x/\n", "https://news.example/sitemap.txt"
    )
    assert [link.url for link in found.links] == ["https://news.example/a-b"]


def test_what_is_no_sitemap_says_so() -> None:
    assert parse_sitemap(b"<!DOCTYPE html><html><body>Plan du site</body></html>", URL).problem
    assert parse_sitemap(gzip.compress(URLSET)[:60], URL).problem


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_never_raises(data: bytes) -> None:
    parse_sitemap(data, URL)
    parse_sitemap(b"\x1f\x8b" + data, URL)


def test_an_index_tells_when_its_children_changed() -> None:
    entry = "<sitemap><loc>https://news.example/{}.xml</loc>{}</sitemap>"
    entries = entry.format("post-sitemap", "<lastmod>2026-05-20T08:00:00Z</lastmod>") + entry.format("news-sitemap", "")
    found = parse_sitemap(f"<sitemapindex>{entries}</sitemapindex>".encode(), URL)
    assert found.changed == {"https://news.example/post-sitemap.xml": "2026-05-20T08:00:00+00:00"}
