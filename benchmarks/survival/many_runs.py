"""Many crawls one after the other in one process, each at its own time by the settable clock.

    python -m benchmarks.survival.many_runs DATA DAYS

Reads one ISO 8601 instant a line on standard input and answers each with a line of JSON: the run's exit status, its CPU
seconds, and what it stored. Each is a whole crawl by the project's settings: its own crawler, store, lock and seal. The
site answers on a socket of the same event loop, so that a machine with other work does not make two processes wait for
each other; its CPU seconds count with the run's.
"""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import sys
import time
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

from benchmarks.survival.months import Story, set_clock, stories
from fixtures.website import Answer, Website
from mapexpress.crawl.extensions.outcome import RunOutcome


class LoopServer:
    """The fixture site in the event loop of its visitor; an answer is kept until the site changes."""

    def __init__(self, site: Website) -> None:
        self.site = site
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self._kept: dict[str, Answer] = {}

    async def start(self) -> None:
        """Answer from now on."""
        await asyncio.start_server(self._serve, sock=self.socket)

    def changed(self) -> None:
        """Forget the answers that are kept."""
        self._kept.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                target = first.split(" ")[1]
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                if target not in self._kept:
                    self._kept[target] = self.site.answer(target)
                writer.write(_bytes(self._kept[target], headers))
                await writer.drain()


def _bytes(answer: Answer, asked: dict[str, str]) -> bytes:
    """The answer as it is sent: 304 where the validators of the request fit (RFC 9110, 13.1.3)."""
    status, body = answer.status, answer.body
    if status == 200 and (given := asked.get("if-none-match")):
        same = answer.headers.get("ETag") in given.split(", ")
    else:
        since = asked.get("if-modified-since")
        same = status == 200 and since is not None and since == answer.headers.get("Last-Modified")
    if same:
        status, body = 304, b""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    lines += [] if same else [f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def run_all(process: AsyncCrawlerProcess, server: LoopServer, told_of: list[Story]) -> None:
    """Answer every line of standard input."""
    await server.start()
    while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
        process.settings.set("MAPEXPRESS_NOW", line, priority="cmdline")
        if set_clock(server.site, told_of, datetime.fromisoformat(line)):
            server.changed()
        began = time.process_time()
        crawler = process.create_crawler("mapexpress")
        await crawler.crawl_async(base_url=f"http://{server.host}", lang="fr")
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
    data, days = sys.argv[1:]
    told_of = stories(int(days))
    server = LoopServer(Website([s.post for s in told_of]))
    settings = get_project_settings()
    for name, value in {
        "MAPEXPRESS_DATA": data,
        "MAPEXPRESS_ALLOW_HOSTS": server.host,
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
        "EXTENSIONS": {"mapexpress.crawl.extensions.progress.Progress": None},
    }.items():
        settings.set(name, value, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    loop = asyncio.get_event_loop()

    async def whole() -> None:
        from twisted.internet import reactor

        try:
            await run_all(process, server, told_of)
        finally:
            reactor.callLater(0, reactor.stop)  # type: ignore[attr-defined]

    task = loop.create_task(whole())
    process.start(stop_after_crawl=False)
    task.result()


if __name__ == "__main__":
    main()
