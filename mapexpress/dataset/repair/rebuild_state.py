"""`scrapy verify --rebuild-state`: a state made again from the parts and the WARC, after it was lost or damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapexpress.dataset.change.erased import NOTHING_LEFT, is_forgotten_site
from mapexpress.dataset.files.layout import check_site
from mapexpress.dataset.files.lock import SiteLock
from mapexpress.dataset.files.manifest import SOFTWARE
from mapexpress.dataset.repair.state_from_files import make_state

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout


def rebuild_state(layout: Layout, run: str) -> str:
    """Replace a site's state as `make_state` says, under the site's lock. Raises BusyError while a run is active."""
    check_site(layout)
    lock = SiteLock(layout.lock, run)
    lock.acquire()
    try:
        return NOTHING_LEFT if is_forgotten_site(layout) else make_state(layout, SOFTWARE)
    finally:
        lock.release()
