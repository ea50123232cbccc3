"""All that a report says of one site."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mapexpress.dataset.between_runs.ledger import read_ledger
from mapexpress.dataset.files.layout import Layout
from mapexpress.errors import StorageError
from mapexpress.limits import DEFAULTS, Limits
from mapexpress.report.gates import Failure, check_dataset
from mapexpress.report.samples import Removed, sample_removed
from mapexpress.report.summary import SiteSummary, summarise

if TYPE_CHECKING:
    from mapexpress.sites import SiteConfig


@dataclass(slots=True, frozen=True, kw_only=True)
class SiteReport:
    """A site's figures, the gates that fail, and samples of what was removed."""

    summary: SiteSummary
    failures: list[Failure] = field(default_factory=list)
    removed: Removed = field(default_factory=Removed)


def report_site(
    data: Path, key: str, *, site: SiteConfig | None = None, samples: int = 0, limits: Limits = DEFAULTS
) -> SiteReport:
    """Read one site; `samples` articles are made again to show what was removed from them.

    A state that cannot be read is named among the summary's faults: the sealed parts speak all the same.
    """
    zone = ZoneInfo(site.time_zone) if site is not None and site.time_zone else None
    layout = Layout(data, key, limits)
    summary = summarise(data, key, zone=zone, limits=limits)
    removed = Removed()
    days: dict[str, Counter[str]] = {}
    try:
        days, summary.notices = read_ledger(layout)
        if samples:
            ids = [record_id for _, record_id in summary.sample[:samples]]
            removed = sample_removed(layout, ids, site=site)
    except StorageError as error:
        summary.faults.append(str(error))
    failures = check_dataset(summary, days, site.thresholds if site is not None else None)
    return SiteReport(summary=summary, failures=failures, removed=removed)
