"""Listings as a site file's own selectors read them: they decide alone where they find something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapexpress.discovery.hint_dates import visible_day
from mapexpress.model.link import Link
from mapexpress.page.walk import absolute
from mapexpress.web.addresses import day_in_path, identity
from mapexpress.web.selectors import query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from mapexpress.model.page import Page
    from mapexpress.sites import SiteConfig


def selected_links(page: Page, site: SiteConfig) -> tuple[Link, ...]:
    """The links to articles that `listing_links` finds on a page, each once: links, addresses, or what holds a link."""
    found: dict[str, Link] = {}
    for url, holder in _addresses(page, site.listing_links):
        title = " ".join(holder.text_content().split()) if holder is not None else ""
        date = (visible_day(title) if title else None) or day_in_path(url)
        found.setdefault(identity(url), Link(url=url, via="listing", title_hint=title or None, date_hint=date))
    return tuple(found.values())


def selected_next(page: Page, site: SiteConfig) -> tuple[str, ...]:
    """The following page that `listing_next` finds; empty at the end of a listing."""
    own = identity(page.url or "")
    return tuple(url for url, _ in _addresses(page, site.listing_next) if identity(url) != own)[:1]


def _addresses(page: Page, selectors: Iterable[str]) -> Iterator[tuple[str, HtmlElement | None]]:
    """Whole addresses with the element that says them; None where only the address was selected."""
    for selector in selectors:
        for found in query(selector, values=True).found(page.root):
            if isinstance(found, str):
                href, holder = found, None
            else:
                link = found if found.get("href") is not None else next(found.iter("a"), None)
                href, holder = (link.get("href") or "" if link is not None else ""), link
            url = absolute(page.base_url, href.strip()).partition("#")[0]
            if href.strip() and url.startswith(("http://", "https://")):
                yield url, holder
