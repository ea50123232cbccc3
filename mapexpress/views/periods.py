"""Counts by day as a chart shows them: days, or weeks or months where days would be hair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

_BARS = 92  # a quarter of days; at 380 units four for each bar


def by_period(days: Mapping[str, int]) -> tuple[str, list[tuple[str, float]]]:
    """The period's name and its counts from the first to the last, empty ones too; keys are ISO days.

    What is no day is left out. A week is named by its Monday.

    >>> by_period({"2026-05-01": 2, "2026-05-03": 1})
    ('day', [('2026-05-01', 2), ('2026-05-02', 0), ('2026-05-03', 1)])
    >>> by_period({"2025-05-01": 2, "2026-05-03": 1})[0], by_period({"2015-05-01": 2, "2026-05-03": 1})[0]
    ('week', 'month')
    """
    counts = {day: n for name, n in days.items() if (day := _day(name)) is not None}
    if not counts:
        return "day", []
    first, last = min(counts), max(counts)
    if (last - first).days < _BARS:
        span = [first + timedelta(days=i) for i in range((last - first).days + 1)]
        return "day", [(day.isoformat(), counts.get(day, 0)) for day in span]
    if (last - first).days < 7 * (_BARS - 1):
        weeks = Counter[date]()
        for day, n in counts.items():
            weeks[day - timedelta(days=day.weekday())] += n
        first, last = min(weeks), max(weeks)
        return "week", [
            ((first + timedelta(weeks=i)).isoformat(), weeks[first + timedelta(weeks=i)])
            for i in range((last - first).days // 7 + 1)
        ]
    months = Counter[str]()
    for day, n in counts.items():
        months[f"{day:%Y-%m}"] += n
    names = (f"{year}-{month:02}" for year in range(first.year, last.year + 1) for month in range(1, 13))
    return "month", [(name, months[name]) for name in names if f"{first:%Y-%m}" <= name <= f"{last:%Y-%m}"]


def newest(days: Mapping[str, int], length: int) -> list[float]:
    """The counts of the last `length` days up to the newest one, empty days too."""
    known = [day for name in days if (day := _day(name)) is not None]
    if not known:
        return []
    last = max(known)
    return [days.get((last - timedelta(days=back)).isoformat(), 0) for back in range(length - 1, -1, -1)]


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
