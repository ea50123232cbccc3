"""CPU of `scrapy crawl` on a site that has nothing, beside bare Scrapy: what every run pays before its first page.

    python benchmarks/bench_start.py [--rounds 5] [--json FILE]

Both ask a server on loopback for an empty sitemap, in turn, each in a process of its own; the least of the rounds is
shown. Ours asks for robots.txt and the home page too.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
from pathlib import Path

from bench_crawl_speed import BARE, PLAIN, _with_env, cpu_of, serve
from speed_results import write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=([], 0, there), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{here.recv()}/"
    best: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as scratch:
        spider = Path(scratch) / "bare.py"
        spider.write_text(BARE.format(body="yield {}"))
        common = ["-a", f"url={url}", "-s", "LOG_LEVEL=ERROR"]
        commands = {
            "bare Scrapy": _with_env(
                {"SCRAPY_PROJECT": "", "SCRAPY_SETTINGS_MODULE": ""},
                [sys.executable, "-P", "-c", PLAIN, "runspider", str(spider), *common, "-s", "ADDONS={}"],
            ),
            "mapexpress": [sys.executable, "-m", "scrapy", "crawl", "news", *common, "-a", "via=sitemap"],
        }
        for turn in range(args.rounds):
            for name, command in commands.items():
                own = ["MAPEXPRESS_ALLOW_HOSTS=127.0.0.1", f"MAPEXPRESS_DATA={scratch}/data-{turn}", "DOWNLOAD_DELAY=0"]
                settings = [part for value in own for part in ("-s", value)] if name == "mapexpress" else []
                seconds, _ = cpu_of([*command, *settings], Path(scratch) / "log.txt")
                best[name] = min(seconds, best.get(name, seconds))
    server.terminate()
    for name, seconds in best.items():
        print(f"{name:<14}{seconds:7.2f} s{seconds / best['bare Scrapy']:8.2f}")
    write(args.json, {"rounds": args.rounds, "seconds": best})


if __name__ == "__main__":
    main()
