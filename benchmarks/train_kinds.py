"""Train the judgement of a page's kind and write its trees: python benchmarks/train_kinds.py --shared ../shared

Articles are the pages of the sets of articles, the others those of `kinds` and the listings of tagDiv sites. A fifth of
all sites is left out in turn, the sites of all sets together; what the forests say of it is printed first, by set, for
several thresholds and without the pages' addresses. Then the forests over all pages go into the package as `kinds.npz`,
with `kinds.json`, the record of the data. `--left-out` prints only. Needs catboost.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import html
import json
import logging
import warnings
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from catboost import CatBoostClassifier
from train_scorer import forest_of

from mapexpress.extraction.kinds.facts import NAMES, OF_TEASERS, with_teasers, without_address
from mapexpress.extraction.kinds.learned import SURE, SURE_NONE
from mapexpress.extraction.kinds.page_kind import classify, row_of
from mapexpress.extraction.kinds.prose import own_prose, sure_prose
from mapexpress.extraction.scorer.scorer import Forest, see
from mapexpress.metadata.page_metadata import read_metadata
from mapexpress.record.build import Document, read_page

ARTICLES = (
    "aeb", "daniel", "fundus", "magichtml", "newton", "postlight", "omnivore", "trafilatura_eval", "wcxb",
    "wcxb_articles", "frar",
)  # fmt: skip
OTHERS = ("kinds", "listings")
OUT = Path(__file__).parents[1] / "mapexpress" / "extraction" / "kinds"
FOLDS = 5
OTHER_WEIGHT = 5  # of a page that is no article: there are seven articles to each; with 2 and 3 more of them are taken
BARE_WEIGHT = 0.3  # of a page without links
PARAMETERS = {
    "iterations": 300, "depth": 4, "learning_rate": 0.06, "l2_leaf_reg": 8, "rsm": 0.4, "verbose": 0, "thread_count": 2,
    "allow_writing_files": False, "random_seed": 1,
}  # fmt: skip
THRESHOLDS = (0.3, 0.4, 0.5)


@dataclass(frozen=True)
class Case:
    """A page: `row` is None where its kind is plain; `plain`: whether the rules alone take it for an article."""

    dataset: str
    site: str
    digest: str
    row: np.ndarray | None
    plain: bool


def pages(shared: Path) -> Iterator[tuple[str, str, str | None, Path, str]]:
    """Set, site, address, file and text of each page."""
    for name in (*ARTICLES, "kinds"):
        folder = shared / ("frar" if name == "frar" else f"bench/{name}")
        for line in (folder / "gold.jsonl").read_text("utf-8").splitlines():
            gold = json.loads(line)
            path = folder / "pages" / f"{gold['id']}.html.gz"
            yield name, str(gold.get("site") or gold["id"]), gold.get("url"), path, gold.get("text") or ""
    for path in sorted((shared / "tagdiv" / "listings").glob("*.html.gz")):
        yield "listings", path.name.partition("_")[0], None, path, ""


def look(given: tuple[str, str, str | None, Path, str]) -> list[Case]:
    """The page, and of an article a bare one."""
    *case, text = given
    dataset, site, url, path = case
    data = gzip.decompress(path.read_bytes())
    page = read_page(Document(body=data, url=url))
    digest = hashlib.sha256(data).hexdigest()
    seen, facts = see(page), read_metadata(page).facts
    row = row_of(page, seen, facts) if seen is not None else None
    if row is not None:
        own, teasers = own_prose(page)
        row = with_teasers(row, own, teasers, sure_prose(page))
    found = [Case(dataset, site, digest, row, classify(page, None).is_article)]
    bare = bare_page(site, url, path.name, text) if text and dataset in ARTICLES else None
    return [*found, bare] if bare is not None else found


def bare_page(site: str, url: str | None, name: str, text: str) -> Case | None:
    """The first paragraphs of an article on a page that has nothing else: no frame, no links, no metadata.

    No page of the web is so, but whoever tries the library has one, and a page needs no frame to be an article.
    """
    paragraphs = [line for line in text.split("\n") if line.strip()][: 2 + zlib.crc32(name.encode()) % 6]
    body = "".join(f"<p>{html.escape(line)}</p>" for line in paragraphs)
    page = read_page(Document(body=f"<html><body><article>{body}</article></body></html>", url=url))
    seen = see(page)
    row = row_of(page, seen, read_metadata(page).facts) if seen is not None else None
    if row is None:
        return None
    own, teasers = own_prose(page)
    return Case("bare", site, "", with_teasers(row, own, teasers, sure_prose(page)), plain=True)


def fit(rows: np.ndarray, articles: np.ndarray) -> Forest:
    """A forest over pages, each also as one whose address nobody knows."""
    bare = np.array([np.append(without_address(row[: len(NAMES)]), row[len(NAMES) :]) for row in rows])
    weights = np.where(articles, 1.0, OTHER_WEIGHT)
    weights[rows[:, NAMES.index("anchors")] == 0] *= BARE_WEIGHT
    model = CatBoostClassifier(**PARAMETERS)
    model.fit(np.vstack((rows, bare)), np.hstack((articles, articles)), sample_weight=np.hstack((weights, weights / 2)))
    return forest_of(model, PARAMETERS["depth"], rows)


def train(rows: np.ndarray, articles: np.ndarray) -> tuple[Forest, Forest]:
    return fit(rows[:, : len(NAMES)], articles), fit(rows, articles)


def chances(rows: np.ndarray, first: Forest, second: Forest) -> np.ndarray:
    """As `learned.judge` decides."""
    out = first.predict(rows[:, : len(NAMES)])
    unsure = (out > SURE_NONE) & (out < SURE)
    if unsure.any():
        out[unsure] = second.predict(rows[unsure])
    return out


def left_out(cases: list[Case], rows: np.ndarray, articles: np.ndarray) -> None:
    """Print what holds on sites that nothing was learned from."""
    fold = np.array([zlib.crc32(f"kind of {case.site}".encode()) % FOLDS for case in cases])
    given, bare = np.zeros(len(cases)), np.zeros(len(cases))
    for part in range(FOLDS):
        forests = train(rows[fold != part], articles[fold != part])
        given[fold == part] = chances(rows[fold == part], *forests)
        hidden = np.array([np.append(without_address(r[: len(NAMES)]), r[len(NAMES) :]) for r in rows[fold == part]])
        bare[fold == part] = chances(hidden, *forests)
    sets = np.array([case.dataset for case in cases])
    print("of pages whose kind is learned, on sites that are left out:")
    print(f"  {'':18}{'pages':>6}{'rules':>7}" + "".join(f"{t:>7}" for t in THRESHOLDS) + "   without address")
    for name in (*ARTICLES, "bare", *OTHERS):
        here = sets == name
        wrong = (lambda ok: int((~ok).sum())) if name not in OTHERS else (lambda ok: int(ok.sum()))
        plain = np.array([case.plain for case in cases])[here]
        told = "".join(f"{wrong(given[here] >= t):>7}" for t in THRESHOLDS)
        print(f"  {name:18}{here.sum():>6}{wrong(plain):>7}{told}   "
              + "".join(f"{wrong(bare[here] >= t):>7}" for t in THRESHOLDS))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--left-out", action="store_true", help="print what holds on other sites, write nothing")
    args = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    with ProcessPoolExecutor(2) as pool:
        every = [case for cases in pool.map(look, pages(args.shared), chunksize=8) for case in cases]
    cases = [case for case in every if case.row is not None]
    rows = np.array([case.row for case in cases])
    articles = np.array([case.dataset not in OTHERS for case in cases])
    plain = [case for case in every if case.row is None]
    refused = sum(not case.plain for case in plain if case.dataset in ARTICLES)
    taken = sum(case.plain for case in plain if case.dataset in OTHERS)
    print(f"{len(plain)} pages whose kind is plain: {refused} articles refused, {taken} others taken")
    left_out(cases, rows, articles)
    if args.left_out:
        return
    first, second = train(rows, articles)
    record = {
        name: {
            "pages": sum(case.dataset == name for case in every),
            "sha256": hashlib.sha256("".join(c.digest for c in every if c.dataset == name).encode()).hexdigest(),
        }
        for name in (*ARTICLES, *OTHERS)
    }
    digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
    arrays = {
        f"{n}_{k}": v for n, f in (("first", first), ("second", second)) for k, v in f.arrays().items()
    } | {"usual": np.median(rows[articles], axis=0).astype(np.float32)}  # fmt: skip
    np.savez_compressed(OUT / "kinds.npz", version=np.array(digest[:12]), **arrays)
    told = {"version": digest[:12], "facts": [*NAMES, *OF_TEASERS], "parameters": PARAMETERS, "data": record}
    (OUT / "kinds.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
