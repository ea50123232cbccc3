"""What kind of page it is, by its own evidence: an article, or something that is never stored.

Strong evidence is read first (what the platform writes on `<body>`, the address, schema.org types), then the
structure: prose of its own against teasers of other pages. Rules are data (`page_kind.toml`).
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin

from mapexpress.discovery.address_kinds import kind_of_address
from mapexpress.discovery.listings import Teaser, find_teasers
from mapexpress.discovery.zones import Zones
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from mapexpress.model.page import Page

Kind = Literal["article", "listing", "home", "tag", "author", "search", "media", "page", "error", "empty"]

_RULES = tomllib.loads(resources.files(__package__).joinpath("page_kind.toml").read_text("utf-8"))
_JSONLD: dict[str, frozenset[str]] = {kind: frozenset(names) for kind, names in _RULES["jsonld"].items()}
_OG_ARTICLE = frozenset(_RULES["og"]["article"])
_OG_AUTHOR = frozenset(_RULES["og"]["author"])
_BY_ADDRESS: dict[str, Kind] = {
    "home": "home",
    "tag": "tag",
    "author": "author",
    "section": "listing",
    "calendar": "listing",
    "search": "search",
    "feed": "error",
    "media": "media",
    "account": "page",
    "info": "page",
}

# A paragraph: shorter blocks are labels, dates, captions. Median teaser excerpt on 71 listings: 116 characters.
_PROSE = 80
# Own prose that makes an article where nothing else speaks: 0.5 % of 609 article pages have less, and it is more than
# what a section says of itself above its list.
_ENOUGH_PROSE = 400
# Teasers that make a listing of a page with little prose, and the prose of its own that each of them outweighs: of 58
# listings none had more than 300 characters, of 609 article pages with as many teasers four had less than 400.
_TEASERS = 6
_PROSE_PER_TEASER = 8
_PROSE_WITH_OG = 250  # og:type stands on articles, and on the listings of some sites
_LONG = 800  # prose that outweighs an address or a WordPress page's own word
_FRAME = ("menu", "footer", "notice")
_SHORTCODE = re.compile(r"\[\w+[\s\]]")  # a WordPress block that was never rendered
_REACH = 5  # ancestors between a teaser's title and the element that holds its excerpt
_TOGETHER = 3  # paragraphs beside one teaser that are no excerpt of it
_NEIGHBOURHOOD = 5  # ancestors that hold a text together: sections in an article, or each paragraph in a box of its own


@dataclass(slots=True, frozen=True, kw_only=True)
class PageKind:
    """The kind of a page and the one line of evidence that decided; `names_itself`: what decided gave its address."""

    kind: Kind
    evidence: str
    names_itself: bool = False

    @property
    def is_article(self) -> bool:
        """Whether the page may become a record; every other kind is never stored."""
        return self.kind == "article"


def classify(page: Page) -> PageKind:
    """Tell an article from home, listing, term, author, search, media, information and error pages.

    An article needs no markup: prose of its own is enough. Never raises.
    """
    if not page.blocks:
        return PageKind(kind="empty", evidence="no text")
    if target := _refresh(page):
        return PageKind(kind="error", evidence=f"sends on to {target}")
    marked, typed = _by_body(page), _by_jsonld(page)
    if marked is not None and marked.kind == "page" and typed is not None and typed.is_article:
        return typed  # a WordPress page that calls itself an article is one
    if marked is not None and marked.kind not in ("home", "page"):
        return marked
    address = _by_address(page)
    if address is not None and address.kind in ("home", "search", "media", "error"):
        return address
    sure = _sure_prose(page)
    if typed is not None and typed.is_article and sure >= _ENOUGH_PROSE and (marked is None or marked.kind != "page"):
        return typed
    if sure >= max(_LONG, _PROSE_PER_TEASER * len({anchor.href for anchor in page.anchors})):
        own, teasers = sure, 0  # however many of its links were teasers
    else:
        own, teasers = _own_prose(page)
    if marked is not None and marked.kind == "page":
        return _wordpress_page(page, own) or marked
    if marked is not None and page.url and address is None and own >= _LONG:
        marked = None  # a home page is at the home address
    if typed is not None and typed.is_article and (own >= _ENOUGH_PROSE or _is_one(page, typed, own, teasers)):
        return typed
    if marked is not None:
        return marked
    if typed is not None and not typed.is_article and own < _LONG:
        return typed
    if address is not None and (own < _LONG or address.kind == "page" or _is_list(page, own, teasers)):
        return address
    return _by_structure(page, own, teasers)


def _wordpress_page(page: Page, own: int) -> PageKind | None:
    """A long read that its editors made a WordPress page: dated, typed as an article, not named like the site's own."""
    body = page.root.find("body")
    names = (body.get("class") or "").split() if body is not None else []
    own_pages = any(kind_of_address(f"http://site/{name}/") in ("info", "account") for name in names)
    dated = bool(page.meta.get("article:published_time"))
    if own < _LONG or not dated or own_pages or _by_address(page) is not None or _og_type(page) not in _OG_ARTICLE:
        return None
    return PageKind(kind="article", evidence=f"og:type article with a date, {own} characters of prose")


def _refresh(page: Page) -> str | None:
    """The other address that a page sends its readers to at once."""
    for value in page.meta.get("refresh", ()):
        delay, _, target = value.partition(";")
        target = target.strip().partition("=")[2].strip(" '\"")
        if delay.strip() in ("0", "1", "") and target:
            there = _identity(page.base_url, target)
            return target if there not in _addresses(page) else None
    return None


def _by_structure(page: Page, own: int, teasers: int) -> PageKind:
    og = _og_type(page)
    if og in _OG_AUTHOR and own < _ENOUGH_PROSE:
        return PageKind(kind="author", evidence=f"og:type {og}")
    if _is_list(page, own, teasers):
        return _listing(own, teasers)
    if og in _OG_ARTICLE:
        return PageKind(kind="article", evidence=f"og:type {og}")
    if own >= _ENOUGH_PROSE or (own and teasers < _TEASERS):
        return PageKind(kind="article", evidence=f"{own} characters of prose, {teasers} teasers")
    if any(key in page.meta for key in ("article:published_time", "datepublished")):
        return PageKind(kind="article", evidence="a date of publication")
    return _listing(own, teasers) if teasers else PageKind(kind="empty", evidence="neither prose nor teasers")


def _is_list(page: Page, own: int, teasers: int) -> bool:
    enough = _PROSE_WITH_OG if _og_type(page) in _OG_ARTICLE else _ENOUGH_PROSE
    return teasers >= _TEASERS and own < max(enough, _PROSE_PER_TEASER * teasers)


def _is_one(page: Page, typed: PageKind, own: int, teasers: int) -> bool:
    """Whether a short page that calls itself an article is one: among many teasers it must say so twice.

    Themes put `Article` on their lists too.
    """
    named_twice = bool(own) and typed.names_itself and _og_type(page) in _OG_ARTICLE
    return named_twice or not _is_list(page, own, teasers)


def _listing(own: int, teasers: int) -> PageKind:
    return PageKind(kind="listing", evidence=f"{teasers} teasers, {own} characters of prose")


def _by_body(page: Page) -> PageKind | None:
    body = page.root.find("body")
    tokens = (body.get("class") or "").split() if body is not None else []
    if not tokens:
        return None
    for platform in _RULES["body"]:
        if not any(_match(sign, tokens) for sign in platform["signs"]):
            continue
        for pattern, kind in platform["kinds"]:
            if token := _match(pattern, tokens):
                return PageKind(kind=kind, evidence=f"{platform['platform']}: body class {token}")
    return None


def _match(pattern: str, tokens: list[str]) -> str | None:
    if pattern.endswith("*"):
        return next((t for t in tokens if t.startswith(pattern[:-1])), None)
    return pattern if pattern in tokens else None


def _by_jsonld(page: Page) -> PageKind | None:
    counts: Counter[str] = Counter()
    here = _addresses(page)
    for node in page.jsonld:
        names = node.get("@type")
        for name in names if isinstance(names, list) else [names]:
            if not isinstance(name, str):
                continue
            name = name.rpartition("/")[2]
            counts[name] += 1
            if name in _JSONLD["article"] and here & _node_addresses(node, page.base_url):
                return PageKind(kind="article", evidence=f"JSON-LD {name} of this address", names_itself=True)
    for kind in ("search", "author", "page", "listing"):
        found = next((n for n in counts if n in _JSONLD[kind]), None)
        # theme schemas put the site's `Blog` on every page: only without an article
        if found and not any(n in _JSONLD["article"] for n in counts):
            return PageKind(kind=kind, evidence=f"JSON-LD {found}")
    articles = [n for n in counts if n in _JSONLD["article"]]
    if articles and sum(counts[n] for n in articles) <= 2:
        return PageKind(kind="article", evidence=f"JSON-LD {articles[0]}")
    return None


def _node_addresses(node: dict[str, object], base: str) -> set[str]:
    values = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage")]
    texts = [v.get("@id") or v.get("url") if isinstance(v, dict) else v for v in values]
    return {_identity(base, t) for t in texts if isinstance(t, str) and t}


def _addresses(page: Page) -> set[str]:
    declared = [h.href for h in page.head_links if h.rel == "canonical"] + page.meta.get("og:url", [])
    return {_identity(page.base_url, u) for u in [page.url or "", *declared] if u}


def _identity(base: str, address: str) -> str:
    try:
        return identity(urljoin(base, address.partition("#")[0]))
    except ValueError:
        return address


def _by_address(page: Page) -> PageKind | None:
    address = page.url or next((h.href for h in page.head_links if h.rel == "canonical"), "")
    kind = kind_of_address(address) if address else None
    if kind is None or kind == "paging":  # `/slug/page/2/` is the second page of an article as well
        return None
    return PageKind(kind=_BY_ADDRESS[kind], evidence=f"address: {kind}")


def _og_type(page: Page) -> str:
    return next(iter(page.meta.get("og:type", ())), "").strip().lower()


def _sure_prose(page: Page) -> int:
    """Characters of own prose that stand together whatever the page's links are, fewer than `_own_prose` counts.

    Three paragraphs without a link under one parent: none of them is a teaser's excerpt. Most articles have more than
    enough of it, which saves judging all their links.
    """
    together: dict[HtmlElement, list[tuple[HtmlElement, int]]] = {}
    for block in page.blocks:
        size = len(block.text)
        if size < _PROSE or block.link_chars or _SHORTCODE.match(block.text):
            continue
        element = block.element
        if element.tag != "body" and next(element.iter("a"), None) is None:
            together.setdefault(element.getparent(), []).append((element, size))
    zones = Zones()
    best = 0
    for paragraphs in together.values():
        if len(paragraphs) < _TOGETHER or sum(size for _, size in paragraphs) <= best:
            continue
        best = max(best, sum(size for element, size in paragraphs if zones.of(element) not in _FRAME))
    return best


def _own_prose(page: Page) -> tuple[int, int]:
    """Characters of the paragraphs that stand together as a text, and the number of teasers of other pages.

    Excerpts of other pages are no text of this one, nor is what stands in menus and footers; of the rest the largest
    neighbourhood counts, so scattered boxes do not add up to an article.
    """
    zones = Zones()
    teasers = find_teasers(page, zones=zones)
    held = _held(teasers)
    prose = [
        b
        for b in page.blocks
        if len(b.text) >= _PROSE and b.link_chars <= 0.3 * len(b.text) and not _SHORTCODE.match(b.text)
    ]
    holders = [_holder(block.element, held) for block in prose]
    crowd = Counter(holder for holder in holders if holder is not None)
    around: Counter[HtmlElement] = Counter()
    for block, holder in zip(prose, holders, strict=True):
        # an element with one teaser and many paragraphs is an article with a related link, not a teaser
        if (holder is not None and crowd[holder] < _TOGETHER) or zones.of(block.element) in _FRAME:
            continue
        node = block.element
        for _ in range(_NEIGHBOURHOOD):
            parent = node.getparent()
            if parent is None or node.tag == "body":
                break
            node = parent
            around[node] += len(block.text) - block.link_chars
    return max(around.values(), default=0), len(teasers)


def _held(teasers: Iterable[Teaser]) -> dict[HtmlElement, int]:
    """How many different teasers each element around them holds."""
    counts: Counter[HtmlElement] = Counter()
    for teaser in teasers:
        around: set[HtmlElement] = set()
        for element in teaser.elements:
            node = element.getparent()
            for _ in range(_REACH):
                if node is None or node in around or node.tag in ("body", "html", "main"):
                    break
                around.add(node)
                node = node.getparent()
        counts.update(around)
    return counts


def _holder(element: HtmlElement, held: dict[HtmlElement, int]) -> HtmlElement | None:
    """The largest element around a paragraph that holds exactly one teaser, if one does."""
    node: HtmlElement | None = element
    found = None
    for _ in range(_REACH):
        if node is None or held.get(node, 1) > 1:
            break
        if held.get(node) == 1:
            found = node
        node = node.getparent()
    return found
