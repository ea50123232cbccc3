"""Train the block scorer and write its trees: python benchmarks/train_scorer.py --shared ../shared

Needs catboost (benchmarks only). Gold texts give each block its label: the set of blocks whose text has the best
4-gram F1 with the gold, by hill climbing from the blocks whose words stand in it. The second forest learns from the
first one's out-of-fold chances, folds by site. Pages of which only wanted and unwanted passages are known take part
by what a forest of the others makes of them, put right by those passages (self-training). `scorer.npz` and
`scorer.json`, the record of the data, go into the package; `left_out.py` measures on pages that were not learned
from. Labels take half of the time: --cache keeps them.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import tempfile
import unicodedata
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from catboost import CatBoostClassifier

from mapexpress.extraction.scorer.features import View
from mapexpress.extraction.scorer.scorer import Forest, context, decode
from mapexpress.page.parse import parse
from mapexpress.record.build import Document
from mapexpress.web.encodings import decode as decode_bytes

SETS = {name: f"bench/{name}" for name in ("aeb", "fundus", "wcxb", "mozilla")} | {"frar": "frar", "tagdiv": "tagdiv"}
# Gold that names passages, not a text
SEGMENTS = {"trafilatura_eval": "bench/trafilatura_eval"}
# Of such pages those whose text is expected to have this F1 teach, what no passage names with half the weight
SURE, HALF = 0.85, 0.5
OUT = Path(__file__).parents[1] / "mapexpress" / "extraction" / "scorer"
FOLDS = 4
# One forest of these scores aeb .954, fundus .954, wcxb .927 when left out; LightGBM's leaf-wise trees, which cost
# more to evaluate in numpy, .952, .957, .927
PARAMETERS = {
    "iterations": 400, "depth": 6, "learning_rate": 0.08, "l2_leaf_reg": 5, "rsm": 0.3, "bootstrap_type": "Bernoulli",
    "subsample": 0.8, "border_count": 64, "thread_count": 2, "verbose": 0,
    "allow_writing_files": False,
}  # fmt: skip


@dataclass
class Sample:
    """One page: `weights` says how much each of its blocks teaches, `document` and `gold` are what it came from.

    `known` is None where the gold is the whole text, else 1 for blocks with a wanted passage, -1 for those with an
    unwanted one, 0 for all others; `labels` are empty then.
    """

    dataset: str
    site: str
    document: Document
    gold: dict[str, object]
    view: View
    rows: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    known: np.ndarray | None = None


def tokens(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFC", text))


def shingles(words: list[str]) -> Counter:
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)) if words)


def label(blocks: list[list[str]], gold: list[str]) -> np.ndarray:
    wanted = shingles(gold)
    size = sum(wanted.values())
    flat = [w for b in blocks for w in b]
    owner = [i for i, b in enumerate(blocks) for _ in b]
    covered = np.zeros(len(flat) + 4)
    for k in range(len(flat) - 3):
        if tuple(flat[k : k + 4]) in wanted:
            covered[k : k + 4] = 1
    counts = np.bincount(owner, covered[: len(flat)], minlength=len(blocks)) if flat else np.zeros(len(blocks))
    share = counts / np.array([max(len(b), 1) for b in blocks])
    short = {tuple(gold[i : i + k]) for k in (1, 2, 3) for i in range(len(gold) - k + 1)}
    for i, words in enumerate(blocks):
        if words and len(words) < 4 and tuple(words) in short:
            share[i] = max(share[i], 0.4)
    kept = share > 0.5

    def f1() -> float:
        have = shingles([w for i in np.flatnonzero(kept) for w in blocks[i]])
        total = sum(have.values()) + size
        return 2 * sum((have & wanted).values()) / total if total else 1.0

    best = f1()
    # the longest first: of a text that stands on the page twice, in paragraphs and as one block, the paragraphs remain
    candidates = sorted((i for i in range(len(blocks)) if share[i] > 0), key=lambda i: -len(blocks[i]))
    if len(candidates) > 400:
        candidates = [i for i in candidates if share[i] > 0.3]
    for _ in range(3):
        changed = False
        for i in candidates:
            kept[i] ^= True
            value = f1()
            if value > best + 1e-9 or (value >= best - 1e-9 and not kept[i]):
                changed |= value > best + 1e-9
                best = value
            else:
                kept[i] ^= True
        if not changed:
            break
    return kept


def passages(texts: list[str], gold: dict[str, object]) -> np.ndarray:
    """Which blocks hold a wanted passage that stands in one block only (1), or an unwanted one (-1)."""
    folded = [" ".join(unicodedata.normalize("NFC", t).split()) for t in texts]
    known = np.zeros(len(texts), np.int8)
    for name, value in (("without", -1), ("with", 1)):
        for passage in gold.get(name) or []:
            words = " ".join(unicodedata.normalize("NFC", str(passage)).split())
            held = [i for i, t in enumerate(folded) if words in t]
            if value < 0 or len(held) == 1:
                known[held] = value
    return known


def load(shared: Path, cache: Path | None = None) -> tuple[list[Sample], dict[str, object]]:
    """All pages of SETS with their labels, and the record of the data."""
    known = dict(np.load(cache)) if cache and cache.exists() else {}
    samples, record, labelled = [], {}, {}
    for dataset, folder in (SETS | SEGMENTS).items():
        digest, pages, blocks = hashlib.sha256(), 0, 0
        for line in (shared / folder / "gold.jsonl").read_text("utf-8").splitlines():
            entry = json.loads(line)
            raw = gzip.decompress((shared / folder / "pages" / f"{entry['id']}.html.gz").read_bytes())
            text = entry.get("text") or "\n\n".join(p["text"] for p in entry.get("paragraphs", []))
            digest.update(raw + (text or repr((entry.get("with"), entry.get("without")))).encode())
            page = parse(decode_bytes(raw)[0])
            if not page.blocks:
                continue
            texts = [b.text for b in page.blocks]
            if dataset in SEGMENTS:
                labels, named = np.zeros(0, bool), passages(texts, entry)
            else:
                key = hashlib.sha256("\0".join([text, *texts]).encode()).hexdigest()
                labels = known[key] if key in known else label([tokens(t) for t in texts], tokens(text))
                labelled[key], named = labels, None
            view = View(page)
            # every page counts the same, long blocks more than short ones
            weights = np.sqrt(view.words + 1)
            weights *= 100 / weights.sum()
            document = Document(body=raw, url=entry.get("url"))
            site = str(entry.get("site") or entry["id"])
            samples.append(Sample(dataset, site, document, entry, view, view.matrix(), labels, weights, named))
            pages, blocks = pages + 1, blocks + len(page.blocks)
        record[dataset] = {"pages": pages, "blocks": blocks, "sha256": digest.hexdigest()}
        print(dataset, record[dataset], flush=True)
    if cache:
        np.savez_compressed(cache, **labelled)
    return samples, record


def fit(samples: list[Sample], rows: list[np.ndarray], seed: int) -> Forest:
    weights = np.concatenate([s.weights for s in samples])
    model = CatBoostClassifier(**PARAMETERS, random_seed=seed)
    labels = np.concatenate([s.labels for s in samples])
    model.fit(np.vstack(rows), labels, sample_weight=weights)
    return forest_of(model, PARAMETERS["depth"], rows[0])


def forest_of(model: CatBoostClassifier, depth: int, test: np.ndarray) -> Forest:
    """The trees of a model, which say of `test` what it says."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        model.save_model(file.name, format="json")
        dump = json.loads(Path(file.name).read_text())
    trees = dump["oblivious_trees"]
    features = np.zeros((len(trees), depth), np.int16)
    borders = np.full((len(trees), depth), np.inf, np.float32)
    leaves = np.zeros((len(trees), 1 << depth), np.float32)
    for i, tree in enumerate(trees):
        for level, split in enumerate(tree["splits"]):
            features[i, level], borders[i, level] = split["float_feature_index"], split["border"]
        leaves[i, : len(tree["leaf_values"])] = tree["leaf_values"]
    scale, bias = dump["scale_and_bias"]
    forest = Forest.of(features, borders, leaves * np.float32(scale), float(np.ravel(bias)[0]))
    assert np.abs(forest.predict(test) - model.predict_proba(test)[:, 1]).max() < 1e-4, "trees differ from catboost's"
    return forest


def taught(sample: Sample, chances: np.ndarray) -> Sample | None:
    """A page with labels from a forest's `chances` and its own passages; None where the text is too unsure."""
    known = sample.known
    assert known is not None
    chances = np.select([known > 0, known < 0], [0.99, 0.01], chances)
    kept, expected = decode(sample.view.page, chances.tolist())
    if expected < SURE:
        return None
    labels = (np.isin(np.arange(len(known)), list(kept)) | (known > 0)) & (known >= 0)
    return replace(sample, labels=labels, weights=np.where(known, sample.weights, HALF * sample.weights))


def train(samples: list[Sample], seed: int = 1) -> tuple[Forest, Forest]:
    """The two forests, the same for the same samples in the same order."""
    gold = [s for s in samples if s.known is None]
    if len(gold) < len(samples):
        teacher = fit(gold, [s.rows for s in gold], seed)
        named = [taught(s, teacher.predict(s.rows)) for s in samples if s.known is not None]
        samples = [*gold, *(s for s in named if s is not None)]
    chances: dict[int, np.ndarray] = {}
    for fold in range(FOLDS):
        outside = [s for s in samples if zlib.crc32(s.site.encode()) % FOLDS != fold]
        forest = fit(outside, [s.rows for s in outside], seed)
        for s in samples:
            if zlib.crc32(s.site.encode()) % FOLDS == fold:
                chances[id(s)] = forest.predict(s.rows)
    first = fit(samples, [s.rows for s in samples], seed)
    second = fit(samples, [np.hstack((s.rows, context(s.view, chances[id(s)]))) for s in samples], seed)
    return first, second


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--cache", type=Path, help="an .npz file for the labels")
    args = parser.parse_args()
    samples, record = load(args.shared, args.cache)
    first, second = train(samples)
    digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
    arrays = {f"{n}_{k}": v for n, f in (("first", first), ("second", second)) for k, v in f.arrays().items()}
    np.savez_compressed(OUT / "scorer.npz", version=np.array(digest[:12]), **arrays)
    record = {"version": digest[:12], "features": samples[0].view.names, "parameters": PARAMETERS, "data": record}
    (OUT / "scorer.json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
