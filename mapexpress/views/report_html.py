"""A dataset's figures as one page: what came, how whole it is, what was removed, what looks wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from mapexpress.report.gates import Failure
from mapexpress.report.sketches import Spread
from mapexpress.report.summary import COVERED, SiteSummary
from mapexpress.views.charts import columns, rows
from mapexpress.views.html_page import asset, page, table, text

_DAYS = 400  # a chart of more days shows weeks of noise as hair


def render_report(
    sites: Sequence[tuple[SiteSummary, Sequence[Failure]]],
    *,
    samples: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
) -> str:
    """The whole page. `samples` gives, by site and reason, text that was removed there."""
    failing = [(s, f) for s, f in sites if f]
    head = (
        f"<header><h1>Dataset report</h1><p class='dim'>{_count(len(sites), 'site')}, "
        f"{_count(sum(s.articles for s, _ in sites), 'article')}.</p></header><main>"
    )
    if failing:
        named = "; ".join(f"{s.site}: {', '.join(f.gate for f in fs)}" for s, fs in failing)
        head += f'<p class="alert"><b>{len(failing)} of {len(sites)} sites fail a quality gate.</b> {text(named)}</p>'
    else:
        head += '<p class="fine">All quality gates hold.</p>'
    body = head + _overview(sites)
    for number, (summary, failures) in enumerate(sites):
        body += _site(number, summary, failures, (samples or {}).get(summary.site, {}), opened=len(sites) <= 5)
    return page(title="Dataset report", style=asset("report.css"), body=body + "</main>")


def _overview(sites: Sequence[tuple[SiteSummary, Sequence[Failure]]]) -> str:
    cells: list[list[object]] = [
        [
            s.site,
            f"{s.articles:,}",
            f"{s.rejected:,}",
            f"{s.revisions:,}",
            f"{s.gone:,}",
            f"{s.duplicates:,}",
            _share(s.coverage("date_published")),
            _whole(s.chars.quantile(0.5)),
            ", ".join(f.gate for f in failures) or "–",
        ]
        for s, failures in sites
    ]
    names = [
        "Site",
        "Articles",
        "Rejected",
        "Revised",
        "Gone",
        "Near-duplicates",
        "Dated",
        "Median characters",
        "Gates that fail",
    ]
    links = "".join(f'<li><a href="#site-{i}">{text(s.site)}</a></li>' for i, (s, _) in enumerate(sites))
    toc = f'<nav aria-label="Sites"><ul class="toc">{links}</ul></nav>' if len(sites) > 1 else ""
    return "<h2>All sites</h2>" + table(names, cells, caption="One row a site", numbers=frozenset(range(1, 8))) + toc


def _site(
    number: int, s: SiteSummary, failures: Sequence[Failure], samples: Mapping[str, Sequence[str]], *, opened: bool
) -> str:
    cards = [
        ("articles", f"{s.articles:,}"), ("rejected", f"{s.rejected:,}"), ("revisions", f"{s.revisions:,}"),
        ("gone", f"{s.gone:,}"), ("near-duplicates", f"{s.duplicates:,}"),
        ("median characters", _whole(s.chars.quantile(0.5))),
        ("median minutes from published to stored", _whole(s.delay_minutes.quantile(0.5))),
    ]  # fmt: skip
    body = "".join(f"<li><b>{text(value)}</b>{text(name)}</li>" for name, value in cards)
    notes = "".join(f'<p class="alert"><b>{text(f.gate)}</b>: {text(f.message)}</p>' for f in failures)
    notes += "".join(f'<p class="alert">{text(fault)}</p>' for fault in s.faults)
    coverage: list[list[object]] = [[name, _share(s.coverage(name))] for name in COVERED]
    charts = "".join((
        columns("Articles a day", _by_day(s), unit="articles"),
        columns("Length of text", _octaves(s.chars), unit="articles"),
        rows("Sections", s.sections.most_common(), unit="articles"),
        rows("Languages", s.languages.most_common(), unit="articles"),
        rows("Text removed, by reason", s.removed_chars.most_common(), unit="characters"),
        rows("Pages rejected, by reason", s.rejections.most_common(), unit="pages"),
        rows("What chose the text", s.extractors.most_common(), unit="articles"),
        columns("Minutes from published to stored", _octaves(s.delay_minutes), unit="articles"),
    ))  # fmt: skip
    tables = table(["Field", "Filled"], coverage, caption="Share of articles with each field", numbers=frozenset({1}))
    tables += _optional(["Line", "Articles"], list(s.leak_suspects()), "Lines that recur: leak suspects")
    tables += _optional(["Flag", "Articles"], s.flags.most_common(), "Flags")
    changes = [[name, first, last, n] for name, (first, last, n) in sorted(s.templates.items(), key=lambda t: t[1][:2])]
    tables += _optional(["Template", "First day", "Last day", "Articles"], changes, "Site templates in use")
    removed = [[reason, line] for reason, lines in sorted(samples.items()) for line in lines]
    tables += _optional(["Reason", "Text"], removed, "Samples of removed text")
    return (
        f'<section class="site" id="site-{number}" aria-labelledby="name-{number}">'
        f'<h2 id="name-{number}">{text(s.site)}</h2>'
        f'<ul class="cards">{body}</ul>{notes}<details{" open" if opened else ""}><summary>Charts and tables of '
        f'{text(s.site)}</summary><div class="grid">{charts}</div>{tables}</details></section>'
    )


def _octaves(spread: Spread) -> list[tuple[str, float]]:
    return [(f"{int(low):,}+", n) for low, n in spread.octaves()]


def _by_day(s: SiteSummary) -> list[tuple[str, float]]:
    """Every day from the first to the last with articles, empty ones too; months when there are too many."""
    days = sorted(d for d in s.days if _day(d))
    if not days:
        return []
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    if (last - first).days > _DAYS:
        months: dict[str, float] = {}
        for day in days:
            months[day[:7]] = months.get(day[:7], 0) + s.days[day]
        return sorted(months.items())
    span = ((first + timedelta(days=i)).isoformat() for i in range((last - first).days + 1))
    return [(day, s.days[day]) for day in span]


def _day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _optional(head: list[str], cells: Sequence[Sequence[object]], caption: str) -> str:
    return f"<h3>{text(caption)}</h3>" + table(head, [list(c) for c in cells], caption=caption) if cells else ""


def _count(n: int, thing: str) -> str:
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _whole(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"
