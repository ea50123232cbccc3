"""Standard streams that are closed, full or read by nobody: whoever starts a command may have done that."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress

from mapexpress.errors import OutputError

_OUT, _ERR = 1, 2
# what a write without a file's name fails with: a full or broken disk behind a redirection, a stream that is closed
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})


def open_closed_streams() -> None:
    """Put something in the place of standard streams that were closed before Python began; it has None for them.

    Else the next file that is opened, a state maybe, gets their number, and what a library prints is written into it.
    What is written to the error stream is lost; whoever writes results to a closed output is told.
    """
    for number, name, flags in (
        (0, "stdin", os.O_RDONLY),
        (_OUT, "stdout", os.O_RDONLY),
        (_ERR, "stderr", os.O_WRONLY),
    ):
        if getattr(sys, name) is not None:
            continue
        handle = os.open(os.devnull, flags)
        with suppress(OSError):
            if handle != number:
                os.fstat(number)  # another file has that number by now
                number = handle
        if handle != number:
            os.dup2(handle, number)
            os.close(handle)
        mode = "r" if name == "stdin" else "w"
        setattr(sys, name, open(number, mode, encoding="utf-8", errors="replace", closefd=False))  # noqa: SIM115


def output_error(error: OSError) -> OutputError | None:
    """What a failed write means, if it was one to standard output: those to files are told by `storage_errors`."""
    if error.errno not in _FULL or error.filename is not None:
        return None
    return OutputError(f"cannot write to standard output: {error.strerror or error}; nothing more is written there")


def tell(line: str, *, end: str = "\n") -> None:
    """Say something on standard error; one that is full or closed is no reason to fail."""
    with suppress(OSError, ValueError):
        sys.stderr.write(line + end)
        sys.stderr.flush()


def leave_streams() -> OSError | None:
    """Write what is waiting in the streams' buffers, and drop what cannot be written; the error of standard output.

    Python would do it at its very end, with a message and a status of its own.
    """
    failure = None
    for number, stream in ((_OUT, sys.stdout), (_ERR, sys.stderr)):
        try:
            if stream is not None:
                stream.flush()
        except OSError as error:
            failure = error if number == _OUT else failure
            drop(number)
            with suppress(OSError, ValueError):
                stream.flush()
        except ValueError:
            continue  # closed by whoever owns it
    return failure


def drop(number: int = _OUT) -> None:
    """Let what is still written to a stream go nowhere."""
    handle = os.open(os.devnull, os.O_WRONLY)
    os.dup2(handle, number)
    os.close(handle)
