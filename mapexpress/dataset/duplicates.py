"""Near-duplicates within a site: the same dispatch published again under another address and title.

MinHash (Broder 1997) over word triples, found by banding; two articles are near-duplicates when they were published
within 14 days, their estimated resemblance is at least 0.6 and they name the same numbers. Of several the first by
(date published, canonical URL) is the original, whatever was met first.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from struct import Struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mapexpress.dataset.day_signatures import DaySignatures, Row
    from mapexpress.dataset.state import State
    from mapexpress.records import Article

WINDOW_DAYS = 14
RESEMBLANCE = 0.6  # finds 964 of 1,000 copies with 5 % of their words edited; 0.7 finds two thirds
# 20 bands of 5: a pair of resemblance 0.75 (5 % of its words edited) is met with probability 0.995, one of 0.3 with
# 0.05.
BANDS, ROWS = 20, 5
MIN_WORDS = 20  # below, a few shared words of a flash or a caption would already resemble
MAX_CACHED = 20_000  # signatures in memory: 0.7 KB each
_MAX_DAY = MAX_CACHED // 4
_NEAREST_FIRST = sorted(range(-WINDOW_DAYS, WINDOW_DAYS + 1), key=abs)
_SIGNATURE = Struct(f"<{BANDS * ROWS}I")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

MIGRATIONS = (
    """
    CREATE TABLE signatures (
        day INTEGER NOT NULL,          -- days since 1970 of the publication
        id TEXT NOT NULL,
        published TEXT NOT NULL,       -- UTC, to order by
        canonical_url TEXT NOT NULL,
        numbers BLOB NOT NULL,
        signature BLOB NOT NULL,
        PRIMARY KEY (day, id)
    ) WITHOUT ROWID;
    """,
)


_COLUMNS = "id, day, published, canonical_url, numbers, signature"


@dataclass(slots=True, frozen=True)
class Signed:
    """What is compared of an article."""

    id: str
    day: int
    published: str
    canonical_url: str
    numbers: bytes
    signature: bytes

    @property
    def row(self) -> Row:
        """As it is compared with those of a day."""
        from mapexpress.dataset.day_signatures import row_of  # as `rensa` does, it brings numpy

        return row_of(self.signature, self.numbers)

    @property
    def order(self) -> tuple[str, str]:
        """The smaller one was first."""
        return self.published, self.canonical_url


def sign(article: Article) -> Signed | None:
    """Signature of an article; None for one without a date, without an address or of under 20 words."""
    published = _instant(article.date_published)
    words = _WORD.findall(article.text.casefold())
    if published is None or not article.canonical_url or len(words) < MIN_WORDS:
        return None
    return Signed(
        id=article.id,
        day=published.toordinal() - datetime(1970, 1, 1).toordinal(),
        published=published.isoformat(),
        canonical_url=article.canonical_url,
        numbers=hashlib.blake2b("|".join(sorted(set(numbers(article.text)))).encode(), digest_size=8).digest(),
        signature=_SIGNATURE.pack(*minhash(words)),
    )


def minhash(words: Sequence[str]) -> list[int]:
    """`BANDS * ROWS` hashes of 32 bits over the triples of a text's words; as many are equal as two texts resemble."""
    from rensa import RMinHash  # brings numpy: only runs that store something pay for it

    hashes = RMinHash(num_perm=BANDS * ROWS, seed=1)
    hashes.update([f"{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)])
    return list(hashes.digest())


def numbers(text: str) -> list[str]:
    """The numbers of a text in page order, in ASCII digits and without separators of thousands or decimals.

    >>> numbers("Le MASI gagne 0,45% à 13.200 points ; ١٢ valeurs")
    ['045', '13200', '12']
    """
    found = [number.replace(".", "").replace(",", "") for number in _NUMBER.findall(text)]
    return [n if n.isascii() else "".join(str(unicodedata.digit(c)) for c in n) for n in found]


def _instant(date: str | None) -> datetime | None:
    if date is None:
        return None
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return None
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


class DuplicateIndex:
    """Signatures of a site by day, on disk; in memory those of the days asked for lately, `MAX_CACHED` at most."""

    def __init__(self, state: State) -> None:
        state.migrate("duplicates", MIGRATIONS)
        self.state = state
        self._days: OrderedDict[int, DaySignatures] = OrderedDict()
        self._cached = 0

    def take(self, article: Article) -> tuple[str | None, list[str]]:
        """Put an article in: the id of its original, and the ids of those it is the original of."""
        signed = sign(article)
        if signed is None:
            return None, []
        matches = self._matches(signed)
        self._put(signed)
        first = min(matches, key=lambda s: s.order, default=signed)
        if signed.order <= first.order:
            return None, sorted(s.id for s in matches)
        return first.id, []

    def drop(self, record_id: str) -> None:
        """Take an article out, for erasure."""
        self.state.write("DELETE FROM signatures WHERE id = ?", record_id)
        self._days.clear()
        self._cached = 0

    def _matches(self, signed: Signed) -> list[Signed]:
        own = signed.row
        alike = [
            (day, found)
            for day, known in self._window(signed.day)
            for found in known.near_duplicates(own)
            if found != signed.id
        ]
        rows = (
            self.state.one(f"SELECT {_COLUMNS} FROM signatures WHERE day = ? AND id = ?", *place) for place in alike
        )
        return [Signed(*row) for row in rows if row is not None]  # type: ignore[arg-type]

    def _window(self, middle: int) -> Iterator[tuple[int, DaySignatures]]:
        """The days about one, the nearest first: where a site publishes more than fits in memory, the far ones are left
        out, for read anew for each article they would cost a tenth of a second.
        """
        room = MAX_CACHED
        for day in (middle + by for by in _NEAREST_FIRST):
            room -= len(self._days[day]) if day in self._days else self._count(day)
            if room < 0:
                return
            yield day, self._day(day)

    def _count(self, day: int) -> int:
        row = self.state.one("SELECT count(*) FROM signatures WHERE day = ?", day)
        return min(int(str(row[0])), _MAX_DAY) if row is not None else 0

    def _put(self, signed: Signed) -> None:
        self.state.write(
            "REPLACE INTO signatures VALUES (?, ?, ?, ?, ?, ?)",
            signed.day, signed.id, signed.published, signed.canonical_url, signed.numbers, signed.signature,
        )  # fmt: skip
        day = self._days.get(signed.day)
        if day is not None:
            self._cached += day.add(signed.id, signed.row)

    def _day(self, day: int) -> DaySignatures:
        if day in self._days:
            self._days.move_to_end(day)
            return self._days[day]
        from mapexpress.dataset.day_signatures import DaySignatures, row_of

        loaded = DaySignatures()
        rows = self.state.all("SELECT id, signature, numbers FROM signatures WHERE day = ? LIMIT ?", day, _MAX_DAY)
        for name, signature, named in rows:
            self._cached += loaded.add(str(name), row_of(signature, named))  # type: ignore[arg-type]
        self._days[day] = loaded
        while self._cached > MAX_CACHED and len(self._days) > 1:
            _, oldest = self._days.popitem(last=False)
            self._cached -= len(oldest)
        return loaded
