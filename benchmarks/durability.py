"""What the dataset survives: real crawls of the fixture site, killed, interrupted, out of disk; and what state costs.

    python benchmarks/durability.py [PART …] [--articles 1000] [--kills 100] [--urls 1000000] [--work FOLDER]

Parts, each callable alone: kill, term, interrupt, disk, damage, again, load, urls. Each prints one line with its time;
exit status 1 when one fails. The work folder is begun anew for each part and kept, so that a failure can be looked at.
`load` needs datasets, duckdb, pandas, pyarrow and fastwarc.
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
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).parents[1]))

from fixtures.scale import scaled_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Website
from mapexpress.dataset.card import write_card
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


def stopped(bench: Bench, number: int, signals: int = 1) -> str:
    """Stop the crawl by a signal at `kills` random moments, then let the same command say that it is complete."""
    moments, sent, runs, slowest, statuses = random.Random(number), 0, 0, 0.0, Counter[int]()
    with serve(Website(scaled_posts(bench.articles))) as server:
        while True:
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
                    error = _stderr(process)
                    statuses[process.returncode] += 1
                    # Python itself, before it has read our code, ends by the signal; one that had ended is complete.
                    expected = -number if number == signal.SIGKILL else 128 + number
                    if process.returncode not in (expected, -number, 0):
                        raise AssertionError(
                            f"status {process.returncode} after signal {number}: {error[-300:]}"
                        ) from None
                    continue
            error = _stderr(process)
            if process.returncode != 0:
                raise AssertionError(f"status {process.returncode}: {error[-300:]}")
            if sent == bench.kills:
                break
    _raise(bench.faults())
    told = f"stopped {sent} times in {runs} runs, statuses {dict(sorted(statuses.items()))}"
    if number != signal.SIGKILL:
        told += f", ended within {slowest:.1f} s"
        if slowest > 5:
            raise AssertionError(told)
    return f"{told}: {bench.articles} articles, each once, no fault"


def _signal(process: subprocess.Popen[bytes], number: int, signals: int) -> float:
    """Send a signal so many times in a row; seconds until the process ended."""
    began = time.monotonic()
    for _ in range(signals):
        process.send_signal(number)
        time.sleep(0.02)
    process.wait(60)
    return time.monotonic() - began


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
    """A run right after the first, and one after an edit, a new article and a removal, by the server's own log."""
    posts = scaled_posts(bench.articles)
    new, edited, gone = posts[0], posts[2], posts[4]
    later = {"body": edited.body + "<p>Le conseil provincial examinera le dossier vendredi, en présence des élus.</p>"}
    posts[2] = replace(edited, later=later | {"modified": datetime(2026, 5, 20, 14, tzinfo=UTC)})
    told, before = [], Counter[str]()
    with serve(Website(posts)) as server:
        site = server.website
        site.hidden = {new.name}
        for name, clock in (("first", "12:00"), ("second", "12:02"), ("third", "16:00")):
            if name == "third":
                site.hidden, site.later, site.gone = set(), {edited.name}, {gone.name}
            server.hits.clear()
            process = bench.crawl(server, "-s", f"MAPEXPRESS_NOW=2026-05-20T{clock}:00+00:00")
            error = _stderr(process)
            if process.returncode != 0:
                raise AssertionError(f"status {process.returncode}: {error[-300:]}")
            lines = Counter(json.dumps(record, sort_keys=True) for record in bench.records())
            added, before = lines - before, lines
            statuses = Counter(hit.status for hit in server.hits)
            told.append(
                f"{name} run: {len(server.hits)} requests {dict(sorted(statuses.items()))}, {added.total()} stored"
            )
            if name == "second":
                asked = Counter(hit.target.partition("?")[0] for hit in server.hits)
                if added or max(asked.values()) > 1:
                    raise AssertionError(f"{told[-1]}; most often: {asked.most_common(3)}")
                told[-1] += ", none asked twice"
    changed = sorted((str(r["url"]), r["revision"], r["status"]) for r in map(json.loads, added))
    expected = sorted([(new.url, 1, "active"), (edited.url, 2, "active"), (gone.url, 2, "gone")])
    if changed != expected:
        raise AssertionError(f"{told[-1]}: {changed}, not {expected}")
    return "; ".join(told) + ": the new one, the edit, the removal"


def load(bench: Bench) -> str:
    """The dataset as a stranger loads it, without options, and the WARC by two readers."""
    import duckdb
    import pandas
    from datasets import load_dataset
    from fastwarc.warc import ArchiveIterator as FastIterator
    from fastwarc.warc import WarcRecordType
    from pyarrow import json as arrow_json
    from warcio.archiveiterator import ArchiveIterator

    for number, clock in enumerate(("2026-05-20T12:00:00", "2026-05-21T12:00:00")):
        with serve(Website(scaled_posts(bench.articles)[1 - number :])) as server:
            process = bench.crawl(server, "-s", f"MAPEXPRESS_NOW={clock}+00:00")
            error = _stderr(process)
        if process.returncode != 0:
            raise AssertionError(f"status {process.returncode}: {error[-300:]}")
    write_card(bench.work, [bench.layout])
    folder = bench.work / "dataset"
    records = bench.records()
    parts = sorted(folder.rglob("*.gz"))
    loaded = load_dataset(str(folder), split="train", cache_dir=str(bench.work / "cache"))
    counts = {
        "datasets": len(loaded),
        "duckdb": duckdb.sql(f"SELECT count(*) FROM '{folder}/**/*.jsonl.gz'").fetchall()[0][0],
        "pyarrow": sum(_arrow(arrow_json, part) for part in parts),
        "pandas": sum(len(pandas.read_json(part, lines=True)) for part in parts),
    }
    for name, count in counts.items():
        if count != len(records):
            raise AssertionError(f"{name}: {count} of {len(records)} records")
    if set(loaded.column_names) != set(records[0]):
        raise AssertionError(f"datasets: columns {loaded.column_names}")
    ids = {str(record["warc_record_id"]) for record in records if record["warc_record_id"]}
    read: dict[str, set[str]] = {"warcio": set(), "fastwarc": set()}
    for warc in bench.layout.warc.glob("*.gz"):
        with warc.open("rb") as file:
            read["warcio"] |= {r.rec_headers.get_header("WARC-Record-ID") for r in ArchiveIterator(file)}
        with warc.open("rb") as file:
            read["fastwarc"] |= {r.record_id for r in FastIterator(file, record_types=WarcRecordType.response)}
    for name, found in read.items():
        if ids - found:
            raise AssertionError(f"{name}: {len(ids - found)} of {len(ids)} responses not found")
    return (
        f"{len(records)} records in {len(parts)} parts by {', '.join(counts)}; {len(ids)} responses by warcio, fastwarc"
    )


def _arrow(arrow_json: ModuleType, part: Path) -> int:
    rows: int = arrow_json.read_json(part).num_rows
    return rows


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
    "kill": lambda bench: stopped(bench, signal.SIGKILL),
    "term": lambda bench: stopped(bench, signal.SIGTERM),
    "interrupt": lambda bench: stopped(bench, signal.SIGINT, signals=2),
    "disk": disk,
    "damage": damage,
    "again": again,
    "load": load,
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
