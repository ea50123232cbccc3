"""What a site template says about the blocks that a page's own evidence has kept.

Repetition alone removes nothing between two kept paragraphs: real sentences recur (a bulletin's standing sentence, a
dateline, an agency's signature). Place and structure decide with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from mapexpress.boilerplate.masks import FIGURE, Unit
from mapexpress.boilerplate.phrases import fold
from mapexpress.boilerplate.template import TemplateSnapshot

Verdict = tuple[str, str]  # reason and evidence

# A block at the edge of the article but elsewhere in the tree than its paragraphs: seldom seen is enough.
_EDGE_SHARE = 0.08
# At the edge and among the paragraphs: a signature or a bulletin's last sentence looks the same, but only a part of
# the site's articles carries it.
_SAME_PLACE_SHARE = 0.6
_SAME_PLACE_PAGES = 10
_SHORTEST = 4  # words: "(MAP)" and "By our reporter" are signatures
_INSIDE_SHARE = 0.3  # between two paragraphs, in a place of its own: an inserted box
_LINKED = 0.8  # share of characters in links: a teaser is its link
_LEAD_WORDS = 5
_HEADING, _CELL = re.compile(r"h[1-6](?![\w-])"), re.compile(r"t[dh](?![\w-])")  # of a place's innermost element
_CUT = re.compile(r"(?:\s*\[?(?:\.\.\.|…)\]?)\s*$")


def judge(
    units: Sequence[Unit], snapshot: TemplateSnapshot, *, page: str, trusted: frozenset[int] = frozenset()
) -> dict[int, Verdict]:
    """Verdicts on kept units, by their index: reason ("template" or "teaser") and evidence.

    `units` are the kept blocks of one page in its order, `page` its id in the sample, `trusted` the indices that
    stronger evidence has decided (a standfirst by the platform's selector): they are never removed.
    """
    if not snapshot.is_learned or not units:
        return {}
    body = _body_place(units, snapshot)
    verdicts: dict[int, Verdict] = {}
    for at_head, ordered in ((True, units), (False, units[::-1])):
        for unit in ordered:
            if unit.index in verdicts:
                continue
            heads_text = at_head and _is_heading(unit)
            verdict = None if unit.index in trusted else _at_edge(unit, snapshot, body, page, heads_text)
            if verdict is None:
                break
            verdicts[unit.index] = verdict
    if len(verdicts) == len(units):
        return {}  # nothing of its own: the page level knows better than an empty article
    # upwards first: a heading goes with what it heads, a figure with the template beside it
    for ordered, upwards in ((units[::-1], True), (units, False), (units[::-1], True)):
        beside: Unit | None = None
        for unit in ordered:
            beside_template = beside is not None and beside.index in verdicts
            if unit.index not in verdicts and unit.index not in trusted:
                if _is_heading(unit):
                    may_go = upwards and (beside_template or beside is None)
                else:
                    may_go = beside_template or unit.mark != FIGURE
                verdict = _inside(unit, snapshot, body, page) if may_go else None
                if verdict is not None:
                    verdicts[unit.index] = verdict
            beside = unit
    return verdicts


def _body_place(units: Sequence[Unit], snapshot: TemplateSnapshot) -> str:
    """The place of the article's own paragraphs: where most characters stand that no other page has."""
    chars: Counter[str] = Counter()
    for unit in units:
        chars[unit.place] += len(unit.text) if unit.mark not in snapshot.entries else 0
    return min(chars, key=lambda place: (-chars[place], place))


def _at_edge(unit: Unit, snapshot: TemplateSnapshot, body: str, page: str, heads_text: bool) -> Verdict | None:
    teaser = _teaser(unit, snapshot, page)
    if teaser is not None:
        return teaser
    share = snapshot.share_at(unit.mark, unit.place)
    if unit.place != body and share >= (_SAME_PLACE_SHARE if heads_text else _EDGE_SHARE):
        return "template", f"template: on {share:.0%} of {snapshot.pages} pages, outside the paragraphs' place"
    if share >= _SAME_PLACE_SHARE and snapshot.pages >= _SAME_PLACE_PAGES and unit.words >= _SHORTEST:
        return "template", f"template: on {share:.0%} of {snapshot.pages} pages, at the article's edge"
    return None


def _inside(unit: Unit, snapshot: TemplateSnapshot, body: str, page: str) -> Verdict | None:
    share = snapshot.share_at(unit.mark, unit.place)
    if unit.place != body and share >= _INSIDE_SHARE and not _is_cell(unit):
        return "template", f"template: on {share:.0%} of {snapshot.pages} pages, in a place of its own"
    if unit.link_share >= _LINKED:
        return _teaser(unit, snapshot, page)
    return None


def _is_heading(unit: Unit) -> bool:
    """Whether a block is a heading: over text of the article it is one of the article, however often it returns."""
    return _HEADING.match(unit.place) is not None


def _is_cell(unit: Unit) -> bool:
    """Whether a block is a cell of a table: bulletins name the same things each day."""
    return _CELL.match(unit.place) is not None


def _teaser(unit: Unit, snapshot: TemplateSnapshot, page: str) -> Verdict | None:
    """A block that is the headline, or the cut-off beginning, of another article of the site."""
    folded = fold(unit.text)
    owner = snapshot.titles.get(folded)
    if owner is not None and owner != page:
        return "teaser", f"title of {owner}"
    cut = _CUT.search(unit.text)
    if cut is not None and unit.words >= _LEAD_WORDS:
        beginning = fold(unit.text[: cut.start()])
        owner = _lead_owner(beginning, snapshot.leads, page)
        if owner is not None:
            return "teaser", f"cut-off lead of {owner}"
    return None


def _lead_owner(beginning: str, leads: Mapping[str, str], page: str) -> str | None:
    return next((owner for lead, owner in leads.items() if owner != page and lead.startswith(beginning)), None)
