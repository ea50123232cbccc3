"""Bar charts as inline SVG: no script, no request, each beside the table of its figures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from mapexpress.views.html_page import table, text

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


def newest(days: Mapping[str, int], length: int, last: date) -> list[float]:
    """The counts of `length` days up to the last one, empty days too.

    >>> newest({"2026-05-01": 2, "2026-04-20": 9}, 4, date(2026, 5, 2))
    [0, 0, 2, 0]
    """
    return [days.get((last - timedelta(days=back)).isoformat(), 0) for back in range(length - 1, -1, -1)]


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None


# In units of the drawing, which a phone shows about one to one: letters of 11 stay legible there.
_WIDTH = 380
_LETTER = 7.0  # width of a digit of DejaVu Sans, the widest of the usual fonts
# Upright bars
_HEIGHT, _LEFT, _TOP, _FOOT = 168, 38, 10, 22
_WIDEST = 42
_BETWEEN = 6  # two labels
# Lying bars
_ROW, _LABEL, _FIGURE = 24, 128, 58
_LABEL_LETTERS = 17

Points = Sequence[tuple[str, float]]


def columns(title: str, points: Points, *, unit: str, note: str = "") -> str:
    """Upright bars for an ordered axis (days, lengths), with a scale; as many labels as fit are written."""
    if not points:
        return _empty(title)
    top = _ceiling(max(value for _, value in points))
    room = _WIDTH - _LEFT
    step = min(room / len(points), _WIDEST)  # few bars stay bars
    base = _HEIGHT - _FOOT
    scale = "".join(
        f'<line class="{"axis" if part == 0 else "grid"}" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{_LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{text(_brief(top * part))}</text>'
        for part in ((0, 0.5, 1) if top > 1 else (0, 1))
        for y in [base - part * (base - _TOP)]
    )
    gap = 0 if step < 3 else 1 if step < 8 else 3
    bars = "".join(
        f'<rect class="bar" x="{_LEFT + i * step + gap / 2:.1f}" y="{base - h:.1f}" width="{step - gap:.1f}" '
        f'height="{h:.1f}"><title>{text(label)}: {text(figure(value))} {text(unit)}</title></rect>'
        for i, (label, value) in enumerate(points)
        for h in [value / top * (base - _TOP)]
        if value
    )
    labels = "".join(
        f'<text x="{middle:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">{text(label)}</text>'
        for middle, label in _axis([label for label, _ in points], step)
    )
    return _with_table(title, f"{scale}{bars}{labels}", _HEIGHT, points, unit, note)


def rows(
    title: str,
    points: Points,
    *,
    unit: str,
    most: int = 10,
    kind: str = "",
    share: bool = False,
    bounds: Mapping[str, float] | None = None,
    note: str = "",
) -> str:
    """Lying bars for names, in the order given; names beyond `most` are summed up as "others", without a bar.

    `kind` colours the bars (`removed`, `rejected`); with `share` the figures are shares from 0 to 1, and `bounds` marks
    the least that is wanted of a name.
    """
    if not points:
        return _empty(title)
    shown = list(points if len(points) == most + 1 else points[:most])
    top = 1.0 if share else max(value for _, value in shown) or 1
    room = _WIDTH - _LABEL - _FIGURE
    written = percent if share else figure
    drawing = ""
    for i, (label, value) in enumerate(shown):
        width = max(value / top * room, 1 if value else 0)
        told = f"{text(label)}: {text(written(value))} {text(unit)}".rstrip()
        drawing += (
            f'<text x="{_LABEL - 8}" y="{i * _ROW + 16}" text-anchor="end">{text(_short(label))}</text>'
            f'<rect class="track" x="{_LABEL}" y="{i * _ROW + 6}" width="{room}" height="{_ROW - 11}" rx="2"/>'
            f'<rect class="bar {text(kind)}" x="{_LABEL}" y="{i * _ROW + 6}" height="{_ROW - 11}" rx="2" '
            f'width="{width:.1f}"><title>{told}</title></rect>'
            f'<text class="figure" x="{_WIDTH}" y="{i * _ROW + 16}" text-anchor="end">{text(written(value))}</text>'
        )
        bound = (bounds or {}).get(label)
        if bound is not None:
            x = _LABEL + bound * room
            drawing += (
                f'<line class="bound" x1="{x:.1f}" x2="{x:.1f}" y1="{i * _ROW + 3}" y2="{(i + 1) * _ROW - 2}">'
                f"<title>at least {percent(bound)} wanted</title></line>"
            )
    height = len(shown) * _ROW
    if len(shown) < len(points) and not share:  # told, but not drawn: together they would dwarf the rest
        others = figure(sum(value for _, value in points[most:]))
        drawing += (
            f'<text x="{_LABEL - 8}" y="{height + 16}" text-anchor="end">{len(points) - most} others</text>'
            f'<text class="figure" x="{_WIDTH}" y="{height + 16}" text-anchor="end">{others}</text>'
        )
        height += _ROW
    return _with_table(title, drawing, height, points, unit, note, share=share)


def spark(title: str, values: Sequence[float]) -> str:
    """A line of bars without a scale, for a cell of a table; its figures stand in the charts."""
    top = max(values, default=0) or 1
    bars = "".join(
        f'<rect class="bar" x="{i * 3}" y="{20 - h:.1f}" width="2" height="{h:.1f}"/>'
        for i, value in enumerate(values)
        for h in [max(value / top * 19, 1 if value else 0)]
        if value
    )
    box = f"0 0 {max(len(values) * 3, 1)} 20"
    return f'<svg class="spark" role="img" aria-label="{text(title)}" viewBox="{box}">{bars}</svg>'


def _with_table(
    title: str, drawing: str, height: int, points: Points, unit: str, note: str, *, share: bool = False
) -> str:
    cells: list[list[object]] = [[label, percent(value) if share else figure(value)] for label, value in points]
    told = f'<p class="dim small">{text(note)}</p>' if note else ""
    return (
        f"<figure><figcaption>{text(title)}</figcaption>{told}"
        f'<svg class="chart" role="img" aria-label="{text(title)}" viewBox="0 0 {_WIDTH} {height}">{drawing}</svg>'
        f"<details><summary>Table<span class='hidden'>: {text(title)}</span></summary>"
        f"{table(['', unit], cells, caption=title, numbers=frozenset({1}))}</details></figure>"
    )


def _empty(title: str) -> str:
    return f'<figure><figcaption>{text(title)}</figcaption><p class="dim">Nothing yet.</p></figure>'


def figure(value: float) -> str:
    """A count or measure as it is read.

    >>> figure(12345), figure(0.5)
    ('12,345', '0.50')
    """
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def percent(value: float) -> str:
    """A share; what is not quite all is never rounded up to all, nor a trace down to nothing.

    >>> percent(1.0), percent(0.9996), percent(0.5), percent(0.0004), percent(0.0)
    ('100 %', '99.9 %', '50 %', '0.1 %', '0 %')
    """
    if 0.99 < value < 1 or 0 < value < 0.01:
        return f"{min(99.9, max(0.1, value * 100)):.1f} %"
    return f"{value:.0%}".replace("%", " %")


def _ceiling(value: float) -> float:
    """The next number that a scale of counts ends with: its half is a count too.

    >>> [_ceiling(n) for n in (1, 3, 7, 23, 140, 2100)]
    [1.0, 4.0, 8.0, 24.0, 160.0, 2400.0]
    """
    if value <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(m * power for m in (1, 1.2, 1.6, 2, 2.4, 3, 4, 6, 8, 10) if m * power >= value and (m * power) % 2 == 0)


def _brief(value: float) -> str:
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:g}"


def _axis(labels: Sequence[str], step: float) -> list[tuple[float, str]]:
    """Middles and labels of every n-th bar, n the least with which no label touches the next or is cut at an edge."""
    for every in range(1, len(labels)):
        shown, free = [], 0.0
        for i in range(0, len(labels), every):
            half = len(labels[i]) * _LETTER / 2
            middle = min(max(_LEFT + (i + 0.5) * step, half), _WIDTH - half)
            if middle - half < free:
                break
            shown.append((middle, labels[i]))
            free = middle + half + _BETWEEN
        else:
            return shown
    half = len(labels[0]) * _LETTER / 2
    return [(max(_LEFT + 0.5 * step, half), labels[0])]


def _short(label: str) -> str:
    return label if len(label) <= _LABEL_LETTERS else label[: _LABEL_LETTERS - 1] + "…"
