"""Crawl a healthy site among hostile answers: `python -m benchmarks.hostile [--only NAME,…] [--plain]`.

One site has healthy articles, one article address for each hostile behaviour, all listed side by side, and hostile
ways in beside its own. Held to: every healthy article stored, the run ends by itself, each process within 400 MB, no
callback of the event loop over 1 s of CPU time, no request to an inner server, each hostile address with the outcome
that is promised for it, no line of the log forged. `--plain` shows beside it what plain Scrapy with trafilatura does.
Exit status 1 when something does not hold.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from benchmarks.hostile_web.behaviours import ANSWERS, PROSE, holds, wrongs
from benchmarks.hostile_web.peer import try_each
from benchmarks.hostile_web.ways import SITEMAPS, WAYS_MET, way_in
from fixtures.posts import PUBLIC, Post
from fixtures.scale import NEWEST, scaled_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Website

ROOT = Path(__file__).resolve().parents[1]
HEALTHY = 20
MEMORY_LIMIT = 400  # MB a process, DESIGN's limit under attack
HELD_LIMIT = 1.0  # seconds, DESIGN's limit for the worst hostile page
_FORGED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]|^INFO forged", re.MULTILINE)


@dataclass
class Run:
    """A crawl: its exit status (None: it had to be ended), and what it cost."""

    status: int | None = None
    seconds: float = 0.0
    memory: dict[str, float] = field(default_factory=dict)  # peak MB by the kind of process
    held: list[tuple[float, str]] = field(default_factory=list)
    log: str = ""


def hostile_posts(names: list[str]) -> list[Post]:
    """One listed address for each behaviour, between the healthy ones."""
    return [
        Post(
            name=name,
            id=200_000 + n,
            path=f"/actualite/hostile/{name}/",
            title=f"Une dépêche hostile, la {n}e de sa série : {name}",
            published=NEWEST - timedelta(minutes=40 * (n % HEALTHY) + 7),
            theme="wordpress",
            section="sports",
            body=f"<p>{PROSE}</p>",
        )
        for n, name in enumerate(names)
    ]


def arm(server: SiteServer, names: list[str], inner: str) -> None:
    """Put the hostile behaviours before the site's own answers."""
    plain = server.httpd.RequestHandlerClass.do_GET

    def do_get(handler: object) -> None:
        path = handler.path  # type: ignore[attr-defined]
        parts = path.partition("?")[0].strip("/").split("/")
        write = handler.wfile.write  # type: ignore[attr-defined]
        with suppress(OSError):
            if body := way_in(path, inner):
                write(body)
            elif parts[:2] == ["actualite", "hostile"] and len(parts) > 2 and parts[2] in names:
                ANSWERS[parts[2]](write, inner)
            else:
                plain(handler)
                return
        handler.close_connection = True  # type: ignore[attr-defined]

    server.httpd.RequestHandlerClass.do_GET = do_get  # type: ignore[attr-defined]


def crawl(server: SiteServer, data: Path, timeout: float) -> Run:
    """Crawl everything, watched."""
    settings = {
        "MAPEXPRESS_DATA": str(data),
        "MAPEXPRESS_ALLOW_HOSTS": server.host,
        "DOWNLOAD_DELAY": "0",
        "AUTOTHROTTLE_ENABLED": "0",
        "RETRY_TIMES": "0",
        "LOG_LEVEL": "INFO",
        "EXTENSIONS": json.dumps({"benchmarks.hostile_web.held.Held": 1}),
    }
    command = [sys.executable, "-m", "scrapy", "crawl", "mapexpress", "-a", f"base_url={server.url}"]
    command += ["-a", "lang=fr", "-a", "since=all"]
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    run, start, held = Run(), time.monotonic(), data / "held.json"
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace", newline="") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HOSTILE_HELD": str(held), "PYTHONPATH": str(ROOT)},
        )
        while process.poll() is None and time.monotonic() - start < timeout:
            run.memory["crawl"] = max(run.memory.get("crawl", 0.0), _memory(process.pid))
            for child in _children(process.pid):
                run.memory["confined"] = max(run.memory.get("confined", 0.0), _memory(child))
            time.sleep(0.05)
        run.status = process.poll()
        if run.status is None:
            process.kill()
            process.wait()
        log.seek(0)
        run.log = log.read()
    run.seconds = time.monotonic() - start
    if held.exists():
        run.held = [(float(took), str(what)) for took, what in json.loads(held.read_text("utf-8"))]
    return run


def _memory(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def stored_lines(data: Path, pattern: str) -> Iterator[dict[str, object]]:
    for part in sorted(data.glob(pattern)):
        with gzip.open(part, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Crawl a healthy site among hostile answers.")
    parser.add_argument("--only", help="names of behaviours, separated by commas")
    parser.add_argument("--plain", action="store_true", help="show beside it what plain Scrapy with trafilatura does")
    parser.add_argument("--timeout", type=float, default=900, help="seconds after which the run counts as hung")
    options = parser.parse_args()
    names = options.only.split(",") if options.only else list(ANSWERS)
    healthy = scaled_posts(HEALTHY)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Website(scaled_posts(2))) as inner,
        serve(Website([*healthy, *hostile_posts(names)])) as server,
    ):
        arm(server, names, inner.host)
        data = Path(folder)
        run = crawl(server, data, options.timeout)
        records = {str(r["url"]): r for r in stored_lines(data, "dataset/*/*/part-*.jsonl.gz")}
        reasons = {str(r["url"]): str(r["reason"]) for r in stored_lines(data, "sites/*/rejections/**/*.jsonl.gz")}
        ways = {
            (str(r["url"]).removeprefix(PUBLIC), str(r["reason"]))
            for r in stored_lines(data, "sites/*/rejections/**/*.jsonl.gz")
        }
        reached = len(inner.hits)
        plain = {}
        if options.plain:
            plain = try_each({n: f"{server.url}/actualite/hostile/{n}/" for n in names}, data)
            plain_reached = len(inner.hits) - reached
    broken = 0
    for name in names:
        url = f"{PUBLIC}/actualite/hostile/{name}/"
        outcome = reasons.get(url) or ("stored" if url in records else "")
        wrong = wrongs(name, records[url]) if outcome == "stored" else []
        good = holds(name, outcome) and not wrong
        broken += not good
        outcome = f"{outcome}: {', '.join(wrong)}" if wrong else outcome
        print(f"{'ok  ' if good else 'FAIL'} {name:22} {outcome or '- no outcome':20} {plain.get(name, '')}".rstrip())
    if plain:
        print(f"\nplain Scrapy with trafilatura: {plain_reached} requests to the inner server")
    missed = {reason for reason in WAYS_MET if reason not in {met for _, met in ways}}
    return report(run, names, broken, reached, [p.url for p in healthy if p.url not in records], missed)


def report(run: Run, names: list[str], broken: int, reached: int, lost: list[str], missed: set[str]) -> int:
    """Print what held; 1 when something did not."""
    memory = ", ".join(f"{kind} {peak:.0f} MB" for kind, peak in run.memory.items())
    longest = run.held[0][0] if run.held else 0.0
    forged = _FORGED.search(run.log.replace("\r\x1b[K", ""))
    checks = {
        f"run ends by itself (status {run.status}, {run.seconds:.0f} s)": run.status in (0, 5),
        f"healthy articles stored: {HEALTHY - len(lost)} of {HEALTHY}": not lost,
        f"peak memory: {memory}; limit {MEMORY_LIMIT} each": max(run.memory.values()) <= MEMORY_LIMIT,
        f"longest callback {longest:.2f} s of CPU, limit {HELD_LIMIT:g}": bool(run.log) and longest <= HELD_LIMIT,
        f"requests to the inner server: {reached}": reached == 0,
        f"hostile answers with their outcome: {len(names) - broken} of {len(names)}": broken == 0,
        f"limits met by {len(SITEMAPS) + 1} hostile ways in, among the rejections: {', '.join(WAYS_MET)}": not missed,
        "no line of the log forged": forged is None,
    }
    print()
    for text, held in checks.items():
        print(f"{'ok  ' if held else 'FAIL'} {text}")
    if all(checks.values()):
        return 0
    for took, what in run.held[:5]:
        print(f"held {took:.2f} s: {what}", file=sys.stderr)
    print(run.log[-6000:], file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
