"""Kept blocks that say again what other kept blocks of the page say: copies of the text, pull quotes, notices."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from mapexpress.model.page import LIST, QUOTE, TABLE
from mapexpress.model.verdict import Verdict

if TYPE_CHECKING:
    from mapexpress.model.page import Node, Page

# Characters from which a block may be the text once more: two of 108 pages of news sites have one
_COPY = 600
_PARTS = 3  # that many blocks stand in it
_QUOTED = (30, 400)  # characters of a pull quote
_MOST = 300  # blocks that are compared: what a page repeats costs bounded time
# Times that a box must stand in one text to be a notice, and what it has to say: blocks and characters. A question that
# is put to three persons is one block, the lines of a recipe are in one list
_TIMES, _BOX_BLOCKS, _BOX_CHARACTERS = 3, (2, 12), 40
_PULLED = re.compile(r"pull-?quote|quote-?pull|blockquote", re.I)


def copies(page: Page, kept: set[int]) -> dict[int, Verdict]:
    """Blocks of `kept` that repeat others of it: by their indices. One of each text stays."""
    order = sorted(kept)
    texts = {i: " ".join(page.blocks[i].text.split()) for i in order}
    removed = _whole(texts, order)
    removed |= _boxes(page, texts)
    removed |= _pulled(page, texts, [i for i in order if i not in removed])
    return removed


def _whole(texts: dict[int, str], kept: list[int]) -> dict[int, Verdict]:
    """Blocks made of the text's own paragraphs: the article once more, for a script or a reader's app."""
    removed: dict[int, Verdict] = {}
    longest = sorted((i for i in kept if len(texts[i]) >= _COPY), key=lambda i: -len(texts[i]))
    for i in longest[:5]:
        parts = [k for k in kept[:_MOST] if k != i and 20 <= len(texts[k]) < len(texts[i]) and texts[k] in texts[i]]
        if len(parts) >= _PARTS and 2 * sum(len(texts[k]) for k in parts) >= len(texts[i]):
            removed[i] = Verdict("repeated", f"copies: {len(parts)} other blocks stand in it")
    return removed


def _boxes(page: Page, texts: dict[int, str]) -> dict[int, Verdict]:
    """Boxes that stand word for word three times in the text: what a page shows for each embed that it holds back."""
    if len(texts) - len(set(texts.values())) < _BOX_BLOCKS[0] * (_TIMES - 1):
        return {}
    boxes: dict[tuple[str, ...], list[Node]] = defaultdict(list)
    for node in page.nodes:
        if _BOX_BLOCKS[0] <= node.end - node.start <= _BOX_BLOCKS[1] and not node.flags & (TABLE | LIST):
            said = tuple(texts[i] for i in range(node.start, node.end) if i in texts)
            if len(said) >= _BOX_BLOCKS[0] and sum(map(len, said)) >= _BOX_CHARACTERS:
                boxes[said].append(node)
    removed: dict[int, Verdict] = {}
    for nodes in boxes.values():
        if len({node.start for node in nodes}) >= _TIMES:
            inside = (i for node in nodes for i in range(node.start, node.end) if i in texts)
            removed |= dict.fromkeys(inside, Verdict("repeated", "copies: the same box several times"))
    return removed


def _pulled(page: Page, texts: dict[int, str], kept: list[int]) -> dict[int, Verdict]:
    """Quotations that a paragraph of the text holds word for word."""
    removed: dict[int, Verdict] = {}
    low, high = _QUOTED
    for i in kept[:_MOST]:
        node = page.blocks[i].node
        if low <= len(texts[i]) <= high and (node.flags & QUOTE or _PULLED.search(node.names)):
            words = texts[i].strip("«»“”„\"'‹›「」 ")
            if any(k != i and len(texts[k]) > len(words) and words in texts[k] for k in kept[:_MOST]):
                removed[i] = Verdict("repeated", "copies: a paragraph holds it word for word")
    return removed
