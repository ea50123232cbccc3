"""The page that follows in a listing: what a person would click, never a `#` link, never a calendar."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from mapexpress.discovery.address_kinds import kind_of_address, page_number
from mapexpress.discovery.zones import Zones
from mapexpress.text.numbers import whole_number
from mapexpress.web.addresses import canonicalize, identity, is_address, same_site

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from mapexpress.model.page import Anchor, Page

_RULES = tomllib.loads(resources.files(__package__).joinpath("listings.toml").read_text("utf-8"))["next"]
_CLASSES = frozenset(_RULES["classes"])
_LABELS = frozenset(_RULES["labels"])
_TEXTS = frozenset(" ".join(t.casefold().split()) for t in _RULES["texts"])
_BY_SCRIPT = frozenset(_RULES["more_by_script"])
_SHOWN = re.compile(r"[^\W\d]{0,12}\W{0,2}(\d{1,5})")
_TAIL_NUMBER = re.compile(r"(?P<stem>/.*?)(?P<number>\d{0,4})(?P<end>\.(?:s?html?|php|aspx?)|/?)", re.IGNORECASE)
_PAGE_PATH = re.compile(r"/page/\d+/?$")


def next_pages(page: Page, zones: Zones | None = None) -> tuple[str, ...]:
    """The following page of a listing, if there is one: `rel=next`, a "next" link, or the number after this page's.

    Where more is only loaded by script (tagDiv, JNews) it is the `/page/N/` that the script asks for, as a guess.
    """
    zones = zones or Zones()
    own = page.url or next((h.href for h in page.head_links if h.rel == "canonical"), "") or page.base_url
    number = page_number(own) or 1
    declared = [h.href for h in page.head_links if "next" in h.rel.split()]
    candidates = [*declared, *(a.href for a in page.anchors if "next" in a.rel.split())]
    candidates += [a.href for a in page.anchors if _says_next(a, own, zones)]
    for href in candidates:
        if _follows(href, own, number, needs_number=False):
            return (href,)
    numbered = [a for a in page.anchors if page_number(a.href) == number + 1 and _number_shown(a) == number + 1]
    for anchor in numbered:
        if _follows(anchor.href, own, number, needs_number=True):
            return (anchor.href,)
    if own and (counted := _counted_on(page, own, zones)):
        return (counted,)
    if own and (numbered_file := _counted_in_path(page, own, number, zones)):
        return (numbered_file,)
    if page.url and _loads_by_script(page):
        return (_page_address(page.url, number + 1),)
    return ()


def _follows(href: str, own: str, number: int, *, needs_number: bool) -> bool:
    """Whether an address can be the page after `own`: same site, another page, not back, no calendar, no article."""
    if not href or href.startswith(("javascript:", "mailto:", "#")) or not is_address(href):
        return False
    if own and "://" in href and not same_site(href, own):
        return False
    if own and identity(href) == identity(own):
        return False
    if kind_of_address(href) in ("calendar", "feed", "media", "account") and kind_of_address(own) != "calendar":
        return False
    there = page_number(href)
    if there is not None:
        return there == number + 1 or (there > number and not needs_number)
    return not needs_number and kind_of_address(href) != "home" and not _looks_like_article(href)


def _looks_like_article(href: str) -> bool:
    """A "next" link with words of its own leads to another article, not to another page (`rel=next` of a post)."""
    parts = urlsplit(href)
    last = parts.path.rstrip("/").rpartition("/")[2]
    return not parts.query and last.count("-") >= 3 and not re.search(r"\d$", last)


def _says_next(anchor: Anchor, own: str, zones: Zones) -> bool:
    element = anchor.element
    label = (element.get("aria-label") or element.get("title") or "").strip().casefold()
    text = " ".join(anchor.text.casefold().split())
    classes = {c for el in _itself_and_icon(element) for c in (el.get("class") or "").lower().split()}
    said = label in _LABELS or text in _TEXTS or bool(classes & _CLASSES)
    if not said or zones.of(element) == "menu":
        return False
    # a lone "»" or "next" outside a pager may turn a slider: its address must name a page
    if zones.of(element) == "pager" or page_number(anchor.href) is not None or classes & _CLASSES:
        return True
    return is_address(anchor.href) and bool(own) and _numbers_on(anchor.href, own)


def _itself_and_icon(element: HtmlElement) -> list[HtmlElement]:
    parent = element.getparent()
    around = [element, *element.iterchildren("i", "span", "svg")]
    if parent is not None and parent.tag in ("li", "span", "div") and len(parent) == 1:
        around.append(parent)
    return around


def _number_shown(anchor: Anchor) -> int | None:
    """The number that a link of a pager shows: `2`, or `Page 2` where "Page" is for screen readers (Elementor)."""
    found = _SHOWN.fullmatch(anchor.text.strip())
    return int(found[1]) if found else None


def _counted_on(page: Page, own: str, zones: Zones) -> str | None:
    """The following page of a pager that counts by a parameter of its own (`debut_articles=10`, `?start=20`).

    Its links show numbers and are this page's address but for one number; the smallest above this page's own follows.
    """
    here = urlsplit(canonicalize(own))
    mine = dict(parse_qsl(here.query, keep_blank_values=True))
    found: dict[int, str] = {}
    for anchor in page.anchors:
        shown = _number_shown(anchor)
        if shown is None or zones.of(anchor.element) != "pager" or not is_address(anchor.href):
            continue
        there = urlsplit(canonicalize(anchor.href))
        theirs = dict(parse_qsl(there.query, keep_blank_values=True))
        differing = [k for k in {*mine, *theirs} if mine.get(k) != theirs.get(k)]
        if there.path != here.path or there.netloc != here.netloc or len(differing) != 1:
            continue
        told = mine.get(differing[0], "0")
        value, before = whole_number(theirs.get(differing[0], "")), whole_number(told)
        # without a number in its own address this page is the one that `1` leads to
        if value is not None and before is not None and value > before and (told != "0" or shown > 1):
            found.setdefault(value, anchor.href)
    return found[min(found)] if found else None


def _counted_in_path(page: Page, own: str, number: int, zones: Zones) -> str | None:
    """The following page of a pager whose addresses end in the numbers that its links show: `list_2.html`, `news-2/`.

    A pager is named like one, or is several such links under one parent. A home page is the first of the series that it
    shows.
    """
    series: dict[tuple[str, str], dict[int, Anchor]] = {}
    for anchor in page.anchors:
        shown = _number_shown(anchor)
        if shown is None or not is_address(anchor.href) or not same_site(anchor.href, own):
            continue
        parts = urlsplit(anchor.href)
        tail = _TAIL_NUMBER.fullmatch(parts.path)
        if tail is not None and not parts.query and tail["number"] and int(tail["number"]) == shown:
            series.setdefault((tail["stem"], tail["end"]), {}).setdefault(shown, anchor)
    mine = _TAIL_NUMBER.fullmatch(urlsplit(own).path)
    for (stem, end), links in series.items():
        together = len({anchor.element.getparent() for anchor in links.values()}) == 1 and len(links) > 1
        if not together and not any(zones.of(anchor.element) == "pager" for anchor in links.values()):
            continue
        inside = mine is not None and bool(mine["number"]) and (mine["stem"], mine["end"]) == (stem, end)
        here = int(mine["number"]) if inside and mine is not None else number
        following = links.get(here + 1)
        if following is not None and _follows(following.href, own, here, needs_number=False):
            return following.href
    return None


def _numbers_on(href: str, own: str) -> bool:
    """Whether an address is this page's with the next number: `archives.htm` and `archives2.htm`, `-2`, `_p2`.

    >>> _numbers_on("https://n.example/archives3.htm", "https://n.example/archives2.htm")
    True
    """
    here, there = (urlsplit(u).path for u in (own, href))
    mine, theirs = _TAIL_NUMBER.fullmatch(here), _TAIL_NUMBER.fullmatch(there)
    if mine is None or theirs is None or mine["end"] != theirs["end"] or not theirs["number"]:
        return False
    same = mine["stem"].rstrip("-_") == theirs["stem"].rstrip("-_")
    return same and int(theirs["number"]) == int(mine["number"] or 1) + 1


def _loads_by_script(page: Page) -> bool:
    for anchor in page.anchors:
        names: set[str] = set()
        for el in (anchor.element, anchor.element.getparent()):
            if el is not None:
                names.update((el.get("class") or "").split())
        if names & _BY_SCRIPT:
            return True
    return False


def _page_address(url: str, number: int) -> str:
    """The WordPress address of a page of a listing.

    >>> _page_address("https://n.example/sport/", 2), _page_address("https://n.example/sport/page/2/", 3)
    ('https://n.example/sport/page/2/', 'https://n.example/sport/page/3/')
    """
    parts = urlsplit(url)
    path = _PAGE_PATH.sub("", parts.path).rstrip("/")
    return urlunsplit(parts._replace(path=f"{path}/page/{number}/", fragment=""))
