"""One self-contained page of what the speed benchmarks found, and the same as tables of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mapexpress.views.charts import columns, rows
from mapexpress.views.html_page import asset, page, table, text

Found = Mapping[str, Any]  # of each part, what its program wrote
_MEASURES = ("mean", "median", "p95", "worst", "parses", "p95 own", "worst own")
_HEADS = ["", "ms a page", "median", "p95", "worst", "in lxml parses", "p95, of its own", "worst, of its own"]
_NUMBERS = frozenset(range(1, 9))
Table = tuple[str, list[str], list[list[object]]]


def tables(found: Found) -> list[Table]:
    """Title, heads and rows of each table, in the order they are read; parts that were not run are left out."""
    out: list[Table] = []
    if pages := found.get("pages"):
        title = f"A page: CPU of {pages['pages']} real ones, the least of {pages['rounds']} rounds"
        out.append((title, _HEADS, _per_page(pages["rows"])))
    for theme, measured in found.get("themes", {}).get("themes", {}).items():
        out.append((f"A page of a known theme: {theme}", _HEADS, _per_page(measured)))
    if crawls := found.get("crawls"):
        title = f"A crawl: CPU of {crawls['pages']} addresses of {crawls['real']} real pages, start-up included"
        made: list[list[object]] = [
            [r["name"], r["at once"], r["processes"], f"{r['ms']:.2f}", f"{r['ratio']:.2f}"] for r in crawls["rows"]
        ]
        out.append((title, ["", "requests at once", "processes", "ms a page", "of bare Scrapy"], made))
    if start := found.get("start"):
        bare = start["seconds"]["bare Scrapy"]
        made = [[name, f"{s:.2f}", f"{s / bare:.2f}"] for name, s in start["seconds"].items()]
        out.append(("A run that finds nothing", ["", "CPU s", "of bare Scrapy"], made))
    if workers := found.get("workers"):
        made = [
            [
                r["input"],
                r["workers"],
                f"{r['wall s']:.1f}",
                f"{r['CPU s']:.1f}",
                f"{r['wall']:.2f}",
                f"{r['idle']:.2f}",
            ]
            for r in workers["rows"]
        ]
        heads = ["scrapy clean", "workers", "wall s", "CPU s", "times as fast", "on idle cores, by CPU"]
        out.append((f"Workers: {workers['pages']} pages", heads, made))
    return out


def as_text(found: Found) -> str:
    """The tables for a terminal."""
    return "\n\n".join("\n".join([title, *_aligned([heads, *made])]) for title, heads, made in tables(found))


def as_html(found: Found) -> str:
    """The whole page: tables, our own time by step, and curves for scale."""
    on = next(iter(found.values()))["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in on["versions"].items())
    body = (
        "<header><p class='eyebrow'>make bench-speed</p><h1>What cleaning costs</h1>"
        f"<p class='dim'>{text(on['processor'])}, {on['cores']} cores, Python {text(on['python'])}; {text(versions)}. "
        "CPU time, contenders in turn in one run: ratios are what to compare.</p></header><main>"
    )
    for title, heads, made in tables(found):
        body += f"<section class='wide'><h2>{text(title)}</h2>"
        body += table(heads, made, caption=title, numbers=_NUMBERS, hidden=True) + "</section>"
    body += (
        f"<section><h2>Where our own time goes, and how it grows</h2><div class='grid'>{_charts(found)}</div></section>"
    )
    if loop := found.get("scale", {}).get("loop"):
        body += f"<section><h2>What holds the event loop</h2><pre>{text(loop)}</pre></section>"
    return page(title="What cleaning costs", style=asset("report.css"), body=f"{body}</main>")


def _charts(found: Found) -> str:
    out = ""
    if steps := found.get("steps"):
        note = f"{steps['parses']:.2f} parses in all, of {steps['parse_ms']:.2f} ms each."
        points = sorted(((name, round(value, 2)) for name, value in steps["steps"].items()), key=lambda p: -p[1])
        out += rows("A page by step", points, unit="lxml parses", most=20, note=note)
    if scale := found.get("scale"):
        by = [(f"{row['pages']:,.0f}", row) for row in scale["rows"]]
        out += columns("CPU a page as pages go by", [(n, round(r["ms"], 1)) for n, r in by], unit="ms")
        out += columns("Memory as pages go by", [(n, round(r["MB"])) for n, r in by], unit="MB")
    return out


def _per_page(measured: Mapping[str, Mapping[str, float]]) -> list[list[object]]:
    return [[name, *(f"{row[measure]:.2f}" for measure in _MEASURES)] for name, row in measured.items()]


def _aligned(lines: list[list[object]]) -> list[str]:
    widths = [max(len(str(line[i])) for line in lines) for i in range(len(lines[0]))]
    return [
        str(line[0]).ljust(widths[0])
        + "".join("  " + str(c).rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))
        for line in lines
    ]
