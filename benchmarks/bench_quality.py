"""Our text beside the peers', on the same pages in one process, with the worst pages and what was lost and leaked.

    python benchmarks/bench_quality.py [--shared DIR] [--sets aeb,fundus] [--html FILE] [--write-floors]

DIR holds `bench/<dataset>/` and `frar/`, each with `pages/*.html.gz` and `gold.jsonl`, and the scorer
`bench/score.py`. Intervals are 95 % bootstrap over pages. Exit status 5 when a figure of ours falls under its floor
in `quality_floors.json` on the same corpus (by digest); a peer that is not installed is left out and said so.
The block scorer was trained on these pages: the figures are those of development, not of other sites.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import html
import importlib.util
import json
import logging
import random
import sys
import warnings
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from types import ModuleType

from mapexpress.article import Document, explain
from mapexpress.encoding import decode

SETS = {"aeb": "bench/aeb", "fundus": "bench/fundus", "wcxb": "bench/wcxb",
        "trafilatura_eval": "bench/trafilatura_eval", "frar": "frar"}  # fmt: skip
FLOORS = Path(__file__).with_name("quality_floors.json")
ROUNDS = 300  # bootstrap samples: the interval's third digit no longer moves
Extractor = Callable[[bytes, str | None], str]


def ours(body: bytes, url: str | None) -> str:
    return explain([Document(body=body, url=url)]).article.text


def trafilatura(**kwargs: bool) -> Extractor:
    from trafilatura import extract

    return lambda body, url: extract(body, url=url, include_comments=False, **kwargs) or ""


def readability() -> Extractor:
    from lxml.html import fromstring
    from readability import Document as Readable

    def run(body: bytes, url: str | None) -> str:
        return str(fromstring(Readable(decode(body)[0]).summary()).text_content())

    return run


def newspaper() -> Extractor:
    from newspaper import Article

    def run(body: bytes, url: str | None) -> str:
        article = Article(url or "https://page.example/")
        article.download(input_html=decode(body)[0])
        article.parse()
        return str(article.text)

    return run


def resiliparse() -> Extractor:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda body, url: str(extract_plain_text(decode(body)[0], main_content=True))


def justext() -> Extractor:
    import justext as peer

    stops = frozenset().union(*(peer.get_stoplist(n) for n in ("English", "French", "German", "Spanish", "Arabic")))

    def run(body: bytes, url: str | None) -> str:
        return "\n\n".join(p.text for p in peer.justext(decode(body)[0], stops) if not p.is_boilerplate)

    return run


MAKERS: dict[str, Callable[[], Extractor]] = {
    "mapexpress": lambda: ours,
    "trafilatura": trafilatura,
    "trafilatura precision": lambda: trafilatura(favor_precision=True),
    "trafilatura fast": lambda: trafilatura(fast=True),
    "readability-lxml": readability,
    "newspaper4k": newspaper,
    "resiliparse": resiliparse,
    "jusText": justext,
}


def load_scorer(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None or not path.exists():
        sys.exit(f"no scorer: {path} is missing; give the folder that holds bench/ with --shared")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def extractors() -> dict[str, Extractor]:
    found = {}
    for name, make in MAKERS.items():
        try:
            found[name] = make()
        except ImportError as error:
            print(f"{name}: left out, {error}; pip install -r benchmarks/requirements.txt")
    return found


def text_of(extract: Extractor, body: bytes, url: str | None) -> str:
    try:
        return extract(body, url)
    except Exception as error:  # a peer that raises on a page has no text for it
        logging.info("%r", error)
        return ""


def interval(score: ModuleType, rows: list[dict], key: str) -> tuple[float, float]:
    rng = random.Random(0)
    values = sorted(score.summarise(rng.choices(rows, k=len(rows)))[key] for _ in range(ROUNDS))
    return values[int(ROUNDS * 0.025)], values[int(ROUNDS * 0.975)]


def pieces(text: str, other: str) -> list[str]:
    """Lines of `text` that do not stand in `other`, white space folded."""
    pool = " ".join(other.split())
    return [line for line in text.splitlines() if line.strip() and " ".join(line.split()) not in pool]


def show_page(title: str, body: bytes, url: str | None) -> str:
    rows = []
    for d in chain.from_iterable(explain([Document(body=body, url=url)]).decisions):
        if d.kept or d.inside:
            kind = "kept" if d.kept else "gone"
            why = html.escape(f"{d.reason or 'kept'}: {d.evidence}")
            rows.append(f'<p class="{kind}" title="{why}">{html.escape(d.text)}<small> {why}</small></p>')
    return f"<details><summary>{html.escape(title)}</summary>{''.join(rows)}</details>"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--html", type=Path, help="one page on which kept and removed blocks are coloured")
    parser.add_argument("--write-floors", action="store_true", help="take today's figures of ours as floors")
    args = parser.parse_args()
    if unknown := set(args.sets.split(",")) - set(SETS):
        sys.exit(f"unknown set {', '.join(sorted(unknown))}; known: {', '.join(SETS)}")
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    score, tools = load_scorer(args.shared / "bench" / "score.py"), extractors()
    floors = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    failed, worst, shown = False, [], []
    for name in args.sets.split(","):
        folder = args.shared / SETS[name]
        gold, bodies, digest = score.load(folder / "gold.jsonl"), {}, hashlib.sha256()
        for page in gold:
            bodies[page["id"]] = gzip.decompress((folder / "pages" / f"{page['id']}.html.gz").read_bytes())
            digest.update(bodies[page["id"]])
        print(f"\n{name}: {len(gold)} pages, sha256 {digest.hexdigest()[:12]}")
        for tool, extract in tools.items():
            texts = {g["id"]: text_of(extract, bodies[g["id"]], g.get("url")) for g in gold}
            rows = score.score(gold, [{"id": i, "text": t} for i, t in texts.items()], None, name == "aeb")
            total = score.summarise(rows)
            key = "f1" if "f1" in total else "seg_f1"
            low, high = interval(score, rows, key)
            under = sum(r["f"] < 0.8 for r in rows if "f" in r)
            exact = f"{total['exact']:.3f}" if "exact" in total else "-"
            print(f"  {tool:22} {key} {total[key]:.4f} [{low:.3f}, {high:.3f}]  exact {exact}  under .8: {under}")
            if tool != "mapexpress":
                continue
            worst += [(r["f"], name, g, texts[g["id"]]) for r, g in zip(rows, gold, strict=True) if "f" in r]
            shown += [(f"{name} {g['id']}", bodies[g["id"]], g.get("url")) for g in gold] if args.html else []
            if args.write_floors:
                # a tenth of a point of room: Python and lxml versions differ in a page or two
                floors[name] = {"sha256": digest.hexdigest(), key: round(total[key] - 0.001, 4)}
            floor = floors.get(name, {})
            if floor.get("sha256") == digest.hexdigest() and total[key] < floor[key]:
                failed = True
                print(f"  UNDER ITS FLOOR: {key} {total[key]:.4f} < {floor[key]}")
    print("\nthe 20 worst pages of ours")
    for f, name, page, text in sorted(worst, key=lambda w: w[0])[:20]:
        lost, leaked = pieces(page["text"], text), pieces(text, page["text"])
        print(f"  {f:.3f} {name} {page['id'][:40]}: lost {len(lost)} lines, leaked {len(leaked)}")
        for mark, lines in (("-", lost[:2]), ("+", leaked[:2])):
            for line in lines:
                print(f"      {mark} {line[:100]}")
    if args.html:
        style = ".kept{background:#dfd}.gone{background:#fdd}small{color:#666}"
        body = "".join(show_page(*page) for page in shown)
        args.html.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{body}", "utf-8")
    if args.write_floors:
        FLOORS.write_text(json.dumps(floors, indent=1, sort_keys=True) + "\n", "utf-8")
    sys.exit(5 if failed else 0)


if __name__ == "__main__":
    main()
