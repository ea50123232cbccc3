"""trafilatura as a second opinion: which of the page's blocks it would keep.

What we publish is always the page's own blocks; other extractors only point at them.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lxml import etree

from mapexpress.model.page import ASIDE, DIALOG, FOOTER, FORM, HIDDEN, NAV
from mapexpress.text.characters import normalize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

    from mapexpress.model.page import Page


Words = tuple[str, ...]

_WORD = re.compile(r"\w+")
# Soft hyphens, joiners and the like: one extractor keeps what another drops
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
# Extractors drop inline parts of a paragraph (a share link, a picture's alternative text) and glue neighbours; a
# block is theirs when most of its word sequences are in their text.
_SHARE = 0.6
_N = 4


def words_of(text: str) -> Words:
    """Case-folded words after NFKC: what two renderings of one text have in common.

    >>> words_of("L’ONU\\u00a0: « Paix »")
    ('l', 'onu', 'paix')
    """
    text = normalize("NFKC", text).casefold()
    return tuple(_WORD.findall(text if text.isascii() else text.translate(_INVISIBLE)))


def blocks_in(page: Page, text: str) -> set[int]:
    """Indices of the blocks whose words stand in `text`, another extractor's output for the same page.

    A block that the page shows more often than `text` has it (a headline repeated in a list) is taken as often
    as `text` has it, nearest to the blocks that are certain. Blocks of one to three words must be a line of
    `text` of their own, or stand there among the words of their neighbours on the page.
    """
    lines = [words for line in text.split("\n") if (words := words_of(line))]
    stream = [word for line in lines for word in line]
    grams = Counter(tuple(stream[i : i + _N]) for i in range(len(stream) - _N + 1))
    whole = Counter(line for line in lines if len(line) < _N)
    owns = [words_of(block.text) for block in page.blocks]
    places: dict[Words, list[int]] = {}
    for i, own in enumerate(owns):
        if own and (own in whole if len(own) < _N else _stands(own, grams)):
            places.setdefault(own, []).append(i)
    sure: set[int] = set()
    spare: list[tuple[list[int], int]] = []
    for own, at in places.items():
        times = whole[own] if len(own) < _N else max(1, min(grams[g] or 1 for g in _grams(own)))
        if len(at) <= times:
            sure.update(at)
        else:
            spare.append((at, times))
    certain = sorted(sure)
    for at, times in spare:
        sure.update(_nearest(at, certain, times))
    return _once(page, owns, grams, sure) | _between(owns, grams, sure)


def _grams(own: Words) -> list[Words]:
    return [own[i : i + _N] for i in range(len(own) - _N + 1)]


def _stands(own: Words, grams: Counter[Words]) -> bool:
    wanted = _grams(own)
    return sum(g in grams for g in wanted) >= _SHARE * len(wanted)


def _nearest(places: Sequence[int], certain: Sequence[int], times: int) -> list[int]:
    if not certain:
        return list(places[:times])
    middle = certain[len(certain) // 2]
    return sorted(places, key=lambda i: (not certain[0] <= i <= certain[-1], abs(i - middle)))[:times]


def _once(page: Page, owns: Sequence[Words], grams: Counter[Words], sure: set[int]) -> set[int]:
    """Leave out blocks whose words other blocks have used up: pages carry a whole article a second time, unseen."""
    left = Counter(grams)
    kept = set()
    for i in sorted(sure, key=lambda i: (page.blocks[i].hidden, i)):
        wanted = _grams(owns[i])
        if not wanted or sum(left[g] > 0 for g in wanted) >= len(wanted) / 2:
            kept.add(i)
            left.subtract(wanted)
    return kept


def _between(owns: Sequence[Words], grams: Counter[Words], sure: set[int]) -> set[int]:
    """Short blocks (cells of a table, items of a list) that the text has in one line with their neighbours."""
    found = set()
    flow = tuple(word for own in owns for word in own)
    at = 0
    for i, own in enumerate(owns):
        size = len(own)
        if 0 < size < _N and i not in sure:
            starts = range(max(0, at + size - _N), min(at, len(flow) - _N) + 1)
            if any(flow[start : start + _N] in grams for start in starts):
                found.add(i)
        at += size
    return found


logger = logging.getLogger(__name__)
# It says on its loggers, once a page, what our own record says with a reason
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
# 100,000 paragraphs took it 243 s; no article has more than a few hundred
_MAX_ELEMENTS = 30_000
_FRAME = NAV | ASIDE | FOOTER | FORM | DIALOG | HIDDEN
# An element of the frame with a larger share of the page's unlinked text may be one that the parser never closed
_MOST_OF_FRAME = 0.2


def consult_trafilatura(page: Page, *, framed: bool = True) -> set[int]:
    """Indices of the blocks that trafilatura keeps; empty when it finds nothing or the page is too large for it.

    `framed=False` leaves out what the page itself marks as menu, sidebar, footer, form, dialog or hidden: a quarter of
    the cost, of which it keeps hardly anything. Its own comparison with readability and justext is off: of 1,326 pages
    it makes 5 better and 6 worse, and takes 60 ms for 154,000 stop words each time. So is its deduplication: it keeps a
    cache over pages, so that the same page would give different texts. It works on a copy of the tree.
    """
    if len(page.nodes) > _MAX_ELEMENTS:
        return set()
    # its import takes half as long as a start of Scrapy: only runs that ask it pay
    from trafilatura import bare_extraction

    try:
        with _taken_out([] if framed else _frame(page)):
            found = bare_extraction(
                page.root, include_comments=False, deduplicate=False, fast=True, with_metadata=False
            )
    except (RecursionError, ValueError, AttributeError, TypeError, IndexError) as error:
        logger.info("trafilatura failed on %s: %r", page.url, error)
        return set()
    text = getattr(found, "text", None)
    return blocks_in(page, text) if text else set()


def _frame(page: Page) -> list[HtmlElement]:
    """The outermost elements of the page's frame that hold blocks, and little of its text each."""
    chars = [len(block.text) - block.link_chars for block in page.blocks]
    most = _MOST_OF_FRAME * sum(chars)
    found: list[HtmlElement] = []
    end = 0
    for node in page.nodes[1:]:
        own = node.flags & _FRAME & ~page.nodes[node.parent].flags
        if own and end <= node.start < node.end and sum(chars[node.start : node.end]) < most:
            found.append(node.element)
            end = node.end
    return found


@contextmanager
def _taken_out(elements: list[HtmlElement]) -> Iterator[None]:
    """The tree without some of its elements, for a while: what stands behind each stays in its place."""
    empty: list[tuple[HtmlElement, HtmlElement]] = []
    try:
        for element in elements:
            parent = element.getparent()
            if parent is not None:
                place = etree.Element("span")
                place.tail = element.tail
                parent.replace(element, place)
                empty.append((element, place))
        yield
    finally:
        for element, place in reversed(empty):
            place.getparent().replace(place, element)
