"""The standfirst: the paragraph between headline and body that sums up the article, often outside the body."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from mapexpress.boilerplate.html.edges import folded
from mapexpress.boilerplate.html.structure import load_rules, parts_of
from mapexpress.extraction.scorer.name_groups import GROUP_NAMES, name_bits
from mapexpress.model.page import ASIDE, CAPTION, DIALOG, FIGURE, FOOTER, FORM, HIDDEN, LIST, NAV, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mapexpress.model.page import Page
    from mapexpress.platforms import Platform
    from mapexpress.platforms.selectors import NodeIndex

_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_NEVER = NAV | ASIDE | FOOTER | FORM | DIALOG
_SHORTEST = 30  # folded characters: shorter descriptions are slogans and section names
# Where a standfirst is not the page's description: blocks after the headline, with a name that says it is one and
# without, and its characters. A link takes less of it
_NAMED, _UNNAMED, _SIZE, _LINKED = 25, 12, (40, 700), 0.3
_PARAGRAPH = 100
_SENTENCE, _SENTENCE_END = 60, re.compile(r"[.!?…؟。][”\"»’)\]]*$")
_ELSEWHERE = NAV | ASIDE | FOOTER | FORM | DIALOG | HIDDEN | CAPTION | FIGURE | LIST | TABLE
# Names of what else stands there, beside those that structure removes (signups of nbcnews.com, bios of finanztip.de)
_OTHERS = frozenset(
    "author bio signup register paywall premium promo teaser disclaimer affiliate nav tag form alert label footer menu "
    "login video image img picture photo foto media figure".split()
)
_ROOM = 5  # folded characters by which a block may differ from the description: a final word, an ellipsis


def find_standfirst(page: Page, index: NodeIndex, platforms: Iterable[Platform], kept: set[int]) -> set[int]:
    """The standfirst's blocks, whether or not they are in `kept`, the blocks taken for main content.

    Where no platform names it, it is the block above the body, in another element than the body's paragraphs, that
    is word for word the page's description. (A description that repeats the first paragraph stands in the body.)
    Of 131 such blocks of 434 real news pages all but 13 were standfirsts, by what their annotators had kept.
    """
    for platform in platforms:
        for css in platform.standfirst:
            found = {b.index for n in index.select(css) for b in page.blocks[n.start : n.end] if not b.hidden}
            if found:
                return found
    described = {
        text for key in _DESCRIPTIONS for value in page.meta.get(key, ())[:1] if len(text := folded(value)) >= _SHORTEST
    }
    if not described or not kept:
        return set()
    sizes: Counter[int] = Counter()
    for i in kept:
        sizes[page.blocks[i].node.parent] += len(page.blocks[i].text)
    body = sizes.most_common(1)[0][0]
    longest = max(kept, key=lambda i: len(page.blocks[i].text))
    shown: set[str] = set()
    found = set()
    least, most = min(map(len, described)) - _ROOM, max(map(len, described)) + _ROOM
    for block in page.blocks[:longest]:
        if block.node.flags & (_NEVER | HIDDEN) or block.node.parent == body or len(block.text) > 3 * most:
            continue
        text = folded(block.text)
        if least <= len(text) <= most and text not in shown and any(_same(text, other) for other in described):
            found.add(block.index)
            shown.add(text)
    return found


def placed_standfirst(page: Page, kept: set[int], title: str | None) -> set[int]:
    """Blocks between the headline and the first of `kept`, the blocks of the text, that read like a standfirst.

    They are called one, or they are the first whole sentences after the headline; hardly anything else stands so close
    to it with neither a name of its own nor a link. With fundus left out of the training of the scorer these mend 16 of
    its 165 pages and harm none; of trafilatura's evaluation they find four passages more and leak none.
    """
    lead = 1 << GROUP_NAMES.index("lead")
    wanted = folded(title or "")
    longest = max(kept, key=lambda i: len(page.blocks[i].text), default=0)
    headline = _headline(page, wanted, longest)
    first = min((i for i in kept if i > headline), default=-1)
    found: list[int] = []
    if headline < 0:
        return set()
    for block in page.blocks[headline + 1 : min(first, headline + _NAMED + 1)]:
        text = block.text.strip()
        if (
            block.node.flags & _ELSEWHERE
            or not _SIZE[0] <= len(text) <= _SIZE[1]
            or block.link_chars > _LINKED * len(text)
            or folded(text) in wanted
        ):
            continue
        around = [block.node]
        while len(around) < 3 and around[-1].parent >= 0:
            around.append(page.nodes[around[-1].parent])
        if any(parts_of(node) & (_OTHERS | load_rules().names.keys()) for node in around):
            continue
        named = any(name_bits(node.names) & lead for node in around[:2])
        # what follows a picture without a name of its own may be its caption
        sentence = len(text) >= _SENTENCE and not block.media and _SENTENCE_END.search(text) is not None
        beside = not found or block.node.parent == page.blocks[found[0]].node.parent
        if beside and (named or (sentence and block.index <= headline + _UNNAMED)):
            found.append(block.index)
    return set(found)


def passed_over(page: Page, chosen: set[int], title: str | None) -> int:
    """Characters of paragraphs between the headline and the first of `chosen` when these begin far from it, else 0."""
    longest = max(chosen, key=lambda i: len(page.blocks[i].text), default=0)
    headline = _headline(page, folded(title or ""), longest)
    first = min((i for i in chosen if i > headline), default=-1)
    if headline < 0 or first - headline <= _NAMED:
        return 0
    return sum(
        len(block.text)
        for block in page.blocks[headline + 1 : first]
        if len(block.text) >= _PARAGRAPH
        and not block.node.flags & _ELSEWHERE
        and block.link_chars <= _LINKED * len(block.text)
    )


def _headline(page: Page, wanted: str, before: int) -> int:
    """The first block that is the title, else the first h1 that holds it; -1 for none."""
    if not wanted:
        return -1
    blocks = page.blocks[:before]
    whole = next((b.index for b in blocks if len(b.text) < 2 * len(wanted) + 20 and folded(b.text) == wanted), -1)
    return whole if whole >= 0 else next((b.index for b in blocks if b.tag == "h1" and wanted in folded(b.text)), -1)


def _same(text: str, description: str) -> bool:
    """Whether one begins with the other and hardly ends later.

    >>> _same("le conseil a voté le budget de la voirie", "le conseil a voté le budget de la voi")
    True
    """
    return abs(len(text) - len(description)) <= _ROOM and (text.startswith(description) or description.startswith(text))
