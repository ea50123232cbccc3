"""Scores of predictions: totals by dataset and language, bootstrap intervals, lost and leaked lines, floors."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType

from mapexpress.metadata.language import detect

ROUNDS = 300  # bootstrap samples: the interval's third digit no longer moves
# what is printed and has a floor where the gold file has it: key of the scorer, and its column
COLUMNS = {"f1": "text F1", "seg_f1": "segments", "exact": "exact", "title": "titles", "date": "dates",
           "authors": "authors =", "authors_f1": "authors F1"}  # fmt: skip
FEWEST = 5  # pages of a language below which its row says nothing


def load_scorer(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.parent.name + "_score", path)
    if spec is None or spec.loader is None or not path.exists():
        sys.exit(f"no scorer: {path} is missing; give the folder that holds bench/ with --shared")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def interval(score: ModuleType, rows: Sequence[dict], key: str) -> tuple[float, float]:
    """95 % of bootstrap samples over pages."""
    rng = random.Random(0)
    values = sorted(score.summarise(rng.choices(rows, k=len(rows)))[key] for _ in range(ROUNDS))
    return values[int(ROUNDS * 0.025)], values[int(ROUNDS * 0.975)]


def row(name: str, rows: Sequence[dict], total: Mapping[str, float], between: tuple[float, float] | None) -> list[str]:
    """One line of the table of a dataset: the figures of COLUMNS, the interval of the first, pages under .8."""
    cells = [name]
    for i, key in enumerate(COLUMNS):
        cells.append(f"{total[key]:.3f}" if key in total else "–")
        if i == 0:
            cells.append(f"{between[0]:.3f}–{between[1]:.3f}" if between else "–")
    return [*cells, str(sum(r["f"] < 0.8 for r in rows if "f" in r)) if any("f" in r for r in rows) else "–"]


HEAD = ["", "text F1", "95 %", *list(COLUMNS.values())[1:], "pages < .8"]


def filled(rows: list[list[str]], head: list[str]) -> tuple[list[list[str]], list[str]]:
    """Rows and head without the columns in which no row has a figure."""
    kept = [i for i in range(len(head)) if i == 0 or any(r[i] != "–" for r in rows)]
    return [[r[i] for i in kept] for r in rows], [head[i] for i in kept]


def table(rows: list[list[str]], head: list[str]) -> str:
    """A Markdown table whose columns are aligned for a terminal as well."""
    widths = [max(len(r[i]) for r in [head, *rows]) for i in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(r, widths, strict=True)) + " |" for r in [head, *rows]]
    return "\n".join([lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]])


def language_of(page: Mapping[str, object]) -> str:
    """The gold file's language, else what the text is in."""
    named = str(page.get("lang") or "")[:2]
    text = str(page.get("text") or "") or " ".join(map(str, page.get("with") or ()))  # type: ignore[call-overload]
    return named or (detect(text) or ("?", 0.0))[0]


def by_language(gold: Sequence[dict], rows: Sequence[dict]) -> Iterator[tuple[str, list[dict]]]:
    """Rows by language, the commonest first."""
    groups: dict[str, list[dict]] = defaultdict(list)
    for page, scored in zip(gold, rows, strict=True):
        if "f" in scored:
            groups[language_of(page)].append(scored)
    yield from sorted(groups.items(), key=lambda item: -len(item[1]))


def pieces(text: str, other: str) -> list[str]:
    """Lines of `text` that do not stand in `other`, white space folded."""
    pool = " ".join(other.split())
    return [line for line in text.splitlines() if line.strip() and " ".join(line.split()) not in pool]


def under_floor(floors: Mapping[str, object], total: Mapping[str, float], digest: str) -> list[str]:
    """What has slipped, on the corpus that the floors were taken on; on another one they say nothing."""
    if floors.get("sha256") != digest:
        return []
    return [
        f"{key} {total[key]:.4f} < {floor}"
        for key, floor in floors.items()
        if isinstance(floor, float) and key in total and total[key] < floor
    ]


def floors_of(old: Mapping[str, object], total: Mapping[str, float], digest: str) -> dict[str, object]:
    """Today's figures, a tenth of a point lower, never under the old ones.

    Versions of Python and lxml differ in a page or two. To lower a floor is a decision, made by hand in a commit of its
    own.
    """
    kept = {k: v for k, v in old.items() if isinstance(v, float)} if old.get("sha256") == digest else {}
    today = {key: round(total[key] - 0.001, 4) for key in COLUMNS if key in total}
    return {"sha256": digest} | {key: max(value, kept.get(key, 0.0)) for key, value in today.items()}
