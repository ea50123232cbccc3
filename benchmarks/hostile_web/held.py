"""A Scrapy extension that measures how long one callback holds the event loop, in CPU time of its thread.

CPU time, because on a busy machine wall time says how busy it is. Writes `HOSTILE_HELD` when the engine stops.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Held:
    """Times every callback of the loop."""

    def __init__(self, crawler: Crawler) -> None:
        self.longest: list[tuple[float, str]] = []
        run = asyncio.Handle._run

        def timed(handle: asyncio.Handle) -> None:
            start = time.thread_time()
            run(handle)
            took = time.thread_time() - start
            if took > 0.05:
                self.longest = sorted([*self.longest, (took, repr(handle)[:300])], reverse=True)[:10]

        asyncio.Handle._run = timed  # type: ignore[method-assign]
        crawler.signals.connect(self.write, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Held:
        return cls(crawler)

    def write(self) -> None:
        """The ten longest, the longest first."""
        Path(os.environ["HOSTILE_HELD"]).write_text(json.dumps(self.longest), "utf-8")
