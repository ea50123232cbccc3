"""Oblivious trees over rows of numbers: every node of a level asks the same question, so a tree is a table look-up.

`mapexpress.page.compiled.forest` is the same in Cython; the tests compare the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    Array = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
    Doubles = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

_BATCH = 512  # rows a pass: their answers to all questions are 3 MB and stay in the processor's cache


def sum_leaves(columns: Array, features: Ints, borders: Array, asked: Ints, leaves: Array) -> Doubles:
    """What the leaves of all trees add up to for each row, tree by tree.

    Row i is `columns[:, i]`, and each column one run of memory. Question i is whether `columns[features[i]]` is above
    `borders[i]`; `asked` (trees, levels) are indices of questions, `leaves` (trees, 2**levels); level i of a tree is
    bit i of its leaf's index.
    """
    rows = columns.shape[1]
    if rows == 1:  # numpy would add a single row up in another order
        return sum_leaves(np.repeat(columns, 2, axis=1), features, borders, asked, leaves)[:1]
    if rows > _BATCH:
        parts = [columns[:, i : i + _BATCH] for i in range(0, rows, _BATCH)]
        return np.concatenate([sum_leaves(part, features, borders, asked, leaves) for part in parts])
    answers = (columns.take(features, axis=0) > borders[:, None]).view(np.uint8)
    trees, levels = asked.shape
    by_level = np.ascontiguousarray(asked.T)
    at = answers.take(by_level[-1], axis=0)
    for level in range(levels - 2, -1, -1):
        at += at  # numpy adds a dozen bytes at a time and shifts one
        at += answers.take(by_level[level], axis=0)
    first = np.arange(0, trees << levels, 1 << levels)
    sums: Doubles = leaves.ravel().astype(np.float64).take(first[:, None] + at).sum(axis=0)
    return sums
