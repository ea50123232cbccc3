"""What a home or a listing shows: links, sections, the ways in that it declares, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mapexpress.discovery.archive_pages import archive_pages
from mapexpress.discovery.declared_ways import Ways, find_ways, folder_of
from mapexpress.discovery.listings import read_listing
from mapexpress.discovery.section_links import section_links
from mapexpress.extraction.blocked import Blocked, detect_block
from mapexpress.model.link import Found
from mapexpress.page.parse import parse
from mapexpress.web.addresses import identity
from mapexpress.web.encodings import decode

if TYPE_CHECKING:
    from mapexpress.crawl.requests.plan import Plan
    from mapexpress.dataset.state.frontier import Entry
    from mapexpress.model.page import Page

FEWEST_IN_FOLDER = 3  # articles of a home that say so


@dataclass(slots=True, frozen=True, kw_only=True)
class Shown:
    """The links of a page, why it has none, and the sections that are worth asking; of a home the `ways` it declares.

    `folder` is the one of its host that the whole site is, as the home's articles tell; None where they do not.
    """

    found: Found
    wall: Blocked | None = None
    sections: tuple[str, ...] = ()
    ways: Ways | None = None
    folder: str | None = None


def read_shown(plan: Plan, entry: Entry, body: bytes, *, url: str, content_type: str | None) -> Shown:
    """Read a home or a listing; `url` is its public address."""
    page = parse(decode(body, content_type)[0], url=url, limits=plan.limits)
    found = read_listing(page, site=plan.site)
    walks_back, is_home = plan.arguments.walks_back, entry.kind == "home"
    sections: tuple[str, ...] = ()
    if "listing" in plan.arguments.via:
        sections = section_links(page) if is_home or walks_back else ()
        if walks_back and not found.next_pages:
            sections += archive_pages(page)
    return Shown(
        found=found,
        wall=None if found.links else detect_block(page),
        sections=sections,
        ways=find_ways(url, page=page) if is_home else None,
        folder=_folder(plan, page, entry) if is_home else None,
    )


def _folder(plan: Plan, page: Page, entry: Entry) -> str | None:
    """The folder that was asked for, where all articles of its home lie in it.

    What names the whole host (the sitemaps of robots.txt) then names other sites too.
    """
    folder = identity(folder_of(entry.url)) + "/"
    if folder.count("/") == 1:
        return None
    shown = [identity(plan.addresses.to_public(link.url)) for link in read_listing(page).links]
    inside = len(shown) >= FEWEST_IN_FOLDER and all(link.startswith(folder) for link in shown)
    return folder if inside else None


def within(plan: Plan, found: Found, scope: str) -> Found:
    """Only the links that lie in a folder."""
    links = (link for link in found.links if identity(plan.addresses.to_public(link.url)).startswith(scope))
    return replace(found, links=tuple(links))


def addresses_of(found: Found) -> tuple[list[int], int]:
    """A number for the address of each link, and how long the longest address is that it leads to."""
    urls = [link.url for link in found.links]
    longest = max(map(len, (*urls, *found.children, *found.next_pages)), default=0)
    return [hash(identity(url)) for url in urls], longest
