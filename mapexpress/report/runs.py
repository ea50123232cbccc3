"""What the runs of a site did, as its run log tells: one run as a value, and the counts of all of them by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

# What a run counts of articles, by the word that summary and report use for it
KINDS = {"new": "new", "revised": "revised", "gone": "gone", "back": "returned", "unchanged": "unchanged"}

_FEW = 4  # runs; fewer tell no schedule


@dataclass(slots=True, frozen=True, kw_only=True)
class Run:
    """One line of a run log; `why` is the first thing that says why it did not end well."""

    id: str
    started: datetime | None
    ended: datetime
    status: int
    why: str | None
    counts: Mapping[str, int]

    @classmethod
    def read(cls, told: Mapping[str, object]) -> Run:
        """A line as it was written; what another version, or a stranger, left out of it is empty."""
        started, ended, counts, why = (told.get(name) for name in ("started", "ended", "counts", "why"))
        status = told.get("status")
        return cls(
            id=str(told.get("run")),
            started=_moment(started),
            ended=_moment(ended) or _moment(started) or datetime.min,
            status=status if isinstance(status, int) else 0,
            why=why if isinstance(why, str) else None,
            counts={k: v for k, v in counts.items() if isinstance(v, int)} if isinstance(counts, dict) else {},
        )

    @property
    def interrupted(self) -> bool:
        """Whether a signal ended it: it says nothing of the site."""
        return self.status > 128

    def by(self, prefix: str) -> Counter[str]:
        """Counts whose name begins so, by what follows."""
        return Counter({k.removeprefix(prefix): n for k, n in self.counts.items() if k.startswith(prefix)})

    def kinds(self) -> Counter[str]:
        """Articles by what became of them; what versions before 0.2.0 called stored was new, revised and gone alike."""
        return Counter({word: self.counts[name] for word, name in KINDS.items() if self.counts.get(name)})


def by_month(runs: Iterable[Run]) -> dict[str, Counter[str]]:
    """Counts of the articles of all runs, and the `runs` themselves, by month of their end; the newest first."""
    months: dict[str, Counter[str]] = {}
    for run in runs:
        months.setdefault(f"{run.ended:%Y-%m}", Counter()).update(run.kinds() + Counter(runs=1))
    return dict(sorted(months.items(), reverse=True))


def met_since_new(runs: Iterable[Run]) -> Counter[str]:
    """What runs, the newest first, met in the place of articles since the last one that brought any."""
    met = Counter[str]()
    for run in runs:
        if run.counts.get("new") or run.counts.get("stored"):
            break
        met.update(run.by("blocked/") | run.by("away/") | run.by("rejected/"))
    return met


def first_alike(runs: Iterable[Run], last: Run) -> Run:
    """The first of the runs, given the newest first, that ended as the last one did; interrupted ones aside."""
    first = last
    for run in runs:
        if not run.interrupted and run.status != last.status:
            break
        first = run if run.status == last.status else first
    return first


def usual_interval(runs: Iterable[Run]) -> timedelta | None:
    """The median time between the beginnings of runs, the newest first; None where there are too few to tell."""
    began = [run.started for run in runs if run.started is not None]
    pauses = sorted(later - earlier for later, earlier in pairwise(began))
    return pauses[len(pauses) // 2] if len(began) >= _FEW else None


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
