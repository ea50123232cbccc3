"""Pages recognised as articles, and listings recognised as none: those that were learned from (`train_kinds.py`).

    python benchmarks/kinds.py [SHARED]

Floors: 98 % of the article pages of four data sets, 95 % of the listings. Exit status 1 below them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from pathlib import Path

from mapexpress.extraction.blocked import detect_block
from mapexpress.extraction.kinds.page_kind import classify
from mapexpress.extraction.scorer.scorer import see
from mapexpress.metadata.page_metadata import read_metadata
from mapexpress.page.parse import parse

DATASETS = ("aeb", "fundus", "trafilatura_eval", "wcxb")
FLOORS = {"article": 0.98, "none": 0.95}


def _articles(folder: Path, name: str) -> list[tuple[Path, str | None]]:
    rows = [json.loads(line) for line in (folder / "gold.jsonl").read_text("utf-8").splitlines()]
    if name == "aeb":
        rows = [r for r in rows if r.get("text")]
    if name == "wcxb":
        rows = [r for r in rows if r.get("page_type") == "article"]
    return [(folder / "pages" / f"{r['id']}.html.gz", r.get("url")) for r in rows]


def main() -> int:
    """Print the table and what was judged wrong; 1 when a floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", nargs="?", type=Path, default=Path("../shared"))
    shared = parser.parse_args().shared
    sets = [(name, "article", _articles(shared / "bench" / name, name)) for name in DATASETS]
    listings = sorted((shared / "tagdiv" / "listings").glob("*.html.gz"))
    sets.append(("tagdiv/listings", "none", [(path, None) for path in listings]))
    right: dict[str, list[int]] = {"article": [0, 0], "none": [0, 0]}
    print(f"{'pages':18} {'count':>6} {'right':>6} {'share':>7} {'blocked':>8} {'ms':>6}")
    for name, wanted, pages in sets:
        good = blocked = 0
        spent = 0.0
        wrong = []
        for path, url in pages:
            page = parse(gzip.decompress(path.read_bytes()), url=url)
            seen, facts = see(page), read_metadata(page).facts
            start = time.perf_counter()
            kind = classify(page, seen, facts)
            spent += time.perf_counter() - start
            blocked += detect_block(page) is not None
            if kind.is_article == (wanted == "article"):
                good += 1
            else:
                wrong.append(f"  {path.name.removesuffix('.html.gz')[:44]:44} {kind.kind:8} {kind.evidence}")
        right[wanted][0] += good
        right[wanted][1] += len(pages)
        print(f"{name:18} {len(pages):6} {good:6} {good / len(pages):7.3f} {blocked:8} {spent / len(pages) * 1e3:6.1f}")
        print("\n".join(wrong))
    status = 0
    for wanted, (good, count) in right.items():
        print(f"{wanted}: {good} of {count} = {good / count:.4f}, floor {FLOORS[wanted]}")
        status |= good / count < FLOORS[wanted]
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
