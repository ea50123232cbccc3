"""What is stored of a site, compared with what truly happened on it."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from benchmarks.unattended.lives import Kind
from benchmarks.unattended.operating import Run
from benchmarks.unattended.site import SimulatedSite
from benchmarks.unattended.stories import Story

# What changed this long before the end is to be known: an article is asked every week in its first month
# (docs/dataset.md), and what is not there is asked twice, a day apart
SETTLED = timedelta(days=9)
FRESH = timedelta(days=2)  # an article that could be had for so long is late: news is read within a day
INGESTED = "ingested"
RUN_LASTS = timedelta(hours=1)  # of a clock: what was fetched within it is the run's


@dataclass(slots=True, kw_only=True)
class Findings:
    """What is right and wrong with a site's records; each list names what it counts."""

    true: int = 0
    stored: int = 0
    lost: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)  # stored long after they could be known
    twice: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)  # records of what is no article of the site
    falsely_gone: list[str] = field(default_factory=list)
    falsely_revised: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)  # edits, removals and returns
    differing: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> dict[str, list[str]]:
        """The lists that are not empty, by name."""
        names = ("lost", "late", "twice", "foreign", "falsely_gone", "falsely_revised", "missed", "differing")
        return {name: found for name in names if (found := getattr(self, name))}


def judge(
    site: SimulatedSite, runs: Sequence[Run], records: Iterable[dict[str, Any]], kinds: dict[str, Kind], end: datetime
) -> Findings:
    """Compare a site's records, all revisions in order, with its stories."""
    found = Findings()
    by_path = {story.path: story for story in site.stories}
    by_story: dict[int, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    own = {urlsplit(origin).netloc for origin in (site.origin, site.next_origin)}
    for record in records:
        parts = urlsplit(str(record["url"]))
        story = by_path.get(unquote(parts.path)) if parts.netloc in own else None
        if story is None:
            found.foreign.append(f"{record['url']}: {str(record['title'])[:60]}")
            continue
        by_story[story.number][record["id"]].append(record)
    expected = _knowable(site, runs, kinds)
    found.true, found.stored = len(expected), len(by_story)
    for number in expected.keys() & by_story.keys():
        story, known = site.stories[number], expected[number]
        first = min(_moment(str(revisions[0]["fetched_at"]), runs) for revisions in by_story[number].values())
        if first - known > FRESH:
            found.late.append(f"{story.path} of {known:%m-%d %H:%M}: on {first:%m-%d %H:%M}")
    found.lost = [
        f"{site.stories[n].path} of {site.stories[n].shown:%m-%d}" for n in sorted(expected.keys() - by_story.keys())
    ]
    for number, copies in by_story.items():
        story = site.stories[number]
        originals = [revisions for revisions in copies.values() if not revisions[-1].get("duplicate_of")]
        if len(originals) > 1:
            found.twice.append(f"{story.path}: {', '.join(str(r[-1]['url']) for r in originals)}")
        for revisions in copies.values():
            _history(story, revisions, runs, found)
        _ending(story, max(copies.values(), key=lambda revisions: str(revisions[-1][INGESTED])), end, found)
    return found


def barred(site: SimulatedSite, at: datetime, kinds: dict[str, Kind]) -> bool:
    """Whether a run at a moment can get no article, whatever it does."""
    return any(kinds[t.kind].hides and t.begin <= at < t.end and t.kind != "moved" for t in site.life.trouble)


def _knowable(site: SimulatedSite, runs: Sequence[Run], kinds: dict[str, Kind]) -> dict[int, datetime]:
    """When each story could first be had."""
    known: dict[int, datetime] = {}
    for run in runs:
        if not barred(site, run.at, kinds):
            all_there = {story.number for story in site.stories if story.is_there(run.at)}
            for number in all_there if run.walks else site.visible(run.at):
                known.setdefault(number, run.at)
    return known


def _history(story: Story, revisions: list[dict[str, Any]], runs: Sequence[Run], found: Findings) -> None:
    """Each revision must tell of something that happened."""
    before: dict[str, Any] | None = None
    for record in revisions:
        if record["status"] == "gone":
            day = str(record[INGESTED])  # a tombstone has no response, and so no moment
            if all(story.is_there(run.at) for run in runs if f"{run.clock:%Y-%m-%d}" == day):
                found.falsely_gone.append(f"{story.path} on {day}")
        elif before is not None and before["status"] != "gone" and _version(story, before) == _version(story, record):
            at = _moment(str(record["fetched_at"]), runs)
            found.falsely_revised.append(f"{story.path} on {at:%m-%d %H:%M}: {_difference(before, record)}")
        before = record


def _ending(story: Story, revisions: list[dict[str, Any]], end: datetime, found: Findings) -> None:
    """What is stored last must be what is true, as far as it has had time to be known."""
    last, settled = revisions[-1], end - SETTLED
    if last["status"] == "gone":
        if story.returned and story.returned <= settled:
            found.missed.append(f"{story.path}: back since {story.returned:%m-%d}")
        return
    if story.removed and story.removed <= settled and (not story.returned or story.returned > end):
        found.missed.append(f"{story.path}: removed on {story.removed:%m-%d}")
    elif story.is_there(end) and _version(story, last) < story.versions.index(story.at(settled)):
        found.missed.append(f"{story.path}: edited on {story.versions[-1].at:%m-%d %H:%M}")
    told, true = _lines(last), [_folded(line) for line in story.versions[_version(story, last)].lines]
    if told != true:
        less, more = [line for line in true if line not in told], [line for line in told if line not in true]
        found.differing.append(f"{story.path}: lost {_short(less)}, more {_short(more)}")
    elif _folded(str(last["title"])) != _folded(story.title):
        found.differing.append(f"{story.path}: title {last['title']!r}")


def _version(story: Story, record: dict[str, Any]) -> int:
    """Which of a story's versions a record is of: the one that it has most lines of, the first of equals."""
    told = set(_lines(record))
    shares = [len(told & {_folded(line) for line in version.lines}) for version in story.versions]
    return shares.index(max(shares))


def _moment(fetched: str, runs: Sequence[Run]) -> datetime:
    """The simulation's time at which a record was fetched, by the clock of its run."""
    clock = datetime.fromisoformat(fetched)
    return next((run.at for run in runs if run.clock <= clock < run.clock + RUN_LASTS), clock)


def _lines(record: dict[str, Any]) -> list[str]:
    return [_folded(line) for line in str(record["text"]).split("\n\n")]


def _folded(text: str) -> str:
    return " ".join(text.split())


def _difference(before: dict[str, Any], after: dict[str, Any]) -> str:
    if before["title"] != after["title"]:
        return f"title {before['title']!r}, {after['title']!r}"
    old, new = _lines(before), _lines(after)
    changes = [c for c in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if c[0] != "equal"]
    return "; ".join(f"{tag} {_short(old[a:b])} by {_short(new[c:d])}" for tag, a, b, c, d in changes[:2]) or "equal"


def _short(lines: Sequence[str]) -> str:
    return f"{len(lines)} ({lines[0][:50]!r})" if lines else "0"


def read_records(data: Path, site: str) -> list[dict[str, Any]]:
    """All revisions of a site's records in their order, each with the day of its folder."""
    found: list[dict[str, Any]] = []
    for part in sorted(data.glob(f"dataset/site={site}/*/*.jsonl.gz")):
        with gzip.open(part, "rt", encoding="utf-8") as lines:
            day = part.parent.name.removeprefix("ingested=")
            found += ({**json.loads(line), INGESTED: day} for line in lines)
    return sorted(found, key=lambda record: (str(record["id"]), int(record["revision"])))
