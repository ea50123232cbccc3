"""The signatures of the articles of one day in memory, as rows of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mapexpress.dataset.duplicates import BANDS, RESEMBLANCE, ROWS

if TYPE_CHECKING:
    import numpy.typing as npt

# Odd, as Fibonacci hashing wants (Knuth, The Art of Computer Programming 3, 6.4): bands that differ seldom add up alike
_MULTIPLIERS = np.array((0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1), np.uint32)
_FEWEST = 8  # rows
# of a day without articles, as most of the thousands are that a walk through an archive looks at
_NONE = (np.empty(0, np.uint64), np.empty((0, BANDS), np.uint32), np.empty((0, BANDS * ROWS), np.uint32))


class Row(NamedTuple):
    """What is compared of an article: a hash of its numbers, one of each band, and its `BANDS * ROWS` hashes."""

    numbers: int
    bands: npt.NDArray[np.uint32]
    signature: npt.NDArray[np.uint32]


def row_of(signature: bytes, numbers: bytes) -> Row:
    """Read what is stored: `BANDS * ROWS` little-endian hashes of 32 bits, and 8 bytes of the numbers' hash."""
    hashes = np.frombuffer(signature, "<u4")
    bands = (hashes.reshape(BANDS, ROWS) * _MULTIPLIERS).sum(axis=1, dtype=np.uint32)
    return Row(int.from_bytes(numbers, "little"), bands, hashes)


class DaySignatures:
    """0.6 KB an article; what else is known of it stays on disk."""

    __slots__ = ("_bands", "_numbers", "_row_of", "_signatures")

    def __init__(self) -> None:
        self._row_of: dict[str, int] = {}
        self._numbers, self._bands, self._signatures = _NONE

    def __len__(self) -> int:
        return len(self._row_of)

    def add(self, name: str, own: Row) -> int:
        """Put an article in, or again with what is new of it; how many more there are now."""
        before = len(self._row_of)
        row = self._row_of.setdefault(name, before)
        if row == len(self._numbers):
            room = max(_FEWEST, 2 * row)
            self._numbers, self._bands, self._signatures = (
                np.resize(a, (room, *a.shape[1:])) for a in (self._numbers, self._bands, self._signatures)
            )
        self._numbers[row], self._bands[row], self._signatures[row] = own
        return len(self._row_of) - before

    def near_duplicates(self, own: Row) -> list[str]:
        """Ids of the articles that share a band with this one, resemble it and name the same numbers."""
        count = len(self._row_of)
        if not count:  # most days of a small site
            return []
        shared = self._bands[:count] == own.bands
        if not shared.any():
            return []
        near = shared.any(axis=1) & (self._numbers[:count] == own.numbers)
        near[near] = (self._signatures[:count][near] == own.signature).sum(axis=1) >= RESEMBLANCE * BANDS * ROWS
        return [name for name, is_near in zip(self._row_of, near.tolist(), strict=True) if is_near]
