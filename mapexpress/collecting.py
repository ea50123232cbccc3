"""How often Python looks for garbage that only refers to itself: a process that reads pages makes hardly any."""

from __future__ import annotations

import gc

# A page's tree is tens of thousands of objects that end with it by themselves; looked through every 700 of them (the
# default) they cost a crawl 4 % of its time. What Scrapy and Twisted leave in circles is still found many times a page.
_YOUNG, _MIDDLE, _OLD = 10_000, 10, 10


def collect_rarely() -> None:
    """Set this process's collector for reading pages; what is loaded by now is never looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
