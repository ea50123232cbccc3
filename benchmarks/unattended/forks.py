"""Real `scrapy` commands from a process that has loaded what each of them needs: half of a small run is its imports.

    python -m benchmarks.unattended.forks

Reads one JSON object a line on standard input, what `_become` takes (`argv` without `scrapy`), forks, and answers each
with a line: exit status, CPU seconds. The child is the command as typed: Scrapy's entry point, settings of the
folder's scrapy.cfg, a group of its own; its streams go to `out` and `errors`. Nothing of a run is loaded before the
fork but modules and what the first page loads: no reactor, no thread, no file.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import threading
import warnings
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 900.0  # seconds: a run of these small sites that takes longer hangs, which is a finding

# What Scrapy and we load by the names in the settings, once a crawler is made
_AT_WORK = (
    "scrapy.commands",
    "scrapy.downloadermiddlewares",
    "scrapy.spidermiddlewares",
    "scrapy.logformatter",
    "scrapy.pqueues",
    "scrapy.squeues",
    "scrapy.statscollectors",
    "scrapy.extensions",
    "mapexpress.spiders",
    "mapexpress.addon",
    "mapexpress.crawl",
    "mapexpress.pipelines",
    "mapexpress.fetch",
)


class Forks:
    """The side that asks: one command at a time, from any thread."""

    def __init__(self, cwd: Path, *, columns: int = 200) -> None:
        self.cwd = cwd
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.unattended.forks"],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": str(columns)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        argv: Sequence[str],
        out: Path,
        *,
        errors: Path | None = None,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> tuple[int, float]:
        """Exit status and CPU seconds of a command whose output goes to a file; -9 for one that had to be killed.

        What it writes to standard error goes to `errors` where that is given.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            told: dict[str, object] = {
                "argv": list(argv),
                "cwd": str(cwd or self.cwd),
                "out": str(out),
                "errors": str(errors or ""),
            }
            told["environment"] = dict(environment or {})
            self._process.stdin.write(json.dumps(told) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process that commands are forked from has ended")
        status, cpu = json.loads(line)
        return int(status), float(cpu)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)
        assert self._process.stdout is not None
        self._process.stdout.close()


def _load() -> None:
    """Import what the commands import when they are at work, and read a page."""
    from scrapy.exceptions import ScrapyDeprecationWarning
    from scrapy.utils.misc import walk_modules_iter

    import mapexpress.corpus.loaded  # noqa: F401

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ScrapyDeprecationWarning)  # of what nobody uses here
        for name in _AT_WORK:
            list(walk_modules_iter(name))
    for command in entry_points(group="scrapy.commands"):
        command.load()
    gc.freeze()  # so a child's collector does not touch, and so copy, what it shares
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("a reactor is installed: children would share its sockets")
    if threading.active_count() > 1:
        raise RuntimeError(f"threads before a fork: {threading.enumerate()}")


def _become(argv: list[str], cwd: str, out: str, errors: str, environment: Mapping[str, str]) -> None:
    """The child: the command as it is typed in a shell."""
    import signal

    from scrapy.cmdline import execute

    os.setsid()
    signal.alarm(int(PATIENCE))
    os.environ.update(environment)
    os.chdir(cwd)
    sys.path.insert(0, cwd)
    with Path(out).open("wb", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    if errors:
        with Path(errors).open("wb", buffering=0) as file:
            os.dup2(file.fileno(), 2)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    sys.argv = ["scrapy", *argv]
    sys.orig_argv = [sys.executable, "-m", "scrapy", *argv]
    execute(sys.argv)


def main() -> None:
    _load()
    lines = Path("/dev/stdin").open("rb", buffering=0)  # noqa: SIM115  unbuffered: a child inherits nothing
    while line := lines.readline():
        told = json.loads(line)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        child = os.fork()
        if not child:
            _become(**told)
            return
        _, status = os.waitpid(child, 0)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        os.write(1, f"{json.dumps([os.waitstatus_to_exitcode(status), cpu])}\n".encode())


if __name__ == "__main__":
    main()
