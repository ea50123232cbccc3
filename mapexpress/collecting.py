"""How often Python looks for garbage that only refers to itself: a process that reads pages makes hardly any."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# A page's tree is tens of thousands of objects that end with it by themselves; looked through every 700 of them (the
# default) they cost a crawl 4 % of its time. What Scrapy and Twisted leave in circles is still found many times a page.
_YOUNG, _MIDDLE, _OLD = 10_000, 10, 10


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
