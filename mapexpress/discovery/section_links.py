"""The sections of a site, as its navigation names them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mapexpress.discovery.address_kinds import kind_of_address, page_number
from mapexpress.discovery.zones import Zones
from mapexpress.web.addresses import canonicalize, identity, is_address, same_site

if TYPE_CHECKING:
    from mapexpress.model.page import Anchor, Page

_BAR = 3  # links that make a line a menu; fewer are a byline, a breadcrumb or a pair of buttons
_MAX_WORDS = 6  # a menu label; seen: "Droits de l'homme et société civile" has six
# `?cat=4`, `rubrique.php?id=1`, SPIP's `?rubrique3`
_BY_QUERY = re.compile(
    r"(?:^|[&;])(?:cat|id|rub|rubrique|section|theme|categorie|category|view=category&id)(?:_?id)?=?\w", re.IGNORECASE
)
_NOT_SECTIONS = ("account", "info", "feed", "media", "search", "calendar", "home", "author", "tag", "paging")


def section_links(page: Page, *, limit: int = 60) -> tuple[str, ...]:
    """Addresses of section listings in the order of the page's menus, canonical, at most `limit`.

    Menus (or, where nothing is called one, lines of labels), and the labels that head the blocks of a home page; no
    terms, authors, information pages or articles.
    """
    zones = Zones()
    home = page.url or page.base_url
    found: dict[str, str] = {}
    named = [a for a in page.anchors if zones.of(a.element) == "menu"]
    for anchor in named or _link_bars(page):
        if not _label(anchor.text):
            continue
        href = anchor.href
        if not href.startswith(("http://", "https://")) or not is_address(href) or (home and not same_site(href, home)):
            continue
        if kind_of_address(href) in _NOT_SECTIONS or page_number(href) or (home and identity(href) == identity(home)):
            continue
        if kind_of_address(href) != "section" and not _like_a_section(href, home):
            continue
        found.setdefault(identity(href), canonicalize(href))
    return tuple(found.values())[:limit]


def _link_bars(page: Page) -> list[Anchor]:
    """Links of the lines that are nothing but labels: the menu of a page where nothing calls itself one."""
    by_block: dict[int, list[Anchor]] = {}
    for anchor in page.anchors:
        by_block.setdefault(anchor.block, []).append(anchor)
    bars: list[Anchor] = []
    for index, anchors in by_block.items():
        if 0 <= index < len(page.blocks) and len(anchors) >= _BAR:
            text = page.blocks[index].text
            linked = sum(len(a.text) for a in anchors)
            # `|` and `-` stand between the labels
            between = sum(c.isalnum() for c in text) - sum(c.isalnum() for a in anchors for c in a.text)
            if any("#" in a.element.get("href", "") for a in anchors):  # "3 comments", "Reply" below a teaser
                continue
            if linked and between <= _BAR and all(_label(a.text) and not a.text.strip().isdigit() for a in anchors):
                bars += anchors
    return bars


def _label(text: str) -> bool:
    words = text.split()
    return 0 < len(words) <= _MAX_WORDS and len(text) <= 45


def _like_a_section(href: str, home: str) -> bool:
    """A short path below the edition's home, without a date or a long number: `/sport/`, `/ar/economie-et-finance/`."""
    parts = urlsplit(href)
    if parts.query and not _BY_QUERY.search(parts.query):
        return False
    base = urlsplit(home).path.rstrip("/") if home else ""
    rest = parts.path.removeprefix(base).strip("/").split("/")
    last = rest[-1]
    return len(rest) <= 3 and last.count("-") <= 5 and sum(c.isdigit() for c in last) < 4
