"""`runs/<month>.jsonl` of a site: one line a run, so that what happened last night is known without its log."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from mapexpress.system.disk import fsync_folder, make_folder, storage_errors, write_all
from mapexpress.system.inside import check_file, kept_file

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout

KEPT_MONTHS = 13  # a year to compare with
AHEAD = timedelta(days=1)  # of the clock; a run that began later than that had one that was wrong, and tells nothing


def append_run(layout: Layout, ended: datetime, told: Mapping[str, object]) -> None:
    """Append one line, durably; a line that a crash tore stays alone on its own. Raises StorageError."""
    path = layout.runs / f"{ended:%Y-%m}.jsonl"
    with storage_errors(path):
        make_folder(path.parent)
        is_new = not path.exists()
        handle = kept_file(path, os.O_RDWR | os.O_APPEND)
        try:
            size = os.fstat(handle).st_size
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            write_all(handle, b"\n" * torn + orjson.dumps(told) + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        if is_new:
            fsync_folder(path.parent)


def runs_back(layout: Layout, now: datetime) -> Iterator[Mapping[str, object]]:
    """What each run did, the newest first, read a month at a time. Raises StorageError.

    Left out are lines that a crash tore, and runs that began more than `AHEAD` after `now`.
    """
    with storage_errors(layout.runs):
        for path in sorted(layout.runs.glob("????-??.jsonl"), reverse=True):
            check_file(path)
            for line in reversed(path.read_bytes().splitlines()):
                try:
                    told = orjson.loads(line)
                    began = datetime.fromisoformat(told["started"] or told["ended"])
                    if began <= now + AHEAD:
                        yield told
                except (ValueError, TypeError, KeyError):
                    continue


def drop_old_runs(layout: Layout, now: datetime) -> None:
    """Drop the files of months that nobody compares with any more. Raises StorageError."""
    months = now.year * 12 + now.month - 1 - KEPT_MONTHS
    oldest = f"{months // 12:04}-{months % 12 + 1:02}"
    with storage_errors(layout.runs):
        for path in layout.runs.glob("????-??.jsonl"):
            if path.stem < oldest:
                path.unlink(missing_ok=True)
