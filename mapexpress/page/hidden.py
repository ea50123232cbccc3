"""What a page marks as not shown, and when it is shown all the same."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mapexpress.model.page import ASIDE, DIALOG, FOOTER, FORM, HIDDEN, NAV, Page

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NEVER_MAIN = NAV | ASIDE | FOOTER | FORM | DIALOG
# Classes of the large frameworks for text that only screen readers get (Bootstrap 3-5, WordPress, Foundation, Drupal)
_UNSEEN = re.compile(
    r"(?<![\w-])(?:sr-only|visually-?hidden|screen-reader-text|show-for-sr|element-invisible)(?![\w-])", re.I
)
DISPLAY_NONE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
# What a page says of an article, or of a part of it, that is sold
_NOT_FREE = re.compile(r"isAccessibleForFree\W+(?:https?:[\\/]+schema\.org[\\/]+)?(?:false|0)", re.I)
# Paragraph text (characters) from which a hidden element may be the article: the largest dialogs of consent and of
# sign-in seen on 900 pages have 700 to 3,100 and stand on pages that show more than that
_HIDDEN_ARTICLE = 500


@lru_cache(maxsize=1 << 14)  # names repeat within a page and over the pages of a site
def unseen(names: str) -> bool:
    return _UNSEEN.search(names) is not None


def reveal(page: Page) -> None:
    """Take a hidden element for shown when it has more paragraph text than all that is shown: a script reveals it.

    Pages that say that they are not free keep theirs hidden: it is what readers have not paid for.
    """
    roots: dict[int, int] = {}
    shown = 0
    for block in page.blocks:
        size = len(block.text)
        if size < 60 or block.link_chars > 0.35 * size or block.node.flags & _NEVER_MAIN:
            continue
        if not block.node.flags & HIDDEN:
            shown += size
            continue
        node = block.node
        while node.parent >= 0 and page.nodes[node.parent].flags & HIDDEN:
            node = page.nodes[node.parent]
        roots[node.index] = roots.get(node.index, 0) + size
    size, index = max(((size, -index) for index, size in roots.items()), default=(0, 0))
    if size <= max(shown, _HIDDEN_ARTICLE) or any(map(_NOT_FREE.search, page.jsonld_raw)):
        return
    root = page.nodes[-index]
    root.flags &= ~HIDDEN
    for node in page.nodes[root.index + 1 :]:
        if node.depth <= root.depth:
            break
        if not _is_hidden(node.element, node.names) and not page.nodes[node.parent].flags & HIDDEN:
            node.flags &= ~HIDDEN


def _is_hidden(el: HtmlElement, names: str) -> bool:
    by_style = DISPLAY_NONE.search(el.get("style", "")) or unseen(names)
    return bool(by_style) or el.get("hidden", "until-found") != "until-found"
