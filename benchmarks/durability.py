"""What the dataset survives: real crawls of the fixture site, killed, interrupted, out of disk; and what state costs.

    python benchmarks/durability.py [PART …] [--articles 1000] [--kills 100] [--urls 1000000] [--work FOLDER]

Parts, each callable alone: kill, term, interrupt, disk, damage, again, urls. Each prints one line with its time; exit
status 1 when one fails. The work folder is begun anew for each part and kept, so that a failure can be looked at.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fixtures.scale import scaled_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Website
from mapexpress.dataset.layout import Layout
from mapexpress.dataset.rebuild_state import rebuild_state
from mapexpress.dataset.state import Known, Outcome, State
from mapexpress.dataset.store import SiteStore
from mapexpress.dataset.verify import verify
from mapexpress.records import Article, content_hash
from mapexpress.schema import json_schema

SITE = "mapexpress"
PEAK = 300  # MB, DESIGN's limit for a crawl


@dataclass(slots=True)
class Bench:
    """One part's folder, site and figures."""

    work: Path
    articles: int
    kills: int
    urls: int

    @property
    def layout(self) -> Layout:
        return Layout(self.work, SITE)

    def crawl(self, server: SiteServer, *more: str) -> subprocess.Popen[bytes]:
        """Start a crawl at no delay."""
        settings = {
            "MAPEXPRESS_DATA": self.work,
            "MAPEXPRESS_ALLOW_HOSTS": server.host,
            "DOWNLOAD_DELAY": 0,
            "AUTOTHROTTLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
        }
        options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        command = [sys.executable, "-m", "scrapy", "crawl", SITE, "-a", f"base_url={server.url}", *options, *more]
        return subprocess.Popen(
            command,
            cwd=Path(__file__).parents[1],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def records(self) -> list[dict[str, object]]:
        """Every line of every sealed part; a line that is not JSON raises."""
        parts = sorted(self.layout.dataset.glob("*/*.gz"))
        return [json.loads(line) for part in parts for line in gzip.decompress(part.read_bytes()).splitlines()]

    def faults(self) -> list[str]:
        """What is not as it should be: articles lost or twice, keys not of the schema, faults of `verify`."""
        records = self.records()
        names = Counter(str(record["id"]) for record in records)
        found = [f"{len(names)} articles of {self.articles}"] if len(names) != self.articles else []
        found += [f"{count} times {name}" for name, count in names.items() if count > 1]
        keys = set(json_schema()["properties"])  # type: ignore[arg-type]
        found += [f"keys of {record['id']}" for record in records if set(record) != keys]
        return found + verify(self.layout).faults


def stopped(bench: Bench, number: int, times: int) -> str:
    """Stop the crawl by a signal at random moments until it was stopped `times` times or says that it is complete."""
    moments, sent, runs, slowest = random.Random(number), 0, 0, 0.0
    with serve(Website(scaled_posts(bench.articles))) as server:
        while True:
            process = bench.crawl(server, "-a", "since=all")
            runs += 1
            if sent < times:
                try:
                    # A start takes about a second; shorter lives bring no article, longer ones leave fewer kills.
                    process.wait(0.8 + 2.2 * moments.random())
                except subprocess.TimeoutExpired:
                    process.send_signal(number)
                    began = time.monotonic()
                    process.wait(60)
                    slowest = max(slowest, time.monotonic() - began)
                    sent += 1
                    expected = -number if number == signal.SIGKILL else 128 + number
                    _stderr(process)
                    # One that came before Scrapy listens, or after the end, has the status of that.
                    if process.returncode not in (expected, -number, 0):
                        raise AssertionError(f"status {process.returncode} after signal {number}") from None
                    continue
            error = _stderr(process)
            if process.returncode != 0:
                raise AssertionError(f"status {process.returncode}: {error[-300:]}")
            break
    _raise(bench.faults())
    ends = "" if number == signal.SIGKILL else f", ended within {slowest:.1f} s"
    return f"stopped {sent} times in {runs} runs{ends}: {bench.articles} articles, each once, no fault"


def disk(bench: Bench) -> str:
    """A small file system runs full in the middle of a crawl; the next run has space."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=900k", "tmpfs", str(bench.work)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        return "not measured: this user may not mount a tmpfs"
    try:
        with serve(Website(scaled_posts(bench.articles))) as server:
            process = bench.crawl(server, "-a", "since=all")
            error = _stderr(process)
            if process.returncode != 6 or "Traceback" in error:
                raise AssertionError(f"status {process.returncode}: {error[-300:]}")
            subprocess.run(["mount", "-o", "remount,size=500m", str(bench.work)], check=True)
            process = bench.crawl(server, "-a", "since=all")
            told = _stderr(process)
            if process.returncode != 0:
                raise AssertionError(f"status {process.returncode}: {told[-300:]}")
        _raise(bench.faults())
    finally:
        subprocess.run(["umount", str(bench.work)], check=False)
    (message,) = [line for line in error.splitlines() if line.startswith("scrapy crawl:")]
    return f"status 6 ({message}); then complete, no fault"


def again(bench: Bench) -> str:
    """A run right after the first stores nothing and asks little."""
    with serve(Website(scaled_posts(bench.articles))) as server:
        for _ in range(2):
            server.hits.clear()
            process = bench.crawl(server)
            error = _stderr(process)
            if process.returncode != 0:
                raise AssertionError(f"status {process.returncode}: {error[-300:]}")
            asked, stored = len(server.hits), len(bench.records())
    if len(list(bench.layout.manifests.glob("*.json"))) != 1:
        raise AssertionError("the second run stored something")
    return f"second run: {asked} requests, nothing stored ({stored} records before)"


def damage(bench: Bench) -> str:
    """Each damage is named by `verify`; a removed state is made again."""
    with serve(Website(scaled_posts(bench.articles))) as server:
        process = bench.crawl(server, "-a", "since=all")
        _stderr(process)
    _raise(bench.faults())
    (part, *_) = sorted(bench.layout.dataset.glob("*/*.gz"))
    whole = part.read_bytes()
    told = []
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    torn = gzip.compress(gzip.decompress(whole)[:-50])
    damages: dict[str, bytes | None] = {
        "flipped byte": bytes(flipped),
        "truncated gzip": whole[:-100],
        "torn line": torn,
        "deleted part": None,
    }
    for name, data in damages.items():
        if data is None:
            part.unlink()
        else:
            part.write_bytes(data)
        if not any(part.name in fault for fault in verify(bench.layout, responses=False).faults):
            raise AssertionError(f"{name}: not named")
        part.write_bytes(whole)
        told.append(name)
    bench.layout.state.unlink()
    if not any("missing" in fault for fault in verify(bench.layout).faults):
        raise AssertionError("removed state: not named")
    rebuild_state(bench.layout, "rebuild")
    _raise(bench.faults())
    return f"named: {', '.join(told)}, removed state; the state made again without a fault"


def urls(bench: Bench) -> str:
    """Cost of a look-up and of a stored record (line, outcome, group commit of 20) at 1,000 and at `urls` addresses."""
    costs, filled, when = [], 0, datetime(2026, 11, 24, tzinfo=UTC)
    for size in (1000, bench.urls):
        with SiteStore.open(bench.work, SITE, run=f"r{size}", clock=lambda: when) as store:
            while filled < size:
                for n in range(filled, min(filled + 5000, size)):
                    _put(store.state, n)
                store.state.commit()
                filled = min(filled + 5000, size)
            dice = random.Random(size)
            times = []
            for _ in range(3):
                began = time.perf_counter()
                for _ in range(5000):
                    store.outcome(_url(dice.randrange(size)))
                times.append((time.perf_counter() - began) / 5000)
            stored = []
            for batch in range(40):
                began = time.perf_counter()
                for n in range(20):
                    store.write(_article(10**8 + size + batch * 20 + n))
                store.flush()
                stored.append((time.perf_counter() - began) / 20)
            costs.append((min(times) * 1e6, sorted(stored)[20] * 1e6))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (few_look, few_store), (many_look, many_store) = costs
    told = (
        f"look-up {few_look:.0f} µs -> {many_look:.0f} µs (x{many_look / few_look:.2f}), "
        f"record {few_store:.0f} µs -> {many_store:.0f} µs (x{many_store / few_store:.2f}), peak {peak:.0f} MB, "
        f"{Layout(bench.work, SITE).state.stat().st_size / 2**20:.0f} MB on disk"
    )
    if max(many_look / few_look, many_store / few_store) > 1.5 or peak > PEAK:
        raise AssertionError(told)
    return told


def _article(n: int) -> Article:
    text = f"Rabat - La commission a rendu son rapport numéro {n}. " + "Les travaux reprendront lundi matin. " * 60
    return Article(
        id=f"{n:032x}", site=SITE, url=_url(n), canonical_url=_url(n), title=f"Rapport {n}", text=text,
        content_hash=content_hash(f"Rapport {n}", text), extractor="bench", extractor_version="1",
    )  # fmt: skip


def _url(n: int) -> str:
    return f"https://news.example/actualite/economie/{n}-une-depeche-de-l-agence/"


def _put(state: State, n: int) -> None:
    when = "2026-11-24T00:00:00+00:00"
    state.put_outcome(Outcome(url=_url(n), kind="stored", record_id=f"{n:032x}", first_seen=when, checked_at=when))
    state.put_known(
        Known(
            id=f"{n:032x}", run="r", status="active", revision=1, content_hash="0" * 64, url=_url(n),
            canonical_url=_url(n), title="Une dépêche de l'agence", date_published=when, extractor_version="1",
            template_id=None, warc_record_id=None, duplicate_of=None, part=1, line=n,
        )
    )  # fmt: skip


def _stderr(process: subprocess.Popen[bytes]) -> str:
    _, error = process.communicate(timeout=1800)
    return error.decode(errors="replace")


def _raise(faults: list[str]) -> None:
    if faults:
        raise AssertionError("; ".join(faults[:5]))


PARTS: dict[str, Callable[[Bench], str]] = {
    "kill": lambda bench: stopped(bench, signal.SIGKILL, bench.kills),
    "term": lambda bench: stopped(bench, signal.SIGTERM, 2),
    "interrupt": lambda bench: stopped(bench, signal.SIGINT, 2),
    "disk": disk,
    "damage": damage,
    "again": again,
    "urls": urls,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--urls", type=int, default=1_000_000)
    parser.add_argument("--work", type=Path, default=Path("benchmarks/out/durability"))
    options = parser.parse_args()
    failed = 0
    for name in options.parts or PARTS:
        work = options.work.absolute() / name
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        began = time.monotonic()
        try:
            told = PARTS[name](Bench(work, options.articles, options.kills, options.urls))
        except AssertionError as error:
            failed += 1
            told = f"FAILED {error}"
        print(f"{name:10} {time.monotonic() - began:7.1f} s  {told}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
