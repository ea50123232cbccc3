"""What a trial run over a few articles shows of a site: its ways in, platforms, languages, zone, and the articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mapexpress.dataset.between_runs.templates import current_snapshot
from mapexpress.dataset.export.export import Wanted, records
from mapexpress.discovery.address_kinds import kind_of_address
from mapexpress.discovery.feeds import parse_feed
from mapexpress.discovery.listings import read_listing
from mapexpress.discovery.sitemaps import parse_sitemap
from mapexpress.discovery.wordpress import parse_posts, parse_root, rest_root
from mapexpress.model.page import Page
from mapexpress.page.parse import parse
from mapexpress.platforms import recognise
from mapexpress.platforms.selectors import NodeIndex
from mapexpress.web.addresses import identity, same_site
from mapexpress.web.encodings import decode

if TYPE_CHECKING:
    from mapexpress.dataset.files.warc import Captured
    from mapexpress.dataset.store import SiteStore
    from mapexpress.model.link import Found
    from mapexpress.record.build import Explanation
    from mapexpress.sites import SiteConfig


@dataclass(slots=True, frozen=True, kw_only=True)
class WayIn:
    """A way in that answered: how many articles it shows, and the newest day it names.

    `root` is what a site file names to have it asked: of a sitemap the index that leads to it, of a collection the
    REST root. `shows` are the identities of its links that may be articles.
    """

    kind: str
    url: str
    root: str
    articles: int
    newest: str | None
    shows: frozenset[str]


@dataclass(slots=True, kw_only=True)
class Probe:
    """What was seen of a site."""

    ways: list[WayIn] = field(default_factory=list)
    editions: dict[str, str | None] = field(default_factory=dict)  # home address to the language of its own words
    platforms: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    publishers: Counter[str] = field(default_factory=Counter)
    rejections: Counter[str] = field(default_factory=Counter)
    time_zone: str | None = None
    articles: list[Explanation] = field(default_factory=list)


def read_probe(store: SiteStore, site: SiteConfig) -> Probe:
    """Read a trial run from its store: every answer that it kept, and the articles it made of them."""
    # Scrapy imports the commands with every spider; these bring all that reads pages
    from mapexpress.metadata.language import read_language
    from mapexpress.metadata.sources import Sources
    from mapexpress.record.build import explain
    from mapexpress.record.rebuild import documents_of

    probe = Probe()
    indexes: dict[str, str] = {}  # by the identity of a sitemap: the one that leads to it
    for record_id, content in store.state.all(
        "SELECT id, content FROM responses WHERE http_status = 200 ORDER BY warc, position"
    ):
        response = store.response(str(record_id))
        if response is None:
            continue
        if content == "home":
            page = _page(response)
            seen = read_language(Sources(page), " ".join(block.text for block in page.blocks))
            probe.editions.setdefault(response.url, seen[0] if seen else None)
            probe.platforms.update(platform.name for platform in recognise(page, NodeIndex(page)))
        for found in _found(response, str(content), site):
            index = indexes.get(identity(response.url), response.url)
            indexes |= {identity(child): index for child in found.children}
            if found.links:
                kind = "listing" if content == "home" else str(content)
                root = rest_root(index) if kind == "rest" else index
                probe.ways.append(_way(kind, response.url, root, found, site.home))
        if content == "rest" and "/wp/v2/" not in response.url:
            probe.time_zone = probe.time_zone or parse_root(response.body).time_zone
    snapshot = current_snapshot(store.layout)
    for article in records(store.layout, Wanted(latest=True)):
        documents = documents_of(article, store.responses(article))
        if documents:
            probe.articles.append(explain(documents, site=site, snapshot=snapshot))
            probe.languages.update(filter(None, [article.language]))
            probe.publishers.update(filter(None, [article.publisher]))
            page = probe.articles[-1].pages[0]
            probe.platforms.update(platform.name for platform in recognise(page, NodeIndex(page)))
    for (reason,) in store.state.all("SELECT reason FROM urls WHERE kind = 'rejected'"):
        probe.rejections[str(reason)] += 1
    return probe


def _way(kind: str, url: str, root: str, found: Found, home: str) -> WayIn:
    days = sorted(link.date_hint[:10] for link in found.links if link.date_hint and len(link.date_hint) >= 10)
    own = (link.url for link in found.links if same_site(link.url, home) and kind_of_address(link.url) is None)
    return WayIn(
        kind=kind,
        url=url,
        root=root,
        articles=len(found.links),
        newest=days[-1] if days else None,
        shows=frozenset(map(identity, own)),
    )


def _found(response: Captured, content: str, site: SiteConfig) -> Iterator[Found]:
    if content == "feed":
        yield parse_feed(response.body, response.url)
    elif content == "sitemap":
        yield parse_sitemap(response.body, response.url)
    elif content == "rest" and "/wp/v2/" in response.url:
        yield parse_posts(response.body, response.url, response.headers)
    elif content in ("home", "listing"):
        yield read_listing(_page(response), site=site)


def _page(response: Captured) -> Page:
    return parse(decode(response.body, response.headers.get("content-type"))[0], url=response.url)
