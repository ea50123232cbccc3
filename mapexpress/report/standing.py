"""How each site stands: its last run, whether it is silent, dead, blocked, parked or gone, why, and what to do.

Read from the state and the run log alone, so that hundreds of sites can be looked at every few minutes.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Literal

from mapexpress.dataset.files.layout import Layout, site_keys
from mapexpress.dataset.files.lock import active_run
from mapexpress.dataset.files.run_log import runs_back
from mapexpress.errors import ExitStatus, StorageError
from mapexpress.extraction.blocked import ADVICE
from mapexpress.report.gates import bounds_of, check_thresholds
from mapexpress.report.runs import Run, first_alike, met_since_new, usual_interval
from mapexpress.report.site_state import SiteState, read_site_state
from mapexpress.sites import SiteConfig, load_site

Condition = Literal[
    "well", "never_run", "overdue", "unfinished", "bug", "blocked", "parked", "dead", "all_gone", "silent", "doubtful",
    "damaged",
]  # fmt: skip
NEWEST = 20  # articles that tell whether a site's are gone: one that lets go of its old ones keeps these
# Until a site is told that is not crawled, as list-due has each crawled twice a day; and between the first look and the
# one that calls a site silent, as an archive that is taken in once is nobody's to watch
_GRACE = timedelta(days=1)
_LATE = 3  # usual times between runs
_RUNS = 20  # that tell the usual time between two


@dataclass(slots=True, frozen=True, kw_only=True)
class Standing:
    """`silent_days` is counted up to the last run, as nobody has looked since; `usual_pause` is in days too."""

    site: str
    name: str | None = None  # of its site file
    condition: Condition = "well"
    reason: str = ""
    advice: str = ""
    since: datetime | None = None  # when the first of the runs began that ended in this condition one after another
    last_run: datetime | None = None
    status: int | None = None
    running: bool = False
    articles: int = 0
    newest: str | None = None
    silent_days: int | None = None
    usual_pause: int | None = None
    articles_a_day: float = 0.0
    gate: tuple[float, float] | None = None  # what a threshold bounds, and the bound

    @property
    def fails(self) -> bool:
        """Whether somebody has to look at the site."""
        return self.condition != "well"

    @property
    def told(self) -> str:
        """Reason, since when, and what to do, in one line; empty for a site of which there is nothing to say."""
        since = f", since {self.since:%Y-%m-%d %H:%M}" if self.since else ""
        return f"{self.reason}{since}" + (f": {self.advice}" if self.advice else "")


def standings(data: Path, folder: Path, now: datetime, keys: Sequence[str] = ()) -> list[Standing]:
    """All sites of a dataset and all that have a file in `folder`, or those of `keys`: first those that fail.

    Raises UsageError for a site file that is none.
    """
    files = {(site := load_site(path.stem, folder)).key: (path, site) for path in sorted(folder.glob("*.toml"))}
    for _, site in files.values():
        check_thresholds(site.thresholds, site.key)
    found = [
        stand(Layout(data, key), now, *files.get(key, (None, None)))
        for key in keys or sorted({*site_keys(data), *files})
    ]
    return sorted(found, key=lambda s: (not s.fails, s.site))


def stand(layout: Layout, now: datetime, file: Path | None = None, site: SiteConfig | None = None) -> Standing:
    """One site; `file` is where `site` was read. Files of the dataset that cannot be read are its condition."""
    told = Standing(site=layout.key, name=file.stem if file else None)
    try:
        stored = read_site_state(layout, now, NEWEST)
        runs = list(islice(_runs(layout, now), _RUNS))
        if stored.run is None and not runs and not stored.articles:
            if file is None or now - datetime.fromtimestamp(file.stat().st_mtime, UTC) < _GRACE:
                return replace(told, reason="not crawled yet")
            return _as(told, "never_run", name=file.stem)
        return _judge(told, stored, runs, layout, site, now)
    except StorageError as error:
        return replace(_as(told, "damaged"), reason=str(error))


def _judge(
    told: Standing, stored: SiteState, runs: list[Run], layout: Layout, site: SiteConfig | None, now: datetime
) -> Standing:
    last = next((run for run in runs if not run.interrupted), None)
    looked = runs[0].ended if runs else stored.started
    silent = stored.rhythm.silent_days(looked or now)
    told = replace(
        told,
        last_run=max(filter(None, (runs[0].ended if runs else None, stored.started)), default=None),
        status=runs[0].status if runs and stored.run in (None, runs[0].id) else None,
        running=active_run(layout.lock) is not None,
        articles=stored.articles,
        newest=stored.rhythm.newest.isoformat() if stored.rhythm.newest else None,
        silent_days=silent,
        usual_pause=stored.rhythm.pause if silent is not None else None,
        articles_a_day=stored.articles_a_day,
    )
    if stored.run is not None and not stored.ended and not told.running and stored.run not in {r.id for r in runs}:
        return _as(told, "unfinished")
    if last is not None and (trouble := _trouble(told, last)) is not None:
        return replace(trouble, since=first_alike(_runs(layout, now), last).started)
    bounds = bounds_of(site.thresholds if site else None)
    gone, newest = stored.newest_gone, stored.newest
    if newest and gone > bounds["max_gone"] * newest:
        return _as(told, "all_gone", gate=(gone / newest, bounds["max_gone"]), gone=gone, newest=newest)
    allowed = bounds["max_silence"] * stored.rhythm.pause
    watched = looked is not None and stored.first is not None and looked - stored.first >= _GRACE
    if silent is not None and silent > allowed and watched:
        return _silent(
            _as(told, "silent", gate=(silent, allowed), days=silent, pause=_days(stored.rhythm.pause)),
            met_since_new(_runs(layout, now)),
        )
    if last is not None and last.status == ExitStatus.QUALITY:
        since = first_alike(_runs(layout, now), last).started
        return replace(
            _as(told, "doubtful"), reason=last.why or _texts()["condition"]["doubtful"]["words"], since=since
        )
    usual = usual_interval(runs)
    if site is not None and usual and looked and not told.running and now - looked > max(_LATE * usual, _GRACE):
        return _as(told, "overdue", days=(now - looked).days, usual=_span(usual))
    return told


def _trouble(told: Standing, run: Run) -> Standing | None:
    """What a run that reached no article is told as; None for one that did."""
    if run.status == ExitStatus.BUG:
        return _as(told, "bug")
    if run.status not in (ExitStatus.BLOCKED, ExitStatus.NO_WAY_IN):
        return None
    refusals = run.by("blocked/")
    if refusals and max(refusals, key=refusals.__getitem__) == "parked":
        return _as(told, "parked")
    if run.status == ExitStatus.BLOCKED or refusals.total() > run.by("away/").total():
        blocked = _as(told, "blocked")
        reason = f"{blocked.reason}: {_listed(refusals)}" if refusals else blocked.reason
        return replace(blocked, reason=reason, advice=_advice(refusals) or blocked.advice)
    words = _cause(run)
    why = f": {run.why}" if run.why else ""
    return replace(told, condition="dead", reason=words["words"] + why, advice=words["advice"])


def _cause(run: Run) -> Mapping[str, str]:
    dead = _texts()["dead"]
    met = run.by("away/") or run.by("rejected/")
    for name, _ in met.most_common():
        key = "http_5" if name.startswith("http_5") else name
        if key in dead:
            return dead[key]
    return dead["none"]


def _silent(told: Standing, met: Counter[str]) -> Standing:
    """Silence that has a reason: what answered in the place of pages is why nothing came."""
    if not met:
        return told
    return replace(told, reason=f"{told.reason}; the runs since met {_listed(met)}", advice=_advice(met) or told.advice)


def _advice(met: Counter[str]) -> str | None:
    """What helps against the commonest refusal; None where there is none."""
    return next((ADVICE[kind] for kind, _ in met.most_common() if kind in ADVICE), None)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{n} {reason}" for reason, n in counts.most_common(3))


def _as(told: Standing, condition: Condition, gate: tuple[float, float] | None = None, **values: object) -> Standing:
    texts = _texts()["condition"][condition]
    return replace(
        told,
        condition=condition,
        reason=texts["words"].format(**values),
        advice=texts["advice"].format(**values),
        gate=gate,
    )


def _runs(layout: Layout, now: datetime) -> Iterator[Run]:
    return (Run.read(told) for told in runs_back(layout, now))


@cache
def _texts() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads(resources.files(__package__).joinpath("standing.toml").read_text("utf-8"))


def _days(count: int) -> str:
    return f"{count} day{'s' * (count != 1)}"


def _span(time: timedelta) -> str:
    minutes = round(time / timedelta(minutes=1))
    return (
        f"{minutes} minutes" if minutes < 120 else f"{minutes / 60:.0f} hours" if minutes < 2880 else _days(time.days)
    )
