"""One run at a time for each site: a lock that dies with its process, whatever its workers do."""

from __future__ import annotations

import fcntl
import os
import threading
from typing import TYPE_CHECKING

import orjson

from mapexpress.errors import BusyError
from mapexpress.system.disk import make_folder, storage_errors, write_all
from mapexpress.system.inside import is_plain, kept_file

if TYPE_CHECKING:
    from pathlib import Path

# POSIX record locks belong to the process (a forked worker does not inherit them, unlike flock) but are lost when the
# process closes *any* descriptor of the file, and never conflict within it. So locks held here are kept in a table,
# and the file of a lock that is held here is not opened a second time.
_held: dict[str, str] = {}
_guard = threading.Lock()


class SiteLock:
    """Lock of one site, taken by `acquire`.

    `BusyError` (status 7) says which process and run hold it. The file stays: only the lock on it counts.
    """

    def __init__(self, path: Path, run: str) -> None:
        self.path = path
        self.run = run
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock or raise BusyError at once; StorageError when the file cannot be made."""
        name = os.path.realpath(self.path)
        with _guard:
            if name in _held:
                raise BusyError(_busy(self.path, os.getpid(), _held[name]))
            with storage_errors(self.path):
                make_folder(self.path.parent)
                handle = kept_file(self.path, os.O_RDWR)
                try:
                    fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except (BlockingIOError, PermissionError):
                    holder = os.read(handle, 4096)
                    os.close(handle)
                    raise _busy_error(self.path, holder) from None
                os.ftruncate(handle, 0)
                write_all(handle, orjson.dumps({"pid": os.getpid(), "run": self.run}))
            self._handle = handle
            _held[name] = self.run

    def release(self) -> None:
        """Give the lock back; safe to call twice."""
        with _guard:
            if self._handle is not None:
                _held.pop(os.path.realpath(self.path), None)
                os.close(self._handle)
                self._handle = None


def active_run(path: Path) -> str | None:
    """Who holds a site's lock at this moment, as BusyError would tell it; None for nobody. Takes no lock itself."""
    with _guard:
        if not is_plain(path) or os.path.realpath(path) in _held:
            return None
        handle = kept_file(path, os.O_RDWR)
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return str(_busy_error(path, os.read(handle, 4096)))
        finally:
            os.close(handle)
    return None


def _busy_error(path: Path, holder: bytes) -> BusyError:
    try:
        value = orjson.loads(holder)
        return BusyError(_busy(path, int(value["pid"]), str(value["run"])))
    except (ValueError, KeyError, TypeError):
        return BusyError(f"another run of this site is active ({path.parent}); wait for it to end")


def _busy(path: Path, pid: int, run: str) -> str:
    return f"another run of this site is active ({path.parent}): run {run}, process {pid}; wait for it to end"
