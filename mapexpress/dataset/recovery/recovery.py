"""Recovery: what a killed run left is cut to what was committed, sealed, and nothing else is touched."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from mapexpress.dataset.change.change import finish_change
from mapexpress.dataset.change.sealing import seal
from mapexpress.dataset.files.parts import PartRow, part_rows
from mapexpress.dataset.files.warc_members import scan, warc_headers
from mapexpress.dataset.recovery.damaged import move_aside
from mapexpress.dataset.recovery.lost import lose_lines
from mapexpress.system.disk import remove_database, storage_errors

if TYPE_CHECKING:
    from pathlib import Path

    from mapexpress.dataset.files.layout import Layout
    from mapexpress.dataset.state.database import State

logger = logging.getLogger(__name__)


def recover(layout: Layout, state: State, software: str, *, clear: bool = True) -> None:
    """Bring files and state of a site together after a run that may have been killed; the caller holds the lock.

    WARC files that the state knows nothing of are dropped where nothing is lost with them and else moved aside; not
    `clear`, these stay.

    Raises StorageError when the disk fails; repeating it is safe.
    """
    with storage_errors(layout.site):
        finish_change(layout, state)
        for row in part_rows(state, "sealed = 0"):
            _recover_part(layout, state, row, software)
        for name, committed in state.all("SELECT name, committed FROM warcs"):
            _cut(layout.warc_file(str(name)), int(committed or 0))
        _drop_unknown(layout, state, clear)
        state.commit()


def _recover_part(layout: Layout, state: State, row: PartRow, software: str) -> None:
    path = row.open_path(layout)
    size = path.stat().st_size if path.exists() else 0
    if size < row.committed:
        row = _lose(layout, state, row, _whole_lines(path, size) if size else 0, path)
    _cut(path, row.committed)
    if seal(layout, state, row, software):
        logger.info("sealed %d %s that run %s had stored before it was stopped", row.lines, row.kind, row.run)


def _lose(layout: Layout, state: State, row: PartRow, kept: int, path: Path) -> PartRow:
    """Forget the outcomes of committed lines that the disk no longer holds, so that they are fetched again."""
    lost = row.committed - kept
    logger.error("%s: %d committed bytes are gone from the disk; their articles are fetched again", path, lost)
    lines = 0
    if kept:
        with path.open("rb") as file:
            lines = sum(1 for _ in file)
    lose_lines(layout, state, row.part, range(lines, row.lines))
    state.write("UPDATE parts SET committed = ?, lines = ? WHERE part = ?", kept, lines, row.part)
    state.commit()
    return part_rows(state, "part = ?", row.part)[0]


def _whole_lines(path: Path, size: int) -> int:
    """Bytes up to the last newline; the rest is cut off."""
    data = path.read_bytes()[:size]
    kept = data.rfind(b"\n") + 1
    os.truncate(path, kept)
    return kept


def _cut(path: Path, committed: int) -> None:
    if path.exists() and path.stat().st_size > committed:
        os.truncate(path, committed)


def _is_leftover(path: Path, state: State) -> bool:
    """Whether an unknown WARC file may go: its run was killed before it was committed, or it holds nothing new."""
    if path.name.startswith("."):
        return True  # a temporary file
    run = path.name.removesuffix(".warc.gz").rpartition("-")[0]
    if state.one("SELECT 1 FROM runs WHERE run = ? AND ended IS NULL", run) is not None:
        return True
    for part in scan(path):
        headers = warc_headers(part.head)
        if headers.get("warc-type") == "response" and state.response(headers.get("warc-record-id", "")) is None:
            return False
    return True


def _drop_unknown(layout: Layout, state: State, clear: bool) -> None:
    """Files that were created but never committed, and temporary files of what was cut short."""
    known = {row.open_path(layout).name for row in part_rows(state, "sealed = 0")}
    for path in layout.open.glob("*") if layout.open.is_dir() else ():
        if path.name not in known:
            path.unlink()
    warcs = {str(row[0]) for row in state.all("SELECT name FROM warcs")}
    for path in layout.warc.glob("*") if layout.warc.is_dir() else ():
        if path.name in warcs:
            continue
        if _is_leftover(path, state):
            path.unlink()
        elif clear:
            logger.warning(
                "%s holds responses that the state does not know: moved to %s; put it back and run"
                " scrapy verify --rebuild-state to take it in",
                path,
                move_aside(layout, path),
            )
    remove_database(layout.new_state)  # was being made when it was cut short
    for folder in (layout.dataset, layout.site):
        for path in folder.glob("**/.*.tmp") if folder.is_dir() else ():
            path.unlink()
    for path in (layout.generation, layout.repairing):
        path.with_name(f".{path.name}.tmp").unlink(missing_ok=True)
