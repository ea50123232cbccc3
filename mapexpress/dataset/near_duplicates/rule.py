"""Which texts are one dispatch published again: the one rule for the crawls of a site and for corpora of many.

Two texts are near-duplicates when the resemblance of their word triples, as MinHash (Broder 1997) estimates it, is at
least 0.6, they name the same numbers, and they were published within 14 days, where both have a date. Of several the
first published is the original, of one moment the one with the smallest name.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from struct import pack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_EPOCH = datetime(1970, 1, 1).toordinal()
_UNDATED = "9999"  # in the place of a moment: after all that have one
# What tells one rule from another by what it makes of it: letters of several scripts and cases, numbers in two scripts.
_PROBE = (
    "Le 12 MAI, l'École de Fès-Meknès a reçu 1.250,75 dirhams ; İstanbul, Straße, ΣΊΣΥΦΟΣ, cœur, e\u0301te\u0301 : "
    "قال الوزير إن ١٢٣ مشروعا انطلقت اليوم"
)


@dataclass(slots=True, frozen=True, kw_only=True)
class Rule:
    """The figures of the rule. `bands` of `rows` hashes each: a text is compared with those that share a whole band.

    With 20 bands of 5 a pair of resemblance 0.75 (5 % of its words edited) is met with probability 0.995, one of 0.3
    with 0.05. At most 8 rows (see `day_signatures`).
    """

    bands: int = 20
    rows: int = 5
    shingle: int = 3  # words that are hashed together
    resemblance: float = 0.6  # finds 964 of 1,000 copies with 5 % of their words edited; 0.7 finds two thirds
    window_days: int = 14
    min_words: int = 20  # below, a few shared words of a flash or a caption would already resemble

    @property
    def hashes(self) -> int:
        """Hashes of one signature."""
        return self.bands * self.rows

    def words(self, text: str) -> list[str]:
        """The words that are compared, in page order; none for a text that is too short to be."""
        words: list[str] = _WORD.findall(text.casefold())
        return words if len(words) >= self.min_words else []

    def minhash(self, words: Sequence[str]) -> list[int]:
        """`hashes` of 32 bits over the shingles of a text's words; as many are equal as two texts resemble."""
        from rensa import RMinHash  # brings numpy: only runs that store something pay for it

        hashes = RMinHash(num_perm=self.hashes, seed=1)
        hashes.update([" ".join(group) for group in zip(*(words[n:] for n in range(self.shingle)), strict=False)])
        return list(hashes.digest())

    def signature(self, words: Sequence[str]) -> bytes:
        """The MinHash as it is stored: little-endian."""
        return pack(f"<{self.hashes}I", *self.minhash(words))

    def is_within(self, one: int | None, other: int | None) -> bool:
        """Whether two days (since 1970) are near enough to be of one dispatch; one that nobody knows may be."""
        return one is None or other is None or abs(one - other) <= self.window_days

    @property
    def version(self) -> str:
        """The name of what makes signatures: those of another version are not compared, but made anew."""
        return _version(self)


RULE = Rule()


@cache
def _version(rule: Rule) -> str:
    """Its shape, and a digest of all that decides what is stored, the hash of the library among it."""
    words = _WORD.findall(_PROBE.casefold())
    told = (rule.shingle, rule.min_words, _WORD.pattern, _NUMBER.pattern, words, named(_PROBE), rule.signature(words))
    return f"{rule.bands}x{rule.rows}-{hashlib.blake2b(repr(told).encode(), digest_size=4).hexdigest()}"


def numbers(text: str) -> list[str]:
    """The numbers of a text in page order, in ASCII digits and without separators of thousands or decimals.

    >>> numbers("Le MASI gagne 0,45% à 13.200 points ; ١٢ valeurs")
    ['045', '13200', '12']
    """
    found = [number.replace(".", "").replace(",", "") for number in _NUMBER.findall(text)]
    return [n if n.isascii() else "".join(str(unicodedata.digit(c)) for c in n) for n in found]


def named(text: str) -> bytes:
    """8 bytes that are the same for texts that name the same numbers."""
    return hashlib.blake2b("|".join(sorted(set(numbers(text)))).encode(), digest_size=8).digest()


def instant(date: str | None) -> datetime | None:
    """The moment of a record's date in UTC, of a mere day its beginning; None for what is no date."""
    if date is None:
        return None
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return None
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def day_of(moment: datetime | None) -> int | None:
    """Days since 1970."""
    return None if moment is None else moment.toordinal() - _EPOCH


def order(moment: datetime | None, name: str) -> tuple[str, str]:
    """Of several near-duplicates the one with the smallest order is the original.

    >>> order(instant("2026-05-01T10:00:00+02:00"), "b") < order(instant("2026-05-01T09:00:00Z"), "a") < order(None, "")
    True
    """
    return (_UNDATED if moment is None else moment.isoformat()), name
