"""Few files, whatever the number of runs: small parts and WARC files of past days are merged, each step as a whole.

Line for line the same records in the same order, byte for byte the same responses under the same ids. What is left out
of a merged WARC: answers of ways in, robots.txt, redirects, and pages that showed an article unchanged.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, groupby
from typing import TYPE_CHECKING

from mapexpress.dataset.change.change import Change
from mapexpress.dataset.change.rewrite import Rewrite, with_places
from mapexpress.dataset.files.parts import MAX_PART_BYTES, PartRow, part_rows, read_part
from mapexpress.dataset.files.run_log import drop_old_runs
from mapexpress.dataset.files.warc import MAX_WARC_BYTES, encode_info
from mapexpress.dataset.state.visits import Visits
from mapexpress.errors import StorageError
from mapexpress.system.disk import storage_errors, write_all

if TYPE_CHECKING:
    from pathlib import Path

    from mapexpress.dataset.files.layout import Layout
    from mapexpress.dataset.state.database import State

logger = logging.getLogger(__name__)

MERGED = "merged-"  # first part of a merged WARC's name
COMPACTED = "compact-"  # first part of the run that merged parts are listed under
KEPT_SINCE = "responses_kept_since"  # day; older responses were dropped by the retention setting
_RUNS_KEPT = timedelta(days=90)  # rows of ended runs in the state
_AT_ONCE = 32 * 2**20  # bytes of WARC files that are merged in one step
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
    `go_on` is asked between the steps: false ends the compaction, and the next one goes on. Readers of the files alone
    may see a day's records twice for the moment between two system calls, never less than all. Raises StorageError.
    """
    today = now.date().isoformat()
    done = Compacted()
    for gone in _merge_parts(layout, state, today, software):
        done.parts += gone
        if not go_on():
            return done
    for month, files in groupby(_past_warcs(layout, state, today), key=lambda file: file.day[:7]):
        for some in _batches(files):
            _merge_warcs(layout, state, some, month, software)
            done.warcs += len(some)
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
        with Rewrite(layout, state, software) as rewrite:
            state.write(
                "INSERT INTO parts (kind, run, number, day, committed, lines, sealed) SELECT ?, ?,"
                " coalesce(max(number) + 1, 0), ?, 0, 0, 1 FROM parts WHERE kind = ? AND run = ?",
                kind, run, day, kind, run,
            )  # fmt: skip
            (merged,) = part_rows(state, "part = last_insert_rowid()")
            rewrite.put(merged, with_places(state, merged, _all_lines(layout, rows)))
            for row in rows:
                rewrite.drop(row)
            rewrite.commit()
        yield len(rows) - 1


def _all_lines(layout: Layout, rows: list[PartRow]) -> Iterator[bytes]:
    for row in rows:
        yield from read_part(row.path(layout), layout.limits)


@dataclass(slots=True)
class _File:
    """A WARC file of one run, and what of it is worth keeping: slot, position and length of each response."""

    warc: int
    path: Path
    day: str
    kept: list[tuple[int, int, int]]

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return sum(length for _, _, length in self.kept)


def _past_warcs(layout: Layout, state: State, today: str) -> Iterator[_File]:
    """The files that are still those of one run, the oldest first.

    One of which something cannot be read is left as it is, for `verify` to name.
    """
    for warc, name, day in state.all("SELECT warc, name, day FROM warcs WHERE day < ? ORDER BY day, name", today):
        if str(name).startswith(MERGED):
            continue
        rows = state.all(
            "SELECT slot, position, length FROM responses WHERE warc = ? AND content IN ('article', 'unknown')"
            " ORDER BY position",
            warc,
        )
        kept = [(int(str(slot)), int(str(position)), int(str(length))) for slot, position, length in rows]
        file = _File(int(str(warc)), layout.warc_file(str(name)), str(day), kept)
        end = max((position + length for _, position, length in kept), default=0)
        if end and (not file.path.exists() or file.path.stat().st_size < end):
            logger.warning("%s is cut off: it is not merged; see scrapy verify", file.path)
            continue
        yield file


def _batches(files: Iterable[_File]) -> Iterator[list[_File]]:
    """Files that are merged in one step: some, so that few steps do, and not many, so that each is short."""
    some: list[_File] = []
    for file in files:
        some.append(file)
        if sum(one.size for one in some) > _AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _merge_warcs(layout: Layout, state: State, files: list[_File], month: str, software: str) -> None:
    """Append what is worth keeping of some files to the merged ones of their month, and drop them."""
    with Rewrite(layout, state, software) as rewrite, ExitStack() as opened:
        target: _Merged | None = None
        for file in files:
            if file.kept and (target is None or target.end + file.size > MAX_WARC_BYTES):
                target = _merged_warc(rewrite, opened, month, file.size, software)
            if target is not None:
                target.append(state, file)
            state.write("DELETE FROM responses WHERE warc = ?", file.warc)
            state.write("DELETE FROM warcs WHERE warc = ?", file.warc)
            rewrite.remove(file.path)
        opened.close()  # all that was appended is on the disk from here on
        rewrite.commit()


@dataclass(slots=True)
class _Merged:
    """A merged WARC file while it grows: its bytes count up to `end`."""

    path: Path
    handle: int
    warc: int
    end: int

    def append(self, state: State, file: _File) -> None:
        """Take in what is kept of a file."""
        if not file.kept:
            return
        with storage_errors(self.path), file.path.open("rb") as source:
            for slot, position, length in file.kept:
                source.seek(position)
                left = length
                while left and (data := source.read(min(left, _CHUNK))):
                    write_all(self.handle, data)
                    left -= len(data)
                if left:
                    raise StorageError(f"{file.path} is cut off at {position}; see scrapy verify")
                state.write("UPDATE responses SET warc = ?, position = ? WHERE slot = ?", self.warc, self.end, slot)
                self.end += length
        state.write("UPDATE warcs SET committed = ? WHERE warc = ?", self.end, self.warc)


def _merged_warc(rewrite: Rewrite, opened: ExitStack, month: str, size: int, software: str) -> _Merged:
    """The month's merged file with room for `size` bytes, ready to be appended to; a new one where there is none."""
    layout, state = rewrite.layout, rewrite.state
    prefix = f"{MERGED}{month.replace('-', '')}-"
    rows = state.all("SELECT name, warc, committed FROM warcs WHERE name LIKE ? ORDER BY warc", f"{prefix}%")
    if rows and int(str(rows[-1][2])) + size <= MAX_WARC_BYTES:
        name, warc, committed = rows[-1]
        path, end = layout.warc_file(str(name)), int(str(committed))
        if path.exists() and path.stat().st_size >= end:
            return _Merged(path, opened.enter_context(_appending(path, end)), int(str(warc)), end)
    taken = {str(name) for name, _, _ in rows}
    path = next(path for n in count() if (path := layout.warc / f"{prefix}{n}.warc.gz").name not in taken)
    info = encode_info(path.name, software)
    handle = opened.enter_context(rewrite.file(path))
    with storage_errors(path):
        write_all(handle, info)
    # The day of a merged file is the last of its month: retention counts from there.
    state.write("INSERT INTO warcs (name, day, committed) VALUES (?, ?, ?)", path.name, f"{month}-31", len(info))
    (row,) = state.all("SELECT warc FROM warcs WHERE name = ?", path.name)
    return _Merged(path, handle, int(str(row[0])), len(info))


@contextmanager
def _appending(path: Path, end: int) -> Iterator[int]:
    """Descriptor that writes behind what counts of a file, durable at the end; recovery cuts off what never counts."""
    with storage_errors(path):
        handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.ftruncate(handle, end)
            os.lseek(handle, end, os.SEEK_SET)
            yield handle
            os.fsync(handle)
        finally:
            os.close(handle)


def _drop_warcs(layout: Layout, state: State, before: str) -> int:
    """Drop the files whose responses are all older than a day; how many."""
    rows = state.all("SELECT warc, name FROM warcs WHERE day < ?", before)
    if not rows:
        return 0
    with Change(layout, state) as change:
        for warc, name in rows:
            state.write("DELETE FROM responses WHERE warc = ?", warc)
            state.write("DELETE FROM warcs WHERE warc = ?", warc)
            change.remove(layout.warc_file(str(name)))
        state.put_meta(KEPT_SINCE, before)
        change.commit()
    return len(rows)
