"""CPU cost of a whole crawl on loopback: ours, all durable, beside aiohttp, bare Scrapy and Scrapy + trafilatura.

    python benchmarks/bench_crawl_speed.py [--shared ../shared] [--pages 2000] [--concurrency 16,32,64]
        [--processes 1,2] [--rounds 1] [--json FILE]

The pages are the real ones of the datasets, each under several addresses, listed in a sitemap and served by a
process of their own. Each contender is a process of its own, run in turn; its user and system CPU seconds (of it and
its children) are what counts, and the ratio to bare Scrapy, which fetches the same addresses and stores nothing.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from bench_speed import load_pages
from speed_results import write

ROOT = Path(__file__).parents[1]
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_LISTED = 10_000  # addresses of one sitemap; more are told in an index

BARE = """
import scrapy


class BareSpider(scrapy.Spider):
    name = "bare"

    async def start(self):
        yield scrapy.Request(self.url + "sitemap.xml", self.read)

    def read(self, response):
        response.selector.remove_namespaces()
        for address in response.xpath("//loc/text()").getall():
            yield scrapy.Request(address, self.page, dont_filter=True)

    def page(self, response):
        {body}
"""
# Scrapy as it starts where we are not installed: without the import of our commands
PLAIN = (
    "import sys, scrapy.cmdline as line;"
    " line._get_commands_from_entry_points = lambda *_, **__: {};"
    " line.execute(['scrapy', *sys.argv[1:]])"
)
# What fetching itself costs
AIOHTTP = """
import asyncio, re, sys
import aiohttp


async def main(url, at_once):
    room = asyncio.Semaphore(at_once)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session:

        async def fetch(address):
            async with room, session.get(address) as response:
                return len(await response.read())

        async with session.get(url + "sitemap.xml") as response:
            addresses = re.findall("<loc>(.*?)</loc>", await response.text())
        await asyncio.gather(*map(fetch, addresses))


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""
CONTENDERS = {
    "bare Scrapy, nothing stored": BARE.format(body="yield {'url': response.url, 'size': len(response.body)}"),
    "Scrapy + trafilatura": BARE.format(
        body="import trafilatura\n"
        "        found = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True)\n"
        "        yield {'url': response.url, 'text': found.text if found else ''}"
    ),
}


def serve(pages: list[bytes], count: int, pipe: Connection, served: Synchronized[int] | None = None) -> None:
    """Serve `count` addresses over the pages until killed; sends the port through the pipe, counts the pages served."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/sitemap.xml" and count > _LISTED:
                rows = "".join(
                    f"<sitemap><loc>http://{self.headers['Host']}/sitemap-{first}.xml</loc></sitemap>"
                    for first in range(0, count, _LISTED)
                )
                self._send(f'<sitemapindex xmlns="{_SITEMAPS}">{rows}</sitemapindex>'.encode(), "xml")
            elif self.path.startswith("/sitemap"):
                first = int(self.path.removeprefix("/sitemap").removesuffix(".xml").lstrip("-") or 0)
                rows = "".join(
                    f"<url><loc>http://{self.headers['Host']}/news/{n}/story.html</loc></url>"
                    for n in range(first, min(first + _LISTED, count))
                )
                self._send(f'<urlset xmlns="{_SITEMAPS}">{rows}</urlset>'.encode(), "xml")
            elif self.path == "/robots.txt":
                self._send(f"User-agent: *\nSitemap: http://{self.headers['Host']}/sitemap.xml\n".encode(), "plain")
            elif self.path.startswith("/news/"):
                self._send(pages[int(self.path.split("/")[2]) % len(pages)], "html")
                if served is not None:
                    with served.get_lock():
                        served.value += 1
            else:
                self.send_response(404)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def _send(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"text/{kind}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pipe.send(server.server_address[1])
    pipe.recv()


def cpu_of(command: list[str], log: Path, *others: list[str]) -> tuple[float, int]:
    """CPU seconds of commands run at once, with their children, and the worst exit status."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with log.open("wb") as out:
        running = [subprocess.Popen(each, cwd=ROOT, stdout=out, stderr=out) for each in (command, *others)]
        status = max(each.wait() for each in running)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, status


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--concurrency", default="16,32,64")
    parser.add_argument("--processes", default="1,2")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    real = [data for data, _ in load_pages(args.shared, 10**6)]
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(real, args.pages, there), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{here.recv()}/"
    print(f"{args.pages} pages ({len(real)} real ones), Python {platform.python_version()}, {os.cpu_count()} cores")
    print(f"{'':<30}{'at once':>8}{'procs':>6}{'CPU s':>9}{'ms a page':>11}{'ratio':>8}{'stored':>8}{'status':>8}")
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for processes in map(int, args.processes.split(",")):
            for at_once in map(int, args.concurrency.split(",")):
                rows += run_all(url, at_once, processes, args, Path(scratch))
                write(args.json, {"pages": args.pages, "real": len(real), "rounds": args.rounds, "rows": rows})
    server.terminate()


def run_all(url: str, at_once: int, processes: int, args: argparse.Namespace, scratch: Path) -> list[dict[str, object]]:
    """Every contender at one concurrency, in turn, the median of the rounds kept: a row each.

    Several processes crawl all pages each, at the same time, as they do sites.
    """
    settings = {
        "CONCURRENT_REQUESTS": at_once,
        "CONCURRENT_REQUESTS_PER_DOMAIN": at_once,
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
    }
    flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    plain = {"SCRAPY_PROJECT": "", "SCRAPY_SETTINGS_MODULE": ""}
    commands: dict[str, list[str]] = {"raw aiohttp": [sys.executable, "-c", AIOHTTP, url, str(at_once)]}
    for name, code in CONTENDERS.items():
        path = scratch / f"{len(commands)}_spider.py"
        path.write_text(code)
        bare = ["runspider", str(path), "-a", f"url={url}", "-s", "ADDONS={}", "-s", "ROBOTSTXT_OBEY=False"]
        commands[name] = _with_env(plain, [sys.executable, "-P", "-c", PLAIN, *bare, *flags])
    ours = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={url}", "-a", "via=sitemap", "-a", "since=all"]
    ours += ["-s", "MAPEXPRESS_ALLOW_HOSTS=127.0.0.1", *flags]
    commands["mapexpress, durable, no WARC"] = [*ours, "-s", "MAPEXPRESS_WARC=False"]
    commands["mapexpress, durable, WARC"] = ours
    took: dict[str, list[float]] = {name: [] for name in commands}
    last: dict[str, tuple[int, int]] = {}
    for turn in range(args.rounds):
        for number, (name, command) in enumerate(commands.items()):
            data = scratch / f"data-{at_once}-{processes}-{turn}-{number}"
            log = scratch / "log.txt"
            own = name.startswith("mapexpress")
            copies = [
                [*command, "-s", f"MAPEXPRESS_DATA={data}/{copy}"] if own else command for copy in range(processes)
            ]
            seconds, status = cpu_of(copies[0], log, *copies[1:])
            stored = sum(_stored(data / str(copy)) for copy in range(processes))
            if status not in (0, 5) or (own and not stored):
                sys.stderr.write(log.read_text("utf-8", "replace")[-2000:])
            took[name].append(seconds)
            last[name] = stored, status
    base = statistics.median(took["bare Scrapy, nothing stored"])
    rows: list[dict[str, object]] = []
    for name, rounds in took.items():
        seconds = statistics.median(rounds)
        each = seconds / args.pages / processes * 1e3
        stored, status = last[name]
        row = f"{seconds:9.1f}{each:11.2f}{seconds / base:8.2f}{stored:>8}{status:>8}"
        print(f"{name:<30}{at_once:>8}{processes:>6}{row}", flush=True)
        rows.append({"name": name, "at once": at_once, "processes": processes, "ms": each, "ratio": seconds / base})
    return rows


def _with_env(values: dict[str, str], command: list[str]) -> list[str]:
    return (
        ["env", "-C", tempfile.gettempdir(), *(f"{k}={v}" for k, v in values.items()), *command] if values else command
    )


def _stored(data: Path) -> int:
    parts = (part for path in data.glob("sites/*/manifest/*.json") for part in json.loads(path.read_text())["parts"])
    return sum(part["lines"] for part in parts if part["kind"] == "records")


if __name__ == "__main__":
    main()
