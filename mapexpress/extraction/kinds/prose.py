"""Prose of a page's own against teasers of other pages, for whom the scorer did not choose, or left in doubt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mapexpress.discovery.listings import Teaser, find_teasers
from mapexpress.discovery.zones import Zones

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from mapexpress.model.page import Page

# A paragraph: shorter blocks are labels, dates, captions. Median teaser excerpt on 71 listings: 116 characters.
_PROSE = 80
_FRAME = ("menu", "footer", "notice")
_SHORTCODE = re.compile(r"\[\w+[\s\]]")  # a WordPress block that was never rendered
_REACH = 5  # ancestors between a teaser's title and the element that holds its excerpt
_TOGETHER = 3  # paragraphs beside one teaser that are no excerpt of it
_IDEOGRAPH = re.compile(r"[\u2e80-\u9fff]")  # and kana: one says as much as two or three letters
_NEIGHBOURHOOD = 5  # ancestors that hold a text together: sections in an article, or each paragraph in a box of its own


def weigh(text: str) -> int:
    """Characters of a text, an ideograph for two: what is enough in one script is in another.

    >>> weigh("Il pleut"), weigh("下雨了")
    (8, 6)
    """
    return len(text) if text.isascii() else len(text) + len(_IDEOGRAPH.findall(text))


def sure_prose(page: Page) -> int:
    """Characters of own prose that stand together whatever the page's links are, fewer than `own_prose` counts.

    Three paragraphs without a link under one parent: none of them is a teaser's excerpt. Most articles have more than
    enough of it, which saves judging all their links.
    """
    together: dict[HtmlElement, list[tuple[HtmlElement, int]]] = {}
    for block in page.blocks:
        size = weigh(block.text)
        if size < _PROSE or block.link_chars or _SHORTCODE.match(block.text):
            continue
        element = block.element
        if element.tag != "body" and next(element.iter("a"), None) is None:
            together.setdefault(element.getparent(), []).append((element, size))
    zones = Zones()
    best = 0
    for paragraphs in together.values():
        if len(paragraphs) < _TOGETHER or sum(size for _, size in paragraphs) <= best:
            continue
        best = max(best, sum(size for element, size in paragraphs if zones.of(element) not in _FRAME))
    return best


def own_prose(page: Page) -> tuple[int, int]:
    """Characters of the paragraphs that stand together as a text, and the number of teasers of other pages.

    Excerpts of other pages are no text of this one, nor is what stands in menus and footers; of the rest the largest
    neighbourhood counts, so scattered boxes do not add up to an article.
    """
    zones = Zones()
    teasers = find_teasers(page, zones=zones)
    held = _held(teasers)
    prose = [
        b
        for b in page.blocks
        if weigh(b.text) >= _PROSE and b.link_chars <= 0.3 * len(b.text) and not _SHORTCODE.match(b.text)
    ]
    holders = [_holder(block.element, held) for block in prose]
    crowd = Counter(holder for holder in holders if holder is not None)
    around: Counter[HtmlElement] = Counter()
    for block, holder in zip(prose, holders, strict=True):
        # an element with one teaser and many paragraphs is an article with a related link, not a teaser
        if (holder is not None and crowd[holder] < _TOGETHER) or zones.of(block.element) in _FRAME:
            continue
        node = block.element
        for _ in range(_NEIGHBOURHOOD):
            parent = node.getparent()
            if parent is None or node.tag == "body":
                break
            node = parent
            around[node] += weigh(block.text) - block.link_chars
    return max(around.values(), default=0), len(teasers)


def _held(teasers: Iterable[Teaser]) -> dict[HtmlElement, int]:
    """How many different teasers each element around them holds."""
    counts: Counter[HtmlElement] = Counter()
    for teaser in teasers:
        around: set[HtmlElement] = set()
        for element in teaser.elements:
            node = element.getparent()
            for _ in range(_REACH):
                if node is None or node in around or node.tag in ("body", "html", "main"):
                    break
                around.add(node)
                node = node.getparent()
        counts.update(around)
    return counts


def _holder(element: HtmlElement, held: dict[HtmlElement, int]) -> HtmlElement | None:
    """The largest element around a paragraph that holds exactly one teaser, if one does."""
    node: HtmlElement | None = element
    found = None
    for _ in range(_REACH):
        if node is None or held.get(node, 1) > 1:
            break
        if held.get(node) == 1:
            found = node
        node = node.getparent()
    return found
