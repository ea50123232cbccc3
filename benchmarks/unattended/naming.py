"""Whether each trouble was named, by whom, and how long after the first run that could know it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.unattended.lives import Kind, Trouble
from benchmarks.unattended.operating import Run
from benchmarks.unattended.site import SimulatedSite

AFTERMATH = timedelta(days=2)  # in which a run may still speak of what was


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """One trouble: the first run that could know it, and when run and list said so; None: never."""

    trouble: Trouble
    could: datetime | None
    by_run: datetime | None
    by_list: datetime | None
    listed: bool  # whether there is such a list at all

    @property
    def days_late(self) -> float | None:
        """Of the run's words; None where no run met it, or none named it."""
        return (self.by_run - self.could) / timedelta(days=1) if self.could and self.by_run else None

    @property
    def holds(self) -> bool:
        """Nobody could know it, or run and list said so on the first run that could."""
        return self.could is None or (self.by_run == self.could and (not self.listed or self.by_list == self.could))

    def __str__(self) -> str:
        if self.could is None:
            return f"{self.trouble.kind} of {self.trouble.begin:%m-%d}: met by no run"
        run = "not named" if self.by_run is None else f"named {self.days_late:.1f} days late"
        listed = "" if not self.listed else ", listed" if self.by_list == self.could else f", listed {self.by_list}"
        return f"{self.trouble.kind} of {self.trouble.begin:%m-%d}: {run}{listed}"


def namings(
    site: SimulatedSite, runs: Sequence[Run], listed: Sequence[tuple[datetime, str]], kinds: dict[str, Kind]
) -> list[Naming]:
    """How each trouble that is to be named was; `listed` are the site's rows of the operator's list by round."""
    found = []
    for trouble in site.life.trouble:
        kind = kinds[trouble.kind]
        if not kind.words:
            continue
        since = trouble.begin + kind.after
        met = [run for run in runs if since <= run.at < trouble.end]
        words = re.compile(kind.words, re.IGNORECASE)
        told = next((run.at for run in met if run.status in kind.statuses and words.search(run.output)), None)
        rows = [at for at, row in listed if since <= at < trouble.end and words.search(row)]
        found.append(
            Naming(
                trouble=trouble,
                could=met[0].at if met else None,
                by_run=told,
                by_list=rows[0] if rows else None,
                listed=bool(listed),
            )
        )
    return found


def alarms(site: SimulatedSite, runs: Sequence[Run]) -> list[str]:
    """Runs that ended in another status than 0 though nothing was wrong, nor had been just before."""
    return [
        f"status {run.status} on {run.at:%m-%d %H:%M}"
        for run in runs
        if run.status and not any(t.begin <= run.at < t.end + AFTERMATH for t in site.life.trouble)
    ]
