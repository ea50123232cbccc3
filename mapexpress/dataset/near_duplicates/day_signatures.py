"""The signatures of the articles of one day in memory, as rows of arrays."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from mapexpress.dataset.near_duplicates.rule import Rule

# Odd, as Fibonacci hashing wants (Knuth, The Art of Computer Programming 3, 6.4): bands that differ seldom add up alike
_MULTIPLIERS = np.array(
    (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1, 0xCC9E2D51, 0x1B873593, 0x85EBCA6B), np.uint32
)
_FEWEST = 8  # rows


@cache
def _nothing(bands: int, hashes: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Of a day without articles, as most of the thousands are that a walk through an archive looks at."""
    return np.empty(0, np.uint64), np.empty((0, bands), np.uint32), np.empty((0, hashes), np.uint32)


class Row(NamedTuple):
    """What is compared of an article: a hash of its numbers, one of each band, and the hashes of its signature."""

    numbers: int
    bands: npt.NDArray[np.uint32]
    signature: npt.NDArray[np.uint32]


def row_of(signature: bytes, numbers: bytes, rule: Rule) -> Row:
    """Read what is stored: the rule's hashes, little-endian of 32 bits each, and 8 bytes of the numbers' hash."""
    hashes = np.frombuffer(signature, "<u4")
    bands = (hashes.reshape(rule.bands, rule.rows) * _MULTIPLIERS[: rule.rows]).sum(axis=1, dtype=np.uint32)
    return Row(int.from_bytes(numbers, "little"), bands, hashes)


class DaySignatures:
    """0.6 KB an article; what else is known of it stays on disk."""

    __slots__ = ("_bands", "_numbers", "_row_of", "_rule", "_signatures")

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._row_of: dict[str, int] = {}
        self._numbers, self._bands, self._signatures = _nothing(rule.bands, rule.hashes)

    def __len__(self) -> int:
        return len(self._row_of)

    def add(self, name: str, signature: bytes, numbers: bytes) -> int:
        """Put an article in, or again with what is new of it; how many more there are now."""
        own = row_of(signature, numbers, self._rule)
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
        least = self._rule.resemblance * self._rule.hashes
        near = shared.any(axis=1) & (self._numbers[:count] == own.numbers)
        near[near] = (self._signatures[:count][near] == own.signature).sum(axis=1) >= least
        return [name for name, is_near in zip(self._row_of, near.tolist(), strict=True) if is_near]
