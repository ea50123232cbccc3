"""The stored lines of many records at once: each part is read once, whichever of its lines are asked for."""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING

from mapexpress.dataset.files.parts import part_rows, read_part
from mapexpress.errors import StorageError
from mapexpress.model.record import Article
from mapexpress.model.schema import from_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mapexpress.dataset.files.layout import Layout
    from mapexpress.dataset.state.database import State

logger = logging.getLogger(__name__)


def stored_articles(layout: Layout, state: State, ids: Iterable[str]) -> Iterator[Article]:
    """The latest revisions of records, in the order in which they were stored, sealed or not.

    One that the state does not know, or whose line cannot be read, is left out: `verify` names that.
    """
    wanted: defaultdict[int, set[int]] = defaultdict(set)
    for name in ids:
        known = state.known(name)
        if known is not None:
            wanted[known.part].add(known.line)
    for part in sorted(wanted):
        for row in part_rows(state, "part = ?", part):
            left = set(wanted[part])
            try:
                for number, line in enumerate(
                    read_part(row.path(layout) if row.sealed else row.open_path(layout), layout.limits)
                ):
                    if number in left:
                        left.remove(number)
                        yield from _read(line)
                        if not left:
                            break
            except StorageError as error:
                logger.info("%s", error)


def _read(line: bytes) -> Iterator[Article]:
    try:
        article = from_json(line, Article)
    except ValueError as error:
        logger.info("%s", error)
    else:
        yield article
