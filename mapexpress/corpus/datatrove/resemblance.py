"""Which documents of a MinHash cluster are one dispatch: those that resemble its first, not whatever a chain joins.

MinHash clusters by chains: a resembles b, b resembles c, and of a large corpus half ends in one cluster. Here each
document is compared with the first of a group, by the rule of `near_duplicates.rule`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from operator import eq
from typing import NamedTuple

from mapexpress.dataset.near_duplicates.rule import RULE, day_of, instant

_CHANCE = 1 / 256  # that the last bytes of two different hashes are equal
_LEAST = RULE.hashes * (RULE.resemblance + (1 - RULE.resemblance) * _CHANCE)


class Short(NamedTuple):
    """What is compared of a text beside its numbers: its short signature, and its day since 1970 where it has one."""

    signature: bytes
    day: int | None = None


def short(text: str, date: str | None = None) -> Short:
    """The last byte of each hash of a text's MinHash: a quarter of the size, nearly the worth (Li and König, 2010)."""
    return Short(bytes(value & 0xFF for value in RULE.minhash(RULE.words(text))), day_of(instant(date)))


def resemble(one: Short, other: Short) -> bool:
    """Whether two texts that name the same numbers are near-duplicates."""
    equal: int = sum(map(eq, one.signature, other.signature))
    return equal >= _LEAST and RULE.is_within(one.day, other.day)


def first_of_each(texts: Iterable[Short]) -> list[int]:
    """For each text, in the order in which they were published, the place of the first that it resembles, or its own.

    >>> texts = [" ".join(f"{word}{n}" for n in range(40)) for word in ("pluie", "vent", "pluie")]
    >>> first_of_each(map(short, texts))
    [0, 1, 0]
    """
    firsts: dict[int, Short] = {}
    by_band: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
    found = []
    for place, mine in enumerate(texts):
        bands = [(n, mine.signature[n * RULE.rows : (n + 1) * RULE.rows]) for n in range(RULE.bands)]
        met = sorted({first for band in bands for first in by_band.get(band, ())})
        first = next((first for first in met if resemble(mine, firsts[first])), place)
        if first == place:
            firsts[place] = mine
            for band in bands:
                by_band[band].append(place)
        found.append(first)
    return found
