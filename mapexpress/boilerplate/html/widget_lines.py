"""What blocks say about themselves: feed footers and widget lines, believed by their place or their links only."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import TYPE_CHECKING

from mapexpress.boilerplate.phrases.feed_footers import LONGEST_FOOTER, match_footer
from mapexpress.boilerplate.phrases.widget_labels import match_line
from mapexpress.model.page import HEADING
from mapexpress.model.verdict import Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Container

    from mapexpress.model.facts import Facts
    from mapexpress.model.page import Page

# lines that stand between a headline and the first paragraph
_HEAD_KINDS = frozenset(
    "date byline author reading_time share views print navigation follow ad newsletter read_more language".split()
)
# lines that are followed by links to other pages wherever they stand in a body
_LINKING_KINDS = frozenset({"related", "read_more", "newsletter", "follow", "share"})
# lines that head a widget: gone when what they head is
_HEADING_KINDS = frozenset("toc related newsletter ad share listing follow comments tags".split())
# lines that are the theme's wherever they stand, if they do more than once
_REPEATED_KINDS = frozenset({"ad", "share", "newsletter", "related", "read_more", "print"})
# credits of the story itself ("With reports from ...") are its authors' own words
_AUTHORS_OWN = frozenset({"source", "byline"})
# a widget line with words of its own is short; a sentence that begins like one is longer (longest of 77 pages: 118)
LONGEST_LINE = 120
# of a line "Lire aussi : <a>headline</a>" nearly all after the label is the link
LINKED = 0.8
_FIELD_WORDS = 4  # "Par Nadia Cherkaoui", "Publié le"
_FIELDS = re.compile(r"[|·•,،/;–—]|\s-\s")
# From the first number of a date to its year or its time: "31 mars 2026 à 17 h 39", "2026-03-31T10:00", "31/03/2026"
_MOMENT = re.compile(
    r"\d{1,2}\D{1,14}(?:\d{1,2}\D{1,3})?\d{4}(?:\D{1,5}\d{1,2}\s?[:hH.]\s?(?:\d{2})?)?|\d{4}\D{1,3}\d{1,2}\D{1,3}\d{1,2}(?:\D{1,3}\d{1,2}:\d{2})?"
)
_NUMBER = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.!?؟…]\W*$")


def worded(
    page: Page, kept: list[int], facts: Facts, *, site: str | None, gone: Container[int] = ()
) -> dict[int, Verdict]:
    """Blocks of `kept` (sorted) that are widget lines: by their indices.

    A phrase alone removes nothing in the middle: there it needs the article's own title (feed footers), a link
    that makes up the rest of the line, to stand directly before what was removed (`gone`), or to stand there more than
    once.
    """
    removed = _contents(page, kept) | _repeated(page, kept)
    footers = {
        i: footer
        for i in kept
        # a longer block is none from its beginning on
        if len(page.blocks[i].text) <= LONGEST_FOOTER
        and (footer := match_footer(page.blocks[i].text, title=facts.title, site=site)) is not None
        and footer.start == 0
    }
    for i in kept:
        footer = footers.get(i)
        if footer is not None and footer.title_matches:
            removed[i] = Verdict("feed_footer", f"phrase: footer {footer.locale}, title matches")
        elif (linked := _linked_line(page, i)) is not None:
            removed[i] = linked
        elif (i + 1 in gone or i + 1 in removed) and (line := _line(page, i)) is not None and line[0] in _HEADING_KINDS:
            removed[i] = Verdict(line[0], f"phrase: {line[1]} before a widget")
    for i in kept:
        if i in removed:
            continue
        line = _line(page, i)
        if line is not None and line[0] in _HEAD_KINDS:
            removed[i] = Verdict(line[0], f"phrase: {line[1]} before the first paragraph")
        elif (shown := date_in(page.blocks[i].text, facts.date, facts.day)) and is_dated_line(
            page.blocks[i].text, shown
        ):
            removed[i] = Verdict("byline", "place: the page's date among labels before the first paragraph")
        elif names_only(page.blocks[i].text, facts.authors):
            removed[i] = Verdict("byline", "place: the record's authors before the first paragraph")
        else:
            break
    for i in reversed(kept):
        if i in removed:
            continue
        if (footer := footers.get(i)) is not None:
            removed[i] = Verdict("feed_footer", f"phrase: footer {footer.locale} after the last paragraph")
            continue
        line = _line(page, i)
        if line is None or line[0] in _AUTHORS_OWN:
            break
        removed[i] = Verdict(line[0], f"phrase: {line[1]} after the last paragraph")
    return removed


def date_in(text: str, date: str | None, day: str | None) -> str | None:
    """The part of a short line that writes the page's date: as it is known to be shown, or any words of that day.

    Metadata name the moment, readers see it in words: numbers of the day and its year, whatever stands between them. A
    moment in another zone may be the day before or after.

    >>> date_in("mardi 31 mars 2026 à 10h00", None, "2026-03-31"), date_in("March 31, 2026", None, "2026-03-31")
    ('31 mars 2026 à 10h00', '31, 2026')
    >>> date_in("2026-03-31T10:00", None, "2026-03-31"), date_in("En 2026, 31 communes", None, "2026-03-12")
    ('2026-03-31T10:00', None)
    """
    if date and date in text:
        return date
    if not day or len(text) > LONGEST_LINE:
        return None
    try:
        published = dt.date.fromisoformat(day[:10])
        days = [published + dt.timedelta(days=d) for d in (-1, 0, 1)]
    except (ValueError, OverflowError):
        return None
    written = _MOMENT.search(text)
    numbers = {int(n) for n in _NUMBER.findall(written[0])} if written else set()
    return written[0] if written and any({d.day, d.year} <= numbers for d in days) else None


def names_only(text: str, authors: Collection[str]) -> bool:
    """Whether a line is one or more of the authors that the record names, and nothing else.

    >>> names_only("Nadia Cherkaoui, Amina Yusuf", ["Amina Yusuf", "Nadia Cherkaoui"]), names_only("Rabat", ["Amina"])
    (True, False)
    """
    if not authors or len(text) > LONGEST_LINE:
        return False
    rest = text.casefold()
    for name in sorted(authors, key=len, reverse=True):
        rest = rest.replace(name.casefold(), "")
    return len(rest) < len(text) and not any(c.isalnum() for c in rest)


def is_dated_line(text: str, date: str) -> bool:
    """Whether a line is the page's date beside a few short fields: a name, a section, a tag.

    >>> is_dated_line("11 juin 2026 · Nadia Cherkaoui · Sports · #Safi", "11 juin 2026")
    True
    >>> is_dated_line("By Amina Yusuf, June 11, 2026", "June 11, 2026")
    True
    >>> is_dated_line("Rabat, 11 juin 2026 – Le port a rouvert ses quais aux pêcheurs.", "11 juin 2026")
    False
    """
    if len(text) > LONGEST_LINE or date not in text:
        return False
    fields = [f.split() for f in _FIELDS.split(text.replace(date, "|"))]
    return all(len(field) <= _FIELD_WORDS for field in fields) and not _SENTENCE_END.search(text)


def without_footer(paragraph: str, *, title: str | None) -> str:
    """A paragraph without the feed footer that is glued to its end; believed by the article's title.

    >>> without_footer("Il a plu. Cet article Pluie à Rabat est apparu en premier sur MAP.", title="Pluie à Rabat")
    'Il a plu.'
    """
    footer = match_footer(paragraph, title=title)
    if footer is None or footer.start == 0 or not footer.title_matches:
        return paragraph
    return paragraph[: footer.start].rstrip()


def _contents(page: Page, kept: list[int]) -> dict[int, Verdict]:
    """Entries of a table of contents: links into the page itself, each worded like one of its headings."""
    headings = {page.blocks[i].text for i in kept if page.blocks[i].node.flags & HEADING}
    if not headings:
        return {}
    worded_alike = {i for i in kept if page.blocks[i].text in headings and not page.blocks[i].node.flags & HEADING}
    jumps = {
        a.block
        for a in page.anchors
        if a.block in worded_alike and len(href := a.element.get("href", "").strip()) > 1 and href[0] == "#"
    }
    return {i: Verdict("toc", "structure: link to a heading of the page") for i in kept if i in jumps}


def _repeated(page: Page, kept: list[int]) -> dict[int, Verdict]:
    """Labels of the theme that stand between paragraphs again and again ("Advertisement")."""
    times = Counter(page.blocks[i].text for i in kept)
    lines = ((i, _line(page, i)) for i in kept if times[page.blocks[i].text] > 1)
    return {
        i: Verdict(line[0], f"phrase: {line[1]}, {times[page.blocks[i].text]} times in the text")
        for i, line in lines
        if line is not None and line[0] in _REPEATED_KINDS
    }


def _linked_line(page: Page, i: int) -> Verdict | None:
    block = page.blocks[i]
    phrase = match_line(block.text) if block.link_chars else None
    if phrase is None or phrase.kind not in _LINKING_KINDS or not phrase.rest:
        return None
    if block.link_chars < LINKED * len(phrase.rest):
        return None
    return Verdict(phrase.kind, f"phrase: {phrase.kind} {phrase.locale}, then a link")


def _line(page: Page, i: int) -> tuple[Reason, str] | None:
    text = page.blocks[i].text
    if len(text) > LONGEST_LINE:
        return None
    phrase = match_line(text)
    if phrase is None and page.blocks[i].link_chars:  # "Partager : <a>Facebook</a> <a>X</a>": the label without links
        for anchor in page.anchors:
            if anchor.block == i and anchor.text:
                text = text.replace(anchor.text, "", 1)
        phrase = match_line(" ".join(text.split()))
        if phrase is not None and phrase.rest:
            return None
    return (phrase.kind, f"{phrase.kind} {phrase.locale}") if phrase is not None else None
