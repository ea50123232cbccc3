"""The same figures for machines: one JSON object a site."""

from __future__ import annotations

from mapexpress.report.runs import KINDS
from mapexpress.report.site_report import SiteReport
from mapexpress.report.standing import Standing
from mapexpress.report.summary import COVERED


def standing_as_json(standing: Standing) -> dict[str, object]:
    """Plain data of how a site stands; instants as ISO 8601 in UTC, pauses in days, null where unknown."""
    return {
        "site": standing.site,
        "site_file": standing.name,
        "condition": standing.condition,
        "fails": standing.fails,
        "reason": standing.reason or None,
        "advice": standing.advice or None,
        "since": standing.since.isoformat() if standing.since else None,
        "last_run": standing.last_run.isoformat() if standing.last_run else None,
        "status": standing.status,
        "running": standing.running,
        "articles": standing.articles,
        "newest": standing.newest,
        "silent_days": standing.silent_days,
        "usual_pause": standing.usual_pause,
        "articles_a_day": round(standing.articles_a_day, 2),
    }


def as_json(report: SiteReport) -> dict[str, object]:
    """Plain data of a site's figures; shares 0 to 1, lengths in characters, delays in minutes, null where unknown."""
    summary, months = report.summary, sorted(report.months.items())
    return {
        "site": summary.site,
        "articles": summary.articles,
        "revisions": summary.revisions,
        "gone": summary.gone,
        "near_duplicates": summary.duplicates,
        "empty": summary.empty,
        "rejected": summary.rejected,
        "per_day": dict(sorted(summary.days.items())),
        "sections": dict(summary.sections.most_common()),
        "languages": dict(summary.languages.most_common()),
        "extractors": dict(summary.extractors.most_common()),
        "coverage": {name: summary.coverage(name) for name in COVERED},
        "chars": {f"p{int(q * 100)}": summary.chars.quantile(q) for q in (0.05, 0.5, 0.95)},
        "delay_minutes": {f"p{int(q * 100)}": summary.delay_minutes.quantile(q) for q in (0.05, 0.5, 0.95)},
        "removed": {
            reason: {"blocks": summary.removed_blocks[reason], "chars": chars}
            for reason, chars in summary.removed_chars.most_common()
        },
        "rejections": dict(summary.rejections.most_common()),
        "flags": dict(summary.flags.most_common()),
        "templates": {
            name: {"first": first, "last": last, "articles": n}
            for name, (first, last, n) in sorted(summary.templates.items())
        },
        "leak_suspects": [{"line": line, "articles": n} for line, n in summary.leak_suspects()],
        "revisions_per_day": dict(sorted(summary.revised_days.items())),
        "first_stored": summary.first_stored or None,
        "last_stored": summary.last_stored or None,
        "near_duplicate_samples": [
            {"title": title, "url": url, "duplicate_of": first} for title, url, first in summary.duplicate_pages
        ],
        "rejected_samples": {
            reason: [{"url": url, "detail": detail or None} for url, detail in pages]
            for reason, pages in sorted(summary.rejected_pages.items())
        },
        "removed_samples": {
            "articles": report.removed.articles,
            "texts": {
                reason: [{"text": text, "articles": n} for text, n in texts]
                for reason, texts in report.removed.texts.items()
            },
        },
        "notices": [{"day": n.day, "kind": n.kind, "message": n.message} for n in summary.notices],
        "faults": summary.faults,
        "runs_per_month": {month: {kind: counts[kind] for kind in ("runs", *KINDS)} for month, counts in months},
        "standing": standing_as_json(report.standing),
        "failed_gates": [
            {"gate": f.gate, "value": f.value, "bound": f.bound, "message": f.message} for f in report.failures
        ],
    }
