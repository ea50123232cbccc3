"""Commands in processes of their own that meet a fault at their n-th change of a file: killed, or the call fails.

One process has `faults.c` loaded and all modules imported; it forks a child for each command, so that a sweep over some
hundred points costs what the commands themselves do. Linux only, and it needs a C compiler.
"""

from __future__ import annotations

import ctypes
import errno
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).with_name("faults.c")
_COUNT, _KILL, _FAIL, _SHORT = range(4)  # as in faults.c
MODULES = (
    *(f"mapexpress.commands.{name}" for name in ("compact", "crawl", "export", "forget", "reclean", "verify")),
    *(
        f"mapexpress.dataset.{name}"
        for name in ("export.export", "store", "upkeep.forget", "upkeep.reclean", "repair.repair", "repair.verify")
    ),
    "mapexpress.record.build",
    "mapexpress.record.rebuild",
    "scrapy.cmdline",
)


@dataclass(slots=True, frozen=True)
class Fault:
    """What the n-th change of a file meets; `lasting` faults are met by all that follow too."""

    name: str
    kind: int
    number: int = 0
    lasting: bool = False


FAULTS = {
    fault.name: fault
    for fault in (
        Fault("kill", _KILL),
        Fault("eio", _FAIL, errno.EIO),
        Fault("eio-on", _FAIL, errno.EIO, lasting=True),
        Fault("full", _FAIL, errno.ENOSPC),
        Fault("full-on", _SHORT, errno.ENOSPC, lasting=True),
    )
}


def missing() -> str | None:
    """Why no fault can be set on this machine; None where one can."""
    if not sys.platform.startswith("linux"):
        return "faults are set by LD_PRELOAD and /proc, as Linux has them"
    if shutil.which("cc") is None:
        return "there is no C compiler (cc)"
    return None


@dataclass(slots=True, frozen=True)
class Ended:
    """How a command ended: its status (negative: by which signal) and all that it said."""

    status: int
    output: str


class Runner:
    """The process that forks. `run` gives it one command after the other."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        library = Path(self._folder.name) / "faults.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
        given = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", "benchmarks.survival.faults", library],
            cwd=ROOT,
            env=given | {"LD_PRELOAD": str(library), "COLUMNS": "120", "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._tasks = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)

    def run(
        self, command: list[str], folder: Path, fault: Fault | None = None, at: int = 0, log: Path | None = None
    ) -> Ended:
        """Run a scrapy command with a fault at its `at`-th change of a file below `folder`, or list them in `log`."""
        said = Path(self._folder.name) / "said"
        task = {
            "command": command,
            "arm": [
                str(folder), fault.kind if fault else _COUNT, at, fault.number if fault else 0,
                fault is not None and fault.lasting, str(log or ""),
            ],
            "said": str(said),
        }  # fmt: skip
        self._tasks.write(json.dumps(task).encode() + b"\n")
        self._tasks.flush()
        return Ended(int(self._answers.readline()), said.read_text("utf-8", "replace"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tasks.close()
        self._process.wait(60)
        self._answers.close()
        self._folder.cleanup()


def _serve(library: str, tasks: IO[bytes], answers: IO[bytes]) -> None:
    """Fork a child for each task and answer with how it ended."""
    arm = ctypes.CDLL(library).arm
    arm.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_long, ctypes.c_int, ctypes.c_int, ctypes.c_char_p]
    for name in MODULES:
        importlib.import_module(name)
    for line in tasks:
        task = json.loads(line)
        child = os.fork()
        if child == 0:
            _be(task, arm)
        _, status = os.waitpid(child, 0)
        answers.write(b"%d\n" % os.waitstatus_to_exitcode(status))
        answers.flush()


def _be(task: dict[str, object], arm: object) -> None:
    """Be the command, as if it had been typed."""
    from scrapy.cmdline import execute

    said = os.open(str(task["said"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for file, place in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(file, place)
    folder, kind, at, number, lasting, log = task["arm"]  # type: ignore[misc]
    if kind != _COUNT or log:
        arm(folder.encode(), kind, at, number, lasting, log.encode())  # type: ignore[operator]
    status = 1
    try:
        execute(["scrapy", *task["command"]])  # type: ignore[misc]
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)


if __name__ == "__main__":
    _serve(sys.argv[1], sys.stdin.buffer, os.fdopen(os.dup(1), "wb"))
