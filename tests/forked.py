"""`scrapy` forked from a process that has loaded what it needs: a third of the CPU of one that loads it itself."""

import atexit
import itertools
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

from benchmarks.unattended.forks import ROOT, Forks

_NUMBERS = itertools.count()


def scrapy(
    *arguments: str | Path, cwd: Path = ROOT, environment: Mapping[str, str] | None = None
) -> CompletedProcess[str]:
    """What `subprocess.run` gives of the command with these arguments; `environment` is set beside this one's."""
    out, errors = (Path(_folder().name) / f"{next(_NUMBERS)}" for _ in range(2))
    typed = list(map(str, arguments))
    status, _ = _forks().run(typed, out, errors=errors, cwd=cwd, environment=environment)
    return CompletedProcess(typed, status, out.read_text("utf-8"), errors.read_text("utf-8"))


def together(*arguments: str) -> CompletedProcess[str]:
    """The same with all its output in one, in the order in which it was written, as `stdout`."""
    out = Path(_folder().name) / f"{next(_NUMBERS)}"
    status, _ = _forks().run(arguments, out)
    return CompletedProcess(arguments, status, out.read_text("utf-8"), "")


@cache
def _forks() -> Forks:
    forks = Forks(ROOT, columns=100)
    atexit.register(forks.close)
    return forks


@cache
def _folder() -> TemporaryDirectory[str]:
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    return folder
