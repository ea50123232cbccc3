"""trafilatura as a second opinion: which of the page's blocks it would keep."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING

from lxml import etree

from mapexpress.extraction.alignment import blocks_in
from mapexpress.page import ASIDE, DIALOG, FOOTER, FORM, HIDDEN, NAV

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lxml.html import HtmlElement

    from mapexpress.page import Page

logger = logging.getLogger(__name__)
# It says on its loggers, once a page, what our own record says with a reason
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
# 100,000 paragraphs took it 243 s; no article has more than a few hundred
_MAX_ELEMENTS = 30_000
_FRAME = NAV | ASIDE | FOOTER | FORM | DIALOG | HIDDEN
# An element of the frame with a larger share of the page's unlinked text may be one that the parser never closed
_MOST_OF_FRAME = 0.2


def consult_trafilatura(page: Page, *, fast: bool = False, framed: bool = True) -> set[int]:
    """Indices of the blocks that trafilatura keeps; empty when it finds nothing or the page is too large for it.

    `fast` leaves out its own comparison with other extractors, `framed=False` what the page itself marks as menu,
    sidebar, footer, form, dialog or hidden: a quarter of the cost, of which it keeps hardly anything. Its
    deduplication is off: it keeps a cache over pages, so that the same page would give different texts. It works on a
    copy of the tree.
    """
    if len(page.nodes) > _MAX_ELEMENTS:
        return set()
    # its import takes half as long as a start of Scrapy: only runs that ask it pay
    from trafilatura import bare_extraction

    try:
        with _stop_words.kept(), _taken_out([] if framed else _frame(page)):
            found = bare_extraction(
                page.root, include_comments=False, deduplicate=False, fast=fast, with_metadata=False
            )
    except (RecursionError, ValueError, AttributeError, TypeError, IndexError) as error:
        logger.info("trafilatura failed on %s: %r", page.url, error)
        return set()
    text = getattr(found, "text", None)
    return blocks_in(page, text) if text else set()


class _StopWords:
    """The stop words of all languages for justext, trafilatura's last resort, as they were prepared before.

    For each page it lower-cases all 154,000 of them again, which takes 60 ms and 20 MB; what it finds is the same.
    Only while we ask: a program that uses both libraries finds them as they are.
    """

    def __init__(self) -> None:
        self._words: frozenset[str] | None = None
        self._lock = Lock()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """trafilatura with these words, for one caller at a time."""
        external = import_module("trafilatura.external")
        core = import_module(external.classify_paragraphs.__module__)
        of_external, of_core = vars(external), vars(core)
        with self._lock:
            was, prepare = of_external["JT_STOPLIST"], of_core["define_stoplist"]

            def prepared(words: Collection[str]) -> frozenset[str]:
                if words is not of_external["JT_STOPLIST"]:  # one language's
                    return frozenset(prepare(words))
                if self._words is None:
                    self._words = prepare(words)
                return self._words

            of_external["JT_STOPLIST"], of_core["define_stoplist"] = self._words or was, prepared
            try:
                yield
            finally:
                of_external["JT_STOPLIST"], of_core["define_stoplist"] = was, prepare


_stop_words = _StopWords()


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
