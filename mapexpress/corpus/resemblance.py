"""Which documents of a MinHash cluster are one dispatch: those that resemble its first, not whatever a chain joins.

MinHash clusters by chains: a resembles b, b resembles c, and of a large corpus half ends in one cluster. Here each
document is compared with the first of a group, by the rule for near-duplicates within a site.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from operator import eq

from mapexpress.dataset.duplicates import BANDS, RESEMBLANCE, ROWS, minhash

_WORD = re.compile(r"\w+")
_CHANCE = 1 / 256  # that the last bytes of two different hashes are equal
_LEAST = BANDS * ROWS * (RESEMBLANCE + (1 - RESEMBLANCE) * _CHANCE)


def signature(text: str) -> bytes:
    """The last byte of each hash of a text's MinHash: a quarter of the size, nearly the worth (Li and König, 2010)."""
    return bytes(value & 0xFF for value in minhash(_WORD.findall(text.casefold())))


def resemble(one: bytes, other: bytes) -> bool:
    """Whether the estimated resemblance of two texts is that of near-duplicates."""
    equal: int = sum(map(eq, one, other))
    return equal >= _LEAST


def first_of_each(signatures: Iterable[bytes]) -> list[int]:
    """For each text, in the order in which they were published, the place of the first that it resembles, or its own.

    >>> texts = [" ".join(f"{word}{n}" for n in range(40)) for word in ("pluie", "vent", "pluie")]
    >>> first_of_each(map(signature, texts))
    [0, 1, 0]
    """
    firsts: dict[int, bytes] = {}
    by_band: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
    found = []
    for place, mine in enumerate(signatures):
        bands = [(n, mine[n * ROWS : (n + 1) * ROWS]) for n in range(BANDS)]
        met = sorted({first for band in bands for first in by_band.get(band, ())})
        first = next((first for first in met if resemble(mine, firsts[first])), place)
        if first == place:
            firsts[place] = mine
            for band in bands:
                by_band[band].append(place)
        found.append(first)
    return found
