"""Listings: the article links that a person would pick from a page, and the page that follows.

No selector of a theme is needed: a link is judged by where it stands, what it says and where it leads. What is named
in `listings.toml` are the parts that every page has under its own names (menus, pagers, titles).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mapexpress.discovery.address_kinds import kind_of_address
from mapexpress.discovery.hint_dates import date_hint, visible_day
from mapexpress.discovery.pagers import next_pages
from mapexpress.discovery.selected import selected_links, selected_next
from mapexpress.discovery.zones import Zones
from mapexpress.model.link import Found, Link
from mapexpress.web.addresses import day_in_path, host_and_port, identity, is_address, is_index_file

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from mapexpress.model.page import Anchor, Page
    from mapexpress.sites import SiteConfig

_RULES = tomllib.loads(resources.files(__package__).joinpath("listings.toml").read_text("utf-8"))["teaser"]
_HEADINGS = frozenset(_RULES["headings"])
_TITLES = frozenset(_RULES["titles"])
_RELS = frozenset(_RULES["rels"])
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_WORD = re.compile(r"\w+")
# `?id=12`, `?nid=12`, `?p=12`, SPIP's `?article12`
_NAMED_BY_QUERY = re.compile(
    r"(?:^|&)(?:(?=\w*?id)\w++=|(?:p|story|news|post)=|art(?:icle)?=?)\d+(?:&|$)", re.IGNORECASE
)
_ARTICLE_FILE = re.compile(r"\D*+\d.*\.(?:s?html?|php|aspx?)$", re.IGNORECASE | re.DOTALL)

# A teaser needs this much evidence; a title in a heading with a name of its own has 4, a bare long link 3.
_ENOUGH = 3
_MOST_BY_ADDRESS = 2
_SENTENCE = 80  # shorter blocks are labels, titles and lines of dates, whatever is linked in them
_REACH = 6  # ancestors between a teaser's title and the element that holds it with its date and picture


@dataclass(slots=True)
class _Target:
    """All anchors of a page that lead to one address."""

    url: str
    order: int
    score: int = -9
    title: str = ""
    anchor: Anchor | None = None
    pictured: bool = False
    menu_score: int = -9
    elements: list[HtmlElement] = field(default_factory=list)

    @property
    def label_in_menu(self) -> bool:
        return -1 < self.menu_score <= 0


@dataclass(slots=True, frozen=True)
class Teaser:
    """A link to an article as a page shows it: its address, its title, the anchor that says it, and all its anchors."""

    url: str
    title: str
    element: HtmlElement | None
    elements: tuple[HtmlElement, ...]


def read_listing(page: Page, *, site: SiteConfig | None = None) -> Found:
    """Article links in page order, with date and title hints, and the following page of the listing.

    Works on the parsed page alone. Links to other sites, menus, terms, authors, files and pagers are left out;
    `site` adds its own patterns of addresses that are articles or never are, and its own selectors, which decide alone
    where they find a link. Addresses stay as the page writes them, resolved and without fragment.
    """
    zones = Zones()
    following = selected_next(page, site) if site is not None and site.listing_next else next_pages(page, zones)
    if site is not None and site.listing_links and (selected := selected_links(page, site)):
        return Found(links=selected, next_pages=following)
    teasers = find_teasers(page, site=site, zones=zones)
    titles = {t.element: t.url for t in teasers if t.element is not None}
    links = tuple(
        Link(
            url=t.url,
            via="listing",
            title_hint=t.title or None,
            date_hint=(_date_beside(t.element, titles) if t.element is not None else None) or day_in_path(t.url),
        )
        for t in teasers
    )
    return Found(links=links, next_pages=following)


def find_teasers(page: Page, *, site: SiteConfig | None = None, zones: Zones | None = None) -> tuple[Teaser, ...]:
    """The article links of a page in its order, each once; see `read_listing`."""
    targets = _targets(page, zones or Zones())
    # what a menu names with a label is a section; with a title, a teaser in a large menu
    chosen = [t for t in targets if t.score >= _ENOUGH and not t.label_in_menu]
    if not chosen:  # a page whose frame calls itself a menu
        for target in targets:
            target.score = target.menu_score + _address_evidence(target.url) + target.pictured
        chosen = [t for t in targets if t.score > _ENOUGH]
    if site is not None:
        chosen = list(_allowed(chosen, targets, site))
    chosen.sort(key=lambda t: t.order)
    return tuple(Teaser(t.url, t.title, t.anchor.element if t.anchor else None, tuple(t.elements)) for t in chosen)


def _targets(page: Page, zones: Zones) -> list[_Target]:
    own = _own_address(page)
    here, host = (identity(own), host_and_port(own)) if own else (None, None)
    targets: dict[str, _Target] = {}
    keys: dict[str, str | None] = {}
    for order, anchor in enumerate(page.anchors):
        href = anchor.href
        if href not in keys:
            keys[href] = _key(href, host)
        key = keys[href]
        if key is None or key == here or _in_a_sentence(page, anchor):
            continue
        target = targets.get(key)
        if target is None:
            target = targets[key] = _Target(url=href, order=order)
        _weigh(target, anchor, zones, order)
    for target in targets.values():
        target.score += target.pictured
        if target.score + _MOST_BY_ADDRESS >= _ENOUGH:  # no address makes a teaser of a menu's label
            target.score += _address_evidence(target.url)
    return list(targets.values())


def _key(href: str, host: str | None) -> str | None:
    """What the addresses of one article have in common; None for a link that leads to no article of the site's host."""
    if not href or _OTHER_SCHEME.match(href) or not is_address(href):
        return None
    if host is not None and "://" in href and host_and_port(href) != host:
        return None
    return identity(href) if kind_of_address(href) is None else None


def _in_a_sentence(page: Page, anchor: Anchor) -> bool:
    """Whether a link is a few words of a paragraph: a reference of an article, or an excerpt's own.

    A title may share its block with the excerpt that a `<br>` sets below it; then its own line decides.
    """
    block = page.blocks[anchor.block] if 0 <= anchor.block < len(page.blocks) else None
    if block is None or len(block.text) < _SENTENCE or block.link_chars * 2 >= len(block.text):
        return False
    if "\n" not in block.text:
        return True
    own = " ".join(anchor.text.split())
    line = next((line for line in block.text.split("\n") if own and own in " ".join(line.split())), block.text)
    return len(own) * 2 < len(line)


def _own_address(page: Page) -> str:
    if page.url:
        return page.url
    declared = [link.href for link in page.head_links if link.rel == "canonical"] + page.meta.get("og:url", [])
    return next((href for href in declared if href.startswith(("http://", "https://"))), page.base_url)


def _weigh(target: _Target, anchor: Anchor, zones: Zones, order: int) -> None:
    zone = zones.of(anchor.element)
    if zone in ("pager", "notice") or _RELS & set(anchor.rel.split()):
        return
    target.elements.append(anchor.element)
    text = " ".join(anchor.text.split())
    if not text:
        target.pictured = True
        if zone != "menu":
            text = _picture_title(anchor.element)
    score = _text_evidence(text)
    if score + 2 <= (target.menu_score if zone == "menu" else target.score):
        return  # a better one is known, title or not
    score += 2 * _is_title(anchor.element)
    if zone == "menu":
        if score > target.menu_score:
            target.menu_score = score
            if target.anchor is None:
                target.title = text
        return
    if zone in ("aside", "footer"):
        score -= 2
    if score > target.score:
        if target.score < 0 or target.anchor is None:
            target.order = order
        target.score, target.title, target.anchor = score, text, anchor


def _text_evidence(text: str) -> int:
    """0 for a label, 1 for a short title, 2 for a sentence: sections and buttons have few words.

    >>> _text_evidence("Sport"), _text_evidence("Food, our first medicine?"), _text_evidence("")
    (0, 2, -1)
    """
    if not text:
        return -1
    words = len(_WORD.findall(text))
    if words >= 4 and len(text) >= 15:
        return 2
    # scripts without spaces between words
    if len(text) >= 12 and words <= 3 and not text.isascii() and len(text.encode()) > 2.5 * len(text):
        return 2
    return 1 if words >= 2 else 0


def _address_evidence(url: str) -> int:
    """How far an address looks like an article's own: a date, a long number, several words; minus for a bare section.

    >>> _address_evidence("https://n.example/2026/06/12/x/"), _address_evidence("https://n.example/sport/")
    (2, -2)
    >>> _address_evidence("https://n.example/spip.php?article12"), _address_evidence("https://n.example/spip.php?rubrique3")
    (2, 0)
    >>> _address_evidence("https://n.example/posts/rain-in-the-port/index.html")
    2
    """
    parts = urlsplit(url)
    path, _, last = unquote(parts.path.rstrip("/")).rpartition("/")
    if is_index_file(last):
        last = path.rpartition("/")[2]
    if day_in_path(url) or re.search(r"\d{5,}", last) or last.count("-") + last.count("_") >= 3:
        return 2
    if _ARTICLE_FILE.match(last) or _NAMED_BY_QUERY.search(parts.query):
        return 2
    if parts.query:  # the path names a script, the query the page
        return 0
    if "-" in last or "_" in last or re.search(r"\d{2,}", last):
        return 1
    depth = parts.path.strip("/").count("/")
    return 0 if depth >= 2 or len(last) > 20 else -1 if depth else -2


def _is_title(element: HtmlElement) -> bool:
    """Whether a link stands in a title, or a title stands in it."""
    node: HtmlElement | None = element
    for _ in range(4):
        if node is None or node.tag == "body":
            break
        if node.tag in _HEADINGS or _titled(node.get("class")):
            return True
        node = node.getparent()
    for el in element.iterdescendants():
        tag = el.tag
        if isinstance(tag, str) and (tag in _HEADINGS or _titled(el.get("class"))):
            return True
    return False


@lru_cache(maxsize=8192)
def _titled(names: str | None) -> bool:
    """Whether an element's classes call it a title."""
    if not names:
        return False
    return any(n in _TITLES or n.rpartition("-")[2].rpartition("_")[2] in _TITLES for n in names.lower().split())


def _picture_title(element: HtmlElement) -> str:
    return " ".join((element.get("title") or element.get("aria-label") or "").split())


def _allowed(chosen: Iterable[_Target], targets: Iterable[_Target], site: SiteConfig) -> Iterable[_Target]:
    """The site's own patterns: where it says what articles are called, that decides."""
    wanted = [re.compile(p) for p in site.article_urls]
    skipped = [re.compile(p) for p in site.skip_urls]
    for target in targets if wanted else chosen:
        path = urlsplit(target.url).path
        if any(p.search(path) for p in skipped) or (wanted and not any(p.search(path) for p in wanted)):
            continue
        yield target


def _date_beside(element: HtmlElement, titles: dict[HtmlElement, str]) -> str | None:
    """The date in the smallest element that holds this teaser and no other's title."""
    own = titles.get(element)
    node = element.getparent()
    for _ in range(_REACH):
        if node is None or node.tag in ("body", "html"):
            return None
        anchors = {titles[a] for a in node.iter("a") if a in titles}
        if anchors - {own}:
            return None
        found = _date_in(node)
        if found:
            return found
        node = node.getparent()
    return None


def _date_in(node: HtmlElement) -> str | None:
    for el in node.iter("time"):
        hint = date_hint(el.get("datetime"))
        if hint:
            return hint
    return visible_day(" ".join(t for t in node.itertext() if any(c.isdigit() for c in t))[:400])
