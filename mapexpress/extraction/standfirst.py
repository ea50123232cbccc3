"""The standfirst: the paragraph between headline and body that sums up the article, often outside the body."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mapexpress.blocks import ASIDE, DIALOG, FOOTER, FORM, NAV
from mapexpress.boilerplate.edges import folded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mapexpress.blocks import Page
    from mapexpress.platforms import Platform
    from mapexpress.platforms.selectors import NodeIndex

_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_NEVER = NAV | ASIDE | FOOTER | FORM | DIALOG
_SHORTEST = 30  # folded characters: shorter descriptions are slogans and section names
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
    for block in page.blocks[:longest]:
        if block.hidden or block.node.flags & _NEVER or block.node.parent == body:
            continue
        text = folded(block.text)
        if text not in shown and any(_same(text, other) for other in described):
            found.add(block.index)
            shown.add(text)
    return found


def _same(text: str, description: str) -> bool:
    """Whether one begins with the other and hardly ends later.

    >>> _same("le conseil a voté le budget de la voirie", "le conseil a voté le budget de la voi")
    True
    """
    return abs(len(text) - len(description)) <= _ROOM and (text.startswith(description) or description.startswith(text))
