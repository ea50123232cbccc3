"""Counters that stay small however many values they see."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence


class Frequent:
    """The values seen most often, with a lower bound of their counts, in bounded memory.

    Misra and Gries, "Finding repeated elements" (1982): with room for k values, each value that makes up more than
    1/k of all is kept, and a count is too low by at most total/k.

    >>> seen = Frequent(room=2)
    >>> seen.update(["a", "b", "a", "c", "a"])
    >>> seen.most(1)
    [('a', 2)]
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self._counts: Counter[str] = Counter()

    def add(self, value: str) -> None:
        """Count one value."""
        counts = self._counts
        if value in counts or len(counts) < self.room:
            counts[value] += 1
            return
        self._counts = Counter({v: n - 1 for v, n in counts.items() if n > 1})

    def update(self, values: Iterable[str]) -> None:
        """Count several values."""
        for value in values:
            self.add(value)

    def keep(self, n: int) -> None:
        """Forget all but the n commonest: for who has seen everything."""
        self._counts = Counter(dict(self.most(n)))

    def most(self, n: int) -> list[tuple[str, int]]:
        """The n commonest, counts descending, then by value."""
        return sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))[:n]


class Spread:
    """Quantiles of positive numbers in buckets a twelfth of an octave wide (6 % at most off), in bounded memory.

    >>> lengths = Spread()
    >>> for n in range(1, 1001): lengths.add(n)
    >>> 470 < lengths.quantile(0.5) < 530
    True
    """

    _STEPS = 12

    def __init__(self) -> None:
        self.buckets: Counter[int] = Counter()
        self.count = 0

    def add(self, value: float) -> None:
        """Count one number; anything below one counts as one."""
        self.buckets[round(math.log2(max(value, 1.0)) * self._STEPS)] += 1
        self.count += 1

    def quantile(self, share: float) -> float | None:
        """The value below which `share` (0 to 1) of all numbers lie; None when none was seen."""
        rest = share * self.count
        for bucket in sorted(self.buckets):
            rest -= self.buckets[bucket]
            if rest <= 0:
                return float(2 ** (bucket / self._STEPS))
        return None

    def counts(self, bounds: Sequence[float]) -> list[int]:
        """How many numbers lie below each of the rising `bounds` and not below the one before; the last: above all."""
        sums = [0] * (len(bounds) + 1)
        for bucket, n in self.buckets.items():
            sums[bisect_right(bounds, 2 ** (bucket / self._STEPS))] += n
        return sums

    def octaves(self) -> list[tuple[float, int]]:
        """Lower ends of the octaves from the least to the greatest value seen, with their counts."""
        if not self.buckets:
            return []
        sums: Counter[int] = Counter()
        for bucket, n in self.buckets.items():
            sums[bucket // self._STEPS] += n
        return [(2.0**octave, sums[octave]) for octave in range(min(sums), max(sums) + 1)]
