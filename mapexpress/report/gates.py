"""Quality gates: what must hold of a site's figures before its dataset is to be trusted."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mapexpress.report.summary import SiteSummary


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


def check(summary: SiteSummary, thresholds: Mapping[str, float] | None = None) -> list[Failure]:
    """The gates that fail. A site with fewer articles than `min_articles` is not judged: its shares mean nothing."""
    bounds = {**defaults(), **(thresholds or {})}
    if summary.articles < bounds["min_articles"]:
        return []
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
    for name, part, whole, what in (
        ("max_rejected", summary.rejected, seen, "of the pages were rejected"),
        ("max_empty", summary.empty, summary.articles, "of the articles have no text"),
        (
            "max_recurring",
            max((n for _, n in summary.leak_suspects(1)), default=0),
            summary.articles,
            "of the articles hold one and the same line",
        ),
    ):
        if part > bounds[name] * whole:
            failures.append(
                _failure(
                    name, part / whole, bounds[name], f"{part / whole:.0%} {what}, at most {bounds[name]:.0%} allowed"
                )
            )
    return failures


def _failure(gate: str, value: float, bound: float, message: str) -> Failure:
    return Failure(gate=gate, value=value, bound=bound, message=message)
