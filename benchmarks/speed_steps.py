"""Where our own time goes: CPU of each step of a page, as multiples of one lxml parse of the same bytes.

    python benchmarks/speed_steps.py [--shared ../shared] [--pages N] [--rounds N] [--slowest N] [--json FILE]

The functions of each step are timed in place; what a step calls that is a step of its own counts there only.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from bench_speed import load_pages
from lxml import html
from speed_results import write

import mapexpress

# step -> module and function, patched where callers look it up
STEPS = {
    "decode": ("mapexpress.record.build", "decode_noticing"),
    "parse and walk": ("mapexpress.record.build", "parse"),
    "of it the walk": ("mapexpress.page.parse", "walk_page"),
    "metadata": ("mapexpress.record.build", "read_metadata"),
    "kind of page": ("mapexpress.record.build", "classify"),
    "blocked or not": ("mapexpress.record.build", "detect_block"),
    "choosing the blocks": ("mapexpress.record.build", "extract_content"),
    "platforms": ("mapexpress.extraction.content", "recognise"),
    "features": ("mapexpress.extraction.scorer.scorer", "View"),
    "scoring": ("mapexpress.extraction.scorer.scorer", "see"),
    "consulting trafilatura": ("mapexpress.extraction.content", "consult_trafilatura"),
    "removal by structure": ("mapexpress.extraction.content", "structural"),
    "removal by wording": ("mapexpress.extraction.content", "worded"),
    "edges": ("mapexpress.extraction.content", "trim"),
    "standfirst": ("mapexpress.extraction.content", "find_standfirst"),
    "paragraphs": ("mapexpress.extraction.content", "paragraphs"),
    "images": ("mapexpress.record.build", "read_images"),
    "language": ("mapexpress.record.build", "read_language"),
    "the record": ("mapexpress.record.build", "explain"),
}


class Clock:
    """CPU seconds of each step, without those of the steps inside it."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys(STEPS, 0.0)
        self._open: list[str] = []
        self._since = 0.0

    def install(self) -> None:
        """Time the functions of STEPS from now on."""
        for step, (module, path) in STEPS.items():
            *owners, name = path.split(".")
            owner: object = import_module(module)
            for part in owners:
                owner = getattr(owner, part)
            setattr(owner, name, self._timed(step, getattr(owner, name)))

    def _timed(self, step: str, run: Callable[..., object]) -> Callable[..., object]:
        def timed(*args: object, **kwargs: object) -> object:
            self._turn()
            self._open.append(step)
            try:
                return run(*args, **kwargs)
            finally:
                self._turn()
                self._open.pop()

        return timed

    def _turn(self) -> None:
        now = time.process_time()
        if self._open:
            self.spent[self._open[-1]] += now - self._since
        self._since = now


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slowest", type=int, default=0, help="also print the N slowest pages by step")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    pages = load_pages(args.shared, args.pages)
    clock = Clock()
    clock.install()
    for data, url in pages[:3]:  # first calls import and compile
        mapexpress.clean(data, url=url)
    best: list[dict[str, float]] = [{}] * len(pages)
    parses = [float("inf")] * len(pages)
    for _ in range(args.rounds):
        for n, (data, url) in enumerate(pages):
            start = time.process_time()
            html.document_fromstring(data)
            parses[n] = min(parses[n], time.process_time() - start)
            clock.spent = dict.fromkeys(STEPS, 0.0)
            mapexpress.clean(data, url=url)
            if not best[n] or sum(clock.spent.values()) < sum(best[n].values()):
                best[n] = clock.spent
    parse = statistics.mean(parses)
    totals = [sum(spent.values()) for spent in best]
    ratios = sorted(total / own for total, own in zip(totals, parses, strict=True))
    print(f"{len(pages)} pages; one lxml parse: {parse * 1e3:.2f} ms; CPU ms a page and parses")
    for step in sorted(STEPS, key=lambda s: -sum(spent[s] for spent in best)):
        mean = statistics.mean(spent[step] for spent in best)
        print(f"{step:<26}{mean * 1e3:9.2f}{mean / parse:8.2f}")
    mean = statistics.mean(totals)
    print(f"{'all':<26}{mean * 1e3:9.2f}{mean / parse:8.2f}")
    p95 = statistics.quantiles(ratios, n=20)[-1]
    print(f"parses of its own bytes: median {statistics.median(ratios):.1f}, p95 {p95:.1f}, worst {ratios[-1]:.1f}")
    steps = {step: statistics.mean(spent[step] for spent in best) / parse for step in STEPS}
    write(args.json, {"pages": len(pages), "parse_ms": parse * 1e3, "parses": mean / parse, "steps": steps})
    for n in sorted(range(len(pages)), key=lambda n: -totals[n])[: args.slowest]:
        dearest = sorted(best[n].items(), key=lambda item: -item[1])[:4]
        shown = ", ".join(f"{step} {spent * 1e3:.0f}" for step, spent in dearest)
        print(f"{totals[n] * 1e3:7.0f} ms, {totals[n] / parses[n]:5.1f} parses, {len(pages[n][0]):>8} bytes: {shown}")


if __name__ == "__main__":
    main()
