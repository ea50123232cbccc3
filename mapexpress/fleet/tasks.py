"""What one message is about: a turn of a site on this host, from the locks to the note of how it ended."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import orjson

from mapexpress.dataset.files.layout import Layout, folder_name
from mapexpress.dataset.files.lock import SiteLock
from mapexpress.errors import BusyError, ExitStatus, MapexpressError
from mapexpress.fleet.commits import FencedError, OwnedElsewhereError
from mapexpress.fleet.crawling import crawl
from mapexpress.fleet.heartbeats import alive
from mapexpress.fleet.ownership import OwnedSite, fleet_lock
from mapexpress.fleet.turns import Turn, next_turn, read_turn, write_turn
from mapexpress.sites import load_site

if TYPE_CHECKING:
    from pathlib import Path

    from mapexpress.fleet.config import FleetConfig
    from mapexpress.fleet.shared_store import Store

logger = logging.getLogger(__name__)

Action = Literal["crawl", "release"]
_STUCK = 60.0  # seconds beyond the hard limit after which the holder of a lock hangs for certain
_PATIENCE = 5.0  # seconds to wait for the crawl of a worker that was just killed to be gone


def take_turn(
    config: FleetConfig,
    store: Store,
    name: str,
    number: int,
    *,
    server: str,
    action: Action = "crawl",
    stopping: Callable[[], bool] = lambda: False,
) -> str:
    """Take turn `number` of the site file `name`; one word on what came of it.

    `old`: the turn was taken before. `held`: a task of this host is at it. `elsewhere`, `lost`: another host owns the
    site, since before or by now. `early`: taken over, and not due yet. `busy`: someone runs the site by hand, or
    another site of its server is crawled. Else the exit status of the crawl. All but the first two note the turn, so
    that the site is due again at its time. Raises UsageError for a bad site file.
    """
    key = load_site(name, config.sites).key
    layout = Layout(config.data, key)
    try:
        with _locked(fleet_lock(layout), stuck_after=config.hard_limit + _STUCK):
            last = read_turn(config.folder, key)
            if last.number != number:
                return "old"
            try:
                with _server(config, server):
                    said, turn = _turn(config, store, name, layout, last, action, stopping)
            except BusyError as error:  # a run by hand, or another site of the server
                logger.info("%s: %s", key, error)
                busy = next_turn(last, int(ExitStatus.BUSY), datetime.now(UTC), layout, first_retry=config.first_retry)
                said, turn = "busy", busy
            write_turn(config.folder, key, turn)
    except BusyError as error:
        logger.info("%s: %s", key, error)
        return "held"
    logger.info("%s: %s, next %s", key, said, turn.next)
    return said


def _turn(
    config: FleetConfig,
    store: Store,
    name: str,
    layout: Layout,
    last: Turn,
    action: Action,
    stopping: Callable[[], bool],
) -> tuple[str, Turn]:
    def ended(status: int, seconds: float = 0.0) -> Turn:
        now = datetime.now(UTC)
        return next_turn(last, status, now, layout, seconds=seconds, first_retry=config.first_retry)

    begun = time.monotonic()
    site = OwnedSite(layout, store, config.host, config.responses)
    try:
        if action == "release":
            if site.is_owned:
                site.upload(site.head.turn if site.head else {}, release=True)
            return "released", replace(ended(int(ExitStatus.BUSY)), released=True)
        acquired = not site.is_owned
        site.hold(lambda host: host in alive(store, datetime.now(UTC), config.host_timeout))
        if (known := _committed(site, last, acquired=acquired)) is not None:
            return "early", known
        status = crawl(config, name, layout.key, stopping)
        turn = ended(status, time.monotonic() - begun)
        site.upload({**asdict(turn), "by": config.host})
        return str(status), turn
    except OwnedElsewhereError as error:
        logger.info("%s", error)
        return "elsewhere", ended(int(ExitStatus.BUSY))
    except FencedError as error:
        logger.warning("%s", error)
        return "lost", ended(int(ExitStatus.BUSY))
    except BusyError:
        raise
    except MapexpressError as error:
        logger.error("%s: %s", layout.key, error)
        return str(int(error.status)), ended(int(error.status))


def _committed(site: OwnedSite, last: Turn, *, acquired: bool) -> Turn | None:
    """The turn that the store knows and this host does not: of the owner before, or of a task killed at its end.

    None when the site is due by it.
    """
    told = site.head.turn if site.head else {}
    ours = not acquired and told.get("by") == site.host and told.get("number") == last.number + 1
    if not told or not (acquired or ours):
        return None
    turn = Turn(**{k: v for k, v in told.items() if k in Turn.__dataclass_fields__})  # type: ignore[arg-type]
    if acquired and turn.next_at <= datetime.now(UTC) + timedelta(seconds=1):
        return None
    return replace(turn, number=last.number + 1)


# Locks.


@contextmanager
def _locked(lock: SiteLock, *, stuck_after: float) -> Iterator[None]:
    """Hold a lock; a holder that hangs is killed. Raises BusyError."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            lock.acquire()
            break
        except BusyError:
            if not _kill_stuck(lock.path, stuck_after) and time.monotonic() > end:
                raise
            time.sleep(0.2)
    os.utime(lock.path)
    try:
        yield
    finally:
        lock.release()


def _kill_stuck(path: Path, after: float) -> bool:
    """Kill a process that holds a lock for longer than any task may last: a frozen worker kills nobody itself."""
    try:
        if time.time() - path.stat().st_mtime < after:
            return False
        holder = int(orjson.loads(path.read_bytes())["pid"])
        if holder == os.getpid():
            return False
        logger.error("process %d holds %s since longer than a task may last: killed", holder, path)
        os.kill(holder, signal.SIGKILL)
    except (OSError, ValueError, KeyError):
        return False
    return True


@contextmanager
def _server(config: FleetConfig, server: str) -> Iterator[None]:
    """One of the places at a server; all sites on it belong to this host. Raises BusyError when all are taken."""
    for place in range(config.per_server):
        lock = SiteLock(config.folder / "servers" / f"{folder_name(server)}-{place}.lock", "fleet")
        try:
            lock.acquire()
        except BusyError:
            if place == config.per_server - 1:
                raise
            continue
        try:
            yield
        finally:
            lock.release()
        return
