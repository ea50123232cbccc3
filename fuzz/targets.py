"""What is fuzzed: each target takes any bytes and raises nothing but AssertionError for a broken promise.

Every function is one of the doors through which strangers' bytes come in. `SEEDS` are whole inputs of our own writing
that a fuzzer starts from; `WORDS` are pieces it may put together.
"""

from __future__ import annotations

import atexit
import io
import json
import shutil
import sqlite3
import tempfile
import unicodedata
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from protego import Protego

from fixtures.editions import EDITIONS
from fixtures.pages import LOOP, article_page, listing_page
from fixtures.posts import load_cases, load_posts, newest_first
from fixtures.ways import feed, rest_post, rest_root, sitemap_index
from mapexpress.boilerplate.plain.clean import clean_text
from mapexpress.boilerplate.template import sample, snapshot
from mapexpress.corpus.readers import read
from mapexpress.crawl.ways.named_sitemaps import named_sitemaps
from mapexpress.crawl.workers.confined.messages import read_reading
from mapexpress.dataset.files import warc
from mapexpress.dataset.files.layout import Layout, folder_name
from mapexpress.dataset.files.manifest import read_manifest
from mapexpress.dataset.files.parts import read_part
from mapexpress.dataset.state.database import State
from mapexpress.discovery.declared_ways import find_ways
from mapexpress.discovery.feeds import parse_feed
from mapexpress.discovery.hint_dates import date_hint, visible_day
from mapexpress.discovery.listings import read_listing
from mapexpress.discovery.section_links import section_links
from mapexpress.discovery.sitemaps import parse_sitemap
from mapexpress.discovery.wordpress import parse_posts, parse_root
from mapexpress.errors import StorageError, UsageError
from mapexpress.extraction.blocked import detect_refusal
from mapexpress.extraction.next_pages import article_pages
from mapexpress.fetch.connections.address_policy import AddressPolicy
from mapexpress.fetch.tdm_reservation import is_reserved, parse_reservations
from mapexpress.metadata.dates.machine import read_moment
from mapexpress.metadata.dates.written import find_dates
from mapexpress.model.link import Found
from mapexpress.model.page import Page
from mapexpress.model.record import Article, Rejection
from mapexpress.model.rest_answer import without_post
from mapexpress.model.schema import from_json, problems, to_json
from mapexpress.page import compiled, walk
from mapexpress.page.parse import parse
from mapexpress.record.build import Document, build
from mapexpress.record.canonical import choose_canonical
from mapexpress.record.cleaning import clean
from mapexpress.sites import load_site
from mapexpress.web.addresses import article_id, canonicalize, host_key, identity, is_address
from mapexpress.web.encodings import decode

URL = "https://news.example/economie/les-comptes-annuels-de-la-cooperative/"
_POLICY = AddressPolicy()
_SCRATCH = Path(tempfile.mkdtemp(prefix="mapexpress-fuzz-"))
atexit.register(shutil.rmtree, _SCRATCH, ignore_errors=True)


def _sound(record: Article | Rejection) -> None:
    """A record can be written, read back, and breaks nothing but having no text."""
    line = to_json(record)
    assert from_json(line, type(record)) == record
    if isinstance(record, Article):
        broken = [p for p in problems(record) if p not in ("text: empty", "site: empty")]
        assert not broken, broken


def _one_line(error: Exception) -> None:
    """What a person is told fits one line."""
    assert len(str(error).splitlines()) == 1, str(error)


def _linked(found: Found) -> None:
    for link in found.links:
        assert link.url.lower().startswith(("http://", "https://")), link.url
        assert is_address(link.url), link.url
        canonicalize(link.url)
        identity(link.url)
        _POLICY.refusal(link.url)
    for url in (*found.next_pages, *found.children):
        canonicalize(url)
        _POLICY.refusal(url)


def html(data: bytes) -> None:
    """A page's bytes, as the crawl and as `clean` read them."""
    _sound(build([Document(body=data, url=URL, content_type="text/html; charset=utf-8")]))
    article = clean(data)
    article.id, article.site = article.id or "x", article.site or "x"
    _sound(article)


def halves(data: bytes) -> None:
    """A page's tree, which the compiled walk reads as the Python one does."""
    if compiled.WHY_NOT is not None:
        return
    from mapexpress.page.compiled.walk import walk_page

    page = parse(data, url=URL)
    both = [Page(url=page.url, base_url=page.base_url, root=page.root, encoding=page.encoding) for _ in range(2)]
    walk_page(both[0])
    walk.walk_page(both[1])
    assert compiled.contents(both[0]) == compiled.contents(both[1])
    assert both[0].cut == both[1].cut


def listing(data: bytes) -> None:
    """A home or section page."""
    page = parse(decode(data)[0], url="https://news.example/actualite/")
    _linked(read_listing(page))
    section_links(page)
    find_ways("https://news.example/", page=page)
    article_pages(page)
    detect_refusal(200, data, {}, url=URL, asked=URL)


def feeds(data: bytes) -> None:
    """A feed: RSS, Atom, RDF, JSON."""
    _linked(parse_feed(data, "https://news.example/feed/"))


def sitemaps(data: bytes) -> None:
    """A sitemap or an index."""
    _linked(parse_sitemap(data, "https://news.example/sitemap.xml"))


def rest(data: bytes) -> None:
    """Answers of WordPress's REST interface."""
    _linked(parse_posts(data, "https://news.example/wp-json/wp/v2/posts?per_page=10&page=1"))
    parse_root(data)
    without_post(data, "7")
    _sound(build([Document(body=data, kind="wp_post", url=URL)]))


def jsonld(data: bytes) -> None:
    """JSON-LD in a page whose text is sound."""
    text = data.decode("utf-8", "replace").replace("</", "<\\/")
    paragraph = "<p>La coopérative a livré ses comptes, et le conseil les a examinés pendant deux longues heures.</p>"
    page = f'<script type="application/ld+json">{text}</script><article><h1>Comptes</h1>{paragraph * 4}</article>'
    _sound(build([Document(body=page, url=URL)]))


def robots(data: bytes) -> None:
    """robots.txt and tdmrep.json."""
    text = data.decode("utf-8", "replace")
    rules = Protego.parse(text)
    for url in named_sitemaps("https://news.example/robots.txt", rules.sitemaps):
        _POLICY.refusal(url)
    rules.can_fetch("https://news.example/a/b?c=d", "mapexpress")
    is_reserved(parse_reservations(data), "/actualite/pluie/?a=b")


def dates(data: bytes) -> None:
    """Dates as machines and people write them."""
    text = data.decode("utf-8", "replace")
    hint = date_hint(text)
    assert hint is None or len(hint) < 40
    visible_day(text)
    for language in ("fr", "en", "ar", None):
        find_dates(text, language=language)
        read_moment(text, "fuzz", language)


def text(data: bytes) -> None:
    """Plain text that has lost its HTML."""
    result = clean_text(data.decode("utf-8", "replace"), site="MAP Express")
    for paragraph in result.paragraphs:
        paragraph.encode()
        assert unicodedata.is_normalized("NFC", paragraph)


def addresses(data: bytes) -> None:
    """Addresses and hosts, and the names of folders that come from them."""
    url = data.decode("utf-8", "surrogateescape")
    for address in (url, f"http://{url}/", f"https://news.example/{url}"):
        once = canonicalize(address)
        assert canonicalize(once) == once, address
        identity(address)
        host_key(address)
        article_id("site", address)
        choose_canonical(URL, address)
        _POLICY.refusal(address)
    if url:
        name = folder_name(url)
        assert name == Path(name).name
        assert not name.startswith(".")


def site_files(data: bytes) -> None:
    """A site file, as its writer may get it wrong."""
    path = _SCRATCH / "site.toml"
    path.write_bytes(data)
    try:
        load_site(str(path))
    except UsageError as error:
        _one_line(error)


def state(data: bytes) -> None:
    """Files of the data folder, damaged or planted."""
    for read_one in (snapshot.from_data, sample.from_bytes, read_reading, _record):
        try:
            read_one(data)
        except (ValueError, KeyError, TypeError):
            continue
    path = _SCRATCH / "part-x-1.jsonl.gz"
    for reader in (_manifest, _part, _database):
        path.write_bytes(data)
        try:
            reader(path)
        except StorageError as error:
            _one_line(error)


def _record(data: bytes) -> object:
    return from_json(data, Article)


def _manifest(path: Path) -> object:
    return read_manifest(path)


def _part(path: Path) -> object:
    return [len(line) for line in read_part(path)]


def _database(path: Path) -> None:
    opened = State(path)
    try:
        opened.outcome(URL)
    finally:
        opened.close()
        for name in ("-wal", "-shm"):
            path.with_name(path.name + name).unlink(missing_ok=True)


def archives(data: bytes) -> None:
    """WARC files and bodies in content encodings."""
    for coding in ("gzip", "deflate", "br", "zstd", "gzip, br, gzip", "x-gzip, rot13"):
        with suppress(StorageError):
            assert len(warc.decode(data, coding, 1 << 20)) <= max(1 << 20, len(data))
    path = _SCRATCH / "x.warc.gz"
    path.write_bytes(data)
    try:
        for source in read(path):
            assert isinstance(source.body, bytes | str)
    except (UsageError, StorageError) as error:
        _one_line(error)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        html, halves, listing, feeds, sitemaps, rest, jsonld, robots, dates, text, addresses, site_files, state, archives
    )
}  # fmt: skip


def seeds(name: str) -> list[bytes]:
    """Whole inputs of a target, from the fixture site."""
    posts = newest_first(load_posts())
    edition = EDITIONS["fr"]
    if name in ("html", "halves"):
        return [article_page(post, posts).encode() for post in posts[:12]]
    if name == "listing":
        shown = [(theme, listing_page(theme, edition, "N", posts, 1, edition.home, posts)) for theme in LOOP]
        return [page.encode() for _, page in shown if page]
    if name == "feeds":
        return [(feed(edition, posts[:4]) or "").encode(), _ATOM, _JSON_FEED]
    if name == "sitemaps":
        return [sitemap_index({"post-sitemap.xml": posts[:3]}).encode(), _URLSET, b"https://news.example/a/\n"]
    if name == "rest":
        rows = [rest_post(post, embed=True) for post in posts[:3]]
        return [json.dumps(v).encode() for v in (rows, rows[0], rest_root(edition))]
    if name == "jsonld":
        return [_JSONLD]
    if name == "text":
        return [case.text.encode() for case in load_cases() if case.text]
    if name == "archives":
        return [zlib.compress(b"abc" * 99), *_compressed(), _warc()]
    if name == "state":
        return [_database_bytes(), to_json(Article(id="1", site="s")), b'{"pages": [], "problem": ""}']
    return _SMALL[name]


def _compressed() -> list[bytes]:
    import gzip

    import brotli
    import zstandard

    return [pack(b"<p>Il pleut.</p>" * 20) for pack in (gzip.compress, brotli.compress, zstandard.compress)]


def _warc() -> bytes:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    page = io.BytesIO(b"<p>Il pleut sur la ville depuis ce matin.</p>")
    writer.write_record(writer.create_warc_record(URL, "response", payload=page, http_headers=headers))
    return out.getvalue()


def _database_bytes() -> bytes:
    path = Layout(_SCRATCH, "seed").state
    path.unlink(missing_ok=True)
    opened = State(path)
    opened.commit()
    opened.close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = DELETE")
    database.close()
    return path.read_bytes()


_ATOM = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><link rel="next" href="/2"/><entry><title>T</title>'
    b'<link href="/a/b-c-d/"/><id>urn:x</id><updated>2026-01-02T03:04:05Z</updated><content type="html">&lt;p&gt;x'
    b"</content></entry></feed>"
)
_JSON_FEED = (
    b'{"version":"https://jsonfeed.org/version/1.1","next_url":"/2","items":[{"url":"/a/","title":"T","id":"1"}]}'
)
_URLSET = (
    b'<?xml version="1.0" encoding="utf-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>'
    b"https://news.example/2026/01/02/pluie-sur-la-ville/</loc><lastmod>2026-01-02</lastmod></url></urlset>"
)
_JSONLD = json.dumps(
    {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": ["NewsArticle", "Article"],
                "headline": "Comptes",
                "author": [{"@type": "Person", "name": "A. B."}],
                "datePublished": "2026-01-02T03:04:05+01:00",
                "isAccessibleForFree": "False",
                "image": {"url": "/a.jpg"},
                "articleBody": "Texte.",
                "keywords": "a,b",
                "publisher": {"name": "N"},
            }
        ],
    }
).encode()
_SMALL = {
    "robots": [
        b"User-agent: *\nDisallow: /a*b$\nAllow: /\nCrawl-delay: 5\nSitemap: /sitemap.xml\n",
        b'[{"location": "/a/*", "tdm-reservation": 1}]',
    ],
    "dates": [
        s.encode()
        for s in (
            "Tue, 20 Feb 2018 20:18:32 +0000",
            "2026-06-12T13:40:16.123+0100",
            "mercredi, 27 avril, 2022 à 17:39",
            "الأحد، 24 غشت، 2025 على الساعة 20:10",
            "Wed Apr 27 17:39:00 CEST 2022",
            "March 3, 2022 5:04 PM",
        )
    ],
    "addresses": [
        b"0x7f.1",
        b"[::ffff:127.0.0.1]:80",
        "xn--pple-43d.com/actualité/%d8%a7?utm_source=x&b=2#top".encode(),
        b"HTTPS://News.Example:443/a/../b//c/index.html",
        b"//user:word@news.example/;jsessionid=12",
    ],
    "site_files": [
        b'publisher = "N"\ntime_zone = "Africa/Casablanca"\n[[editions]]\nhome = "https://news.example/"\n'
        b'language = "fr"\nfeeds = ["https://news.example/feed/"]\n[thresholds]\nmax_rejected = 0.5\n'
    ],
}
WORDS: dict[str, list[bytes]] = {
    "html": b"<html <body <article> <h1> <p> </p> <div class=\" <ul><li> <table><tr><td> <script> <!-- --> <meta name=\""
    b" content=\" <link rel=\"canonical\" href=\" <time datetime=\" &#xD800; &nbsp; <base href=\" hidden itemprop=\""
    b" <template> <noscript> <br><br> <![CDATA[ <figure><figcaption> <iframe".split(b" "),
    "feeds": b"<rss <channel> <item> <link> <guid> <pubDate> <![CDATA[ ]]> &amp; <!ENTITY <!DOCTYPE <content:encoded>"
    b" xml:base=\" <entry> {\"items\": [ \"url\": \"".split(b" "),
    "sitemaps": b"<urlset <sitemapindex <sitemap> <url> <loc> <lastmod> <news:title> <image:image> <!ENTITY ]]>".split(),
    "rest": b"{\"id\": \"link\": \"rendered\": \"content\": {\"protected\": true \"_embedded\": \"wp:term\": [[ null".split(),
    "jsonld": b"\"@graph\": \"@type\": \"@value\": \"name\": [{ }] null \"datePublished\": \"author\": \"\\ud800\"".split(),
}  # fmt: skip
WORDS["listing"] = WORDS["halves"] = WORDS["html"]
