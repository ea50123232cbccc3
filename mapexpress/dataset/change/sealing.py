"""The end of an open part: its lines, compressed, become a part that never changes again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from mapexpress.dataset.change.rewrite import Rewrite
from mapexpress.dataset.near_duplicates.index import decided
from mapexpress.errors import StorageError
from mapexpress.system.inside import open_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mapexpress.dataset.files.layout import Layout
    from mapexpress.dataset.files.manifest import Sealed
    from mapexpress.dataset.files.parts import PartRow
    from mapexpress.dataset.state.database import State


def seal(layout: Layout, state: State, row: PartRow, software: str) -> Sealed | None:
    """Put a part in its place, into its run's manifest and the state, and drop the plain file; None without a line.

    The bytes depend on the lines alone. Raises StorageError.
    """
    with Rewrite(layout, state, software) as rewrite:
        source = row.open_path(layout)
        sealed = None
        if row.committed == 0:
            rewrite.drop(row)
        else:
            lines = _lines(source, row.committed)
            sealed = rewrite.put(row, _flagged(state, row.part, lines) if row.kind == "records" else lines)
        rewrite.remove(source)
        rewrite.commit()
    return sealed


def _lines(path: Path, committed: int) -> Iterator[bytes]:
    with open_file(path) as file:
        left = committed
        while left > 0:
            line = file.readline()
            if not line.endswith(b"\n") or len(line) > left:
                raise StorageError(f"{path} is shorter than what was committed; run scrapy verify --rebuild-state")
            left -= len(line)
            yield line


def _flagged(state: State, part: int, lines: Iterator[bytes]) -> Iterator[bytes]:
    """Lines with `duplicate_of` as it is known at the end of the run, so that it does not depend on who came first."""
    flags = decided(state, part)
    for number, line in enumerate(lines):
        flag = flags.get(number)
        if flag is not None and (value := orjson.loads(line))["duplicate_of"] != flag:
            yield orjson.dumps(value | {"duplicate_of": flag}) + b"\n"
        else:
            yield line
