"""What a site was asked, beside what an oracle would have asked.

The `oracle` comes in the same rounds and reads as docs/dataset.md says, but never in vain: in each round robots.txt,
the home and each way in that the site declares (sections where it declares none), once each article that is new, twice
one that is removed, and once each stored article whose check is due by its age. It needs no section that shows nothing
new, no address of a guess, no second try, and no check of an article that nothing calls changed sooner. `changes` are
the fewest requests that could be: robots.txt and one way in for each round in which something changed, and the
articles that did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.unattended.lives import Kind
from benchmarks.unattended.operating import Run
from benchmarks.unattended.site import SimulatedSite
from benchmarks.unattended.stories import SECTIONS, Story
from benchmarks.unattended.truth import barred
from mapexpress.dataset.state.recheck_schedule import RARELY, RECHECKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Requests: all, by role, and those of the two that know more."""

    asked: int
    roles: Counter[str]
    oracle: int
    changes: int

    @property
    def ratio(self) -> float:
        return self.asked / self.oracle if self.oracle else 0.0


def count(site: SimulatedSite, runs: Sequence[Run], kinds: dict[str, Kind]) -> Costs:
    """The requests of all runs of a site."""
    roles: Counter[str] = Counter(hit.role for run in runs for hit in run.hits)
    ways = 2 + sum(2 if way == "rest" else 1 for way in site.life.ways)  # REST's root and its posts
    if not site.life.ways:
        ways += SECTIONS
    oracle = changes = 0
    asked: dict[int, datetime] = {}  # by story: its last check
    before: datetime | None = None
    for run in runs:
        if barred(site, run.at, kinds):
            oracle += 2  # robots.txt and a home that says no
            continue
        oracle += ways
        changed = 0
        shown = {s.number for s in site.stories if s.is_there(run.at)} if run.walks else site.visible(run.at)
        for story in site.stories:
            if story.number not in asked:
                if story.number in shown:
                    asked[story.number] = run.at
                    changed += 1
                    oracle += 1
                continue
            news = _news(story, before, run.at)
            changed += news
            if run.at - asked[story.number] >= _wait(run.at - story.published) or news:
                asked[story.number] = run.at
                oracle += 1
        changes += changed + (2 if changed else 0)
        before = run.at
    return Costs(asked=roles.total(), roles=roles, oracle=oracle, changes=changes)


def _news(story: Story, before: datetime | None, now: datetime) -> int:
    """Checks that what happened to a known story since the last run is worth: a removal is to be seen twice."""
    if before is None:
        return 0
    edits = sum(before < version.at <= now for version in story.versions[1:])
    removed = 2 if story.removed and before < story.removed <= now else 0
    returned = 1 if story.returned and before < story.returned <= now else 0
    return edits + removed + returned


def _wait(age: timedelta) -> timedelta:
    return next((wait for limit, wait in RECHECKS if age < limit), RARELY)
