"""One crawl in a process of its own, which ends with its time, with its worker, or by itself."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from mapexpress.dataset.files.layout import folder_name
from mapexpress.system.disk import make_folder, storage_errors
from mapexpress.system.inside import check_file, new_file

if TYPE_CHECKING:
    from mapexpress.fleet.config import FleetConfig

logger = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
_POLL = 0.2  # seconds


def crawl(config: FleetConfig, name: str, key: str, stopping: Callable[[], bool]) -> int:
    """Crawl the site of a site file until it ends, the slice is over, or `stopping` says so; the exit status.

    A status of 128 and a signal's number for a process that a signal ended. The last log is kept in the host's fleet
    folder, `logs/<site>.log`.
    """
    log = config.folder / "logs" / f"{folder_name(key)}.log"
    settings = {"MAPEXPRESS_DATA": str(config.data), "MAPEXPRESS_SITES": str(config.sites), **config.crawl_settings}
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"site={name}"]
    for setting, value in settings.items():
        command += ["-s", f"{setting}={value}"]
    with storage_errors(log):
        make_folder(log.parent)
        check_file(log)
        with os.fdopen(new_file(log), "wb") as output:
            process = subprocess.Popen(  # noqa: S603  # nosec B603 -- our own command, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
    try:
        return _wait(config, key, process, stopping)
    finally:
        if process.poll() is None:
            _kill(process)


def _wait(config: FleetConfig, key: str, process: subprocess.Popen[bytes], stopping: Callable[[], bool]) -> int:
    """Until the end of the slice, then SIGTERM; until the end of the grace, then SIGKILL."""
    begun = time.monotonic()
    interrupted: float | None = None
    while process.poll() is None:
        now = time.monotonic()
        if interrupted is None and (now - begun > config.slice or stopping()):
            logger.info("%s: interrupted after %.0f s; it goes on in its next turn", key, now - begun)
            process.send_signal(signal.SIGTERM)
            interrupted = now
        elif interrupted is not None and now - interrupted > config.grace:
            logger.warning("%s: did not end within %.0f s of SIGTERM: killed", key, config.grace)
            _kill(process)
        time.sleep(_POLL)
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the crawl and the processes that it confines heavy pages to."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent dies, so that no lock outlives a killed worker (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
