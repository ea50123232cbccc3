"""The learned block scorer: how likely each block is part of the article, and which blocks to keep.

Two forests of oblivious trees (every node of a level asks the same question, so that a tree is a table look-up). The
second sees what the first said of a block's neighbours and containers (stacking, Wolpert 1992). The trees are plain
arrays in `scorer.npz`; `benchmarks/train_scorer.py` writes it, with a record of the data it learned from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from mapexpress.extraction.scorer.features import View
from mapexpress.page import compiled

if compiled.WHY_NOT is None:
    from mapexpress.page.compiled.forest import sum_leaves
else:
    from mapexpress.extraction.scorer.forest import sum_leaves

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from mapexpress.extraction.scorer.columns import Ints
    from mapexpress.extraction.scorer.table import Array
    from mapexpress.model.page import Page

# Chosen with an earlier scorer, with aeb, fundus and wcxb left out: .4 gave .961, .965, .945, and .7 .966, .967, .941.
# What .7 gains is a few pages on which the scorer fails as a whole; there alone it outweighs (`content._RESCUE`)
TRAFILATURA_VOTE = 0.4
_CONTEXT = 34  # columns that the first forest's chances give
# Of 727 real pages the largest has 1,748 blocks; above this the rows alone would take over 100 MB
_MAX_BLOCKS = 30_000


@dataclass(slots=True, frozen=True)
class Forest:
    """Trees as the different questions they ask: half of all, for many trees ask the same.

    The arrays are those of `forest.sum_leaves`; the sum of leaves is a log-odds.
    """

    features: Ints
    borders: Array
    asked: Ints
    leaves: Array
    bias: float

    @classmethod
    def of(cls, features: Ints, borders: Array, leaves: Array, bias: float) -> Forest:
        """Gather the questions of trees whose `features` and `borders` are (trees, levels)."""
        asked = np.stack((features.ravel().astype(np.float32), borders.ravel()))
        questions, which = np.unique(asked, axis=1, return_inverse=True)
        return cls(questions[0].astype(np.int64), questions[1].copy(), which.reshape(features.shape), leaves, bias)

    @classmethod
    def read(cls, data: Mapping[str, npt.NDArray[np.generic]], name: str) -> Forest:
        """One that `arrays` gave, as a file holds it under a name."""
        features, borders, leaves, bias = (data[f"{name}_{part}"] for part in ("features", "borders", "leaves", "bias"))
        return cls.of(features, borders, leaves, float(bias))  # type: ignore[arg-type]

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """What a file holds of it: one question for each level of each tree."""
        return {
            "features": self.features[self.asked].astype(np.int16),
            "borders": self.borders[self.asked],
            "leaves": self.leaves,
            "bias": np.array(self.bias),
        }

    def predict(self, rows: Array) -> Array:
        """Probability of each row, float32."""
        odds = sum_leaves(rows.T, self.features, self.borders, self.asked, self.leaves) + self.bias
        chances: Array = (1 / (1 + np.exp(-odds))).astype(np.float32)
        return chances


@cache
def load_model() -> tuple[str, Forest, Forest]:
    """Version of the shipped model and its two forests."""
    with (
        resources.files(__package__).joinpath("scorer.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as data,
    ):
        return str(data["version"]), Forest.read(data, "first"), Forest.read(data, "second")


@dataclass(slots=True, kw_only=True)
class Seen:
    """What the scorer saw of a page: the chance of each block to be part of the article's text, and its choice.

    `confidence` is the F1 of the chosen words that is expected if the chances are right.
    """

    view: View
    chances: Array
    chosen: set[int]
    confidence: float


def see(page: Page) -> Seen | None:
    """Judge the blocks of a page. None for one without blocks, or with too many of them to be an article."""
    if not 0 < len(page.blocks) <= _MAX_BLOCKS:
        return None
    view = View(page)
    _, first, second = load_model()
    rows = view.matrix()
    chances = first.predict(rows)
    # both are columns side by side, and stay so
    wider = np.vstack((rows.T, context(view, chances).T)).T
    final = second.predict(wider)
    chosen, confidence = decode(page, final.tolist())
    return Seen(view=view, chances=final, chosen=chosen, confidence=confidence)


def decode(page: Page, scores: list[float]) -> tuple[set[int], float]:
    """Blocks to keep and the F1 of their words that is expected if the scores are right (1.0 for an empty page).

    Keeping the likeliest blocks down to the best expected F1 is optimal when blocks are independent (Lipton et al.
    2014, "Optimal thresholding of classifiers to maximize F1 measure"): on a page where nothing is sure the
    threshold falls by itself, so that it does not come out empty.
    """
    if not scores:
        return set(), 1.0
    p = np.array(scores)
    words = np.array([x.text.count(" ") + 1 for x in page.blocks], np.float64)
    order = np.argsort(-p, kind="stable")
    gained = np.cumsum((p * words)[order])
    f1 = 2 * gained / (np.cumsum(words[order]) + gained[-1])
    best = int(f1.argmax())
    return set(order[: best + 1].tolist()), float(f1[best])


def with_vote(scores: list[float], kept: set[int], weight: float = TRAFILATURA_VOTE) -> list[float]:
    """Scores with the word of another chooser, which kept these blocks, for `weight` of them.

    >>> with_vote([1.0, 0.5], {1})
    [0.6, 0.7]
    """
    return [round((1 - weight) * p + weight * (i in kept), 6) for i, p in enumerate(scores)]


def context(view: View, p: Array) -> Array:
    """Columns for the second forest: first-stage chances around a block, in its containers and on the page."""
    n = len(p)
    weight = np.sqrt(view.words)
    index = np.arange(n)
    mass, weights = _sums(p * weight), _sums(weight)
    columns = np.full((_CONTEXT, n), -0.1, np.float32)
    columns[0] = p
    for row, by in enumerate((1, 2, 3, -1, -2, -3), 1):
        if abs(by) < n:
            columns[row, max(by, 0) : n + min(by, 0)] = p[max(-by, 0) : n + min(-by, 0)]
    row = 7
    for reach in (3, 8, 20):
        low, high = np.maximum(index - reach, 0), np.minimum(index + reach + 1, n)
        for a, z in ((low, high), (low, index), (index + 1, high)):
            columns[row] = (mass[z] - mass[a]) / np.maximum(weights[z] - weights[a], 1e-9)
            row += 1
    inside = mass[view.end] - mass[view.start]
    mean = inside / np.maximum(weights[view.end] - weights[view.start], 1e-9)
    share = inside / max(mass[-1], 1e-9)
    of_node = np.stack((mean, share))
    at = view.node
    for _ in range(4):
        columns[row : row + 2] = of_node[:, at]
        row += 2
        at = view.up[at]
    main = int(np.lexsort((view.depth, share > 0.8))[-1])
    alike = np.bincount(view.group, p * weight) / np.bincount(view.group, weight)
    likely = np.flatnonzero(p > 0.5)
    first, last = (likely[0], likely[-1]) if len(likely) else (0, n)
    rest: tuple[npt.ArrayLike, ...] = (
        (index >= view.start[main]) & (index < view.end[main]),
        mean[main],
        alike[view.group],
        p.max(),
        p / max(float(p.max()), 1e-9),
        mass[:-1] / max(mass[-1], 1e-9),
        mass[-1] / weights[-1],
        np.log1p((p * view.words).sum()),
        np.clip(index - first, -30, 60),
        np.clip(index - last, -60, 30),
    )
    for place, column in enumerate(rest, row):
        columns[place] = column
    return columns.T


def _sums(values: Array) -> Array:
    return np.concatenate((np.zeros(1), np.cumsum(values, dtype=np.float64)))
