"""The same figures for machines: one JSON object a site."""

from __future__ import annotations

from collections.abc import Sequence

from mapexpress.report.gates import Failure
from mapexpress.report.summary import COVERED, SiteSummary


def as_json(summary: SiteSummary, failures: Sequence[Failure]) -> dict[str, object]:
    """Plain data of a site's figures; shares 0 to 1, lengths in characters, delays in minutes, null where unknown."""
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
        "faults": summary.faults,
        "failed_gates": [{"gate": f.gate, "value": f.value, "bound": f.bound, "message": f.message} for f in failures],
    }
