"""A dataset's figures as one page: what came, how whole it is, what was removed, what looks wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime

from mapexpress.report.site_report import SiteReport
from mapexpress.views.charts import by_period, columns, figure, newest, rows, spark
from mapexpress.views.html_page import asset, page, text
from mapexpress.views.report_site import failed_gates, minutes, render_site, runs_by_month, share, whole

_OPEN = 3  # sites whose charts are not folded away
_SPARK_DAYS = 30
# Columns of the overview: head, whether they hold numbers
_HEADS = (
    ("Site", False), ("Gates", False), ("Last run", False), ("Newest", False), ("Articles", True),
    ("Last 30 days", False), ("Rejected", True), ("Dated", True), ("Length", True), ("Freshness", True),
    ("Revised", True), ("Gone", True), ("Near-duplicates", True),
)  # fmt: skip


def render_report(reports: Sequence[SiteReport], *, today: date | None = None) -> str:
    """The whole page, self-contained; `today` ends what is drawn of the last days (default: the day in UTC)."""
    today = today or datetime.now(UTC).date()
    articles = sum(r.summary.articles for r in reports)
    failing = [(n, r) for n, r in enumerate(reports) if r.failures or r.summary.faults]
    last = max((r.summary.last_stored for r in reports), default="")
    upto = f", up to {last[:16].replace('T', ' ')} UTC" if last else ""
    head = (
        '<header class="top"><p class="eyebrow">scrapy report</p><h1>The dataset and how far to trust it</h1>'
        f"<p class='dim'>{_count(len(reports), 'site')}, {_count(articles, 'article')}{upto}.</p></header><main>"
    )
    head += _verdict(failing, len(reports))
    if len(reports) > 1:
        head += _together(reports) + _overview(reports, today)
    body = "".join(render_site(n, report, opened=len(reports) <= _OPEN) for n, report in enumerate(reports))
    return page(
        title="Dataset report", style=asset("report.css"), body=f"{head}{body}</main>", script=asset("report.js")
    )


def _verdict(failing: Sequence[tuple[int, SiteReport]], total: int) -> str:
    """Which sites fail, and which of their gates; the sections of the sites say more of each gate."""
    if not failing:
        return '<p class="verdict good">All quality gates hold.</p>'
    if total == 1:
        return ""  # its section follows at once
    named = "".join(
        f'<li><a href="#site-{n}">{text(r.summary.site)}</a> {text(", ".join(failed_gates(r)))}</li>'
        for n, r in failing
    )
    return (
        f'<div class="verdict bad"><p><b>{len(failing)} of {total} sites fail a quality gate.</b></p>'
        f"<ul>{named}</ul></div>"
    )


def _together(reports: Sequence[SiteReport]) -> str:
    """Charts over all sites."""
    days, languages, rejections, removed = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    months: dict[str, Counter[str]] = {}
    for report in reports:
        for month, counts in report.months.items():
            months.setdefault(month, Counter()).update(counts)
        days.update(report.summary.days)
        languages.update(report.summary.languages)
        rejections.update(report.summary.rejections)
        removed.update(report.summary.removed_chars)
    period, published = by_period(days)
    largest = sorted(((r.summary.site, r.summary.articles) for r in reports), key=lambda item: (-item[1], item[0]))
    return (
        '<section aria-labelledby="together"><h2 id="together">All sites together</h2><div class="grid">'
        + columns(f"Articles a {period}", published, unit="articles", note="By day of publication.")
        + rows("Sites", largest, unit="articles")
        + rows("Languages", languages.most_common(), unit="articles")
        + rows("Text removed, by reason", removed.most_common(), unit="characters", kind="removed")
        + rows("Pages rejected, by reason", rejections.most_common(), unit="pages", kind="rejected")
        + f"</div>{runs_by_month(months)}</section>"
    )


def _overview(reports: Sequence[SiteReport], today: date) -> str:
    heads = "".join(
        f'<th scope="col"{" class=num" if number else ""}><button type="button">{text(name)}</button></th>'
        for name, number in _HEADS
    )
    body = "".join(_line(n, report, today) for n, report in enumerate(reports))
    return (
        '<section aria-labelledby="sites"><h2 id="sites">Site by site</h2>'
        '<p class="tools"><label>Show sites with <input type="search" id="filter" autocomplete="off"></label> '
        '<label><input type="checkbox" id="failing"> only those that fail</label> '
        '<span id="shown" role="status"></span></p>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Site by site">'
        f'<table id="overview"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div></section>'
    )


def _line(number: int, report: SiteReport, today: date) -> str:
    s, standing = report.summary, report.standing
    last_run = f"{standing.last_run:%Y-%m-%d %H:%M}" if standing.last_run else "–"
    failed = failed_gates(report)
    gates = "".join(f'<span class="bad">{text(gate)}</span>' for gate in failed) or '<span class="good">hold</span>'
    seen = s.articles + s.rejected
    cells: list[tuple[str, float | str]] = [
        (last_run, last_run),
        (_newest(report), standing.newest or ""),
        (figure(s.articles), s.articles),
        (spark(f"Articles of the last 30 days of {s.site}", newest(s.days, _SPARK_DAYS, today)), ""),
        (share(s.rejected / seen if seen else None), s.rejected / seen if seen else 0),
        (share(s.coverage("date_published")), s.coverage("date_published") or 0),
        (whole(s.chars.quantile(0.5)), s.chars.quantile(0.5) or 0),
        (minutes(s.delay_minutes.quantile(0.5)), s.delay_minutes.quantile(0.5) or 0),
        (figure(s.revisions), s.revisions),
        (figure(s.gone), s.gone),
        (figure(s.duplicates), s.duplicates),
    ]
    made = "".join(
        f'<td{" class=num" if number else ""} data-value="{text(value)}">{shown}</td>'
        for (shown, value), (_, number) in zip(cells, _HEADS[2:], strict=True)
    )
    return (
        f'<tr{" class=failing" if failed else ""}><th scope="row" data-value="{text(s.site)}">'
        f'<a href="#site-{number}">{text(s.site)}</a></th>'
        f'<td data-value="{len(failed)}">{gates}</td>{made}</tr>'
    )


def _newest(report: SiteReport) -> str:
    """The day of the last new article, and how long the last run found the site silent where that is not usual."""
    standing = report.standing
    late = f"{standing.silent_days} days silent" if standing.condition == "silent" else ""
    return f"{text(standing.newest or '–')}" + (f' <span class="bad">{late}</span>' if late else "")


def _count(n: int, thing: str) -> str:
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"
