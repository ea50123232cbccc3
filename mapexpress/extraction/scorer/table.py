"""Columns of numbers by name, one row a block, and what is reckoned on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

Array = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
_COLUMNS = 320  # room for all of a page's


def shift(column: Array, by: int, fill: float = 0.0) -> Array:
    """The column so many blocks further down (up, below 0), with `fill` where nothing comes in."""
    out = np.full_like(column, fill)
    if by > 0:
        out[by:] = column[:-by]
    else:
        out[:by] = column[-by:]
    return out


def cumulated(values: Array) -> Array:
    """Sums of the values before each, and of all at the end: one number more than there are values."""
    return np.concatenate((np.zeros(1, np.float64), np.cumsum(values, dtype=np.float64)))


def bits(masks: npt.ArrayLike, width: int) -> npt.NDArray[np.uint8]:
    """The lowest `width` bits of each mask, one row a bit."""
    octets = np.asarray(masks, "<u8").view(np.uint8).reshape(-1, 8)
    return np.unpackbits(octets, axis=1, bitorder="little")[:, :width].T


class Table:
    """Columns by name, in order, written side by side as they come: each is contiguous."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.names: list[str] = []
        self._columns = np.empty((_COLUMNS, rows), np.float32)

    def add(self, name: str, column: npt.ArrayLike) -> None:
        """One column."""
        self._columns[len(self.names)] = column
        self.names.append(name)

    def add_all(self, names: Sequence[str], columns: npt.ArrayLike) -> None:
        """Several columns, each a row of `columns`."""
        at = len(self.names)
        self._columns[at : at + len(names)] = columns
        self.names.extend(names)

    def matrix(self) -> Array:
        """Rows of blocks, columns in the order of `names`."""
        return self._columns[: len(self.names)].T
