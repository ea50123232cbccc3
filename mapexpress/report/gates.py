"""Quality gates: what must hold of a site's figures before its dataset is to be trusted."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from importlib import resources
from statistics import median
from unicodedata import east_asian_width

from mapexpress.errors import UsageError
from mapexpress.report.summary import COVERED, SiteSummary

WINDOW = 28  # days that are taken together until there are articles enough to judge
SHOWN_CHARS = 80  # of a line that recurs: enough to find it
LEAST_WIDTH, LABEL_WIDTH = 16, 60  # "Read more", "Les faits"; "À lire aussi sur notre site :"
WEEKS, LEAST_WEEKS = 4, 3  # that a weekday is compared with: a month, of which one may be a holiday


@dataclass(slots=True, frozen=True, kw_only=True)
class Failure:
    """A gate that does not hold: its name, the figure, the bound, and a sentence for a person."""

    gate: str
    value: float
    bound: float
    message: str


@cache
def defaults() -> Mapping[str, float]:
    """The shipped thresholds (gates.toml)."""
    table = tomllib.loads(resources.files(__package__).joinpath("gates.toml").read_text("utf-8"))
    return {name: float(value) for name, value in table.items()}


def bounds_of(thresholds: Mapping[str, float] | None = None) -> Mapping[str, float]:
    """The shipped thresholds, with those that a site file gives in their place."""
    return {**defaults(), **(thresholds or {})}


def known_thresholds() -> list[str]:
    """Names that a site file's `thresholds` may give."""
    return sorted({*defaults(), *(f"coverage_{name}" for name in COVERED)})


def check_thresholds(given: Mapping[str, float], site: str) -> None:
    """Raises UsageError for a threshold that no gate reads."""
    known = known_thresholds()
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
            raise UsageError(f"site file {site}: unknown threshold {name!r}; {hint}")


def recent(days: Mapping[str, Counter[str]], thresholds: Mapping[str, float] | None = None) -> SiteSummary:
    """The newest days of a site's ledger, as many as hold `min_articles`, with the volume of all days.

    `days` are counts by day, the newest first. An old archive of good articles must not hide a site that broke today.
    """
    least = bounds_of(thresholds)["min_articles"]
    summary = SiteSummary(site="")
    for figures in list(days.values())[:WINDOW]:
        summary.articles += figures["articles"]
        summary.empty += figures["empty"]
        summary.rejections["all"] += figures["rejected"]
        for name in COVERED:
            summary.filled[name] += figures[f"filled:{name}"]
        if summary.articles >= least:
            break
    summary.stored_days = Counter({day: figures["articles"] for day, figures in days.items()})
    return summary


def check_dataset(
    summary: SiteSummary, days: Mapping[str, Counter[str]], thresholds: Mapping[str, float] | None = None
) -> list[Failure]:
    """The gates that fail over a site's whole dataset, then those that fail over its newest days only."""
    whole = check(summary, thresholds)
    named = {failure.gate for failure in whole}
    newest = [f for f in check(recent(days, thresholds), thresholds) if f.gate not in named] if days else []
    return [*whole, *(replace(f, message=f"lately {f.message}") for f in newest)]


def check(summary: SiteSummary, thresholds: Mapping[str, float] | None = None) -> list[Failure]:
    """The gates that fail. Fewer articles than `min_articles` are not judged by shares, which would mean nothing."""
    bounds = bounds_of(thresholds)
    shares = _shares(summary, bounds) if summary.articles >= bounds["min_articles"] else ()
    return [*shares, *_volume(summary, bounds)]


def _shares(summary: SiteSummary, bounds: Mapping[str, float]) -> list[Failure]:
    failures = []
    for name, bound in bounds.items():
        if name.startswith("coverage_"):
            covered = name.removeprefix("coverage_")
            share = summary.coverage(covered) or 0.0
            if share < bound:
                failures.append(
                    _failure(
                        name,
                        share,
                        bound,
                        f"{covered} is filled on {share:.0%} of the articles, at least {bound:.0%} wanted",
                    )
                )
    seen = summary.articles + summary.rejected
    line, holding = next((suspect for suspect in summary.leak_suspects() if not is_label(suspect[0])), ("", 0))
    shown = line if len(line) <= SHOWN_CHARS else f"{line[: SHOWN_CHARS - 1]}…"
    for name, part, whole, what, which in (
        ("max_rejected", summary.rejected, seen, "of the pages were rejected", ""),
        ("max_empty", summary.empty, summary.articles, "of the articles have no text", ""),
        ("max_recurring", holding, summary.articles, "of the articles hold one and the same line", f": “{shown}”"),
    ):
        if part > bounds[name] * whole:
            message = f"{part / whole:.0%} {what}, at most {bounds[name]:.0%} allowed{which}"
            failures.append(_failure(name, part / whole, bounds[name], message))
    return failures


def is_label(line: str) -> bool:
    """Whether a line is too short to be a sentence, or leads to what follows: a house's own headings may recur.

    Letters of scripts that write words without spaces count twice.

    >>> is_label("Sumber:"), is_label("参考资料"), is_label("Les faits"), is_label("À lire aussi sur notre site :")
    (True, True, True, True)
    >>> is_label("Sign up for our morning letter"), is_label("关注我们的公众号获取更多新闻")
    (False, False)
    """
    bare = line.rstrip()
    width = sum(2 if east_asian_width(char) in "WF" else 1 for char in bare)
    return width < LEAST_WIDTH or (width < LABEL_WIDTH and bare.endswith((":", "：")))


def _volume(summary: SiteSummary, bounds: Mapping[str, float]) -> Iterator[Failure]:
    """The newest whole day against the same weekday of the weeks before it; the newest day of all is still going on."""
    known = sorted(summary.stored_days)
    if len(known) < 2:
        return
    day = date.fromisoformat(known[-1]) - timedelta(days=1)
    weeks = [(day - timedelta(weeks=n)).isoformat() for n in range(1, WEEKS + 1)]
    before = [summary.stored_days[week] for week in weeks if week >= known[0]]
    usual = median(before) if len(before) >= LEAST_WEEKS else 0
    if usual < bounds["volume_from"]:
        return
    share = summary.stored_days[day.isoformat()] / usual
    if share < bounds["min_volume"]:
        message = (
            f"{summary.stored_days[day.isoformat()]} articles on {day}, {usual:g} on this weekday before, "
            f"at least {bounds['min_volume']:.0%} of that wanted"
        )
        yield _failure("min_volume", share, bounds["min_volume"], message)


def _failure(gate: str, value: float, bound: float, message: str) -> Failure:
    return Failure(gate=gate, value=value, bound=bound, message=message)
