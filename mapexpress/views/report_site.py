"""One site of a report: its figures, what looks wrong, its charts and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from mapexpress.report.gates import defaults
from mapexpress.report.runs import KINDS
from mapexpress.report.site_report import SiteReport
from mapexpress.report.sketches import Spread
from mapexpress.report.summary import COVERED, SiteSummary
from mapexpress.views.charts import by_period, columns, figure, percent, rows
from mapexpress.views.html_page import table, text

_DELAYS = (5, 15, 30, 60, 180, 720, 1440, 10080)  # minutes
_DELAY_NAMES = (
    "under 5 minutes", "5–15 minutes", "15–30 minutes", "30–60 minutes", "1–3 hours", "3–12 hours", "12–24 hours",
    "1–7 days", "over a week",
)  # fmt: skip
_OLD_NOTICES = 12


def render_site(number: int, report: SiteReport, *, opened: bool) -> str:
    """The section of one site, its charts folded away unless `opened`."""
    s = report.summary
    name = text(s.site)
    status = _status(report)
    facts = [
        ("articles", figure(s.articles)),
        ("rejected", figure(s.rejected)),
        ("revisions", figure(s.revisions)),
        ("gone", figure(s.gone)),
        ("near-duplicates", figure(s.duplicates)),
        ("characters, median", whole(s.chars.quantile(0.5))),
        ("from published to stored, median", minutes(s.delay_minutes.quantile(0.5))),
        ("last article stored", s.last_stored[:10] or "–"),
    ]
    cards = "".join(f"<li><span>{text(what)}</span><b>{text(value)}</b></li>" for what, value in facts)
    charts = "".join(_charts(s))
    return (
        f'<section class="site" id="site-{number}" aria-labelledby="name-{number}">'
        f'<h2 id="name-{number}">{name} {status}</h2>{_last_run(report)}{_alerts(report)}<ul class="cards">{cards}</ul>'
        f'<details class="more"{" open" if opened else ""}><summary>Charts and tables of {name}</summary>'
        f'<div class="grid">{charts}</div>{"".join(_tables(report))}</details></section>'
    )


def failed_gates(report: SiteReport) -> list[str]:
    """Names of the gates that a site fails; damaged files are one."""
    return [f.gate for f in report.failures] + ["damaged"] * bool(report.summary.faults)


def runs_by_month(months: Mapping[str, Counter[str]]) -> str:
    """The table of what the runs of each month did of articles."""
    return _table(
        "What the runs brought",
        ["Month", "Runs", *(kind.capitalize() for kind in KINDS)],
        [
            (month, *(f"{counts[kind]:,}" for kind in ("runs", *KINDS)))
            for month, counts in sorted(months.items())[::-1]
        ],
        note="Articles that were new, had a new text, were gone, came back, or were asked again and had not changed.",
        numbers=set(range(1, len(KINDS) + 2)),
    )


def _last_run(report: SiteReport) -> str:
    """A line on the last run; nothing for a site of which none is known."""
    standing = report.standing
    if standing.last_run is None:
        return ""
    told = f"Last run {standing.last_run:%Y-%m-%d %H:%M} UTC"
    told += "" if standing.status is None else f", status {standing.status}"
    told += f"; newest article {standing.newest}" if standing.newest else ""
    return f'<p class="dim small">{text(told)}.</p>'


def _status(report: SiteReport) -> str:
    if count := len(failed_gates(report)):
        return f'<span class="pill bad">{count} failed</span>'
    return '<span class="pill good">gates hold</span>'


def _alerts(report: SiteReport) -> str:
    s = report.summary
    lines = [f'<p class="alert"><b>{text(f.gate)}</b> {text(f.message)}</p>' for f in report.failures]
    lines += [f'<p class="alert"><b>damaged</b> {text(fault)}</p>' for fault in s.faults]
    newest = max((n.day for n in s.notices), default="")
    lines += [
        f'<p class="alert layout"><b>layout</b> {text(n.message)} <span class="dim">({text(n.day)})</span></p>'
        for n in s.notices
        if n.kind == "layout" and n.day == newest
    ]
    return "".join(lines)


def _charts(s: SiteSummary) -> list[str]:
    period, published = by_period(s.days)
    revision_period, revised = by_period(s.revised_days)
    wanted = {
        name.removeprefix("coverage_"): bound for name, bound in defaults().items() if name.startswith("coverage_")
    }
    delays = list(zip(_DELAY_NAMES, s.delay_minutes.counts(_DELAYS), strict=True)) if s.delay_minutes.count else []
    charts = [
        columns(f"Articles a {period}", published, unit="articles", note="By day of publication."),
        rows(
            "Coverage of each field",
            [(name, s.coverage(name) or 0.0) for name in COVERED] if s.articles else [],
            unit="of the articles",
            most=len(COVERED),
            share=True,
            bounds=wanted,
            note="Share of the articles; the mark is the least that the gates want.",
        ),
        rows("Sections", s.sections.most_common(), unit="articles"),
        rows("Languages", s.languages.most_common(), unit="articles"),
        columns("Length of text", _octaves(s.chars), unit="articles", note="Characters, from this number on."),
        rows(
            "From published to stored",
            delays,
            unit="articles",
            note="Articles that came out since the site was first crawled, where the page gives the moment.",
        ),
        rows("Text removed, by reason", s.removed_chars.most_common(), unit="characters", kind="removed"),
        rows("Pages rejected, by reason", s.rejections.most_common(), unit="pages", kind="rejected"),
        rows("What chose the text", s.extractors.most_common(), unit="articles"),
    ]
    if revised:
        charts.append(columns(f"Revisions a {revision_period}", revised, unit="revisions"))
    return charts


def _tables(report: SiteReport) -> list[str]:
    s = report.summary
    removed = [
        (reason, line, f"{n} of {report.removed.articles}")
        for reason, lines in report.removed.texts.items()
        for line, n in lines
    ]
    templates = sorted(s.templates.items(), key=lambda t: t[1][:2])
    return [
        runs_by_month(report.months),
        _table(
            "What was removed, in its words",
            ["Reason", "Text", "Articles"],
            removed,
            note=f"The commonest of {report.removed.articles} articles that were made again for this report.",
            numbers={2},
        ),
        _table(
            "Lines that recur: leak suspects",
            ["Line", "Articles"],
            [(line, f"{n:,}") for line, n in s.leak_suspects()],
            note="One line in many articles is boilerplate that was not removed, or a phrase of the house.",
            numbers={1},
        ),
        _table(
            "Rejected pages",
            ["Reason", "Address", "Detail"],
            [(reason, url, detail) for reason, pages in sorted(s.rejected_pages.items()) for url, detail in pages],
            note="The newest of each reason.",
        ),
        _table("Near-duplicates", ["Title", "Address", "Of the record"], s.duplicate_pages, note="The newest."),
        _table("Flags", ["Flag", "Articles"], [(f, f"{n:,}") for f, n in s.flags.most_common()], numbers={1}),
        _table(
            "The site's template",
            ["Snapshot", "First day", "Last day", "Articles"],
            [(name, first, last, f"{n:,}") for name, (first, last, n) in templates],
            numbers={3},
        ),
        _table(
            "What the runs found wrong",
            ["Day", "What", "Said"],
            [(n.day, n.kind, n.message) for n in s.notices[:_OLD_NOTICES]],
            note="Changes of layout and gates that failed, the newest first.",
        ),
    ]


def _table(
    title: str, head: list[str], cells: Sequence[Sequence[object]], *, note: str = "", numbers: set[int] | None = None
) -> str:
    if not cells:
        return ""
    told = f'<p class="dim small">{text(note)}</p>' if note else ""
    made = table(head, [list(c) for c in cells], caption=title, numbers=frozenset(numbers or ()), hidden=True)
    return f'<div class="wide"><h3>{text(title)}</h3>{told}{made}</div>'


def _octaves(spread: Spread) -> list[tuple[str, float]]:
    return [(f"{int(low):,}", n) for low, n in spread.octaves()]


def whole(value: float | None) -> str:
    """A number without its fraction."""
    return "–" if value is None else f"{value:,.0f}"


def minutes(value: float | None) -> str:
    """A span given in minutes, in the unit that it is spoken of.

    >>> minutes(12.4), minutes(200), minutes(4000), minutes(None)
    ('12 min', '3.3 h', '2.8 days', '–')
    """
    if value is None:
        return "–"
    return f"{value:.0f} min" if value < 90 else f"{value / 60:.1f} h" if value < 2880 else f"{value / 1440:.1f} days"


def share(value: float | None) -> str:
    """A share as it is read; a dash where there is nothing to share."""
    return "–" if value is None else percent(value)
