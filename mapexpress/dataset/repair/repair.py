"""`scrapy verify --repair`: parts, manifests, WARC files and state in step again after damage (see `mending`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapexpress.dataset.change.erased import NOTHING_LEFT, is_forgotten_site
from mapexpress.dataset.change.generation import raise_generation
from mapexpress.dataset.files.layout import check_site
from mapexpress.dataset.files.lock import SiteLock
from mapexpress.dataset.files.manifest import SOFTWARE
from mapexpress.dataset.recovery.recovery import recover
from mapexpress.dataset.repair.mending import begin_repair, finish_repair
from mapexpress.dataset.repair.state_from_files import make_state, needs_new_state
from mapexpress.dataset.state.database import State

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout


def repair(layout: Layout, run: str) -> list[str]:
    """Mend what can be mended; a line for each thing that was done. Raises BusyError, StorageError."""
    check_site(layout)
    lock = SiteLock(layout.lock, run)
    lock.acquire()
    try:
        if is_forgotten_site(layout):
            return [NOTHING_LEFT]
        begin_repair(layout)
        told = [make_state(layout, SOFTWARE)] if needs_new_state(layout) else []
        state = State(layout.state)
        try:
            recover(layout, state, SOFTWARE)
            done = finish_repair(layout, state, SOFTWARE)
            raise_generation(layout, state)
        finally:
            state.close()
    finally:
        lock.release()
    return [*told, str(done)]
