"""The memory of a process that reads pages: how often garbage is looked for, and what the system gets back."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# A page's tree is tens of thousands of objects that end with it by themselves; looked through every 700 of them (the
# default) they cost a crawl 4 % of its time. What Scrapy and Twisted leave in circles is still found many times a page.
_YOUNG, _MIDDLE, _OLD = 10_000, 10, 10

# mallopt(3): M_TRIM_THRESHOLD, M_MMAP_THRESHOLD and M_ARENA_MAX. glibc raises the first two for good, to 64 and 32 MB,
# once a block of that size is freed, as one is when a model is loaded: from then on pages leave holes that no one else
# may use. And each thread would have holes of its own. A crawl of 400 pages ends at 270 MB instead of 286 with as many
# page faults; with 1 MB for both it takes half as many more for 2 MB
_GIVEN_BACK = {-1: 8 << 20, -3: 4 << 20, -8: 1}


def give_back() -> None:
    """Have the C library return freed memory to the system; nothing where it is not glibc."""
    with suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in _GIVEN_BACK.items():
            mallopt(option, value)


def collect_rarely() -> None:
    """Set this process's collector for reading pages; what is loaded by now is never looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


@contextmanager
def uncollected() -> Iterator[None]:
    """No look for garbage while one page is read: what it makes is bounded by its limits, and ends with it.

    Where the collector runs as Python sets it, looks at pages half built are 8 % of their cost.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
