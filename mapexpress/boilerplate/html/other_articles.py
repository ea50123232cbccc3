"""Further articles of the site below the page's own or in it: pages that scroll on without end, lists of posts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mapexpress.boilerplate.html.edges import folded
from mapexpress.model.page import ARTICLE
from mapexpress.model.verdict import Verdict

if TYPE_CHECKING:
    from mapexpress.model.page import Node, Page

_POST = re.compile(r"(?<![\w-])post-(\d+)(?![\w-])")  # what WordPress calls each post
_ENOUGH = 200  # characters that the page's own article has beside the posts in it: a list of posts has none


def other_articles(page: Page, kept: set[int], title: str | None) -> dict[int, Verdict]:
    """Blocks of `kept` in `<article>` elements of other articles: by their indices.

    After the one with the title those with an h1 of their own: the entries of a live blog and teasers have lower
    headings, or the first of them has not the page's title. Inside a post of WordPress those that are another post.
    """
    return _after(page, kept, title) | _within(page, kept)


def _after(page: Page, kept: set[int], title: str | None) -> dict[int, Verdict]:
    wanted = folded(title or "")
    articles = page.nodes_tagged("article")
    if not wanted or len(articles) < 2:
        return {}
    # those that stand in no other, so that they follow each other; an h1 is in the last one before it or in none
    outermost = [n for n in articles if n.parent < 0 or not page.nodes[n.parent].flags & ARTICLE]
    headlines: dict[int, list[str]] = {node.index: [] for node in outermost}
    at = -1
    for h1 in page.nodes_tagged("h1"):
        while at + 1 < len(outermost) and outermost[at + 1].index < h1.index:
            at += 1
        if at >= 0 and _inside(h1, outermost[at]):
            text = " ".join(block.text for block in page.blocks[h1.start : h1.end])
            headlines[outermost[at].index].append(folded(text))
    found = False
    removed: dict[int, Verdict] = {}
    for node in outermost:
        own = headlines[node.index]
        if found and own:
            inside = kept.intersection(range(node.start, node.end))
            removed |= dict.fromkeys(inside, Verdict("other_article", "structure: <article> with another headline"))
        found = found or any(text and (text in wanted or wanted in text) for text in own)
    return removed


def _within(page: Page, kept: set[int]) -> dict[int, Verdict]:
    posts: dict[int, str] = {}  # node -> the post that it stands in, its own before those around it
    inside: set[int] = set()
    for node in page.nodes_tagged("article"):
        around = node.parent
        while around >= 0 and page.nodes[around].tag != "article":
            around = page.nodes[around].parent
        outer = posts.get(around)
        own = _POST.search(node.names)
        posts[node.index] = own[1] if own is not None else outer or ""
        if own is not None and outer and own[1] != outer:
            inside |= kept.intersection(range(node.start, node.end))
    if not inside or sum(len(page.blocks[i].text) for i in kept - inside) < _ENOUGH:
        return {}
    return dict.fromkeys(inside, Verdict("other_article", "structure: another post in this one"))


def _inside(node: Node, other: Node) -> bool:
    return other.start <= node.start and node.end <= other.end and node.depth > other.depth
