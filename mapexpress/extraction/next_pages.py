"""Further pages of one article: `/2/`, `/page/2/`, `?page=2`, `-2.html`, slideshows; never the next article.

`rel="next"` alone says nothing: on 15 of 21 real article pages that declare it, it leads to another article. So a
page belongs to an article only when its address is the article's with a number behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from mapexpress.discovery.zones import Zones
from mapexpress.web.addresses import canonicalize, identity

if TYPE_CHECKING:
    from mapexpress.model.page import Anchor, Page

_QUERY_NAMES = frozenset({"page", "paged", "pg", "pagina", "seite", "slide", "pageno", "pagenum", "onepage"})
# what stands before the number ends in a segment that is no number itself
_STEM = r"(?P<stem>(?:.*/)?\d*+[^\d/][^/]*)"
_SEGMENT = re.compile(_STEM + r"/(?:(?:page|p|seite|slide|pagina)[/-])?(?P<number>\d{1,3})/?", re.I)
_FILE = re.compile(_STEM + r"[-_,](?:page[-_]?|p|seite)?(?P<number>\d{1,3})(?P<end>\.s?html?|\.php|\.aspx?)", re.I)
# "page 1 sur 3", "Seite 2 von 4", "صفحة 1 من 3", "1/3" beside the word
_TOTAL = re.compile(
    r"\b(?:page|pages|página|pagina|seite|slide|photo|صفحة|الصفحة)\s*(\d{1,3})\s*(?:/|sur|of|de|von|di|van|من)\s*(\d{1,3})\b",
    re.IGNORECASE,
)
# a link that says "page" leads to one, where "next" may lead to another article
_NEXT_PAGE = re.compile(
    r"\W*(?:page suivante|suite de l.article|next page|continued on next page|nächste seite|página siguiente"
    r"|próxima página|pagina successiva|volgende pagina|الصفحة التالية)\W*",
    re.IGNORECASE,
)
# a part of a path in which nothing is encoded, without the ending that a number stands before
_SURE_NAME = re.compile(r"/([A-Za-z0-9_-]+)(?:\.[A-Za-z]+)?(?:\?|$)")
_DIGIT = re.compile("[0-9]")
_COMMENTS = re.compile(r"comment-page-\d+|[?&](?:cpage|comments?_page)=", re.IGNORECASE)


@dataclass(slots=True, frozen=True)
class _Place:
    """One way to read an address as a page of an article."""

    first: str  # the address without the number
    number: int
    form: str  # the address with `{}` for the number
    in_file: bool = False

    @property
    def stem(self) -> str:
        return identity(self.first)


def article_pages(page: Page, *, first: str | None = None) -> tuple[str, ...]:
    """Addresses of the pages of this article that follow this one, in order; empty for an article on one page.

    A pager that names its first and last pages only, or says "page 1 sur 3", is filled up. Needs `page.url`. `first` is
    the address of the article's first page, where the way to this one is known: it may name none but the next.
    """
    if not page.url:
        return ()
    zones, most = Zones(), page.limits.article_pages + 1  # one more, to know an article that has too many
    stem, number = _own_place(page, first)
    total = _total(page, number)
    places: dict[int, _Place] = {}
    addresses: dict[int, str] = {}
    linked: list[tuple[str, Anchor | None]] = [(a.href, a) for a in page.anchors]
    linked += [(link.href, None) for link in page.head_links if "next" in link.rel.split()]
    name = _name_in(stem)
    for href, anchor in linked:
        if not _may_lead_to(name, href):
            continue
        for place in _places(href):
            further = number < place.number <= (most if anchor is not None else number + 1)
            if not further or place.stem != stem or _COMMENTS.search(href):
                continue
            if anchor is None or place.number <= total or _belongs(anchor, place, zones):
                places.setdefault(place.number, place)
                addresses.setdefault(place.number, href)
    if not places:
        return ()
    last = max(max(places), total)
    form = places[min(places)].form
    return tuple(addresses.get(n) or form.replace("{}", str(n)) for n in range(number + 1, last + 1))


def page_of(url: str) -> tuple[str, int] | None:
    """The first page and the number when an address looks like a further page of something, else None.

    >>> page_of("https://n.example/rain-in-fes/3/"), page_of("https://n.example/rain-in-fes?page=2")
    (('https://n.example/rain-in-fes/', 3), ('https://n.example/rain-in-fes', 2))
    >>> page_of("https://n.example/2026/06/12/") is None
    True
    """
    place = next((place for place in _places(url) if place.number > 1 and not place.in_file), None)
    return (place.first, place.number) if place else None


def _own_place(page: Page, first: str | None) -> tuple[str, int]:
    """The stem and number of the page itself: numbered only when it names its first page or one of its others."""
    url = page.url or ""
    if first and (known := next((p for p in _places(url) if p.stem == identity(first)), None)):
        return known.stem, known.number
    places = [place for place in _places(url) if place.number > 1]
    if places:
        hrefs = [a.href for a in page.anchors] + [h.href for h in page.head_links if h.rel in ("canonical", "prev")]
        named = {identity(href) for href in hrefs}
        for place in places:
            if place.stem in named:
                return place.stem, place.number
    return identity(url), 1


def _name_in(stem: str) -> str:
    """The last part of an article's address as every address of its pages spells it; empty where that is not sure."""
    found = _SURE_NAME.search(stem)
    return found[1] if found else ""


def _may_lead_to(name: str, href: str) -> bool:
    """Whether an address may be that of a numbered page of `name`: a look that spares reading nearly every link."""
    if not href.isascii() or not href.isprintable():  # spelt in another way, perhaps
        return True
    return name in (unquote(href) if "%" in href else href) and _DIGIT.search(href) is not None


def _places(url: str) -> list[_Place]:
    """Every way to read an address as a numbered page."""
    canonical = canonicalize(url)
    try:
        parts = urlsplit(canonical)
    except ValueError:
        return []
    if parts.scheme not in ("http", "https"):
        return []
    out: list[_Place] = []
    query = parse_qsl(parts.query, keep_blank_values=True)
    for name, value in query:
        if name.lower() in _QUERY_NAMES and value.isascii() and value.isdigit() and len(value) <= 3:
            rest = [(n, v) for n, v in query if n != name]
            form = urlencode([*rest, (name, "0")])[:-1] + "{}"
            first = urlunsplit(parts._replace(query=urlencode(rest)))
            out.append(_Place(first, int(value), urlunsplit(parts._replace(query=form))))
    for pattern in (_SEGMENT, _FILE):
        match = pattern.fullmatch(parts.path)
        if match:
            start, end = match.span("number")
            path = parts.path[:start] + "{}" + parts.path[end:]
            in_file = pattern is _FILE
            behind = match["end"] if in_file else "/" if parts.path.endswith("/") else ""
            first = urlunsplit(parts._replace(path=match["stem"] + behind))
            out.append(_Place(first, int(match["number"]), urlunsplit(parts._replace(path=path)), in_file))
    return out


def _belongs(anchor: Anchor, place: _Place, zones: Zones) -> bool:
    """Whether a link with the article's address and a number is its pager's, not a comment's, not `slug-2.html`."""
    zone = zones.of(anchor.element)
    if zone in ("aside", "menu", "notice"):
        return False
    if place.in_file:
        # `rain-2.html` beside `rain.html` is as likely another article: the link must say its number, or be a pager's
        text = " ".join(anchor.text.split())
        number = re.fullmatch(r"\D{0,12}(\d{1,3})\D{0,3}", text)
        shown = number is not None and int(number[1]) == place.number
        return shown or (zone == "pager" and len(text) < 20) or bool(_NEXT_PAGE.fullmatch(text))
    return True


def _total(page: Page, own_number: int) -> int:
    """The number of pages that the page says it has, where it names its own number right."""
    for block in page.blocks:
        if len(block.text) < 60 and (match := _TOTAL.search(block.text)) and int(match[1]) == own_number:
            return min(int(match[2]), page.limits.article_pages + 1)
    return 0
