"""Many sites tried side by side, each in a process of its own: one that hangs or fails holds up no other."""

from __future__ import annotations

import subprocess
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from mapexpress.errors import ExitStatus
from mapexpress.text.characters import visible

_PATIENCE = 10.0  # seconds in which a process that was told to end does so: a crawl takes up to five


@dataclass(slots=True, frozen=True)
class Tried:
    """What came of a site: the exit status of its process, and its last line."""

    home: str
    status: int
    line: str


@dataclass(slots=True)
class Trials:
    """Runs the commands that try sites, `at_once` of them at a time."""

    at_once: int
    _running: set[subprocess.Popen[str]] = field(default_factory=set)
    _ended: bool = False

    def run(self, sites: Iterable[tuple[str, Sequence[str]]]) -> Generator[Tried, None, None]:
        """What came of each (home, command), as they end. Who leaves early ends those that run."""
        with ThreadPoolExecutor(self.at_once) as pool:
            try:
                futures = [pool.submit(self._try, home, command) for home, command in sites]
                for future in as_completed(futures):
                    yield future.result()
            finally:
                self._ended = True
                pool.shutdown(wait=False, cancel_futures=True)
                self._end()

    def _try(self, home: str, command: Sequence[str]) -> Tried:
        if self._ended:
            return Tried(home, int(ExitStatus.BUG), "not tried")
        with subprocess.Popen(  # noqa: S603  # nosec B603 -- our own command, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as process:
            self._running.add(process)
            if self._ended:  # meanwhile
                process.terminate()
            try:
                out, told = process.communicate()
            finally:
                self._running.discard(process)
        lines = (out if process.returncode == 0 else told or out).strip().splitlines()
        return Tried(home, process.returncode, visible(lines[-1]) if lines else "it said nothing")

    def _end(self) -> None:
        for act in (subprocess.Popen.terminate, subprocess.Popen.kill):
            left = list(self._running)
            for process in left:
                act(process)
            for process in left:
                try:
                    process.wait(_PATIENCE)
                except subprocess.TimeoutExpired:
                    continue


def worst(statuses: Iterable[int], order: Sequence[ExitStatus]) -> ExitStatus:
    """The status of a whole: 0 where all went well, else the first of `order` that one ended with, else a bug's.

    >>> worst([0, 3, 4], [ExitStatus.BLOCKED, ExitStatus.NO_WAY_IN]), worst([0, 0], []), worst([0, -9], [])
    (<ExitStatus.BLOCKED: 4>, <ExitStatus.OK: 0>, <ExitStatus.BUG: 1>)
    """
    seen = {status for status in statuses if status}
    return next((status for status in order if status in seen), ExitStatus.BUG if seen else ExitStatus.OK)
