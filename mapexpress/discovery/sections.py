"""The sections of a site, as its navigation names them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mapexpress.discovery.addresses import kind_of_address, page_number
from mapexpress.discovery.zones import Zones
from mapexpress.urls import canonicalize, identity, is_address, same_site

if TYPE_CHECKING:
    from mapexpress.blocks import Page
    from mapexpress.sites import SiteConfig

_MAX_WORDS = 6  # a menu label; seen: "Droits de l'homme et société civile" has six
_NOT_SECTIONS = ("account", "info", "feed", "media", "search", "calendar", "home", "author", "tag", "paging")


def section_links(page: Page, *, site: SiteConfig | None = None, limit: int = 60) -> tuple[str, ...]:
    """Addresses of section listings in the order of the page's menus, canonical, at most `limit`.

    Menus, and the labels that head the blocks of a home page; no terms, authors, information pages or articles.
    """
    if site is not None and site.editions and any(e.listings for e in site.editions):
        own = [url for e in site.editions for url in e.listings]
        return tuple(dict.fromkeys(own))
    zones = Zones()
    home = page.url or page.base_url
    found: dict[str, str] = {}
    for anchor in page.anchors:
        if zones.of(anchor.element) != "menu" or not _label(anchor.text):
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


def _label(text: str) -> bool:
    words = text.split()
    return 0 < len(words) <= _MAX_WORDS and len(text) <= 45


def _like_a_section(href: str, home: str) -> bool:
    """A short path below the edition's home, without a date or a long number: `/sport/`, `/ar/economie-et-finance/`."""
    parts = urlsplit(href)
    if parts.query and not parts.query.startswith(("cat=", "id=", "rubrique=", "section=")):
        return False
    base = urlsplit(home).path.rstrip("/") if home else ""
    rest = parts.path.removeprefix(base).strip("/").split("/")
    last = rest[-1]
    return len(rest) <= 3 and last.count("-") <= 5 and sum(c.isdigit() for c in last) < 4
