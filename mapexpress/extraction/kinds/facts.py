"""What tells an article from a list, a shop's shelf or a home: one row of numbers a page.

Text is counted as the scorer counts it, an ideograph for as much as two letters: nothing here knows a language.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import SupportsFloat

    from mapexpress.extraction.scorer.scorer import Seen
    from mapexpress.extraction.scorer.table import Array
    from mapexpress.model.facts import Facts
    from mapexpress.model.page import Page

DECLARED = ("article", "listing", "home", "tag", "author", "search", "media", "page")
_PRICE = re.compile(r"[$€£¥]\s?\d|\d\s?[€£¥]")
_LINKED, _LONG_LINK = 0.6, 20  # share and characters from which a linked block may be a headline
_HEADINGS = (4, 5, 6)  # numbers of h2, h3 and h4 to h6 among the view's tags
_H1, _LI = 3, 2
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_DAY = re.compile(r"/(?:19|20)\d\d/\d")
_FILES = (".html", ".htm", ".shtml", ".php", ".asp", ".aspx")
_MOST_WORDS = 40  # of an address, which may have thousands

OF_ADDRESS = (
    "address_known", "address_parts", "last_chars", "last_words", "longest_number", "dated_path", "query", "slash",
    "file", "slug_in_title",
)  # fmt: skip
OF_CHOICE = (
    "chosen_blocks", "chosen_size", "chosen_plain", "chosen_stops", "chosen_link", "chosen_mean", "chosen_largest",
    "chosen_median", "chosen_share", "confidence", "expected_words", "best_chance", "chosen_chance", "chosen_good",
    "chosen_span", "chosen_p", "chosen_headings", "chosen_items", "chosen_parent", "chosen_parents", "chosen_group",
    "chosen_ends", "lead", "from_title", "holes", "links_inside",
)  # fmt: skip
OF_PAGE = (
    "blocks", "anchors", "size", "plain", "good", "headings", "linked_headings", "h1s", "h1_chars", "title_chars",
    "times", "articles", "figures", "forms", "prices", "price_share", "cards", "long_links", "long_link_share",
    "ideographs", "has_title",
)  # fmt: skip
OF_METADATA = ("date", "authors", "declared_date", "og_article", "og_other", "names_itself")
NAMES: tuple[str, ...] = (
    *(f"{where}_{kind}" for where in ("marked", "typed", "address") for kind in DECLARED),
    *OF_ADDRESS, *OF_CHOICE, *OF_PAGE, *OF_METADATA,
)  # fmt: skip
OF_TEASERS = ("own_prose", "teasers", "sure_prose", "teasers_to_prose")


def facts_of(
    page: Page, seen: Seen, facts: Facts, *, declared: Mapping[str, str], og: str, names_itself: bool
) -> Array:
    """The row in the order of `NAMES`; `declared` are the kinds by who says so: the platform, JSON-LD, the address.

    `seen` has a block at least.
    """
    said = [float(declared.get(where) == kind) for where in ("marked", "typed", "address") for kind in DECLARED]
    metadata = (
        bool(facts.day),
        bool(facts.authors),
        any(key in page.meta for key in ("article:published_time", "datepublished")),
        og == "article",
        bool(og) and og != "article",
        names_itself,
    )
    row = (*said, *_of_address(page), *_of_choice(seen), *_of_page(page, seen), *metadata)
    return np.array(row, np.float32)


def with_teasers(row: Array, own: int, teasers: int, sure: int) -> Array:
    """The row with what takes longer to find out, in the order of `NAMES` and then `OF_TEASERS`."""
    return np.append(row, np.array((own, teasers, sure, teasers / max(own / 100, 1)), np.float32))


def without_address(row: Array) -> Array:
    """The row of the same page where nobody knows its address."""
    bare = row.copy()
    bare[[i for i, name in enumerate(NAMES) if name in OF_ADDRESS or name.startswith("address_")]] = 0
    bare[NAMES.index("slug_in_title")] = -1
    return bare


def _of_address(page: Page) -> tuple[SupportsFloat, ...]:
    address = page.url or next((h.href for h in page.head_links if h.rel == "canonical"), "")
    path, asks, _ = address.partition("://")[2].partition("#")[0].partition("?")
    path = path[path.find("/") :] if "/" in path else ""
    parts = [part for part in path.split("/") if part]
    last = parts[-1] if parts else ""
    words = _WORD.findall(last.lower())[:_MOST_WORDS]
    long = [word for word in words if len(word) > 3]
    title = page.title_tag.lower()
    return (
        bool(address),
        len(parts),
        len(last),
        len(words),
        max(map(len, _DIGITS.findall(address.partition("://")[2].partition("/")[2])), default=0),
        _DAY.search(path) is not None,
        bool(asks),
        path.endswith("/"),
        last.endswith(_FILES),
        sum(word in title for word in long) / len(long) if long else -1,
    )


def _of_choice(seen: Seen) -> tuple[SupportsFloat, ...]:
    view, chances = seen.view, seen.chances
    n = len(chances)
    chosen = np.array(sorted(seen.chosen))
    size, link = view.size, view.link
    plain = size * (1 - link)
    own, mass = size[chosen], float(size[chosen].sum())
    first, last = int(chosen[0]), int(chosen[-1])
    by_parent = np.bincount(view.up[view.node[chosen]], own)
    by_group = np.bincount(view.group[chosen], own)
    tag = view.tag[chosen]
    gaps = np.ones(last - first + 1, bool)
    gaps[chosen - first] = False
    words = view.words
    return (
        len(chosen),
        mass,
        plain[chosen].sum(),
        view.stops[chosen].sum(),
        1 - plain[chosen].sum() / max(mass, 1),
        mass / len(chosen),
        own.max(),
        np.median(own),
        plain[chosen].sum() / max(plain.sum(), 1),
        seen.confidence,
        (chances * words).sum(),
        chances.max(),
        (chances * words)[chosen].sum() / words[chosen].sum(),
        view.good[chosen].sum(),
        (last - first + 1) / len(chosen),
        (tag == 0).mean(),
        ((tag >= _H1) & (tag <= _HEADINGS[-1])).mean(),
        (tag == _LI).mean(),
        by_parent.max() / max(mass, 1),
        np.count_nonzero(by_parent),
        by_group.max() / max(mass, 1),
        view.ends[chosen].mean(),
        first / n,
        view.from_title[first],
        size[first : last + 1][gaps].sum() / max(mass, 1),
        (link[first : last + 1] > _LINKED).mean(),
    )


def _of_page(page: Page, seen: Seen) -> tuple[SupportsFloat, ...]:
    view = seen.view
    size, link, tag = view.size, view.link, view.tag
    total = float(size.sum())
    headings = np.isin(tag, _HEADINGS)
    long = (link > _LINKED) & (size >= _LONG_LINK)
    prices = len(_PRICE.findall("\n".join(view.texts)))
    nodes = page.node_counts
    return (
        len(page.blocks),
        len({anchor.href for anchor in page.anchors}),
        total,
        (size * (1 - link)).sum(),
        view.good.sum(),
        headings.sum(),
        (headings & (link > 0.8)).sum(),
        len(page.h1s),
        len(" ".join(page.h1s[0].text_content().split())) if page.h1s else 0,
        len(page.title_tag),
        nodes["time"],
        nodes["article"],
        nodes["figure"],
        nodes["form"],
        prices,
        prices / len(page.blocks),
        np.bincount(view.group[long]).max() if long.any() else 0,
        long.sum(),
        size[long].sum() / max(total, 1),
        (size - view.chars).sum() / max(total, 1),
        view.has_title,
    )
