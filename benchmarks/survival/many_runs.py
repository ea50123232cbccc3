"""Many crawls one after the other in one process, each at its own time by the settable clock.

    python -m benchmarks.survival.many_runs DATA BASE_URL

Reads one ISO 8601 instant a line on standard input and answers each with a line of JSON: the run's exit status, its CPU
seconds, and what it stored. Each is a whole crawl by the project's settings: its own crawler, store, lock and seal.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

from mapexpress.spiders.outcome import RunOutcome


async def run_all(process: AsyncCrawlerProcess, base_url: str) -> None:
    """Answer every line of standard input."""
    while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
        process.settings.set("MAPEXPRESS_NOW", line, priority="cmdline")
        began = time.process_time()
        crawler = process.create_crawler("mapexpress")
        await crawler.crawl_async(base_url=base_url, lang="fr")
        outcome = crawler.get_extension(RunOutcome)
        assert outcome is not None
        assert crawler.stats is not None
        stats = crawler.stats.get_stats()
        told: dict[str, Any] = {
            "status": int(outcome.status()),
            "cpu": time.process_time() - began,
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "requests": stats.get("downloader/request_count", 0),
        }
        told |= {name: stats.get(f"mapexpress/{name}", 0) for name in ("new", "revised", "gone")}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def main() -> None:
    data, base_url = sys.argv[1:]
    settings = get_project_settings()
    for name, value in {
        "MAPEXPRESS_DATA": data,
        "MAPEXPRESS_ALLOW_HOSTS": base_url.removeprefix("http://"),
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
        "EXTENSIONS": {"mapexpress.spiders.progress.Progress": None},
    }.items():
        settings.set(name, value, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    loop = asyncio.get_event_loop()

    async def whole() -> None:
        from twisted.internet import reactor

        try:
            await run_all(process, base_url)
        finally:
            reactor.callLater(0, reactor.stop)  # type: ignore[attr-defined]

    task = loop.create_task(whole())
    process.start(stop_after_crawl=False)
    task.result()


if __name__ == "__main__":
    main()
