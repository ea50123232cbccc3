"""The numbers that features are made of, read off blocks and nodes in one go, and what a page's texts have in common.

`mapexpress.page.compiled.columns` is the same in Cython; the tests compare the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mapexpress.model.page import Block, Node

    Array = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
    Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    Classes = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

CLASSES = 10  # of characters
_WORD = re.compile(r"\w+")


def read_blocks(blocks: Sequence[Block], tags: Mapping[str, int], other_tag: int, bits: Callable[[str], int]) -> Ints:
    """A row each: link, bold and italic characters, media, index of the node, number of the tag, bits of the inline
    names, whether a time stands in these, and the first block of the same text.
    """
    ids: dict[str, int] = {}
    return np.array(
        [
            [x.link_chars for x in blocks],
            [x.bold_chars for x in blocks],
            [x.italic_chars for x in blocks],
            [x.media for x in blocks],
            [x.node.index for x in blocks],
            [tags.get(x.tag, other_tag) for x in blocks],
            [bits(x.inline) if x.inline else 0 for x in blocks],
            ["time" in x.inline for x in blocks],
            [ids.setdefault(x.text, i) for i, x in enumerate(blocks)],
        ],
        np.int64,
    )


def read_characters(texts: Sequence[str], classes: Classes) -> tuple[Ints, Array]:
    """Rows of each text's length, lines but one, and classes of its first and last character; counts of each class."""
    lengths = np.array([len(t) for t in texts])
    joined = "\0".join(texts) + "\0"
    units = joined.encode("utf-16-le", "replace")
    if len(units) == 2 * len(joined):  # half the bytes, and no character is beyond the table
        of = classes[np.frombuffer(units, np.uint16)]
    else:
        of = classes[np.minimum(np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32), 0xFFFF)]
    ends = np.cumsum(lengths + 1) - 1
    places = np.repeat(np.arange(0, CLASSES * len(texts), CLASSES), lengths + 1)
    places += of
    counts = np.bincount(places, minlength=CLASSES * len(texts)).reshape(-1, CLASSES)
    lines = np.array([t.count("\n") for t in texts])
    rows = np.stack((lengths, lines, of[ends - lengths].astype(np.int64), of[ends - 1].astype(np.int64)))
    return rows, counts.T.astype(np.float32)


def read_nodes(nodes: Sequence[Node], bits: Callable[[str], int]) -> Ints:
    """A row each: parent, start, end, depth, flags, and the bits of the names of those that blocks stand in."""
    return np.array(
        [
            [x.parent for x in nodes],
            [x.start for x in nodes],
            [x.end for x in nodes],
            [x.depth for x in nodes],
            [x.flags for x in nodes],
            [bits(x.names) if x.names and x.end > x.start else 0 for x in nodes],
        ],
        np.int64,
    )


def read_paths(parents: Ints, chain: Classes, masks: Ints) -> Ints:
    """How nodes hang on a chain of them that begins at the first: rows of the steps down from it, the topmost node that
    is not of the chain (or the node itself), and the bits of all names on the way.
    """
    m = len(chain)
    steps, branch, below = [0] * m, [0] * m, [0] * m
    inside = chain.tolist()
    for i, (p, bits) in enumerate(zip(parents.tolist(), masks.tolist(), strict=True)):
        if inside[i]:
            branch[i] = i
        else:
            steps[i] = steps[p] + 1
            branch[i] = i if inside[p] else branch[p]
            below[i] = below[p] | bits
    return np.array((steps, branch, below), np.int64)


def count_in(whole: str, parts: Sequence[str]) -> list[int]:
    """How often each part stands in a text, as `str.count` has it."""
    return [whole.count(part) if part in whole else 0 for part in parts]


def sharing(texts: Sequence[str], words: set[str], longest: int) -> list[int]:
    """Which texts of at most so many characters have one of these case-folded words."""
    return [
        i
        for i, text in enumerate(texts)
        if len(text) <= longest and not words.isdisjoint(_WORD.findall(text.casefold()))
    ]
