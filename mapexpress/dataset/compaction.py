"""Few files, whatever the number of runs: small parts and WARC files of past days are merged, in steps that may die.

Line for line the same records in the same order, byte for byte the same responses under the same ids. What is left out
of a merged WARC: answers of ways in, robots.txt, redirects, and pages that showed an article unchanged.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

import orjson

from mapexpress.dataset.disk import fsync_folder, storage_errors, write_all
from mapexpress.dataset.manifest import add_parts
from mapexpress.dataset.parts import MAX_PART_BYTES, PartRow, compress, part_rows, read_part
from mapexpress.dataset.rewrite import drop_part, take_in
from mapexpress.dataset.run_log import drop_old_runs
from mapexpress.dataset.visits import Visits
from mapexpress.dataset.warc import MAX_WARC_BYTES, encode_info

if TYPE_CHECKING:
    from pathlib import Path

    from mapexpress.dataset.layout import Layout
    from mapexpress.dataset.state import State

_COMPACTING = "compacting"
MERGED = "merged-"  # first part of a merged WARC's name
COMPACTED = "compact-"  # first part of the run that merged parts are listed under
KEPT_SINCE = "responses_kept_since"  # day; older responses were dropped by the retention setting
_RUNS_KEPT = timedelta(days=90)  # rows of ended runs in the state
_CHUNK = 2**20


@dataclass(slots=True)
class Compacted:
    """How many files a compaction took away."""

    parts: int = 0
    warcs: int = 0

    def __str__(self) -> str:
        return f"{self.parts} parts and {self.warcs} WARC files fewer"


def compact(
    layout: Layout,
    state: State,
    now: datetime,
    software: str,
    *,
    keep_days: int = 0,
    go_on: Callable[[], bool] = lambda: True,
) -> Compacted:
    """Merge what was stored before today; the caller holds the lock and has nothing open.

    Responses older than `keep_days` are dropped (0: none is), by whole files, so that one may stay a month longer.
    `go_on` is asked between the steps: false ends the compaction, and the next one goes on. Readers of a running merge
    may see a day's records twice for the moment between two renames, never less than all. Raises StorageError.
    """
    finish_compaction(layout, state, software)
    today = now.date().isoformat()
    done = Compacted()
    for gone in _merge_parts(layout, state, today, software):
        done.parts += gone
        if not go_on():
            return done
    for month, names in groupby(_past_warcs(state, today), key=lambda pair: pair[1][:7]):
        for name, _ in names:
            _append_warc(layout, state, name, month, software)
            done.warcs += 1
            if not go_on():
                return done
    if keep_days:
        done.warcs += _drop_warcs(layout, state, (now - timedelta(days=keep_days)).date().isoformat())
    state.write("DELETE FROM runs WHERE ended < ?", (now - _RUNS_KEPT).isoformat())
    Visits(state).drop_old(now)
    drop_old_runs(layout, now)
    state.commit()
    return done


def _merge_parts(layout: Layout, state: State, today: str, software: str) -> Iterator[int]:
    """Merge the small parts of each past day into one; how many parts went, day by day.

    One that is alone in its day takes the merged name too, so that its run's manifest goes as well.
    """
    small = f"sealed = 1 AND committed < {MAX_PART_BYTES}"
    for kind, day in state.all(
        f"SELECT kind, day FROM parts WHERE {small} AND day < ?"
        f" GROUP BY kind, day HAVING count(*) > 1 OR min(run) NOT LIKE '{COMPACTED}%' ORDER BY day, kind",
        today,
    ):
        rows = part_rows(state, f"kind = ? AND day = ? AND {small}", str(kind), str(day))
        run = f"{COMPACTED}{str(day)[:7].replace('-', '')}"  # one manifest a month
        row = state.one("SELECT max(number) FROM parts WHERE kind = ? AND run = ?", str(kind), run)
        number = int(str(row[0])) + 1 if row and row[0] is not None else 0
        plan = {"kind": kind, "day": day, "run": run, "number": number, "old": [r.part for r in rows]}
        state.put_meta(_COMPACTING, orjson.dumps(plan).decode())
        state.commit()
        target = layout.sealed(str(kind), str(day), run, number)
        with storage_errors(target):
            compress(layout, rows[0].kind, _all_lines(layout, rows), target)
        finish_compaction(layout, state, software)
        yield len(rows) - 1


def _all_lines(layout: Layout, rows: list[PartRow]) -> Iterator[bytes]:
    for row in rows:
        for line in read_part(row.path(layout)):
            yield line + b"\n"


def finish_compaction(layout: Layout, state: State, software: str) -> None:
    """Go on with a merge of parts that was cut short; a merged part that is not whole yet is given up."""
    noted = state.meta(_COMPACTING)
    if not noted:
        return
    plan = orjson.loads(noted)
    kind, run, number = plan["kind"], plan["run"], plan["number"]
    target = layout.sealed(kind, plan["day"], run, number)
    if target.exists():
        # Compressed once more to count it: the same lines give the same bytes.
        sealed = compress(layout, kind, (line + b"\n" for line in read_part(target)), target)
        add_parts(layout, run, [sealed], software)
        state.write(
            "INSERT OR IGNORE INTO parts (kind, run, number, day, committed, lines, sealed)"
            " VALUES (?, ?, ?, ?, 0, 0, 1)",
            kind, run, number, plan["day"],
        )  # fmt: skip
        (merged,) = part_rows(state, "kind = ? AND run = ? AND number = ?", kind, run, number)
        take_in(layout, state, merged.part, sealed)
        state.commit()
        for part in plan["old"]:
            for row in part_rows(state, "part = ?", part):
                drop_part(layout, state, row, software)
    state.put_meta(_COMPACTING, "")
    state.commit()


def _past_warcs(state: State, today: str) -> list[tuple[str, str]]:
    """Names and days of the files that are still those of one run, the oldest first."""
    rows = state.all("SELECT name, day FROM warcs WHERE day < ? ORDER BY day, name", today)
    return [(str(name), str(day)) for name, day in rows if not str(name).startswith(MERGED)]


def _append_warc(layout: Layout, state: State, name: str, month: str, software: str) -> None:
    """Append what is worth keeping of one run's WARC to the merged one of its month, and drop the file.

    The appended bytes count with the same commit that moves the ids; until then recovery cuts them off again.
    """
    row = state.one("SELECT warc FROM warcs WHERE name = ?", name)
    source_warc = int(str(row[0])) if row else 0
    kept = state.all(
        "SELECT slot, position, length FROM responses WHERE warc = ? AND content IN ('article', 'unknown')"
        " ORDER BY position",
        source_warc,
    )
    source = layout.warc_file(name)
    if kept and source.exists():
        size = sum(int(str(length)) for _, _, length in kept)
        target, warc, offset = _merged_warc(layout, state, month, size, software)
        with storage_errors(target), source.open("rb") as file:
            handle = os.open(target, os.O_WRONLY | os.O_APPEND)
            try:
                for slot, position, length in kept:
                    file.seek(int(str(position)))
                    left = int(str(length))
                    state.write("UPDATE responses SET warc = ?, position = ? WHERE slot = ?", warc, offset, slot)
                    offset += left
                    while left and (data := file.read(min(left, _CHUNK))):
                        write_all(handle, data)
                        left -= len(data)
                os.fsync(handle)
            finally:
                os.close(handle)
        state.write("UPDATE warcs SET committed = ? WHERE warc = ?", offset, warc)
    state.write("DELETE FROM responses WHERE warc = ?", source_warc)
    state.write("DELETE FROM warcs WHERE warc = ?", source_warc)
    state.commit()
    with storage_errors(source):
        source.unlink(missing_ok=True)
        fsync_folder(layout.warc)


def _merged_warc(layout: Layout, state: State, month: str, size: int, software: str) -> tuple[Path, int, int]:
    """Path, number and end of the month's merged file that has room for `size` bytes."""
    prefix = f"{MERGED}{month.replace('-', '')}-"
    rows = state.all("SELECT name, warc, committed FROM warcs WHERE name LIKE ? ORDER BY warc", f"{prefix}%")
    if rows and int(str(rows[-1][2])) + size <= MAX_WARC_BYTES:
        name, warc, committed = rows[-1]
        return layout.warc_file(str(name)), int(str(warc)), int(str(committed))
    path = layout.warc / f"{prefix}{len(rows)}.warc.gz"
    info = encode_info(path.name, software)
    with storage_errors(path):
        path.write_bytes(info)
        fsync_folder(path.parent)
    # The day of a merged file is the last of its month: retention counts from there.
    state.write("INSERT INTO warcs (name, day, committed) VALUES (?, ?, ?)", path.name, f"{month}-31", len(info))
    found = state.one("SELECT warc FROM warcs WHERE name = ?", path.name)
    return path, int(str(found[0])) if found else 0, len(info)


def _drop_warcs(layout: Layout, state: State, before: str) -> int:
    """Drop the files whose responses are all older than a day; how many."""
    rows = state.all("SELECT warc, name FROM warcs WHERE day < ?", before)
    if not rows:
        return 0
    for warc, _ in rows:
        state.write("DELETE FROM responses WHERE warc = ?", int(str(warc)))
        state.write("DELETE FROM warcs WHERE warc = ?", int(str(warc)))
    state.put_meta(KEPT_SINCE, before)
    state.commit()
    with storage_errors(layout.warc):
        for _, name in rows:
            layout.warc_file(str(name)).unlink(missing_ok=True)
        fsync_folder(layout.warc)
    return len(rows)
