"""What a second worker gains: `scrapy clean` on HTML and on WARC, with one process and with two.

    python benchmarks/bench_clean.py [--shared ../shared] [--pages 600] [--rounds 1] [--json FILE]

Real pages of the datasets, once as JSON Lines with the page in a column and once as a WARC file. Wall clock, which is
what workers are for, says something on an idle machine only, so the load is shown too; so is what two idle cores would
give: the CPU time of one worker as a multiple of half of that of two, or of the busiest process where that is more.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import orjson
from bench_crawl_speed import ROOT
from bench_scale import usage
from bench_speed import load_pages
from speed_results import write as write_results

from mapexpress.dataset.files.warc import Exchange, encode


def write(pages: list[tuple[bytes, str | None]], folder: Path) -> list[Path]:
    """The same pages in both forms."""
    lines, warc = folder / "pages.jsonl", folder / "pages.warc.gz"
    with lines.open("wb") as out, warc.open("wb") as archive:
        for number, (data, url) in enumerate(pages):
            url = url or f"https://news.example/{number}/"
            out.write(orjson.dumps({"text": data.decode("utf-8", "replace"), "url": url}) + b"\n")
            headers = (("Content-Type", "text/html"),)
            exchange = Exchange(url=url, status=200, body=data, fetched_at="2026-01-02T03:04:05+00:00", headers=headers)
            archive.write(encode(exchange)[1])
    return [lines, warc]


def run(command: list[str]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds of all processes together, and of the busiest one.

    Workers are forked from a process that ends with the program, so nobody is told what they took: they are looked at
    thirty times a second.
    """
    start = time.perf_counter()
    busiest: dict[int, float] = {}
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            for pid in (process.pid, *descendants(process.pid)):
                with suppress(OSError, ValueError, KeyError):  # it has just ended
                    busiest[pid] = usage(pid)[0]
            time.sleep(0.03)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: status {process.returncode}")
    return time.perf_counter() - start, sum(busiest.values()), max(busiest.values())


def descendants(pid: int) -> list[int]:
    """Processes that a process started, and those that they started."""
    started = children(pid)
    return started + [below for child in started for below in descendants(child)]


def children(pid: int) -> list[int]:
    """Processes that a process started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    pages = load_pages(args.shared, args.pages)
    load = "/".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{len(pages)} pages, {os.cpu_count()} cores, load {load}")
    print(f"{'':<16}{'workers':>8}{'wall s':>9}{'CPU s':>9}{'busiest':>9}{'times as fast':>15}{'on idle cores':>15}")
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for path in write(pages, Path(scratch)):
            walls: dict[int, float] = {}
            alone = 0.0
            for turn in range(args.rounds):
                for workers in (1, 2):
                    out = Path(scratch) / f"{path.name}-{workers}-{turn}.jsonl"
                    command = [sys.executable, "-m", "scrapy", "clean", str(path), "-o", str(out)]
                    wall, cpu, busiest = run([*command, "--workers", str(workers)])
                    walls[workers] = min(wall, walls.get(workers, wall))
                    alone = cpu if workers == 1 else alone
                    idle = alone / max(cpu / workers, busiest)
                    print(
                        f"{path.suffix:<16}{workers:>8}{wall:9.1f}{cpu:9.1f}{busiest:9.1f}"
                        f"{walls[1] / wall:15.2f}{idle:15.2f}",
                        flush=True,
                    )
                    row = {"workers": workers, "wall": walls[1] / wall, "idle": idle, "CPU s": cpu, "wall s": wall}
                    rows.append({"input": path.suffixes[0], "round": turn, **row})
    write_results(args.json, {"pages": len(pages), "rows": rows})


if __name__ == "__main__":
    main()
