"""An article or none, learned: a forest over the page's facts, and a second one that also counts teasers.

The trees are plain arrays in `kinds.npz`; `benchmarks/train_kinds.py` writes it, with a record of the data they learned
from and of what holds on sites that are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mapexpress.extraction.kinds.facts import NAMES, OF_ADDRESS, OF_TEASERS, with_teasers
from mapexpress.extraction.kinds.prose import own_prose, sure_prose
from mapexpress.extraction.scorer.scorer import Forest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mapexpress.extraction.scorer.table import Array
    from mapexpress.model.page import Page

# Chance from which a page is an article. With a fifth of all sites left out in turn, .4 refuses 21 of 1,229 articles
# whose kind is learned (the rules 42), five of them news, and takes 31 of 146 listings and collections (73); .3: 13 and
# 38; .5: 31 and 27
ARTICLE = 0.4
# Between these chances teasers are counted too, which takes 8 ms on pages with many links: 6 % of the articles on sites
# left out lie there, and the second forest alone would decide none of the others otherwise
SURE_NONE, SURE = 0.1, 0.9
_STRONGEST = 3  # groups of facts that the evidence names
_LEADS_ON = 3  # long links from which a page that is no article is a list of others


class Judged(NamedTuple):
    """Whether it is an article, in a line why, and whether it leads on to others."""

    is_article: bool
    evidence: str
    leads_on: bool


@dataclass(slots=True, frozen=True)
class _Models:
    first: Forest
    second: Forest
    usual: Array  # the median article, in the order of the second forest's columns


@cache
def _models() -> _Models:
    with (
        resources.files(__package__).joinpath("kinds.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as data,
    ):
        return _Models(Forest.read(data, "first"), Forest.read(data, "second"), data["usual"])


def judge(page: Page, row: Array) -> Judged:
    """Tell by the page's facts whether it is an article."""
    models = _models()
    forest = models.first
    chance = float(forest.predict(row[None, :])[0])
    if SURE_NONE < chance < SURE:
        own, teasers = own_prose(page)
        row, forest = with_teasers(row, own, teasers, sure_prose(page)), models.second
        chance = float(forest.predict(row[None, :])[0])
    evidence = f"learned: chance of an article {chance:.2f}"
    if chance >= ARTICLE:
        return Judged(True, evidence, False)
    told = ", ".join(_strongest(row, forest, models.usual))
    return Judged(False, f"{evidence}; {told}", bool(row[NAMES.index("long_links")] >= _LEADS_ON))


_GROUPS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"chosen_blocks", "chosen_size", "chosen_plain", "chosen_stops", "chosen_mean", "chosen_largest",
                "chosen_median", "expected_words", "chosen_good", "own_prose", "sure_prose"}),
     "{chosen_size:.0f} characters of text in {chosen_blocks:.0f} blocks"),
    (frozenset({"confidence", "best_chance", "chosen_chance"}), "its text reads {chosen_chance:.0%} like an article's"),
    (frozenset({"chosen_share", "chosen_link", "chosen_span", "holes", "links_inside", "chosen_parent",
                "chosen_parents", "chosen_group", "lead"}), "{chosen_share:.0%} of the page's words are its text"),
    (frozenset({"blocks", "anchors", "size", "plain", "good", "cards", "long_links", "long_link_share", "teasers",
                "teasers_to_prose", "headings", "linked_headings"}),
     "{long_links:.0f} lines that link to other pages, of {blocks:.0f}"),
    (frozenset({"prices", "price_share"}), "{prices:.0f} prices"),
    (frozenset({"date", "declared_date", "times"}), "{dated}"),
    (frozenset({"authors"}), "{signed}"),
    (frozenset(OF_ADDRESS) | {name for name in NAMES if name.startswith("address_")},
     "an address of {address_parts:.0f} parts that ends in {last_words:.0f} words"),
    (frozenset({name for name in NAMES if name.startswith(("marked_", "typed_", "og_"))}) | {"names_itself"},
     "what the page says it is"),
    (frozenset({"from_title", "has_title", "h1s", "h1_chars", "title_chars"}), "the headline and its place"),
)  # fmt: skip


def _strongest(row: Array, forest: Forest, usual: Array) -> Iterator[str]:
    """The groups of facts that speak most against an article: with usual ones in their place the chance would rise."""
    names = (*NAMES, *OF_TEASERS)[: len(row)]
    rows = np.repeat(row[None, :], len(_GROUPS), axis=0)
    for changed, (group, _) in zip(rows, _GROUPS, strict=True):
        columns = [i for i, name in enumerate(names) if name in group]
        changed[columns] = usual[columns]
    values = dict(zip(names, row.tolist(), strict=True))
    dated, signed = ("a date" if values["date"] else "no date"), ("a writer" if values["authors"] else "no writer")
    for place in np.argsort(-forest.predict(rows), kind="stable")[:_STRONGEST]:
        yield _GROUPS[int(place)][1].format(**values, dated=dated, signed=signed)
