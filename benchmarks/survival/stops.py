"""Crawls that are stopped by a signal at random moments, or by a full disk, until the same command says complete."""

from __future__ import annotations

import random
import resource
import shutil
import signal
import subprocess
import time
from collections import Counter
from functools import partial

from benchmarks.survival.bench import Bench, stderr_of
from fixtures.scale import scaled_posts
from fixtures.server import serve
from fixtures.website import Website
from mapexpress.dataset.state import State
from mapexpress.errors import StorageError

FULL_AT = 900_000  # bytes of the small disk, and of the largest file: about half a crawl of 1,000 articles


def stopped(bench: Bench, number: int, signals: int = 1) -> str:
    """Stop a walk over the archive at `kills` random moments, then let the same command say that it is complete."""
    sent, runs = bench.noted.get("sent", 0), bench.noted.get("runs", 0)
    slowest, statuses = bench.noted.get("slowest", 0.0), Counter[str](bench.noted.get("statuses"))
    stored: list[int] = bench.noted.get("stored", [])
    with serve(Website(scaled_posts(bench.articles))) as server:
        while True:
            moments = random.Random(f"{number} {runs}")
            server.hits.clear()
            process = bench.crawl(server, "-a", "since=all")
            runs += 1
            if sent < bench.kills:
                if moments.random() < 0.8:  # the others may come before our code is read
                    while not server.hits and process.poll() is None:
                        time.sleep(0.02)
                try:
                    process.wait(1.5 * moments.random())
                except subprocess.TimeoutExpired:
                    slowest = max(slowest, _signal(process, number, signals))
                    sent += 1
                    error = stderr_of(process)
                    # Python itself, before it has read our code, ends by the signal; one that had ended is complete.
                    expected = -number if number == signal.SIGKILL else 128 + number
                    if process.returncode not in (expected, -number, 0) or "Traceback" in error:
                        raise AssertionError(
                            f"status {process.returncode} after signal {number}: {error[-300:]}"
                        ) from None
                    statuses[str(process.returncode)] += 1
                    stored.append(_stored(bench))
                    told = dict(sorted(statuses.items()))
                    bench.note(sent=sent, runs=runs, slowest=slowest, statuses=told, stored=stored)
                    continue
            error = stderr_of(process)
            if process.returncode != 0:
                raise AssertionError(f"status {process.returncode}: {error[-300:]}")
            if sent == bench.kills:
                break
    bench.must_be_whole()
    quarters = ", ".join(str(stored[len(stored) * n // 4]) for n in range(1, 4)) if len(stored) > 3 else "few"
    told = f"stopped {sent} times in {runs} runs with {quarters} stored at the quarters, statuses {dict(statuses)}"
    if number != signal.SIGKILL:
        told += f", ended within {slowest:.1f} s"
        if slowest > 5:
            raise AssertionError(told)
    return f"{told}: {bench.articles} articles, each once, no fault"


def _stored(bench: Bench) -> int:
    """Records that count at this moment."""
    try:
        state = State(bench.layout.state, readonly=True)
    except StorageError:
        return 0  # killed before there was one
    try:
        row = state.one("SELECT count(*) FROM records")
        return int(str(row[0])) if row else 0
    finally:
        state.close()


def _signal(process: subprocess.Popen[bytes], number: int, signals: int) -> float:
    """Send a signal so many times in a row; seconds until the process ended."""
    began = time.monotonic()
    for _ in range(signals):
        process.send_signal(number)
        time.sleep(0.02)
    process.wait(60)
    return time.monotonic() - began


def disk(bench: Bench) -> str:
    """A small file system runs full in the middle of a crawl; the next run has space.

    Where no tmpfs may be mounted, a limit on the size of files stands for it.
    """
    mount = ["mount", "-t", "tmpfs", "-o", f"size={FULL_AT}", "tmpfs", str(bench.data)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    limit = None if mounted else partial(resource.setrlimit, resource.RLIMIT_FSIZE, (FULL_AT, FULL_AT))
    try:
        with serve(Website(scaled_posts(bench.articles))) as server:
            error = bench.crawled(server, "-a", "since=all", status=6, preexec=limit)
            kept = _stored(bench)
            if mounted:
                subprocess.run(["mount", "-o", "remount,size=500m", str(bench.data)], check=True)
            bench.crawled(server, "-a", "since=all")
        bench.must_be_whole()
    finally:
        if mounted:
            subprocess.run(["umount", str(bench.data)], check=False)
    lines = [line for line in error.splitlines() if "scrapy crawl:" in line or "rror" in line]
    if len(lines) != 1:
        raise AssertionError(f"{len(lines)} messages: {lines[:3]}")
    if not 0 < kept < bench.articles:
        raise AssertionError(f"{kept} stored when the disk was full: give another size")
    how = "tmpfs" if mounted else "file-size limit"
    return f"{how}: status 6 with {kept} stored, one message ({lines[0]}); then complete, no fault"


def limit(bench: Bench) -> str:
    """The same with a limit on the size of files, for each file that may meet it first."""
    told = []
    for size in (200_000, 600_000, 1_500_000):
        shutil.rmtree(bench.data)
        bench.data.mkdir()
        with serve(Website(scaled_posts(bench.articles))) as server:
            preexec = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size))
            error = bench.crawled(server, "-a", "since=all", status=6, preexec=preexec)
            (line,) = [line for line in error.splitlines() if line.startswith("scrapy crawl:")]
            kept = _stored(bench)
            bench.crawled(server, "-a", "since=all")
        bench.must_be_whole()
        told.append(f"{size // 1000} kB: {kept} stored, {line.partition(': ')[2].replace(str(bench.data), '…')}")
    return "; ".join(told) + "; then complete, no fault"
