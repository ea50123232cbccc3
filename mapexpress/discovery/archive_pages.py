"""The archives of a site by month and year, as a page lists them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mapexpress.discovery.address_kinds import kind_of_address
from mapexpress.web.addresses import canonicalize, is_address, same_site

if TYPE_CHECKING:
    from mapexpress.model.page import Page

# WordPress, Blogger and Jekyll write `/2026/06/`, others `/archives/2026/06/` or `/archives/2026-06.html`; WordPress
# without permalinks `?m=202606`
_PERIOD = re.compile(r"/((?:19|20)\d\d)(?:[/-](0?[1-9]|1[0-2]))?(?:/|\.html?|/index\.html?)?")
_BY_QUERY = re.compile(r"(?:^|&)m=((?:19|20)\d\d)(\d\d)?(?:&|$)")


def archive_pages(page: Page) -> tuple[str, ...]:
    """Canonical addresses of the months that a page lists, the newest first; of a year where it lists no month of it.

    Where a listing has no pager this is how its site leads to what is older. Calendars (tables) are none: they go on
    for ever. Of a year's own page the months below it count; other archive pages only repeat the list.
    """
    own = page.url or page.base_url
    found: dict[tuple[str, str], str] = {}
    for anchor in page.anchors:
        if not is_address(anchor.href) or (own and not same_site(anchor.href, own)):
            continue
        period = _period(anchor.href)
        if period is not None and next(anchor.element.iterancestors("table"), None) is None:
            found.setdefault(period, canonicalize(anchor.href))
    years = {year for year, month in found if month}
    here = _period(own) if own else None
    kept = sorted(
        (
            period
            for period in found
            if (period[1] or period[0] not in years) and (here is None or (not here[1] and period[0] == here[0]))
        ),
        reverse=True,
    )
    return tuple(found[period] for period in kept if period != here)


def _period(url: str) -> tuple[str, str] | None:
    """The year and month (or "") whose archive an address names.

    >>> _period("https://n.example/ar/2026/06/"), _period("https://n.example/archives/2026"), _period("https://n.example/?m=202606")
    (('2026', '06'), ('2026', ''), ('2026', '06'))
    >>> _period("https://n.example/2026/06/12/"), _period("https://n.example/2026/06/rain.html")
    (None, None)
    """
    if kind_of_address(url) not in ("calendar", None):
        return None
    parts = urlsplit(url)
    match = _BY_QUERY.search(parts.query)
    if match is None and not parts.query:
        path = unquote(parts.path)
        at = re.search(r"/(?:19|20)\d\d(?:[/-]|\.html?$|$)", path)
        match = _PERIOD.fullmatch(path, at.start()) if at else None
    return (match[1], (match[2] or "").zfill(2) if match[2] else "") if match else None
