"""All that a report says of one site."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mapexpress.dataset.between_runs.ledger import read_ledger
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.run_log import runs_back
from mapexpress.errors import StorageError
from mapexpress.limits import DEFAULTS, Limits
from mapexpress.report.gates import Failure, check_dataset
from mapexpress.report.runs import Run, by_month
from mapexpress.report.samples import Removed, sample_removed
from mapexpress.report.standing import Standing
from mapexpress.report.summary import SiteSummary, summarise

if TYPE_CHECKING:
    from mapexpress.sites import SiteConfig


@dataclass(slots=True, frozen=True, kw_only=True)
class SiteReport:
    """A site's figures, how it stands, the gates that fail, and samples of what was removed.

    `months` holds what its runs did of articles (`by_month`).
    """

    summary: SiteSummary
    standing: Standing
    months: dict[str, Counter[str]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    removed: Removed = field(default_factory=Removed)


def report_site(
    data: Path,
    key: str,
    *,
    site: SiteConfig | None = None,
    samples: int = 0,
    standing: Standing | None = None,
    now: datetime | None = None,
    limits: Limits = DEFAULTS,
) -> SiteReport:
    """Read one site; `samples` articles are made again to show what was removed from them.

    Without its `standing` only what its files hold is judged.

    A state that cannot be read is named among the summary's faults: the sealed parts speak all the same.
    """
    zone = ZoneInfo(site.time_zone) if site is not None and site.time_zone else None
    layout = Layout(data, key, limits)
    summary = summarise(data, key, zone=zone, limits=limits)
    removed = Removed()
    days: dict[str, Counter[str]] = {}
    months: dict[str, Counter[str]] = {}
    try:
        months = by_month(map(Run.read, runs_back(layout, now or datetime.now(UTC))))
        days, summary.notices = read_ledger(layout)
        if samples:
            ids = [record_id for _, record_id in summary.sample[:samples]]
            removed = sample_removed(layout, ids, site=site)
    except StorageError as error:
        summary.faults.append(str(error))
    standing = standing or Standing(site=key)
    failures = check_dataset(summary, days, site.thresholds if site is not None else None)
    return SiteReport(
        summary=summary, standing=standing, months=months, failures=[*_gates(standing), *failures], removed=removed
    )


# A run's gates are judged here over the whole dataset, and files that cannot be read are its faults
_TOLD_ELSEWHERE = ("well", "doubtful", "damaged")


def _gates(standing: Standing) -> list[Failure]:
    """The gate that a site fails which gives no articles any more: a threshold's, or one of the condition's name."""
    if standing.condition in _TOLD_ELSEWHERE:
        return []
    name = {"silent": "max_silence", "all_gone": "max_gone"}.get(standing.condition, standing.condition)
    value, bound = standing.gate or (standing.status or 0, 0)
    return [Failure(gate=name, value=value, bound=bound, message=standing.told)]
