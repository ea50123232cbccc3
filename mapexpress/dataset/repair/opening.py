"""A site's state opened for writing: the right one, and in step with the files beside it, whatever was cut short."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mapexpress.dataset.change.erased import refuse_forgotten_site
from mapexpress.dataset.change.generation import misfit, noted_generation, raise_generation
from mapexpress.dataset.files.manifest import manifests
from mapexpress.dataset.recovery.recovery import recover
from mapexpress.dataset.repair.mending import finish_repair
from mapexpress.dataset.repair.state_from_files import make_state, needs_new_state
from mapexpress.dataset.state.database import State
from mapexpress.errors import StorageError

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout

logger = logging.getLogger(__name__)


def open_state(layout: Layout, software: str) -> State:
    """Open a site's state, recovered; the caller holds the lock.

    A state that is not the one of the files is made again from them, with one line in the log: an empty one, one from a
    backup, another site's. A repair that was cut short is finished. Raises StorageError (also where the state is
    missing, damaged or newer), UsageError for a site that was forgotten as a whole.
    """
    refuse_forgotten_site(layout)
    _refuse_lost_state(layout)
    state = _fitting_state(layout, software)
    before = state.changes
    try:
        recover(layout, state, software)
        if layout.repairing.exists():
            logger.warning(
                "%s: a repair that was cut short is finished: %s", layout.key, finish_repair(layout, state, software)
            )
        if state.changes != before:
            raise_generation(layout, state)
    except BaseException:
        state.close()
        raise
    return state


def _fitting_state(layout: Layout, software: str) -> State:
    if _was_cut_short(layout):
        logger.warning("%s: the state is made again from parts and responses, as that was cut short", layout.key)
        logger.info("%s: %s", layout.key, make_state(layout, software))
    is_new = not layout.state.exists()
    noted = noted_generation(layout)
    state = State(layout.state)
    try:
        why = None if is_new else misfit(layout, state, noted)
    except BaseException:
        state.close()
        raise
    if why is None:
        return state
    state.close()
    logger.warning("%s: %s; it is made again from parts and responses", layout.key, why)
    logger.info("%s: %s", layout.key, make_state(layout, software))
    return State(layout.state)


def _was_cut_short(layout: Layout) -> bool:
    """Whether a command has begun to make a state that is missing, or is to repair one that cannot be opened."""
    if layout.repairing.exists():
        return needs_new_state(layout)
    return not layout.state.exists() and layout.new_state.exists()


def _refuse_lost_state(layout: Layout) -> None:
    """A state that was removed is not begun anew beside the files it told of: they would be taken for leftovers."""
    if layout.state.exists() or _was_cut_short(layout):
        return
    warcs = layout.warc.is_dir() and any(layout.warc.iterdir())
    if warcs or any(manifests(layout)) or any(layout.dataset.glob("ingested=*/*.gz")):
        raise StorageError(
            f"{layout.state} is missing; rebuild it with scrapy verify --rebuild-state --site {layout.key}"
        )
