"""Whether the last page of a long crawl costs what the first did: CPU and memory of one process as pages go by.

    python benchmarks/bench_scale.py [--shared ../shared] [--pages 20000] [--every 2000] [--concurrency 16]
        [--no-warc] [--json FILE]

One crawl of ours over real pages, each under many addresses, served by a process of its own. A row for every so many
pages: CPU milliseconds a page of the crawl's process since the row before (its children apart), and its memory. At the
end, how long one step held the event loop (`loop_watch`). Linux only.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_crawl_speed import ROOT, serve
from bench_speed import load_pages
from loop_watch import told
from speed_results import write

_TICK = os.sysconf("SC_CLK_TCK")


def usage(pid: int) -> tuple[float, float, float]:
    """CPU seconds of a process, its resident megabytes now and at most."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines())
    now, most = (int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return (int(fields[11]) + int(fields[12])) / _TICK, now, most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--every", type=int, default=2_000)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--no-warc", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    real = [data for data, _ in load_pages(args.shared, 10**6)]
    here, there = multiprocessing.Pipe()
    served = multiprocessing.Value("q", 0)
    server = multiprocessing.Process(target=serve, args=(real, args.pages, there, served), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{here.recv()}/"
    with tempfile.TemporaryDirectory() as scratch:
        settings = {
            "MAPEXPRESS_ALLOW_HOSTS": "127.0.0.1",
            "MAPEXPRESS_DATA": f"{scratch}/data",
            "MAPEXPRESS_WARC": not args.no_warc,
            "CONCURRENT_REQUESTS": args.concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": args.concurrency,
            "DOWNLOAD_DELAY": 0,
            "AUTOTHROTTLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
            "EXTENSIONS": '{"benchmarks.loop_watch.LoopWatch": 2}',
            "LOOP_WATCH": f"{scratch}/loop.json",
        }
        flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        arguments = ["-a", f"url={url}", "-a", "via=sitemap", "-a", "since=all"]
        command = [sys.executable, "-m", "scrapy", "crawl", "news", *arguments, *flags]
        crawl = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        print(f"{args.pages} pages ({len(real)} real ones)\n{'pages':>9}{'ms a page':>11}{'MB':>8}{'MB at most':>12}")
        count, before = 0, 0.0
        rows: list[dict[str, float]] = []
        while crawl.poll() is None:
            if served.value >= count + args.every:
                now = served.value
                seconds, resident, most = usage(crawl.pid)
                each = (seconds - before) / (now - count) * 1e3
                print(f"{now:>9}{each:11.1f}{resident:8.0f}{most:12.0f}", flush=True)
                rows.append({"pages": now, "ms": each, "MB": resident, "MB at most": most})
                write(args.json, {"asked": args.pages, "rows": rows})
                count, before = now, seconds
            time.sleep(0.2)
        print(f"status {crawl.returncode}")
        held = told(Path(scratch) / "loop.json")
        print(held)
        write(args.json, {"asked": args.pages, "rows": rows, "loop": held})
    server.terminate()


if __name__ == "__main__":
    main()
