"""CPU cost of a page: ours beside the peers, as multiples of one lxml parse of the same bytes.

    python benchmarks/bench_speed.py [--shared ../shared] [--pages N] [--rounds N] [--json out.json]

Every contender sees the same pages in the same process, interleaved page by page, so that a machine whose speed
drifts slows all of them alike. Figures are CPU milliseconds (`time.process_time`); ratios are what to compare.
Peers that are not installed are left out and named (`pip install -r benchmarks/requirements.txt`).
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import logging
import random
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from speed_results import machine, per_page, write

Contender = Callable[[bytes, str | None], object]
DATASETS = ("aeb", "fundus", "wcxb", "trafilatura_eval")


def _lxml(data: bytes, _url: str | None) -> object:
    from lxml import html

    return html.document_fromstring(data)


def _lexbor(data: bytes, _url: str | None) -> object:
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(data)


def _ours(data: bytes, url: str | None) -> object:
    import mapexpress

    return mapexpress.clean(data, url=url)


def _ours_parse(data: bytes, url: str | None) -> object:
    from mapexpress.page.parse import parse

    return parse(data, url=url)


def _trafilatura(data: bytes, url: str | None) -> object:
    import trafilatura

    return trafilatura.bare_extraction(data, url=url, with_metadata=True)


def _trafilatura_fast(data: bytes, url: str | None) -> object:
    import trafilatura

    return trafilatura.bare_extraction(data, url=url, fast=True, with_metadata=False)


def _readability(data: bytes, _url: str | None) -> object:
    import readability

    return readability.Document(data.decode("utf-8", "replace")).summary()


def _newspaper(data: bytes, url: str | None) -> object:
    import newspaper

    article = newspaper.Article(url or "https://news.example/", fetch_images=False)  # CPU is measured, not the network
    article.download(input_html=data.decode("utf-8", "replace"))
    article.parse()
    return article.text


def _resiliparse(data: bytes, _url: str | None) -> object:
    from resiliparse.extract.html2text import extract_plain_text

    return extract_plain_text(data.decode("utf-8", "replace"), main_content=True)


CONTENDERS: dict[str, tuple[str, Contender]] = {
    "lxml parse": ("lxml", _lxml),
    "lexbor parse": ("selectolax", _lexbor),
    "mapexpress parse and walk": ("mapexpress", _ours_parse),
    "mapexpress": ("mapexpress", _ours),
    "resiliparse": ("resiliparse", _resiliparse),
    "trafilatura fast": ("trafilatura", _trafilatura_fast),
    "trafilatura with metadata": ("trafilatura", _trafilatura),
    "readability-lxml": ("readability", _readability),
    "newspaper4k": ("newspaper", _newspaper),
}


def load_pages(shared: Path, limit: int) -> list[tuple[bytes, str | None]]:
    """Pages of the datasets with their addresses, a fixed sample when there are more than `limit`."""
    pages = []
    for name in DATASETS:
        folder = shared / "bench" / name
        for line in (folder / "gold.jsonl").read_text("utf-8").splitlines():
            gold = json.loads(line)
            path = folder / "pages" / f"{gold['id']}.html.gz"
            if path.exists():
                pages.append((gzip.decompress(path.read_bytes()), gold.get("url")))
    if not pages:
        sys.exit(f"no pages under {shared}: give --shared")
    return pages if len(pages) <= limit else random.Random(0).sample(pages, limit)


def measure(
    pages: list[tuple[bytes, str | None]], contenders: dict[str, Contender], rounds: int
) -> dict[str, list[float]]:
    """CPU milliseconds of each contender for each page: the least of `rounds` passes."""
    best: dict[str, list[float]] = {name: [float("inf")] * len(pages) for name in contenders}
    for run in contenders.values():
        for data, url in pages[:3]:  # first calls import and compile
            _quietly(run, data, url)
    failed: Counter[str] = Counter()
    for _ in range(rounds):
        for i, (data, url) in enumerate(pages):
            for name, run in contenders.items():
                start = time.process_time()
                failed[name] += not _quietly(run, data, url)
                best[name][i] = min(best[name][i], (time.process_time() - start) * 1e3)
    for name, count in (+failed).items():  # it has still cost what it cost
        print(f"{name} failed on {count // rounds} pages", file=sys.stderr)
    return best


def _quietly(run: Contender, data: bytes, url: str | None) -> bool:
    """Whether it made something of the page."""
    try:
        run(data, url)
    except Exception:
        return False
    return True


def print_table(times: dict[str, list[float]]) -> None:
    """One row a contender, see `per_page`."""
    rows = per_page(times)
    columns = list(next(iter(rows.values())))
    print(f"{'CPU ms a page':<28}" + "".join(f"{name:>11}" for name in columns))
    for name, row in rows.items():
        print(f"{name:<28}" + "".join(f"{value:11.2f}" for value in row.values()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)  # what peers say of pages
    warnings.filterwarnings("ignore")
    here: dict[str, Contender] = {}
    for name, (module, run) in CONTENDERS.items():
        try:
            importlib.import_module(module)
            here[name] = run
        except ImportError:
            print(f"not installed: {name}", file=sys.stderr)
    pages = load_pages(args.shared, args.pages)
    times = measure(pages, here, args.rounds)
    on = machine()
    print(f"{len(pages)} pages, {args.rounds} rounds, {on['processor']}, Python {on['python']}, load {on['load']}")
    print_table(times)
    write(args.json, {"pages": len(pages), "rounds": args.rounds, "rows": per_page(times)})


if __name__ == "__main__":
    main()
