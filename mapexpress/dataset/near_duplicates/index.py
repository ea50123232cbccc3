"""Near-duplicates within a site: the same dispatch published again under another address and title.

Found by the banding of MinHash (see `near_duplicates.rule`); a text without a date is compared with none. Signatures
that another version of the rule made are made anew, of the days that are asked for, from the stored articles.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mapexpress.dataset.near_duplicates.rule import RULE, Rule, day_of, instant, named, order
from mapexpress.dataset.near_duplicates.stored_articles import stored_articles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mapexpress.dataset.files.layout import Layout
    from mapexpress.dataset.near_duplicates.day_signatures import DaySignatures
    from mapexpress.dataset.state.database import State, Value
    from mapexpress.model.record import Article

logger = logging.getLogger(__name__)

MAX_CACHED = 20_000  # signatures in memory: 0.7 KB each
_MAX_DAY = MAX_CACHED // 4
# Made anew in one go, on the crawl's thread: a second and a half where each has 2,000 characters (0.2 ms to sign one),
# so that a signal is still answered in time. The days about a window are made with it, as a go reads whole parts.
_AT_ONCE, _REACH_DAYS = 5_000, 28

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
    # All that were made before they said so are of this one version.
    """
    ALTER TABLE signatures ADD COLUMN version TEXT NOT NULL DEFAULT '20x5-8b7edc7b';
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
    def order(self) -> tuple[str, str]:
        """The smaller one was first."""
        return order(instant(self.published), self.canonical_url)


def sign(article: Article, rule: Rule = RULE) -> Signed | None:
    """Signature of an article; None for one without a date, without an address or of too few words."""
    published = instant(article.date_published)
    words = rule.words(article.text)
    day = day_of(published)
    if published is None or day is None or not article.canonical_url or not words:
        return None
    return Signed(
        id=article.id,
        day=day,
        published=published.isoformat(),
        canonical_url=article.canonical_url,
        numbers=named(article.text),
        signature=rule.signature(words),
    )


class DuplicateIndex:
    """Signatures of a site by day, on disk; in memory those of the days asked for lately, `MAX_CACHED` at most."""

    def __init__(self, layout: Layout, state: State, rule: Rule = RULE) -> None:
        state.migrate("duplicates", MIGRATIONS)
        self.layout = layout
        self.state = state
        self.rule = rule
        self._nearest_first = sorted(range(-rule.window_days, rule.window_days + 1), key=abs)
        self._days: OrderedDict[int, DaySignatures] = OrderedDict()
        self._cached = 0

    def decide(self, article: Article) -> None:
        """Take an article in and set its `duplicate_of`, unless that was decided before: in a line that is stored.

        This is the one place where it is decided. Articles that came before and were published later are noted in the
        state as its copies; a line that is written stays as it is until its part is sealed (`decided`).
        """
        original, copies = self.take(article)
        article.duplicate_of = article.duplicate_of or (original and self._root(original))
        for copy in copies:
            self.state.set_duplicate(copy, article.id)

    def _root(self, record_id: str) -> str:
        known = self.state.known(record_id)
        return known.duplicate_of if known and known.duplicate_of else record_id

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
        from mapexpress.dataset.near_duplicates.day_signatures import row_of  # as `rensa` does, it brings numpy

        own = row_of(signed.signature, signed.numbers, self.rule)
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
        for day in (middle + by for by in self._nearest_first):
            room -= len(self._days[day]) if day in self._days else self._count(day)
            if room < 0:
                return
            yield day, self._day(day)

    def _count(self, day: int) -> int:
        row = self.state.one("SELECT count(*) FROM signatures WHERE day = ?", day)
        return min(int(str(row[0])), _MAX_DAY) if row is not None else 0

    def _put(self, signed: Signed) -> None:
        self.state.write(
            "REPLACE INTO signatures VALUES (?, ?, ?, ?, ?, ?, ?)",
            signed.day, signed.id, signed.published, signed.canonical_url, signed.numbers, signed.signature,
            self.rule.version,
        )  # fmt: skip
        day = self._days.get(signed.day)
        if day is not None:
            self._cached += day.add(signed.id, signed.signature, signed.numbers)

    def _day(self, day: int) -> DaySignatures:
        if day in self._days:
            self._days.move_to_end(day)
            return self._days[day]
        from mapexpress.dataset.near_duplicates.day_signatures import DaySignatures

        version = self.rule.version
        rows = self._rows(day)
        if any(row[-1] != version for row in rows):
            self._make_anew(day)
            rows = [row for row in self._rows(day) if row[-1] == version]
        loaded = DaySignatures(self.rule)
        for name, signature, numbers, _ in rows:
            self._cached += loaded.add(str(name), signature, numbers)  # type: ignore[arg-type]
        self._days[day] = loaded
        while self._cached > MAX_CACHED and len(self._days) > 1:
            _, oldest = self._days.popitem(last=False)
            self._cached -= len(oldest)
        return loaded

    def _rows(self, day: int) -> list[tuple[Value, ...]]:
        return self.state.all(
            "SELECT id, signature, numbers, version FROM signatures WHERE day = ? LIMIT ?", day, _MAX_DAY
        )

    def _make_anew(self, day: int) -> None:
        """Sign the articles of the days about one again that another version has signed, `_AT_ONCE` at most.

        One whose last line cannot be read, or whose article is gone, is compared no longer.
        """
        stale = self.state.all(
            "SELECT day, id FROM signatures WHERE day BETWEEN ? AND ? AND version != ?"
            " ORDER BY abs(day - ?), id LIMIT ?",
            day - _REACH_DAYS, day + _REACH_DAYS, self.rule.version, day, _AT_ONCE,
        )  # fmt: skip
        self.state.write_many("DELETE FROM signatures WHERE day = ? AND id = ?", stale)
        made = 0
        for article in stored_articles(self.layout, self.state, [str(name) for _, name in stale]):
            signed = sign(article, self.rule) if article.status == "active" else None
            if signed is not None:
                self._put(signed)
                made += 1
        logger.info("%d of %d signatures of another version are made anew", made, len(stale))


def decided(state: State, part: int) -> dict[int, str]:
    """What the state knows today of `duplicate_of`, by line, of a part's lines that are the latest of their records."""
    rows = state.all(
        "SELECT line, duplicate_of FROM lines JOIN records USING (slot, part, line)"
        " WHERE part = ? AND duplicate_of IS NOT NULL",
        part,
    )
    return {int(str(number)): str(original) for number, original in rows}
