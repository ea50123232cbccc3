"""The records of all pages and sites at hand, byte for byte: written at one state of the code, compared with another's.

    python -m benchmarks.snapshot write DIR [--shared ../shared] [--every N] [--sets aeb,fixture] [--workers 2]
    python -m benchmarks.snapshot compare OLD NEW

`write` makes one JSON Lines file a set: every page of `bench/*/`, `frar/` and `tagdiv/` with its record and the reason
why a crawl would refuse it, every dirty text of `tagdiv/dirty/`, and all records and rejections of three crawls: of the
two real sites of `sites/sites.tar.xz` and of the fixture site, on loopback, at a fixed time, one request after the
other. `--every 10` takes each tenth page of a set, and the crawls whole: a look in a fifth of the time.

`compare` names the records that differ and their fields, and ends with 1 when there is one. What was written with
`--every` is compared with the same pages of a whole snapshot; sets that only one of the two holds are named.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.real_sites import serve as serve_folder
from fixtures.posts import load_posts
from fixtures.server import serve as serve_site
from fixtures.website import Website

ROOT = Path(__file__).resolve().parents[1]
NOW = "2026-06-20T12:00:00+00:00"  # after the newest article of the three sites
# Of a crawled record, what says when and in which file it was stored, not what it holds
OF_THE_RUN = ("fetched_at", "last_seen_at", "warc_record_id")
ABOUT = "about.json"
SHOWN = 80  # characters of a value that differs
Row = dict[str, Any]


# --- The only place that knows how the package is asked


def of_page(data: bytes, url: str | None) -> Row:
    """What one page gives: its record, and the rejection that a crawl would store instead."""
    from mapexpress.model.schema import to_dict
    from mapexpress.record.build import Document, explain

    found = explain([Document(body=data, url=url)])
    return {"record": to_dict(found.article), "refusal": to_dict(found.refusal) if found.refusal else None}


def of_text(data: bytes) -> Row:
    """What one plain text gives to whoever calls the package."""
    import mapexpress
    from mapexpress.model.schema import to_dict

    return {"record": to_dict(mapexpress.clean(data))}


def of_crawl(data: Path, *arguments: str, proxy: str = "", allow: str = "") -> list[Row]:
    """All that a crawl stored, records and rejections, by address; DATA is its empty folder."""
    settings = {"MAPEXPRESS_DATA": str(data), "MAPEXPRESS_NOW": NOW, "MAPEXPRESS_ALLOW_HOSTS": allow}
    # one request after the other, so that which way shows an article first is the same each time
    settings |= {"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0", "CONCURRENT_REQUESTS": "1"}
    command = [sys.executable, "-m", "scrapy", "crawl", *arguments]
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    environment = {k: v for k, v in os.environ.items() if k.lower() not in ("http_proxy", "https_proxy", "no_proxy")}
    if proxy:
        environment["http_proxy"] = f"http://{proxy}"
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"{' '.join(arguments)}: status {ran.returncode}\n{ran.stderr[-2000:]}")
    return stored(data)


def stored(data: Path) -> list[Row]:
    """The sealed records and rejections of a data folder, without what only says when they were stored."""
    rows: list[Row] = []
    for kind, pattern in (("record", "dataset/*/*/*.jsonl.gz"), ("rejection", "sites/*/rejections/**/*.jsonl.gz")):
        for part in sorted(data.glob(pattern)):
            with gzip.open(part, "rt", encoding="utf-8") as lines:
                for line in lines:
                    found = {k: v for k, v in json.loads(line).items() if k not in OF_THE_RUN}
                    # the last is told from the first by what an address may have several of
                    name = f"{kind} {found['url']} {found.get('revision') or found.get('stage')}"
                    rows.append({"id": name, kind: found})
    return sorted(rows, key=lambda row: (row["id"], to_line(row)))


# --- Sets: each a name and how its rows are made


def page_sets(shared: Path) -> dict[str, Path]:
    """Folders with `pages/*.html.gz` and a gold file, by name."""
    folders = [*sorted((shared / "bench").iterdir()), shared / "frar", shared / "tagdiv"]
    return {folder.name: folder for folder in folders if (folder / "pages").is_dir()}


def page_rows(folder: Path, every: int, workers: int) -> Iterable[Row]:
    lines = (folder / "gold.jsonl").read_text("utf-8").splitlines()
    urls = {row["id"]: row.get("url") for row in map(json.loads, filter(str.strip, lines))}
    paths = sorted((folder / "pages").glob("*.html.gz"))[::every]
    return in_processes(read_page, [(path, urls.get(path.name.removesuffix(".html.gz"))) for path in paths], workers)


def read_page(given: tuple[Path, str | None]) -> Row:
    path, url = given
    return {"id": path.name.removesuffix(".html.gz")} | of_page(gzip.decompress(path.read_bytes()), url)


def text_rows(folder: Path, every: int, workers: int) -> Iterable[Row]:
    return in_processes(read_text, sorted(folder.glob("*.txt"))[::every], workers)


def read_text(path: Path) -> Row:
    return {"id": path.name} | of_text(path.read_bytes())


def in_processes(work: Callable[[Any], Row], inputs: list[Any], workers: int) -> Iterator[Row]:
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(work, inputs, chunksize=4)


@contextmanager
def real_sites(shared: Path) -> Iterator[Path]:
    """The folder of both sites, unpacked for as long as it is needed."""
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(shared / "sites/sites.tar.xz") as tar:
            tar.extractall(scratch, filter="data")
        yield next(path.parent for path in Path(scratch).rglob("comoresnews"))


def crawl_rows(name: str, shared: Path) -> list[Row]:
    """One of the three sites, crawled whole into a folder of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch)
        if name == "fixture":
            with serve_site(Website(load_posts())) as server:
                arguments = ("mapexpress", "-a", f"base_url={server.url}", "-a", "since=all")
                return of_crawl(data, *arguments, allow=server.host)
        home = {"comoresnews": "http://comoresnews.com/", "dandify": "http://dandify.org/"}[name]
        with real_sites(shared) as sites, serve_folder(sites / name, rest=name == "comoresnews") as proxy:
            # through a proxy, so that addresses are the site's own and no port is part of a record
            return of_crawl(data, "news", "-a", f"url={home}", "-a", "since=all", proxy=proxy)


CRAWLS = ("comoresnews", "dandify", "fixture")


def to_line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False)


def write(out: Path, shared: Path, sets: list[str], every: int, workers: int) -> None:
    """One file a set; what cannot be read ends the program."""
    pages = page_sets(shared)
    wanted = sets or [*pages, "tagdiv-dirty", *CRAWLS]
    if unknown := set(wanted) - {*pages, "tagdiv-dirty", *CRAWLS}:
        sys.exit(f"unknown set {', '.join(sorted(unknown))}; known: {', '.join([*pages, 'tagdiv-dirty', *CRAWLS])}")
    out.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        rows: Iterable[Row]
        if name in CRAWLS:
            rows = crawl_rows(name, shared)
        elif name == "tagdiv-dirty":
            rows = text_rows(shared / "tagdiv/dirty", every, workers)
        else:
            rows = page_rows(pages[name], every, workers)
        lines = [to_line(row) + "\n" for row in rows]
        (out / f"{name}.jsonl").write_text("".join(lines), "utf-8")
        print(f"{name}: {len(lines)}", flush=True)
    (out / ABOUT).write_text(json.dumps({"every": every}) + "\n", "utf-8")


# --- Comparing


def read_snapshot(folder: Path) -> tuple[dict[str, list[str]], int]:
    """Lines by set, and which page of a set was taken."""
    try:
        every = int(json.loads((folder / ABOUT).read_text("utf-8"))["every"])
        return {p.stem: p.read_text("utf-8").splitlines() for p in sorted(folder.glob("*.jsonl"))}, every
    except OSError as error:
        sys.exit(f"no snapshot: {error}")


def differences(old: list[str], new: list[str]) -> list[str]:
    """What differs between the lines of one set, a line for each record and field."""
    first, second = by_name(old), by_name(new)
    out = [f"{name}: not in the second" for name in first if name not in second]
    out += [f"{name}: not in the first" for name in second if name not in first]
    for name, line in first.items():
        other = second.get(name, line)
        if other != line:
            fields = list(differing(json.loads(line), json.loads(other)))
            out += [f"{name}: {field}" for field in fields or ["the order of keys"]]
    return out


def by_name(lines: list[str]) -> dict[str, str]:
    """Lines by the name of their row; a name that comes again is numbered."""
    times: Counter[str] = Counter()
    out: dict[str, str] = {}
    for line in lines:
        name = json.loads(line)["id"]
        times[name] += 1
        out[name if times[name] == 1 else f"{name} ({times[name]})"] = line
    return out


def differing(one: object, other: object, at: str = "") -> Iterator[str]:
    """Fields in which two rows differ, down to the value: `record.quality.words: 120 | 121`.

    >>> list(differing({"record": {"a": 1, "b": [1]}}, {"record": {"a": 2, "b": [1]}}))
    ['record.a: 1 | 2']
    """
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            path = f"{at}.{key}" if at else key
            if key not in one or key not in other:
                yield f"{path}: only in the {'first' if key in one else 'second'}"
            else:
                yield from differing(one[key], other[key], path)
    elif one != other or type(one) is not type(other):
        yield f"{at}: {shortened(one, other)} | {shortened(other, one)}"


def shortened(value: object, other: object) -> str:
    """A value from where it differs from another."""
    text, beside = (json.dumps(v, ensure_ascii=False) for v in (value, other))
    start = next((i for i, (a, b) in enumerate(zip(text, beside, strict=False)) if a != b), min(len(text), len(beside)))
    begin = max(0, start - SHOWN // 4) if len(text) > SHOWN else 0
    return ("…" if begin else "") + text[begin : begin + SHOWN] + ("…" if len(text) > begin + SHOWN else "")


def compare(old: Path, new: Path) -> int:
    """How many differences there are, each told on the screen."""
    (first, step), (second, other_step) = read_snapshot(old), read_snapshot(new)
    if step != other_step and 1 not in (step, other_step):
        sys.exit(f"not the same pages: --every {step} and --every {other_step}")
    wrong = 0
    for name in sorted({*first, *second}):
        if name not in first or name not in second:
            print(f"{name}: only in {old if name in first else new}, not compared")
            continue
        coarse = 1 if name in CRAWLS else max(step, other_step)
        lines, others = first[name][:: max(1, coarse // step)], second[name][:: max(1, coarse // other_step)]
        found = differences(lines, others)
        print(f"{name}: {len(lines)} records, " + (f"{len(found)} differences" if found else "the same"))
        for line in found:
            print(f"  {line}")
        wrong += len(found)
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    writing = commands.add_parser("write", help="make a snapshot of the code as it stands")
    writing.add_argument("folder", type=Path, metavar="DIR")
    writing.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    writing.add_argument("--every", type=int, default=1, metavar="N", help="each Nth page of a set")
    writing.add_argument("--sets", default="", help="names with commas between them (default: all)")
    writing.add_argument("--workers", type=int, default=2)
    comparing = commands.add_parser("compare", help="tell in which records two snapshots differ")
    comparing.add_argument("old", type=Path)
    comparing.add_argument("new", type=Path)
    given = parser.parse_args()
    if given.command == "compare":
        return 1 if compare(given.old, given.new) else 0
    warnings.filterwarnings("ignore")
    write(given.folder, given.shared, [s for s in given.sets.split(",") if s], max(1, given.every), given.workers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
