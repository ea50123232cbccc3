"""Our text, titles, dates and authors beside the peers', on the same pages in one process.

    python benchmarks/bench_quality.py [--shared DIR] [--sets aeb,frar] [--ours] [--html FILE] [--markdown FILE]
                                       [--write-floors]

DIR holds `bench/<dataset>/`, `frar/` and `tagdiv/`, each with `pages/*.html.gz` and `gold.jsonl`, and the scorers
`bench/score.py` and `tagdiv/score.py`. Intervals are 95 % bootstrap over pages. Printed: a table for each dataset, one
by language and one of all whole texts, paragraphs lost and lines leaked, the share of pages that consult trafilatura,
and our 20 worst pages.
The row "site level" is ours with the template that the dataset's own pages of a site teach (six or more); it may not
fall under the page level.
Exit status 5 when a figure of ours falls under its floor in `quality_floors.json` on the same corpus (by digest); a
peer that is not installed is left out and said so. --ours leaves all peers out.

The block scorer was trained on these pages: ours are figures of development. What other sites will see are the rows of
`left_out.py`, where the scorer has not seen the dataset.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from quality import POLICIES
from quality_page import blocks, render
from quality_peers import Extractor, Prediction, ours, peers, predict, site_level
from quality_scores import (
    FEWEST,
    HEAD,
    by_language,
    filled,
    floors_of,
    interval,
    load_scorer,
    pieces,
    row,
    table,
    under_floor,
)

from mapexpress.extraction import content

SETS = {name: f"bench/{name}" for name in ("aeb", "fundus", "wcxb", "trafilatura_eval", "htmldate")} | {"frar": "frar"}
TITLES = {
    "aeb": "article-extraction-benchmark",
    "fundus": "Fundus",
    "wcxb": "web-content-extraction-benchmark",
    "trafilatura_eval": "trafilatura's evaluation",
    "htmldate": "htmldate's evaluation",
    "frar": "French and Arabic news",
    "tagdiv": "tagDiv pages",
}
LINES = {"frar": "frar/gold_paras.jsonl", "tagdiv": "tagdiv/gold.jsonl"}
FLOORS = Path(__file__).with_name("quality_floors.json")
OURS, SITE = "mapexpress", "mapexpress, site level"


class Consults:
    """Counts how often trafilatura is asked."""

    def __init__(self) -> None:
        self.count = 0
        asked: Callable[..., set[int]] = content.consult_trafilatura

        def counting(*args: object, **kwargs: object) -> set[int]:
            self.count += 1
            return asked(*args, **kwargs)

        content.consult_trafilatura = counting  # type: ignore[assignment]


def bodies_of(folder: Path, gold: list[dict]) -> dict[str, bytes]:
    return {g["id"]: gzip.decompress((folder / "pages" / f"{g['id']}.html.gz").read_bytes()) for g in gold}


def run(tools: dict[str, Extractor], gold: list[dict], bodies: dict[str, bytes]) -> dict[str, list[Prediction]]:
    """Each tool's predictions for the pages of a dataset, and the CPU time it took."""
    out = {}
    for name, extract in tools.items():
        start = time.process_time()
        out[name] = [predict(extract, bodies[g["id"]], g.get("url")) | {"id": g["id"]} for g in gold]
        logging.info("%s: %.1f s", name, time.process_time() - start)
    return out


def lost_and_leaked(scorer: ModuleType, gold: list[dict], found: dict[str, list[Prediction]]) -> list[list[str]]:
    rows = []
    for tool, predictions in found.items():
        texts = {p["id"]: str(p.get("text") or "") for p in predictions}
        pairs = [scorer.score(g, texts[g["id"]]) for g in gold]
        rows.append([tool, str(sum(len(lost) for lost, _ in pairs)), str(sum(len(leaked) for _, leaked in pairs))])
    return rows


def main() -> None:  # noqa: C901  the story of one run
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--sets", default=",".join([*SETS, "tagdiv"]))
    parser.add_argument("--ours", action="store_true", help="without the peers")
    parser.add_argument("--html", type=Path, help="one page on which kept and removed blocks are coloured")
    parser.add_argument("--markdown", type=Path, help="the tables once more")
    parser.add_argument("--write-floors", action="store_true", help="raise the floors to today's figures of ours")
    args = parser.parse_args()
    wanted = args.sets.split(",")
    if unknown := set(wanted) - {*SETS, *LINES}:
        sys.exit(f"unknown set {', '.join(sorted(unknown))}; known: {', '.join({**SETS, **LINES})}")
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    score, count = load_scorer(args.shared / "bench/score.py"), load_scorer(args.shared / "tagdiv/score.py")
    others = {} if args.ours else peers()
    floors = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    consults, pages = Consults(), 0
    failed: list[str] = []
    told: list[str] = []
    languages: dict[str, dict[str, list[dict]]] = {}
    worst: list[tuple[float, str, dict, str]] = []
    shown: list[tuple[str, str, float | None, str]] = []

    def say(text: str) -> None:
        print(text, flush=True)
        told.append(text)

    for name in wanted:
        folder = args.shared / SETS.get(name, name)
        gold = score.load(args.shared / LINES[name] if name == "tagdiv" else folder / "gold.jsonl")
        bodies = bodies_of(folder, gold)
        digest = hashlib.sha256(b"".join(bodies[g["id"]] for g in gold)).hexdigest()
        tools = {OURS: ours(POLICIES.get(name)), **others}
        found = run({OURS: tools[OURS]}, gold, bodies)
        pages += len(gold)
        asked = consults.count
        found |= run({SITE: site_level(gold, bodies, POLICIES.get(name)), **others}, gold, bodies)
        consults.count = asked
        say(f"\n## {TITLES[name]}: {len(gold)} pages\n")
        f1s: dict[str, float | None] = {}
        if name in SETS:
            lines = []
            reached: dict[str, dict[str, float]] = {}
            for tool, predictions in found.items():
                rows = score.score(gold, predictions, None, name == "aeb")
                silent = {field for field in ("title", "date", "authors") if not any(p.get(field) for p in predictions)}
                total = {k: v for k, v in score.summarise(rows).items() if k.partition("_")[0] not in silent}
                key = "f1" if "f1" in total else None
                reached[tool] = total
                lines.append(row(tool, rows, total, interval(score, rows, key) if key else None))
                for language, group in by_language(gold, rows):
                    languages.setdefault(language, {}).setdefault(tool, []).extend(group)
                if tool == OURS:
                    failed += [f"{name}: {slip}" for slip in under_floor(floors.get(name, {}), total, digest)]
                    texts = {p["id"]: str(p.get("text") or "") for p in predictions}
                    worst += [(r["f"], name, g, texts[g["id"]]) for r, g in zip(rows, gold, strict=True) if "f" in r]
                    if args.write_floors:
                        floors[name] = floors_of(floors.get(name, {}), total, digest)
                    f1s = {g["id"]: r.get("f") for g, r in zip(gold, rows, strict=True)}
            failed += [
                f"{name}: {figure} at site level is {reached[SITE][figure]:.4f}, at page level {value:.4f}"
                for figure, value in reached[OURS].items()
                if reached[SITE].get(figure, 0.0) < value
            ]
            say(table(*filled(lines, HEAD)))
        if args.html:
            shown += [
                (TITLES[name], g["id"], f1s.get(g["id"]), blocks(bodies[g["id"]], g.get("url"), POLICIES.get(name)))
                for g in gold
            ]
            consults.count = asked  # the coloured pages make each record once more
        if name in LINES:
            counted = lost_and_leaked(count, score.load(args.shared / LINES[name]), found)
            say("\n" + table(counted, ["", "paragraphs lost", "lines leaked"]))
    say("\n## By language: mean F1 of a page\n")
    common = [la for la, by in languages.items() if len(by[OURS]) >= FEWEST]
    say(
        table(
            [
                [tool, *(f"{sum(r['f'] for r in languages[la][tool]) / len(languages[la][tool]):.3f}" for la in common)]
                for tool in [OURS, SITE, *others]
            ],
            ["", *(f"{la} ({len(languages[la][OURS])})" for la in common)],
        )
    )
    say("\n## Whole texts of all sets\n")
    whole = {tool: [r for by in languages.values() for r in by.get(tool, ())] for tool in [OURS, SITE, *others]}
    say(
        table(
            [
                [tool, f"{sum(r['exact'] for r in rows) / len(rows):.3f}", f"{sum(r['f'] < 0.8 for r in rows)}"]
                for tool, rows in whole.items()
                if rows
            ],
            ["", "exact", "pages < .8"],
        )
    )
    say(f"\ntrafilatura was consulted for {consults.count} of {pages} pages ({consults.count / pages:.1%})")
    print("\nour 20 worst pages")
    for f, name, page, text in sorted(worst, key=lambda w: w[0])[:20]:
        lost, leaked = pieces(page["text"], text), pieces(text, page["text"])
        print(f"  {f:.3f} {name} {page['id'][:40]}: lost {len(lost)} lines, leaked {len(leaked)}")
        for mark, some in (("-", lost[:2]), ("+", leaked[:2])):
            for line in some:
                print(f"      {mark} {line[:100]}")
    if args.html:
        args.html.write_text(render(shown), "utf-8")
    if args.markdown:
        args.markdown.write_text("\n".join(told).strip() + "\n", "utf-8")
    if args.write_floors:
        FLOORS.write_text(json.dumps(floors, indent=1, sort_keys=True) + "\n", "utf-8")
    for slip in failed:
        print(f"UNDER ITS FLOOR: {slip}")
    sys.exit(5 if failed and not args.write_floors else 0)


if __name__ == "__main__":
    main()
