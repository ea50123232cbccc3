"""What can go wrong, and the exit status each thing ends a command with."""

import errno
from enum import IntEnum

from mapexpress.text.characters import visible


class ExitStatus(IntEnum):
    """Exit statuses of every command; the README's table is generated from the comments' meaning."""

    OK = 0  # all well, also when nothing is new
    BUG = 1  # an unexpected error
    USAGE = 2  # bad arguments or configuration
    NO_WAY_IN = 3  # no way in showed any article, known or new
    BLOCKED = 4  # blocked by the site
    QUALITY = 5  # quality below its threshold
    STORAGE = 6  # the disk is full, read-only or broken
    BUSY = 7  # another run of the same site is active
    VERIFY = 8  # verification failed


MEANINGS = {
    ExitStatus.OK: "all well",
    ExitStatus.BUG: "a bug",
    ExitStatus.USAGE: "bad arguments or configuration",
    ExitStatus.NO_WAY_IN: "no way in showed any article",
    ExitStatus.BLOCKED: "blocked by the site",
    ExitStatus.QUALITY: "quality below its threshold",
    ExitStatus.STORAGE: "storage failure",
    ExitStatus.BUSY: "another run is active",
    ExitStatus.VERIFY: "verification failed",
}


class MapexpressError(Exception):
    """An error with one line for the user; raised where it is found, shown by the command that was typed.

    >>> print(MapexpressError("part-1.jsonl\\n\\x1b[2J: damaged"))
    part-1.jsonl��[2J: damaged
    """

    status: ExitStatus = ExitStatus.BUG

    def __str__(self) -> str:
        return visible(super().__str__())  # it may quote a file or an answer that a stranger wrote


class UsageError(MapexpressError):
    """A bad argument, setting, site file or input file; raised before anything is fetched or written."""

    status = ExitStatus.USAGE


class StorageError(MapexpressError):
    """A disk that is full, read-only or broken; raised by `dataset`, nothing before it is damaged."""

    status = ExitStatus.STORAGE


class OutputError(MapexpressError):
    """Results that standard output did not take; raised by commands, what is stored is whole."""

    status = ExitStatus.STORAGE


class BusyError(MapexpressError):
    """Another run holds the site's lock; raised by `dataset.files.lock`."""

    status = ExitStatus.BUSY


# No memory, no free descriptor in the process or the machine, no process or thread more, no buffer of the network
_EXHAUSTED = frozenset({errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOBUFS})


def is_exhausted(error: BaseException | None) -> bool:
    """Whether the machine ran out of something, which says nothing of the page or the code that met it.

    >>> is_exhausted(MemoryError()), is_exhausted(OSError(errno.EMFILE, "")), is_exhausted(OSError(errno.ENOENT, ""))
    (True, True, False)
    """
    seen = 0
    while error is not None and seen < 10:  # causes of causes
        number = getattr(error, "osError", None) or getattr(error, "errno", None)  # Twisted's and Python's names
        threads = isinstance(error, RuntimeError) and "can't start new" in str(error)
        if isinstance(error, MemoryError) or threads or number in _EXHAUSTED:
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


class ReadingCancelledError(Exception):
    """The run ends: what was asked has no outcome."""


class PageTooSlowError(Exception):
    """What was done of a page had not come to its end at its deadline."""
