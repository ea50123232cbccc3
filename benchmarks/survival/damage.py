"""What happens to files on a disk: `verify` names each damage, and what can be repaired is."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.survival.bench import ROOT, SITE, Bench
from fixtures.scale import scaled_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Website
from mapexpress.dataset.repair.verify import verify


def damage(bench: Bench) -> str:
    """Every damage alone, by the commands a user types; at the end the dataset is whole again, from the same site."""
    told = []
    with serve(Website(scaled_posts(bench.articles))) as server:
        bench.crawled(server, "-a", "since=all")
        bench.must_be_whole()
        for name, harm in DAMAGES.items():
            target = bench.layout.state
            if not name.endswith("state"):  # the part with most in it: what was repaired may stand in another one
                target = max(bench.layout.dataset.glob("*/*.gz"), key=lambda path: path.stat().st_size)
            harm(target)
            told.append(f"{name}: {_named_and_repaired(bench, server, name, target)}")
    return "; ".join(told)


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _tear(path: Path) -> None:
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-50], mtime=0))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "flipped byte": _flip,
    "truncated gzip": lambda path: path.write_bytes(path.read_bytes()[:-500]),
    "torn last line": _tear,
    "deleted part": Path.unlink,
    "removed state": Path.unlink,
    "damaged state": lambda path: path.write_bytes(b"no database" * 1000),
}


def _named_and_repaired(bench: Bench, server: SiteServer, name: str, target: Path) -> str:
    status, lines = _verify(bench)
    if status != 8 or not any(target.name in line for line in lines):
        raise AssertionError(f"{name}: not named by {lines[:3]}, status {status}")
    status, lines = _verify(bench, "--repair")
    if status != 0:
        raise AssertionError(f"{name}: not repaired: {lines[:5]}")
    left = len({record["id"] for record in bench.records()})
    server.hits.clear()
    bench.crawled(server, "-a", "since=all")
    asked = sum("/depeche-" in target for target in server.targets())
    if faults := verify(bench.layout).faults:
        raise AssertionError(f"{name}: {faults[:3]}")
    bench.must_be_whole()
    return f"named, repaired with {left} articles, whole after the next run, which fetched {asked}"


def _verify(bench: Bench, *more: str) -> tuple[int, list[str]]:
    import subprocess
    import sys

    command = [sys.executable, "-m", "scrapy", "verify", "--data", str(bench.data), "--site", SITE, *more]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = _without_traceback([*done.stdout.splitlines(), *done.stderr.splitlines()])
    return done.returncode, lines


def _without_traceback(lines: Iterable[str]) -> list[str]:
    told = list(lines)
    if any("Traceback" in line for line in told):
        raise AssertionError("\n".join(told[-3:]))
    return told
