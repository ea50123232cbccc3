"""Whether the values of a site file can mean anything: a slip is told before a run, not by an empty dataset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from mapexpress.sites import Edition, SiteConfig

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


# Whether each may find text and values of attributes too
_SELECTORS = {"keep": False, "remove": False, "listing_links": True, "listing_next": True}


def problems(site: SiteConfig) -> Iterator[str]:
    """One line for each value that cannot be meant, with what to give instead."""
    if not site.key or site.key != site.key.strip():
        yield "key must be a name"
    for edition in site.editions:
        yield from _edition(edition)
    if site.time_zone is not None and not is_zone(site.time_zone):
        yield f"time_zone: {site.time_zone!r} is no IANA name such as Africa/Casablanca"
    for name, values in _SELECTORS.items():
        for selector in getattr(site, name):
            if problem := _selector(selector, values=values):
                yield f"{name}: {problem}"
    for name in ("article_urls", "skip_urls"):
        for pattern in getattr(site, name):
            try:
                re.compile(pattern)
            except re.error as error:
                yield f"{name}: {pattern!r} is no regular expression: {error}"
    if site.delay is not None and site.delay < 0:
        yield "delay: give seconds, 0 or more"


def _edition(edition: Edition) -> Iterator[str]:
    addresses = {"home": (edition.home,), "feeds": edition.feeds, "sitemaps": edition.sitemaps}
    addresses |= {"listings": edition.listings, "rest": (edition.rest,) if edition.rest else ()}
    for name, values in addresses.items():
        for value in values:
            if not _is_address(value):
                yield f"{name}: {value!r} is no http or https address"
    if edition.language is not None and not _LANGUAGE.fullmatch(edition.language):
        yield f"language: {edition.language!r} is no code such as fr or ar-MA"


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def is_zone(name: str) -> bool:
    """Whether the time zone database knows a name.

    >>> is_zone("Africa/Casablanca"), is_zone("Africa"), is_zone("+01:00")
    (True, False, False)
    """
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not there; climbs out; a folder
        return False
    return True


def _selector(selector: str, *, values: bool) -> str | None:
    from mapexpress.web.selectors import query  # parsel's import is not paid for a site without a file

    try:
        query(selector, values=values)
    except ValueError as error:
        return str(error)
    return None
