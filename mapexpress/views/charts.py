"""Bar charts as inline SVG: no script, no request, each beside the table of its figures."""

from __future__ import annotations

from collections.abc import Sequence

from mapexpress.views.html_page import table, text

_WIDTH = 480
_HEIGHT = 150
_FOOT = 18
_ROW = 22
_LABEL = 150


def columns(title: str, points: Sequence[tuple[str, float]], *, unit: str) -> str:
    """Upright bars for an ordered axis (days, lengths): the labels of the first, middle and last are written."""
    if not points:
        return _empty(title)
    top = max(value for _, value in points) or 1
    step = min(_WIDTH / len(points), 40)  # few bars stay bars
    bars = "".join(
        f'<rect class="bar" x="{i * step:.1f}" y="{_HEIGHT - _FOOT - h:.1f}" width="{max(step - 1, 0.5):.1f}" '
        f'height="{h:.1f}"><title>{text(label)}: {text(_figure(value))} {text(unit)}</title></rect>'
        for i, (label, value) in enumerate(points)
        for h in [value / top * (_HEIGHT - _FOOT - 14)]
    )
    end = len(points) * step
    marks = [(0, "start", 0.0), (len(points) - 1, "end", end)] if end >= 160 else [(0, "start", 0.0)]
    labels = "".join(
        f'<text x="{x:.0f}" y="{_HEIGHT - 4}" text-anchor="{anchor}">{text(points[i][0])}</text>'
        for i, anchor, x in marks
    )
    top_label = f'<text x="0" y="10">{text(_figure(top))} {text(unit)}</text>'
    axis = f'<line class="axis" x1="0" x2="{_WIDTH}" y1="{_HEIGHT - _FOOT}" y2="{_HEIGHT - _FOOT}"/>'
    return _figure_with_table(title, f"{bars}{axis}{labels}{top_label}", _HEIGHT, points, unit)


def rows(title: str, points: Sequence[tuple[str, float]], *, unit: str, most: int = 12) -> str:
    """Lying bars for names, the greatest first; names beyond `most` are summed up as "others"."""
    if not points:
        return _empty(title)
    shown = list(points[:most])
    rest = sum(value for _, value in points[most:])
    if rest:
        shown.append((f"{len(points) - most} others", rest))
    top = max(value for _, value in shown) or 1
    room = _WIDTH - _LABEL - 60
    bars = "".join(
        f'<text x="{_LABEL - 6}" y="{i * _ROW + 15}" text-anchor="end">{text(_short(label))}</text>'
        f'<rect class="bar" x="{_LABEL}" y="{i * _ROW + 4}" height="{_ROW - 8}" '
        f'width="{max(value / top * room, 1):.1f}">'
        f"<title>{text(label)}: {text(_figure(value))} {text(unit)}</title></rect>"
        f'<text x="{_LABEL + value / top * room + 6:.1f}" y="{i * _ROW + 15}">{text(_figure(value))}</text>'
        for i, (label, value) in enumerate(shown)
    )
    return _figure_with_table(title, bars, len(shown) * _ROW, points, unit)


def _figure_with_table(title: str, drawing: str, height: int, points: Sequence[tuple[str, float]], unit: str) -> str:
    cells: list[list[object]] = [[label, _figure(value)] for label, value in points]
    return (
        f"<figure><figcaption>{text(title)}</figcaption>"
        f'<svg class="chart" role="img" aria-label="{text(title)}" viewBox="0 0 {_WIDTH} {height}">{drawing}</svg>'
        f"<details><summary>Table: {text(title)}</summary>"
        f"{table(['', unit], cells, caption=title, numbers=frozenset({1}))}</details></figure>"
    )


def _empty(title: str) -> str:
    return f'<figure><figcaption>{text(title)}</figcaption><p class="dim">Nothing yet.</p></figure>'


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _short(label: str) -> str:
    return label if len(label) <= 22 else label[:21] + "…"
