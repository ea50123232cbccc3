"""The shape of text: from kept blocks to paragraphs, the same for every source."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from mapexpress.text.characters import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mapexpress.model.page import Block, Node, Page

_BLANKS = re.compile(r"[^\S\n]{2,}")
_PROSE = 80  # characters of a paragraph rather than of a cell's value
_LEAD = re.compile(r"^(?:[•·●▪◦‣∙*–—-]\s+)+")


def normalize(text: str) -> str:
    """NFC without control characters, blanks folded but for the spaces before French punctuation.

    Joiners, direction marks and hyphenation points stay: they are the author's, Arabic and Persian need them, and who
    wants none can drop category Cf.

    >>> normalize("Le  roi\\tdit\\u00a0: ko\\u0302\\x00")
    'Le roi dit\\xa0: kô'
    """
    text = harmless(text)
    if "  " not in text and text.isprintable():  # no white space but single blanks
        return text.strip()
    return "\n".join(_fold(line) for line in text.replace("\t", " ").split("\n"))


def _fold(line: str) -> str:
    return _BLANKS.sub(_widest, line).strip()


def _widest(run: re.Match[str]) -> str:
    return next((c for c in run[0] if c in "\u00a0\u202f"), " ")


def paragraphs(page: Page, kept: Iterable[int]) -> list[str]:
    """Paragraphs of the kept blocks in page order.

    A list is one paragraph with `- ` lines, a table one with a line a row and cells separated by ` | `; everything
    else is a paragraph a block.
    """
    shaped: list[tuple[int, str]] = []  # (index of the list or table node or -1, text)
    tables: dict[int, bool] = {}
    last_row = last_item = last_cell = -2
    for block in (page.blocks[i] for i in sorted(kept)):
        text = normalize(block.text)
        if not text:
            continue
        group, table = _group(page, block, tables)
        same = group >= 0 and bool(shaped) and shaped[-1][0] == group
        if table:
            if not same:
                shaped.append((group, text))
            else:
                glue = "\n" if block.node.row != last_row else " | " if block.node.cell != last_cell else " "
                shaped[-1] = (group, f"{shaped[-1][1]}{glue}{text}")
        elif group >= 0:
            line = f"- {_LEAD.sub('', text)}"
            if not same:
                shaped.append((group, line))
            elif block.node.item == last_item:
                shaped[-1] = (group, f"{shaped[-1][1]} {text}")
            else:
                shaped[-1] = (group, f"{shaped[-1][1]}\n{line}")
        else:
            shaped.append((-1, text))
        last_row, last_item, last_cell = block.node.row, block.node.item, block.node.cell
    return [text for _, text in shaped]


def _group(page: Page, block: Block, tables: dict[int, bool]) -> tuple[int, bool]:
    """The list or table that a block is part of (index of its node, -1: none), and whether it is a table.

    `tables` remembers which tables hold data: each is looked at once, however many blocks it has.
    """
    node = block.node
    if node.row >= 0 and node.cell >= 0:
        up = node
        while up.tag != "table" and up.parent >= 0:
            up = page.nodes[up.parent]
        if up.tag == "table":
            if up.index not in tables:
                tables[up.index] = _holds_data(page, up)
            if tables[up.index]:
                return up.index, True
    if node.item >= 0 and node.item > node.cell and not _long_item(page, node):
        return _outermost_list(page, node), False
    return -1, False


def _holds_data(page: Page, table: Node) -> bool:
    """Whether a table is one of data: at least two cells in some row, small cells."""
    blocks = page.blocks[table.start : table.end]
    rows: dict[int, set[int]] = {}
    for b in blocks:
        rows.setdefault(b.node.row, set()).add(b.node.cell)
    if max((len(cells) for cells in rows.values()), default=0) < 2:
        return False
    # cells of layout tables hold whole articles, however many small cells stand beside them
    prose = Counter((b.node.row, b.node.cell) for b in blocks if len(b.text) >= _PROSE)
    if max(prose.values(), default=0) > 1:
        return False
    chars = sum(len(b.text) for b in blocks)
    cells = sum(len(cells) for cells in rows.values())
    return chars <= 200 * cells


def _long_item(page: Page, node: Node) -> bool:
    """Whether the item is a section of its own (several paragraphs, a heading), not a line of a list."""
    item = page.nodes[node.item]
    blocks = page.blocks[item.start : item.end]
    return len(blocks) > 3 or (len(blocks) > 1 and sum(len(b.text) for b in blocks) > 600)


def _outermost_list(page: Page, node: Node) -> int:
    item = page.nodes[node.item]
    listing = page.nodes[item.parent] if item.parent >= 0 else item
    while listing.item >= 0 and not _long_item(page, page.nodes[listing.item]):
        item = page.nodes[listing.item]
        listing = page.nodes[item.parent] if item.parent >= 0 else item
    return listing.index
