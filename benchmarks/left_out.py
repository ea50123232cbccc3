"""Our text on pages the block scorer has not learned from, beside trafilatura: what other sites will see.

    python benchmarks/left_out.py [--shared DIR] [--cache DIR] [--sets aeb,fundus,sites] [--seeds 1,2]

For each of aeb, fundus, wcxb and trafilatura_eval (segments) the scorer is trained on all pages but that dataset's;
for `sites` four times on all but a quarter of the sites of every dataset. The whole way from bytes to a record then
runs with those forests. Each row is printed with the inclusion options of `quality.POLICIES` and without them. A seed
changes the training alone: several tell what a difference of a point is worth. A round takes about 15 minutes of CPU;
--cache keeps labels and forests of pages and settings that have not changed. Needs catboost.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import pickle
import sys
import warnings
import zlib
from pathlib import Path
from types import ModuleType

import numpy as np
from quality import POLICIES
from quality_scores import load_scorer
from trafilatura import extract
from train_scorer import PARAMETERS, Sample, load, train

from mapexpress.extraction.scorer import scorer
from mapexpress.extraction.scorer.scorer import Forest
from mapexpress.model.options import Options
from mapexpress.record.build import explain

SETS = ("aeb", "fundus", "wcxb", "trafilatura_eval")
FOLDS = 4


def forests_without(left: list[Sample], samples: list[Sample], seed: int, cache: Path | None) -> tuple[Forest, Forest]:
    """Forests trained on all `samples` but those `left` out."""
    out = {id(s) for s in left}
    rest = [s for s in samples if id(s) not in out]
    digest = hashlib.sha256(repr((sorted(PARAMETERS.items()), seed)).encode())
    for s in rest:
        for array in (s.rows, s.labels, s.weights):
            digest.update(np.ascontiguousarray(array))
        digest.update(b"" if s.known is None else s.known)
    kept = cache / f"forests-{digest.hexdigest()[:16]}.pickle" if cache else None
    if kept and kept.exists():
        first, second = pickle.loads(kept.read_bytes())  # noqa: S301 -- a cache that this program wrote
    else:
        first, second = train(rest, seed)
        if kept:
            kept.write_bytes(pickle.dumps((first, second)))
    return first, second


def predict(samples: list[Sample], forests: tuple[Forest, Forest], options: Options | None) -> list[tuple[str, bool]]:
    """Text of each page by the whole way to a record, and whether trafilatura was asked."""
    shipped = scorer.load_model
    scorer.load_model = lambda: ("left-out", *forests)
    try:
        articles = [explain([s.document], options=options).article for s in samples]
    finally:
        scorer.load_model = shipped
    return [(article.text, "trafilatura" in article.extractor) for article in articles]


def row(score: ModuleType, name: str, samples: list[Sample], texts: list[str]) -> str:
    pages = [
        score.score_page(s.gold, {"text": text}, s.dataset == "aeb") for s, text in zip(samples, texts, strict=True)
    ]
    total = score.summarise(pages)
    if "f1" not in total:
        return f"  {name:24} segments {total['seg_f1']:.4f}"
    under = sum(page["f"] < 0.8 for page in pages)
    return f"  {name:24} F1 {total['f1']:.4f}  exact {total['exact']:.3f}  under .8: {under}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--cache", type=Path, help="a folder for labels and forests")
    parser.add_argument("--sets", default=",".join((*SETS, "sites")))
    parser.add_argument("--seeds", default="1")
    args = parser.parse_args()
    if unknown := set(args.sets.split(",")) - {*SETS, "sites"}:
        sys.exit(f"unknown set {', '.join(sorted(unknown))}; known: {', '.join(SETS)}, sites")
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    if args.cache:
        args.cache.mkdir(parents=True, exist_ok=True)
    score = load_scorer(args.shared / "bench" / "score.py")
    samples, _ = load(args.shared, args.cache / "labels.npz" if args.cache else None)
    of = {name: [s for s in samples if s.dataset == name] for name in SETS}
    for name in SETS:
        peer = [extract(s.document.body, url=s.document.url, include_comments=False) or "" for s in of[name]]
        print(f"{name}: {len(peer)} pages\n{row(score, 'trafilatura', of[name], peer)}", flush=True)
    for seed in map(int, args.seeds.split(",")):
        for name in args.sets.split(","):
            if name == "sites":
                by_sites(score, samples, seed, args.cache)
                continue
            forests = forests_without(of[name], samples, seed, args.cache)
            show(score, f"{name} left out, seed {seed}", name, of[name], [forests], [of[name]])


def by_sites(score: ModuleType, samples: list[Sample], seed: int, cache: Path | None) -> None:
    parts = [[s for s in samples if zlib.crc32(f"left out {s.site}".encode()) % FOLDS == k] for k in range(FOLDS)]
    forests = [forests_without(part, samples, seed, cache) for part in parts]
    for name in SETS:
        shares = [[s for s in part if s.dataset == name] for part in parts]
        show(score, f"{name} by sites, seed {seed}", name, [s for share in shares for s in share], forests, shares)


def show(
    score: ModuleType,
    title: str,
    name: str,
    samples: list[Sample],
    forests: list[tuple[Forest, Forest]],
    shares: list[list[Sample]],
) -> None:
    """Print a dataset's rows: `shares[n]` of its pages is judged by `forests[n]`."""
    print(title)
    for options in {POLICIES.get(name): None, None: None}:
        pairs = [pair for f, share in zip(forests, shares, strict=True) for pair in predict(share, f, options)]
        asked = sum(asked for _, asked in pairs) / len(pairs)
        label = "with the dataset's policy" if options else "our own policy"
        print(f"{row(score, label, samples, [t for t, _ in pairs])}  asks trafilatura: {asked:.0%}", flush=True)


if __name__ == "__main__":
    main()
