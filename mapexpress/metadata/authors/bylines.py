"""Names that a page shows as its author's: near the headline, above the text, or signed below it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mapexpress.metadata.authors.names import (
    MOST_WORDS,
    clean_names,
    cut_date,
    is_agency,
    is_capitalised,
    is_label,
    may_have_prefix,
    others_work,
    split_joined,
    strip_prefix,
)
from mapexpress.metadata.dates.written import find_dates
from mapexpress.metadata.sources import AFTER, Sources, words
from mapexpress.model.page import ASIDE, CAPTION, DIALOG, FOOTER, FORM, HEADER, NAV, Block

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# names in lower case: `re.IGNORECASE` costs eight times as much
_BYLINE_CLASS = re.compile(r"author|byline|auteur|autor|writer|signature|redact")
_NO_BYLINE = re.compile(r"bio|avatar|image|photo|credit|caption|comment|related|social|follow|box|more|desc")
_COMMENT = re.compile(r"(?:^|[\s_-])comments?(?:$|[\s_-])|commentlist|respond")
_BARS = re.compile(r"(?:(?<!\s)\s++)?[|•·]\s*+")
_CREDIT_CLASS = re.compile(r"credit|caption|image|photo|copyright|source|legend")
# letters, and what stands in names or between two
_NAMES = re.compile(r"(?:[^\W\d_]|[ .,/&'’-])+")
_NUMBER = re.compile(r"(?<!\w)\d+(?!\w)")
LONGEST = 160  # characters of a byline's block
SHORTEST_PARAGRAPH = 100  # characters from which a block is text, not one of the lines above it
_APART = NAV | ASIDE | FOOTER | FORM | DIALOG | CAPTION


def near_headline(sources: Sources, headline: int | None) -> list[str]:
    """Lines near the headline that a class, a prefix, a label before them or a date beside them tells to be bylines."""
    if headline not in sources.lines:
        sources.lines[headline] = _near_headline(sources, headline)
    return sources.lines[headline]


def _near_headline(sources: Sources, headline: int | None) -> list[str]:
    out: list[str] = []
    labelled = -1  # the block behind one that is but a label ("Auteur", "Par")
    for block in sources.near(headline):
        if is_label(block.text) and not block.link_chars:  # a linked one ("Texte") is a menu's
            labelled = block.index + 1
            continue
        if not 3 <= len(block.text) <= LONGEST or block.node.flags & CAPTION:
            continue
        marked = _is_marked(block)
        dated = _is_dateline(block, headline)
        others = False
        for line in _BARS.split(block.text.replace("\n", " | ")):
            if others_work(line):  # "Edited by", with the name on a line of its own
                others = True
                continue
            skipped, others = others, False
            # most lines are sentences and cards: it need not be looked for where a date begins in them
            if skipped or not (marked or dated or block.index == labelled or may_have_prefix(line)):
                continue
            bare, prefixed = strip_prefix(cut_date(line))
            if not _looks_like_name(bare) or _NUMBER.search(bare):
                continue
            if (
                prefixed
                or block.index == labelled
                or (marked and _signs(bare))
                or (dated and _is_full_name(bare.partition(",")[0]))
            ):
                out.append(bare)
    return out


def _is_marked(block: Block) -> bool:
    classes = " ".join(
        f"{el.get('class', '')} {el.get('id', '')} {el.tag}"
        for el in (block.element, *block.element[:3], block.element.getparent())
        if el is not None
    ).lower()
    return _BYLINE_CLASS.search(classes) is not None and not _NO_BYLINE.search(classes)


def _is_dateline(block: Block, headline: int | None) -> bool:
    """Whether a block below the headline has bars, a date and no link: "Anne Lévy | 05.04.2026"."""
    after = headline is not None and block.index > headline
    return after and not block.link_chars and bool(_BARS.search(block.text)) and bool(find_dates(block.text))


def above_text(sources: Sources, headline: int | None, site: set[str]) -> list[str]:
    """Full names that stand alone as the last line between the headline and the text, without any mark.

    The names of sections, places and labels look the same. They return elsewhere on the page or in lower case; a name
    there is a name nowhere else.
    """
    blocks = sources.page.blocks
    if headline is None:
        return []
    line: Block | None = None
    for block in blocks[headline + 1 : headline + 1 + AFTER]:
        if (
            block.node.flags & _APART
            or block.hidden
            or _CREDIT_CLASS.search(f"{block.node.names} {block.inline}".lower())
        ):
            continue
        if len(block.text) >= SHORTEST_PARAGRAPH:
            break
        if not find_dates(block.text):
            line = block
    else:
        return []
    if (
        line is None
        or line.link_chars
        or line.media
        or not _NAMES.fullmatch(line.text)
        or line.tag not in ("p", "div", "span", "h3", "h4", "h5")
    ):
        return []
    names = clean_names([line.text], site)
    if not names or not all(_is_full_name(name) for name in names) or not _is_full_name(re.sub(r"/", " & ", line.text)):
        return []
    said = {w.lower() for name in names for w in name.replace("-", " ").split() if len(w) > 2}
    others = (w.strip(".,:;!?()«»\"'").lower() for block in blocks if block is not line for w in block.text.split())
    return [] if any(w in said for w in others) else names


def below_text(sources: Sources, headline: int | None) -> list[str]:
    """Who signs below the text behind a prefix with its colon ("Auteur : Anne Lévy"), where all such lines agree."""
    found: dict[str, str] = {}
    for block in sources.page.blocks[(headline or 0) + AFTER + 1 :]:
        if (
            len(block.text) > LONGEST // 2
            or ":" not in block.text
            or block.node.flags & (NAV | HEADER | FORM | CAPTION)
        ):
            continue
        label, _, name = block.text.partition(":")
        if is_label(label) and ":" not in name and _looks_like_name(name.strip()) and not in_comment(block.element):
            found[words(name)] = name.strip()
    return list(found.values()) if len(found) == 1 else []


def in_comment(el: HtmlElement) -> bool:
    """Whether an author is a reader's: of a schema.org Comment, or inside an element named so."""
    for up in el.iterancestors():
        if "Comment" in up.get("itemtype", "") or _COMMENT.search(f"{up.get('class', '')} {up.get('id', '')}".lower()):
            return True
    return False


def _signs(text: str) -> bool:
    """Whether a line without prefix can sign an article: a name of several words, or an agency's."""
    head = words(re.split(r"[,(]| - ", text)[0])
    return " " in head or is_agency(head)


def _is_full_name(text: str) -> bool:
    parts = text.split()
    return 2 <= len(parts) <= MOST_WORDS and not any(map(str.isdigit, text)) and is_capitalised(text)


def _looks_like_name(text: str) -> bool:
    head = re.split(r"[,(]| - ", text)[0].strip()
    joined = " ".join(split_joined(head))
    return 1 <= len(joined.split()) <= MOST_WORDS and is_capitalised(joined)
