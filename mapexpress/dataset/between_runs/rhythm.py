"""How long a site usually pauses between days with new articles: what its silence is measured against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from mapexpress.dataset.between_runs.ledger import is_dated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mapexpress.dataset.state.database import State

_DAYS = 61  # with new articles that are looked at: two months of a daily, five years of a monthly
_FEW = 5  # pauses; fewer tell no rhythm
_UNKNOWN = 30  # days: a monthly is the slowest site that counts as news
_USUAL = 0.95  # share of the pauses that are no longer: closed weekends are usual, one summer holiday is not


@dataclass(slots=True, frozen=True, kw_only=True)
class Rhythm:
    """`newest` is the last day with a new article, None without any; `pause` the longest usual one, in days."""

    newest: date | None
    pause: int

    def silent_days(self, now: datetime) -> int | None:
        """Days since the last new article; None without any."""
        return max((now.date() - self.newest).days, 0) if self.newest else None


def rhythm(state: State, now: datetime) -> Rhythm:
    """Read the days of publication; where fewer than half of the articles have one, the days that brought articles.

    A walk back tells nothing of silence, as what it brings was published long ago. Reads only.
    """
    if is_dated(state):
        rows = state.all(
            "SELECT DISTINCT substr(date_published, 1, 10) AS day FROM records"
            " WHERE date_published <= ? AND length(date_published) >= 10 ORDER BY day DESC LIMIT ?",
            f"{(now + timedelta(days=1)).date().isoformat()}~",  # east of Greenwich it is tomorrow already
            _DAYS,
        )
    elif state.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'ledger'"):
        rows = state.all(
            "SELECT day FROM ledger WHERE figure = 'articles' AND count > 0 AND day <= ? ORDER BY day DESC LIMIT ?",
            now.date().isoformat(),
            _DAYS,
        )
    else:
        rows = []
    days = [day for row in rows if (day := _day(str(row[0]))) is not None]
    return Rhythm(newest=days[0] if days else None, pause=usual_pause(days))


def usual_pause(days: Sequence[date]) -> int:
    """The longest usual pause between days with articles, the newest first; a month where there are too few to tell.

    >>> weekdays = [date(2026, 5, 29) - timedelta(days=n) for n in range(80) if n % 7 < 5]
    >>> usual_pause(weekdays), usual_pause(weekdays[:3])
    (3, 30)
    """
    pauses = sorted((later - earlier).days for later, earlier in pairwise(days))
    return pauses[int(_USUAL * (len(pauses) - 1))] if len(pauses) >= _FEW else _UNKNOWN


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
