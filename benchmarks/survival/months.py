"""Three months of a run every fifteen minutes: files, bytes and run time stay flat, and the totals are right.

Whether a run after three months costs more than one after the first is asked when all is done, of both in turn: a
machine that has other work on one day and none on another would answer for itself.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.survival.bench import ROOT, Bench
from fixtures.posts import Post
from fixtures.scale import scaled_posts
from fixtures.server import serve
from fixtures.website import Website
from mapexpress.dataset.repair.verify import verify

START = datetime(2026, 3, 1, tzinfo=UTC)
STEP = timedelta(minutes=15)
BEFORE = 24  # articles that the site shows when the first run begins
HOURS = (7.2, 11.4, 17.7)  # of a day's articles
EDITED, EDIT_AFTER = 7, timedelta(hours=2, minutes=5)  # one article in so many
REMOVED, REMOVE_AFTER = 20, timedelta(hours=26)
PROCESSES = 100  # runs that are processes of their own
COMPARED = 40  # runs on each of two datasets, early and late, whose times are compared
SLOWER, FILES_A_DAY, BYTES = (
    1.15,
    0.5,
    1.2,
)  # more is not flat: times the early run, beside the day's part, times a day's


@dataclass(slots=True, frozen=True)
class Story:
    """What happens to a post, and when."""

    post: Post
    edited: datetime | None
    removed: datetime | None


def stories(days: int) -> list[Story]:
    """Three articles a day; edits and removals end two days before the end, so that each is due for a check."""
    posts = scaled_posts(BEFORE + days * len(HOURS))[::-1]
    end = START + timedelta(days=days - 2)
    told = []
    for n, post in enumerate(posts):
        day, place = divmod(n - BEFORE, len(HOURS))
        when = START + timedelta(days=day, hours=HOURS[place]) if n >= BEFORE else START - timedelta(hours=8 * (24 - n))
        edit = when + EDIT_AFTER if n % EDITED == 3 and n >= BEFORE and when + EDIT_AFTER < end else None
        remove = when + REMOVE_AFTER if n % REMOVED == 5 and n >= BEFORE and when + REMOVE_AFTER < end else None
        later = {"body": post.body + "<p>Le conseil réuni ce soir a confirmé ces chiffres.</p>", "modified": edit}
        told.append(Story(replace(post, published=when, later=later if edit else {}), edit, remove))
    return told


def set_clock(site: Website, told: list[Story], now: datetime) -> bool:
    """Bring the site to what it shows at a moment; whether anything changed."""
    before = site.hidden, site.later, site.gone
    site.hidden = {s.post.name for s in told if s.post.published > now}
    site.later = {s.post.name for s in told if s.edited and s.edited <= now}
    site.gone = {s.post.name for s in told if s.removed and s.removed <= now}
    return before != (site.hidden, site.later, site.gone)


def months(bench: Bench) -> str:
    """Every run ends with 0; each article once, each edit one revision, each removal one tombstone, nothing else."""
    told = stories(bench.days)
    runs = bench.days * int(timedelta(days=1) / STEP)
    alone = set(random.Random(1).sample(range(runs), min(PROCESSES, runs // 10)))
    first, days = bench.noted.get("next", 0), bench.noted.get("by_day", [])
    early, third = bench.data.with_name(f"{bench.data.name}-early"), runs // 3 // 96 * 96
    with serve(Website([s.post for s in told])) as server:
        many = _many(bench.data, bench.days)
        today: list[dict[str, Any]] = bench.noted.get("today", [])
        for number in range(first, runs):
            now = START + STEP * number
            if number == third:
                shutil.rmtree(early, ignore_errors=True)
                shutil.copytree(bench.data, early)
            if number in alone:
                set_clock(server.website, told, now)
                server.hits.clear()
                bench.crawled(server, "-a", "lang=fr", "-s", f"MAPEXPRESS_NOW={now.isoformat()}")
            else:
                today.append(_run(many, now))
            if (number + 1) % 96 == 1:  # the first run of a day compacts the day before
                days.append(_measured(bench, today))
                today = []
            bench.note(next=number + 1, by_day=days, today=today)
        _end(many)
    late = bench.data.with_name(f"{bench.data.name}-late")
    shutil.rmtree(late, ignore_errors=True)
    shutil.copytree(bench.data, late)
    figures = _compared({early: START + STEP * third, late: START + STEP * runs}, bench.days)
    return _judged(bench, told, days, len(alone), runs, *figures.values())


def _compared(times: dict[Path, datetime], days: int) -> dict[Path, list[float]]:
    """CPU seconds of runs on copies of a dataset at two ages, in turn, each at the times that followed."""
    processes = {data: _many(data, days) for data in times}
    spent: dict[Path, list[float]] = {data: [] for data in times}
    for number in range(COMPARED + 1):  # a process imports in its first run, which compacts the day before as well
        for data, many in processes.items():
            cpu = _run(many, times[data] + STEP * number)["cpu"]
            if number:
                spent[data].append(cpu)
    for many in processes.values():
        _end(many)
    return spent


def _many(data: Path, days: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.survival.many_runs", str(data), str(days)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _end(many: subprocess.Popen[str]) -> None:
    many.stdin.close()  # type: ignore[union-attr]
    many.wait(60)


def _run(many: subprocess.Popen[str], now: datetime) -> dict[str, Any]:
    assert many.stdin is not None
    assert many.stdout is not None
    many.stdin.write(now.isoformat() + "\n")
    many.stdin.flush()
    line = many.stdout.readline()
    answer: dict[str, Any] = json.loads(line) if line else {"status": "none: the process ended"}
    if answer["status"] != 0:
        raise AssertionError(f"{now}: status {answer['status']}")
    return answer


def _measured(bench: Bench, today: list[dict[str, Any]]) -> dict[str, float]:
    """The disk as it is, and the runs of the last day."""
    files = [path for path in bench.data.rglob("*") if path.is_file()]
    kinds = Counter(
        path.relative_to(bench.data).parts[2 if path.is_relative_to(bench.layout.site) else 0] for path in files
    )
    return {
        "files": len(files),
        "parts": kinds["dataset"],
        "others": len(files) - kinds["dataset"],
        "bytes": sum(path.stat().st_size for path in files),
        "state": bench.layout.state.stat().st_size,
        "cpu": sum(run["cpu"] for run in today),
        "median": median(run["cpu"] for run in today) if today else 0.0,
        "requests": sum(run["requests"] for run in today),
        "memory": max((run["memory"] for run in today), default=0),
    }


def _judged(
    bench: Bench,
    told: list[Story],
    days: list[dict[str, float]],
    alone: int,
    runs: int,
    early: list[float],
    late: list[float],
) -> str:
    expected = Counter(
        {
            "new": len(told),
            "revised": sum(s.edited is not None for s in told),
            "gone": sum(s.removed is not None for s in told),
        }
    )
    found = Counter(
        "gone" if r["status"] == "gone" else "new" if r["revision"] == 1 else "revised" for r in bench.records()
    )
    if found != expected:
        raise AssertionError(f"stored {dict(found)}, not {dict(expected)}")
    if faults := verify(bench.layout).faults:
        raise AssertionError("; ".join(faults[:5]))
    third = len(days) // 3
    slower, whole = median(late) / median(early), sum(late) / sum(early)
    requests = [median(d["requests"] for d in some) for some in (days[third : 2 * third], days[2 * third :])]
    grown = (days[-1]["others"] - days[third]["others"]) / (len(days) - 1 - third)
    bytes_a_day = [
        (days[b]["bytes"] - days[a]["bytes"]) / (b - a) for a, b in ((third, 2 * third), (2 * third, len(days) - 1))
    ]
    told_of = (
        f"{runs} runs, {alone} of them processes: {dict(found)}, no fault",
        f"CPU of a run on day {bench.days} beside day {third}, in turn: {median(early):.3f} -> {median(late):.3f} s,"
        f" {slower:.2f} times (sums {whole:.2f})",
        f"requests a day {requests[0]:.0f} -> {requests[1]:.0f}",
        f"files: a part a day, others {days[third]['others']} -> {days[-1]['others']} (+{grown:.2f} a day)",
        f"bytes a day {bytes_a_day[0] / 1e3:.0f} -> {bytes_a_day[1] / 1e3:.0f} kB",
        f"state {days[third]['state'] / 1e6:.1f} -> {days[-1]['state'] / 1e6:.1f} MB",
        f"memory {days[third]['memory']} -> {days[-1]['memory']} MB",
    )
    line = "; ".join(told_of)
    parts = days[-1]["parts"] - days[third]["parts"]
    flat = slower <= SLOWER and grown <= FILES_A_DAY and parts <= len(days) - 1 - third
    if not flat or bytes_a_day[1] > BYTES * bytes_a_day[0]:
        raise AssertionError(line)
    return line
