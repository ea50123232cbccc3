"""Dates that the page shows as the article's own: near its headline, or marked as such, never a teaser's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mapexpress.metadata.dates.machine import Moment, read_moment
from mapexpress.metadata.dates.written import Seen, find_dates, label_of
from mapexpress.metadata.sources import Sources
from mapexpress.model.page import ASIDE, CAPTION, DIALOG, FOOTER, FORM, HEADER, NAV, QUOTE, Block

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# names that themes give to what holds an article's date: "entry-date", "post-meta", "article-byline__pub-dates",
# "dateline", "td-post-date", "submitted" (Drupal), "fecha", "datum", "tarih"
_DATE_NAMES = re.compile(
    r"date|time(?!line)|publi|(?:post|entry|article)[-_]?meta|byline|submitted|posted|fecha|datum|tarih"
)
_OTHERS = re.compile(
    r"comment|related|card|teaser|sidebar|widget|recent|popular|list-item|footer|copyright|event|upcoming"
)
# beside its date a dateline holds a weekday, a place, a label, an author; a teaser holds a whole headline
MOST_BESIDE = 48
# after this many paragraphs the body has begun and dates are the story's
LONG, MOST_LONG = 240, 2
# a card holds its date at most so deep (tagDiv: time, span, span, div, div beside the headline); a linked heading
# shorter than this names a section or an author, not an article. What holds more blocks than MOST_IN_CARD (section,
# headline, date, author, teaser, comments, picture and its credit) is a list of cards or the article itself
CARD_HEIGHT, SHORTEST_HEADLINE, MOST_IN_CARD = 5, 20, 8
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"\d{4}")
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})


@dataclass(slots=True, kw_only=True)
class Shown:
    """Dates the page shows, the surest first: published ones, and those of a change."""

    published: list[Moment] = field(default_factory=list)
    modified: list[Moment] = field(default_factory=list)


def shown_dates(sources: Sources, *, headline: int | None, language: str | None) -> Shown:
    """Read the dates near the headline; where there is none, the only date that the page marks as one."""
    labelled: list[Moment] = []
    bare: list[Moment] = []
    out = Shown()
    for block, moment, label in _near(sources, headline, language):
        if label == "modified":
            out.modified.append(moment)
        elif label == "published":
            labelled.append(moment)
        elif not in_site_head(sources, block, headline) and not of_another(sources, block, headline):
            bare.append(moment)
    out.published = [*labelled, *bare]
    if not out.published:
        _far(sources, headline, language, out)
    return out


def in_site_head(sources: Sources, block: Block, headline: int | None) -> bool:
    """Whether a block before the headline stands in the site's own head, where a bare date is today's."""
    if headline is None or block.index >= headline:
        return False
    if block.node.flags & NAV:
        return True
    node = block.node
    while node.flags & HEADER and node.parent >= 0:
        if node.tag == "header" and node.start <= headline < node.end:
            return False
        node = sources.page.nodes[node.parent]
    return bool(block.node.flags & HEADER)


def of_another(sources: Sources, block: Block, headline: int | None, *, within: int = CARD_HEIGHT) -> bool:
    """Whether a date after the headline is a teaser's (a card whose headline is a link) or a quoted post's."""
    if headline is None or block.index <= headline:
        return False
    page, node, height = sources.page, block.node, 0
    while node.parent >= 0 and not node.start <= headline < node.end:
        if node.tag == "blockquote":
            return True
        small = height < within and node.end - node.start <= MOST_IN_CARD
        if small and any(_linked_headline(b) for b in page.blocks[node.start : node.end]):
            return True
        node, height = page.nodes[node.parent], height + 1
    return False


def _linked_headline(block: Block) -> bool:
    return block.tag in _HEADINGS and block.link_chars >= 0.8 * len(block.text) >= 0.8 * SHORTEST_HEADLINE


def _near(sources: Sources, headline: int | None, language: str | None) -> Iterator[tuple[Block, Moment, str | None]]:
    times = _times(sources)
    long = 0
    # a headline over a picture may stand in the caption itself, with its date
    captions = 0 if headline is not None and sources.page.blocks[headline].node.flags & CAPTION else CAPTION
    for block in sources.near(headline, itself=True):
        after = headline is not None and block.index > headline
        if (after and long >= MOST_LONG) or block.node.flags & captions:
            continue
        if len(block.text) > LONG:
            long += after
            continue
        yield from _in_block(sources, block, times.get(block.index, ()), language)


def _in_block(
    sources: Sources, block: Block, times: list[HtmlElement] | tuple[()], language: str | None
) -> Iterator[tuple[Block, Moment, str | None]]:
    seen = _labelled(sources, block, find_dates(block.text, language=language))
    for el in times:
        moment = read_moment(el.get("datetime") or "", "time", language)
        if moment is not None:
            yield block, moment, _time_label(el, seen, moment)
    if not seen:
        return
    beside = len(block.text) - sum(len(s.raw) for s in seen)
    named = _DATE_NAMES.search(f"{block.node.names} {block.inline}".lower())
    for s in seen:
        if s.label or beside <= MOST_BESIDE or (named and beside <= 2 * MOST_BESIDE):
            yield block, Moment(value=s.value, source="visible text", raw=s.raw), s.label


def _labelled(sources: Sources, block: Block, seen: list[Seen]) -> list[Seen]:
    """Give a date that a block begins with the label that is the whole of the block before it ("Updated at")."""
    if not seen or seen[0].label or not block.index or not block.text.startswith(seen[0].raw):
        return seen
    label = label_of(sources.page.blocks[block.index - 1].text)
    return [replace(seen[0], label=label), *seen[1:]] if label else seen


def _time_label(el: HtmlElement, seen: list[Seen], moment: Moment) -> str | None:
    name = f"{el.get('class', '')} {el.get('itemprop', '')}".lower()
    if "modif" in name or ("updat" in name and "publi" not in name and "entry-date" not in name):
        return "modified"  # WordPress marks a post that was never changed "entry-date published updated"
    if "publi" in name:
        return "published"
    return next((s.label for s in seen if abs((s.day - moment.day).days) <= 1), None)


def _times(sources: Sources) -> dict[int, list[HtmlElement]]:
    """`<time datetime>` elements by the block that shows them."""
    owners = {block.element: block.index for block in reversed(sources.page.blocks)}
    out: dict[int, list[HtmlElement]] = {}
    for el in sources.page.root.iter("time"):
        if el.get("datetime"):
            up: HtmlElement | None = el
            while up is not None and up not in owners:
                up = up.getparent()
            if up is not None:
                out.setdefault(owners[up], []).append(el)
    return out


def _far(sources: Sources, headline: int | None, language: str | None, out: Shown) -> None:
    """Look through the rest of the page: taken only when every date marked as published names one day."""
    found: list[Moment] = []
    sure: list[Moment] = []
    apart = NAV | ASIDE | FOOTER | FORM | DIALOG | CAPTION | QUOTE | (HEADER if headline is None else 0)
    times = _times(sources)
    for block in sources.page.blocks:
        if len(block.text) > LONG or block.node.flags & apart or (headline is not None and block.index < headline):
            continue
        if block.index not in times and not _DIGIT.search(block.text):
            continue
        names = f"{block.node.names} {block.inline}".lower()
        if _OTHERS.search(names):
            continue
        if of_another(sources, block, headline, within=2):  # so far down a column may hold byline and blog name
            continue
        seen = _labelled(sources, block, find_dates(block.text, language=language))
        if not seen and len(block.text) <= MOST_BESIDE and not _YEAR.search(block.text):  # "1 day ago"
            for el in times.get(block.index, ()):
                stamp = read_moment(el.get("datetime") or "", "time", language)
                if stamp is not None:
                    (out.modified if _time_label(el, seen, stamp) == "modified" else found).append(stamp)
        for s in seen:
            moment = Moment(value=s.value, source="visible text", raw=s.raw)
            if s.label == "modified":
                out.modified.append(moment)
            elif s.label == "published":
                sure.append(moment)
            else:
                beside = len(block.text) - len(s.raw)
                if beside <= 2 or (beside <= MOST_BESIDE and (headline is not None or _DATE_NAMES.search(names))):
                    found.append(moment)
    chosen = sure or found
    if chosen and len({m.day for m in chosen}) == 1:
        out.published = chosen[:1]
