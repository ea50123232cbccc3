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
    run_speaks: bool  # whether a run has to, and the list
    list_speaks: bool

    @property
    def days_late(self) -> float | None:
        """Of the later of both; None where no run met it, or one of them never said so."""
        said = [at for at, speaks in ((self.by_run, self.run_speaks), (self.by_list, self.list_speaks)) if speaks]
        known = [at for at in said if at is not None]
        if self.could is None or len(known) < len(said):
            return None
        return (max(known) - self.could) / timedelta(days=1)

    @property
    def holds(self) -> bool:
        """Nobody could know it, or all that are to speak did so on the first run that could."""
        return self.could is None or self.days_late == 0

    def __str__(self) -> str:
        if self.could is None:
            return f"{self.trouble.kind} of {self.trouble.begin:%m-%d}: met by no run"
        told = [
            f"{who} {f'{(at - self.could) / timedelta(days=1):.1f} days late' if at else 'never'}"
            for who, at, speaks in (("run", self.by_run, self.run_speaks), ("list", self.by_list, self.list_speaks))
            if speaks
        ]
        return f"{self.trouble.kind} of {self.trouble.begin:%m-%d}: named by {', by '.join(told)}"


def namings(
    site: SimulatedSite, runs: Sequence[Run], listed: Sequence[tuple[datetime, str]], kinds: dict[str, Kind]
) -> list[Naming]:
    """How each trouble that is to be named was; `listed` are the site's rows of the operator's list by round."""
    found = []
    for trouble in site.life.trouble:
        kind = kinds[trouble.kind]
        since, words = trouble.begin + kind.after, re.compile(kind.words, re.IGNORECASE)
        met = [run for run in runs if since <= run.at < trouble.end]
        told = (run.at for run in met if run.status in kind.statuses and words.search(run.output))
        shown = (at for at, condition in listed if since <= at < trouble.end and condition in kind.conditions)
        naming = Naming(
            trouble=trouble,
            could=met[0].at if met else None,
            by_run=next(told, None),
            by_list=next(shown, None),
            run_speaks=bool(kind.words),
            list_speaks=bool(kind.conditions),
        )
        if naming.run_speaks or naming.list_speaks:
            found.append(naming)
    return found


def alarms(site: SimulatedSite, runs: Sequence[Run], listed: Sequence[tuple[datetime, str]]) -> list[str]:
    """Runs that ended in another status than 0, and rows of the list, though nothing was wrong, nor just before."""
    told = [(run.at, f"status {run.status}") for run in runs if run.status]
    told += [(at, f"listed as {condition}") for at, condition in listed if condition]
    return [
        f"{what} on {at:%m-%d %H:%M}"
        for at, what in sorted(told)
        if not any(t.begin <= at < t.end + AFTERMATH for t in site.life.trouble)
    ]
