"""Which part of a page's frame an element stands in: menu, pager, notice, footer, or what is beside the articles."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Zone = Literal["menu", "pager", "notice", "aside", "footer", ""]

_RULES = tomllib.loads(resources.files(__package__).joinpath("listings.toml").read_text("utf-8"))["zones"]
_MENU = frozenset(_RULES["menu"])
_MENU_TAGS = frozenset(_RULES["menu_tags"])
_PAGER = frozenset(_RULES["pager"])
_PAGER_CLASSES = frozenset(_RULES["pager_classes"])
_ASIDE = frozenset(_RULES["aside"])
_NOTICE = frozenset(_RULES["notice"])
_PARAGRAPH, _PARAGRAPHS = 80, 3  # a large menu shows an excerpt or two; nothing in a frame has three paragraphs
_TOKEN = re.compile(r"[^\W\d_]+")


class Zones:
    """Zones of one page's elements; the nearest ancestor that names one decides. Remembers what it has seen."""

    def __init__(self) -> None:
        self._seen: dict[HtmlElement, Zone] = {}

    def of(self, element: HtmlElement) -> Zone:
        """The zone that an element stands in; empty for the page's own content."""
        path: list[HtmlElement] = []
        node: HtmlElement | None = element
        zone: Zone = ""
        while node is not None and node.tag != "body":
            if node in self._seen:
                zone = self._seen[node]
                break
            path.append(node)
            node = node.getparent()
        for el in reversed(path):
            own = _own_zone(el)
            # what a menu holds is menu, whatever it calls itself; a pager in a menu's clothes is a pager
            if own and not (zone in ("menu", "notice") and own in ("aside", "footer")):
                zone = own
            self._seen[el] = zone
        return zone


def _own_zone(element: HtmlElement) -> Zone:
    tag = element.tag
    if not isinstance(tag, str) or tag in ("article", "main", "a"):
        return ""
    for zone in _named_zones(
        tag, f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}"
    ):
        if zone == "pager":
            if not _holds_titles(element):
                return zone
        elif zone in ("notice", "footer") or not _holds_prose(element):
            return zone
    return ""


@lru_cache(maxsize=8192)
def _named_zones(tag: str, names: str) -> tuple[Zone, ...]:
    """The zones that an element may be by its tag and names, the surest first; what it holds may say otherwise."""
    names = names.lower()
    tokens = set(_TOKEN.findall(names))
    zones: list[tuple[Zone, bool]] = [
        ("notice", bool(tokens & _NOTICE)),
        ("pager", bool(tokens & _PAGER) or any(name in _PAGER_CLASSES for name in names.split())),
        ("menu", tag in _MENU_TAGS or bool(tokens & _MENU)),
        ("footer", tag == "footer" or "footer" in tokens),
        ("aside", bool(tokens & _ASIDE)),
    ]
    return tuple(zone for zone, named in zones if named)


def _holds_titles(element: HtmlElement) -> bool:
    """A list that only says in its class how it is paged (`td_with_ajax_pagination`) holds titles; a pager does not."""
    return next(element.iterdescendants("h2", "h3", "h4", "h5", "article", "p"), None) is not None


def _holds_prose(element: HtmlElement) -> bool:
    """A wrapper named after a menu, or one that the parser never closed, holds the page's paragraphs."""
    found = 0
    for paragraph in element.iter("p"):
        found += len(paragraph.text_content()) >= _PARAGRAPH
        if found == _PARAGRAPHS:
            return True
    return False
