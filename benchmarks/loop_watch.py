"""Extension for benchmarks: how long a crawl's event loop is held, and how many pages were read outside it.

Times every callback of asyncio's loop, in CPU seconds of its thread (what a quiet machine would show) and in wall
seconds. A tick every 5 ms tells how late the loop comes to what waits for it, whoever holds it: a callback, or a thread
that holds the interpreter. Of that lateness the waiting for a processor, which is the machine's, is told apart (Linux).
All are written to the file that the setting LOOP_WATCH names when the crawl ends.
"""

from __future__ import annotations

import asyncio
import json
import time
from array import array
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

from mapexpress.crawl.workers.confined.process import Confined

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from mapexpress.crawl.workers.confined.messages import Asked, Reading

_NOTED = 0.001  # seconds; shorter steps hold nothing up
_TICK = 0.005  # seconds


# of a step its own CPU and wall seconds; seconds that the loop came too late, and those without waits for a processor
CLOCKS = ("cpu", "wall", "late", "own")


class LoopWatch:
    """Patches asyncio's Handle, from the crawl's start to its end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cpu, self.wall = array("d"), array("d")
        self.late, self.own = array("d"), array("d")
        self.waits: dict[str, int] = {}  # nanoseconds that a thread has waited for a processor, by its number
        self.pages = 0
        self.confined = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LoopWatch:
        name = crawler.settings.get("LOOP_WATCH")
        if not name:
            raise NotConfigured("LOOP_WATCH names no file")
        watch = cls(Path(name))
        watch._patch()
        crawler.signals.connect(watch._started, signals.engine_started)
        crawler.signals.connect(watch._received, signals.response_received)
        crawler.signals.connect(watch._closed, signals.spider_closed)
        return watch

    def _patch(self) -> None:
        run, read = asyncio.Handle._run, Confined.read
        thread_time, perf_counter, cpu, wall = time.thread_time, time.perf_counter, self.cpu, self.wall

        def timed(handle: asyncio.Handle) -> None:
            began, started = thread_time(), perf_counter()
            run(handle)  # type: ignore[arg-type]
            held = thread_time() - began
            if held > _NOTED:
                cpu.append(held)
                wall.append(perf_counter() - started)

        async def counted(confined: Confined, asked: Asked) -> Reading:
            self.confined += 1
            return await read(confined, asked)

        asyncio.Handle._run = timed  # type: ignore[method-assign]
        Confined.read = counted  # type: ignore[method-assign]

    def _started(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._waited()
        self.due = self.loop.time() + _TICK
        self.ticking = self.loop.call_at(self.due, self._tick)

    def _tick(self) -> None:
        late = self.loop.time() - self.due
        waited = self._waited()
        if late > _NOTED:
            self.late.append(late)
            self.own.append(max(0.0, late - waited))
        self.due = self.loop.time() + _TICK
        self.ticking = self.loop.call_at(self.due, self._tick)

    def _waited(self) -> float:
        """Seconds that this process' thread with the longest wait has waited for a processor since the last call."""
        most = 0
        for thread in Path("/proc/self/task").iterdir():
            try:
                waited = int((thread / "schedstat").read_bytes().split()[1])
            except OSError:  # it has ended
                continue
            most = max(most, waited - self.waits.get(thread.name, waited))
            self.waits[thread.name] = waited
        return most / 1e9

    def _received(self, _response: Response, request: Request) -> None:
        self.pages += request.meta.get("mapexpress_kind") == "article"

    def _closed(self) -> None:
        self.ticking.cancel()
        told: dict[str, object] = {"pages": self.pages, "confined": self.confined}
        told |= {clock: sorted(getattr(self, clock), reverse=True) for clock in CLOCKS}
        self.path.write_text(json.dumps(told), "utf-8")


def told(path: Path) -> str:
    """One line a clock: of so many pages the longest steps and delays, at p50, p99, p99.9 of the pages and at most."""
    seen = json.loads(path.read_text("utf-8"))
    pages = seen["pages"]
    lines = [f"loop held at a time, {pages} pages, {seen['confined']} of them read by the confined process; ms:"]
    lines.append(f"{'':<28}{'p50':>8}{'p99':>8}{'p99.9':>8}{'max':>8}")
    for clock, name in zip(CLOCKS, ("a step, CPU", "a step, wall", "late", "late, not for want of a CPU"), strict=True):
        held = [*seen[clock], *[0.0] * pages]
        marks = [held[int(pages * share)] * 1e3 for share in (0.5, 0.01, 0.001, 0.0)]
        lines.append(f"{name:<28}" + "".join(f"{mark:8.1f}" for mark in marks))
    return "\n".join(lines)
