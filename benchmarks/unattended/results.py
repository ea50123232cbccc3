"""The table of a simulation: one row a site, and what is wrong below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.unattended.costs import Costs
from benchmarks.unattended.naming import Naming
from benchmarks.unattended.truth import Findings

RATIO = 1.5  # requests, of the oracle's
EXAMPLES = 3  # of each kind of fault

COLUMNS = (
    *("true", "stored", "lost", "late", "twice", "other", "gone!", "rev!", "missed", "texts"),
    *("asked", "oracle", "ratio", "fewest", "named", "days", "alarms"),
)
HEAD = f"{'site':11} {'lang':4} {' '.join(f'{name:>6}' for name in COLUMNS)}  statuses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A site's row."""

    site: str
    lang: str
    found: Findings
    costs: Costs
    named: list[Naming]
    alarms: list[str]
    statuses: Counter[int]
    refused: str  # what `addsite` said, where it wrote no file

    @property
    def holds(self) -> bool:
        """Nothing wrong, nothing unnamed, nothing too dear."""
        good = not self.found.wrong and all(n.holds for n in self.named) and not self.alarms and not self.refused
        return good and self.costs.ratio <= RATIO

    def lines(self, *, verbose: bool) -> Iterator[str]:
        """The row, then what is wrong."""
        found, costs = self.found, self.costs
        met = [n for n in self.named if n.could]
        late = max((n.days_late for n in met if n.days_late is not None), default=0.0)
        named = f"{sum(n.days_late is not None for n in met)}/{len(met)}" if met else "-"
        statuses = " ".join(f"{status}:{count}" for status, count in sorted(self.statuses.items()))
        wrong = (found.lost, found.late, found.twice, found.foreign, found.falsely_gone, found.falsely_revised)
        cells = (found.true, found.stored, *map(len, (*wrong, found.missed, found.differing)))
        asked = (costs.asked, costs.oracle, f"{costs.ratio:.2f}", costs.changes)
        figures = " ".join(f"{cell:>6}" for cell in (*cells, *asked, named, f"{late:.1f}", len(self.alarms)))
        yield f"{self.site:11} {self.lang:4} {figures}  {statuses}{'' if self.holds else '  FAILS'}"
        if self.refused:
            yield f"    addsite     {self.refused}"
        examples = None if verbose else EXAMPLES
        for name, what in self.found.wrong.items():
            yield from (f"    {name:15} {one}" for one in what[:examples])
        yield from (f"    {'trouble':15} {n}" for n in self.named if verbose or not n.holds)
        yield from (f"    {'alarm':15} {alarm}" for alarm in self.alarms[:examples])
        if costs.ratio > RATIO or verbose:
            yield f"    {'requests':15} {', '.join(f'{count} {role}' for role, count in costs.roles.most_common())}"

    def as_json(self) -> dict[str, object]:
        """The row as plain data."""
        found = self.found
        return {
            "site": self.site,
            "language": self.lang,
            "holds": self.holds,
            "true": found.true,
            "stored": found.stored,
            "wrong": found.wrong,
            "asked": self.costs.asked,
            "roles": dict(self.costs.roles),
            "oracle": self.costs.oracle,
            "fewest": self.costs.changes,
            "troubles": [
                {
                    "kind": n.trouble.kind,
                    "begin": n.trouble.begin.isoformat(),
                    "could_be_known": n.could.isoformat() if n.could else None,
                    "named_by_run": n.by_run.isoformat() if n.by_run else None,
                    "named_by_list": n.by_list.isoformat() if n.by_list else None,
                    "days_late": n.days_late,
                    "holds": n.holds,
                }
                for n in self.named
            ],
            "alarms": self.alarms,
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "addsite": self.refused or None,
        }
