"""Crawls that are stopped by a signal at random moments, or by a full disk, until the same command says complete."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import time
from collections import Counter
from functools import partial
from pathlib import Path

from benchmarks.survival.bench import Bench, stderr_of
from fixtures.scale import scaled_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Website
from mapexpress.dataset.state.database import State
from mapexpress.errors import StorageError

GRACE = 5.0  # seconds that a run may take to end
# Bytes: of the small disk, where a whole crawl of 1,000 articles takes 12 MB; and of the largest file, which is met
# first by the state's log, or, above the size that SQLite begins its log anew at, by the responses. It comes when a
# hundred articles were asked: at once it would meet the language model, whose temporary file has 68 MB.
FULL_AT = 7_000_000
LARGEST = (2_000_000, 4_500_000)
ASKED = 100


def stopped(bench: Bench, number: int, signals: int = 1) -> str:
    """Stop a walk over the archive at `kills` random moments, then let the same command say that it is complete."""
    sent, runs = bench.noted.get("sent", 0), bench.noted.get("runs", 0)
    slowest, dearest = bench.noted.get("slowest", 0.0), bench.noted.get("dearest", 0.0)
    statuses = Counter[str](bench.noted.get("statuses"))
    stored: list[int] = bench.noted.get("stored", [])
    with serve(Website(scaled_posts(bench.articles))) as server:
        while True:
            moments = random.Random(f"{number} {runs}")
            server.hits.clear()
            process = bench.crawl(server, "-a", "since=all")
            runs += 1
            if sent < bench.kills:
                if moments.random() < 0.8:  # the others may come before our code is read
                    _progress(process, server, moments.randrange(1 + 2 * bench.articles // bench.kills))
                try:
                    process.wait(moments.random() * (0.4 if server.hits else 1.5))
                except subprocess.TimeoutExpired:
                    seconds, cpu = _signal(process, number, signals)
                    slowest, dearest = max(slowest, seconds), max(dearest, cpu)
                    sent += 1
                    error = stderr_of(process)
                    # Python itself, before it has read our code, ends by the signal; one that had ended is complete.
                    expected = -number if number == signal.SIGKILL else 128 + number
                    told_early = not server.hits and "KeyboardInterrupt" in error
                    if not told_early and (process.returncode not in (expected, -number, 0) or "Traceback" in error):
                        raise AssertionError(
                            f"status {process.returncode} after signal {number}: {error[-300:]}"
                        ) from None
                    statuses[str(process.returncode)] += 1
                    stored.append(_stored(bench))
                    told = dict(sorted(statuses.items()))
                    bench.note(sent=sent, runs=runs, slowest=slowest, dearest=dearest, statuses=told, stored=stored)
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
        told += f", ended within {dearest:.1f} CPU s ({slowest:.1f} s by the clock)"
        if dearest > GRACE and slowest > GRACE:  # on a machine that others use the clock tells little
            raise AssertionError(told)
    return f"{told}: {bench.articles} articles, each once, no fault"


def _progress(process: subprocess.Popen[bytes], server: SiteServer, articles: int) -> None:
    """Wait until a crawl has asked for so many articles: the stops then spread over the whole walk."""
    while process.poll() is None:
        hits = server.hits[:]
        if hits and sum("/depeche-" in hit.target for hit in hits) >= articles:
            return
        time.sleep(0.02)


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


def _signal(process: subprocess.Popen[bytes], number: int, signals: int) -> tuple[float, float]:
    """Send a signal so many times in a row; seconds and CPU seconds until the process ended."""
    began, before, used = time.monotonic(), _children(), _cpu(process.pid)
    for _ in range(signals):
        process.send_signal(number)
        time.sleep(0.02)
    process.wait(600)
    return time.monotonic() - began, _children() - before - used


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cpu(pid: int) -> float:
    """CPU seconds of a running process (proc(5), fields 14 and 15 of stat)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def disk(bench: Bench) -> str:
    """A small file system runs full in the middle of a crawl; the next run has space.

    Where no tmpfs may be mounted, a limit on the size of files stands for it.
    """
    mount = ["mount", "-t", "tmpfs", "-o", f"size={FULL_AT}", "tmpfs", str(bench.data)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    limit = None if mounted else partial(resource.setrlimit, resource.RLIMIT_FSIZE, (LARGEST[-1], LARGEST[-1]))
    try:
        with serve(Website(scaled_posts(bench.articles))) as server:
            error = bench.crawled(server, "-a", "since=all", status=(6,), preexec=limit)
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
    for size in LARGEST:
        shutil.rmtree(bench.data)
        bench.data.mkdir()
        with serve(Website(scaled_posts(bench.articles))) as server:
            process = bench.crawl(server, "-a", "since=all")
            _progress(process, server, ASKED)
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, size))
            error = stderr_of(process)
            lines = [line for line in error.splitlines() if "scrapy crawl:" in line or "rror" in line]
            kept = _stored(bench)
            if process.returncode != 6 or len(lines) != 1 or not 0 < kept < bench.articles:
                raise AssertionError(f"status {process.returncode}, {kept} stored: {error[:600]}")
            (line,) = lines
            bench.crawled(server, "-a", "since=all")
        bench.must_be_whole()
        told.append(f"{size // 1000} kB: {kept} stored, {line.partition(': ')[2].replace(str(bench.data), '…')}")
    return "; ".join(told) + "; then complete, no fault"
