"""When a site's next run is due: adaptive, from how much its runs brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mapexpress.dataset.between_runs.ledger import articles_a_day
from mapexpress.dataset.state.database import State

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout

SHORTEST = timedelta(minutes=15)  # a news site's feed seldom turns over faster
LONGEST = timedelta(hours=12)  # a site that fell silent is looked at twice a day all the same


@dataclass(slots=True, frozen=True, kw_only=True)
class Due:
    """`last` is the end of the last run, None before the first; `interval` what the site's rate asks for."""

    last: datetime | None
    interval: timedelta
    articles_a_day: float

    def at(self, now: datetime) -> datetime:
        """The moment from which a run is due; `now` for a site that was never run, or whose run did not end."""
        return self.last + self.interval if self.last is not None else now


def due(layout: Layout, now: datetime) -> Due:
    """Read a site's state: a run is due when about one new article is to be expected. Raises StorageError.

    A run that began later than `now` had a clock that was ahead: it tells nothing.
    """
    if not layout.state.exists():
        return Due(last=None, interval=SHORTEST, articles_a_day=0.0)
    state = State(layout.state, readonly=True)
    try:
        row = state.one(
            "SELECT ended FROM runs WHERE started <= ? ORDER BY started DESC LIMIT 1", now.astimezone(UTC).isoformat()
        )
        rate = articles_a_day(state, now)
    finally:
        state.close()
    last = min(datetime.fromisoformat(str(row[0])), now) if row and row[0] else None
    return Due(last=last, interval=interval_for(rate), articles_a_day=rate)


def interval_for(rate: float) -> timedelta:
    """Time in which one article is to be expected at `rate` articles a day, within the bounds.

    >>> [str(interval_for(rate)) for rate in (0, 1, 8, 40, 500)]
    ['12:00:00', '12:00:00', '3:00:00', '0:36:00', '0:15:00']
    """
    expected = timedelta(days=1) / rate if rate > 0 else LONGEST
    return max(SHORTEST, min(LONGEST, expected))
