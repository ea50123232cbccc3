"""The edges of an article: what stands before its first and after its last paragraph, and links between them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mapexpress.model.page import HEADING
from mapexpress.model.verdict import Verdict
from mapexpress.text.characters import normalize

if TYPE_CHECKING:
    from mapexpress.model.page import Page

_WORD = re.compile(r"\w+")
_ROOM = 40  # characters by which a line may be longer than three times its words, for signs between them
_NUMBERS = re.compile(r"\W*+(?:[^\W\d]{2,10}+\W++)?\d[\d\W]*+")  # "Page 1 2 3"
_DIGITS = re.compile(r"\d+")
_MOST_PAGES = 60  # numbers of up to three digits; a longer one counts as several


@lru_cache(maxsize=4096)  # a block is compared with the title, the description and its neighbours
def folded(text: str) -> str:
    """Case-folded words of NFKC text, one space apart: how lines are compared."""
    return " ".join(_WORD.findall(normalize("NFKC", text).casefold()))


def has_words(text: str) -> bool:
    """Whether `folded` leaves anything of a text."""
    return _WORD.search(text) is not None or folded(text) != ""


def is_pager(text: str) -> bool:
    """Whether a line is the numbers of pages, two to sixty, perhaps behind one word.

    >>> is_pager("Page 1 2 3 … 12"), is_pager("1"), is_pager("Tel: 0522 12 34 (Rabat)")
    (True, False, False)
    """
    if _NUMBERS.fullmatch(text) is None:
        return False
    lengths = [len(number) for number in _DIGITS.findall(text)]
    return sum(lengths) >= 2 and sum(-(-length // 3) for length in lengths) <= _MOST_PAGES


def trim(page: Page, kept: list[int], title: str | None) -> dict[int, Verdict]:
    """Blocks at the edges of `kept` (sorted) that are none of the article: by their indices."""
    removed: dict[int, Verdict] = {}
    _head(page, kept, title, removed)
    _tail(page, kept, removed)
    return removed


def _head(page: Page, kept: list[int], title: str | None, removed: dict[int, Verdict]) -> None:
    """Everything of the head that is the title, or stands before the headline."""
    wanted = folded(title or "")
    headline = next((n for n, i in enumerate(kept[:12]) if _is_title(page, i, wanted)), -1)
    if headline >= 0:
        for i in kept[: headline + 1]:
            before = i != kept[headline]
            if not before or len(page.blocks[i].text) < 100:
                removed[i] = Verdict("title", "edge: before the headline" if before else "edge: the headline")
    for i in kept:
        if i not in removed and wanted and page.blocks[i].node.flags & HEADING and _is_title(page, i, wanted):
            removed[i] = Verdict("title", "edge: the headline again")


def _is_title(page: Page, i: int, wanted: str) -> bool:
    block = page.blocks[i]
    if len(block.text) > 3 * len(wanted) + _ROOM and not block.node.flags & HEADING and block.tag != "h1":
        return False
    text = folded(block.text)
    if not text:
        return False
    if wanted and (text == wanted or (len(text) > 20 and wanted.startswith(text) and block.node.flags & HEADING)):
        return True
    return block.tag == "h1" and (not wanted or len(set(text.split()) & set(wanted.split())) > len(text.split()) / 2)


def _tail(page: Page, kept: list[int], removed: dict[int, Verdict]) -> None:
    """Headings, links and labels after the last paragraph."""
    for i in reversed(kept):
        block = page.blocks[i]
        linked = block.link_chars > 0.8 * len(block.text)
        if i in removed:
            continue
        if block.link_chars and is_pager(block.text):
            removed[i] = Verdict("pager", "edge: numbers of pages after the last paragraph")
            continue
        if linked or block.node.flags & HEADING or not has_words(block.text):
            removed[i] = (
                Verdict("links", "edge: links after the last paragraph")
                if linked
                else Verdict("heading", "edge: a heading of nothing")
            )
            continue
        break
