"""What plain Scrapy with trafilatura does with each behaviour: a crawl of its own for each, in a forked process.

Scrapy's own settings but for a short DOWNLOAD_TIMEOUT, as in our run. A process has `SECONDS` and `GIGABYTES`.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

SECONDS, GIGABYTES = 20.0, 3


def try_each(urls: dict[str, str], folder: Path) -> dict[str, str]:
    """What became of each address: a word or two for a table."""
    import trafilatura  # noqa: F401 -- loaded once, before the forks

    return {name: _try(url, folder / f"{name}.json") for name, url in urls.items()}


def _try(url: str, out: Path) -> str:
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        with suppress(BaseException):
            limit = GIGABYTES << 30
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS), int(SECONDS) + 1))
            _crawl(url, out)
        os._exit(0)
    end, status = time.monotonic() + SECONDS * 3, 0
    while True:  # CPU time ends it; wall time only where it waits for a server
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            break
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
            _, status, usage = os.wait4(pid, 0)
            break
        time.sleep(0.05)
    memory = usage.ru_maxrss // 1024
    if os.WIFSIGNALED(status):
        return f"hangs ({memory} MB)"
    try:
        said = str(json.loads(out.read_text("utf-8")))
    except (OSError, ValueError):
        said = "dies"
    return f"{said} ({memory} MB)" if memory > 400 else said


def _crawl(url: str, out: Path) -> None:
    import trafilatura
    from scrapy import Request, Spider
    from scrapy.crawler import CrawlerProcess
    from scrapy.http import Response

    class Plain(Spider):
        name = "plain"
        custom_settings = {"DOWNLOAD_TIMEOUT": 4, "LOG_ENABLED": False, "RETRY_ENABLED": False}  # noqa: RUF012

        async def start(self):  # type: ignore[no-untyped-def]
            yield Request(url, callback=self.parse, errback=self.fail)

        def parse(self, response: Response) -> None:
            where = "" if response.url.split("?")[0] == url else f" from {response.url[:40]}"
            text = trafilatura.extract(response.body) if response.body else None
            out.write_text(json.dumps(f"{len(text or '')} characters{where}"), "utf-8")

        def fail(self, failure) -> None:  # type: ignore[no-untyped-def]
            out.write_text(json.dumps(failure.type.__name__), "utf-8")

    process = CrawlerProcess({"TELNETCONSOLE_ENABLED": False})
    process.crawl(Plain)
    process.start()
    if not out.exists():
        out.write_text(json.dumps("no callback"), "utf-8")
