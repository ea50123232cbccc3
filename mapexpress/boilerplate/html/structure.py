"""Boilerplate by structure: what elements are called and what they are, never what their text says."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from mapexpress.model.page import ASIDE, CAPTION, DIALOG, FIGURE, FORM, NAV, QUOTE, TABLE
from mapexpress.model.verdict import Reason, Verdict, as_reason
from mapexpress.platforms.selectors import NodeIndex, compiled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mapexpress.model.page import Node, Page
    from mapexpress.platforms import Removal

# "shareBar", "td-post-sharing", "article__related" -> their parts
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# A name can also stand on a wrapper of the whole ("post social-enabled"): what holds more than this share of the
# kept text, alone or with others of that name, is not removed for it.
_MAX_SHARE = 0.3
_INLINE = frozenset({"ad", "share", "byline", "caption", "comments", "date"})
_COMMENTED = 400  # characters: two or three paragraphs
_FLAG_REASONS: tuple[tuple[int, Reason], ...] = (
    (NAV, "navigation"), (FORM, "form"), (DIALOG, "dialog"), (CAPTION, "caption"), (ASIDE, "aside"),
)  # fmt: skip


@dataclass(slots=True, frozen=True, kw_only=True)
class Rules:
    """`names` maps a part of a class or id name to its reason; `css` pairs selectors with theirs."""

    names: dict[str, Reason]
    css: tuple[tuple[str, Reason], ...]


@cache
def load_rules() -> Rules:
    """Read structure.toml; raises ValueError for a selector that is none."""
    table = tomllib.loads(resources.files(__package__).joinpath("structure.toml").read_text("utf-8"))
    names = {word: as_reason(entry["reason"]) for entry in table["names"] for word in entry["words"]}
    css = tuple((entry["css"], as_reason(entry["reason"])) for entry in table["css"])
    for selector, _ in css:
        compiled(selector)
    return Rules(names=names, css=css)


def structural(
    page: Page, index: NodeIndex, region: Node, kept: set[int], extra: Iterable[Removal] = ()
) -> dict[int, Verdict]:
    """Blocks of `kept` that structure says are none of the article: by their indices.

    `extra` are the selectors of the platform and of the site; they are believed without a look at size.
    """
    total = sum(len(page.blocks[i].text) for i in kept)
    removed: dict[int, Verdict] = {}
    rules = load_rules()
    for rule in extra:
        for node in index.select(rule.css):
            _mark(removed, node, kept, Verdict(rule.reason, f"structure: {rule.css}"))
    for css, reason in rules.css:
        for node in index.select(css):
            if _small(page, node, kept, total):
                _mark(removed, node, kept, Verdict(reason, f"structure: {css}"))
    _by_nodes(page, region, kept, total, removed)
    for i in kept:
        if i not in removed and (by_inline := _by_inline(page, i, rules.names)):
            removed[i] = by_inline
    return removed


def _by_nodes(page: Page, region: Node, kept: set[int], total: int, removed: dict[int, Verdict]) -> None:
    named: dict[Verdict, set[int]] = {}
    for node in page.nodes:
        if node.start < region.start or node.end > region.end or node.depth <= region.depth or node.start == node.end:
            continue
        if (found := _by_flag(page, node)) and _small(page, node, kept, total):
            _mark(removed, node, kept, found)
        elif found := _by_name(node):
            named.setdefault(found, set()).update(i for i in range(node.start, node.end) if i in kept)
    for verdict, blocks in named.items():
        share = sum(len(page.blocks[i].text) for i in blocks)
        if share <= _MAX_SHARE * total or (
            verdict.reason == "comments" and _follows(page, min(blocks, default=0), kept)
        ):
            for i in blocks:
                removed.setdefault(i, verdict)


def _follows(page: Page, start: int, kept: set[int]) -> bool:
    """Whether a text stands before: comments may be longer than what they are about, never before it."""
    return sum(len(page.blocks[i].text) for i in kept if i < start) >= _COMMENTED


def _mark(removed: dict[int, Verdict], node: Node, kept: set[int], verdict: Verdict) -> None:
    for i in range(node.start, node.end):
        if i in kept:
            removed.setdefault(i, verdict)


def _small(page: Page, node: Node, kept: set[int], total: int) -> bool:
    return sum(len(page.blocks[i].text) for i in range(node.start, node.end) if i in kept) <= _MAX_SHARE * total


def _by_flag(page: Page, node: Node) -> Verdict | None:
    above = page.nodes[node.parent].flags if node.parent >= 0 else 0
    own = node.flags & ~above
    for flag, reason in _FLAG_REASONS:
        if own & flag:
            return Verdict(reason, f"structure: <{node.tag}>")
    if own & FIGURE and not any(b.node.flags & (QUOTE | TABLE) for b in page.blocks[node.start : node.end]):
        return Verdict("caption", "structure: <figure>")
    return None


def parts_of(node: Node) -> set[str]:
    """The words in the node's class, id and similar names, lower case."""
    return {part.lower() for part in _PART.findall(node.names)}


_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def _by_name(node: Node) -> Verdict | None:
    if node.names and node.tag != "body":
        # a heading's id is often its own words ("comment-le-port-a-change"): only its classes name it
        said = (node.element.get("class") or "") if node.tag in _HEADINGS else node.names
        return _named(said)
    return None


@lru_cache(maxsize=1 << 13)  # names repeat within a page and over the pages of a site
def _named(said: str) -> Verdict | None:
    names = load_rules().names
    for part in _PART.findall(said):
        if reason := names.get(part.lower()):
            return Verdict(reason, f"structure: named {part.lower()!r}")
    return None


def _by_inline(page: Page, i: int, names: dict[str, Reason]) -> Verdict | None:
    """A short block that is wholly an inline element named like boilerplate (a share link, a byline)."""
    block = page.blocks[i]
    if block.inline and len(block.text) < 60:
        for part in _PART.findall(block.inline):
            if (reason := names.get(part.lower())) and reason in _INLINE:
                return Verdict(reason, f"structure: inline named {part.lower()!r}")
    return None
