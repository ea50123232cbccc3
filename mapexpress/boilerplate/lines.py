"""A text that has lost its HTML, cut into lines with what each line looks like by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from mapexpress.boilerplate.phrases.feed_footers import FooterMatch, match_footer, may_hold_footer
from mapexpress.boilerplate.phrases.widget_labels import LONGEST_LABEL, Phrase, match_line
from mapexpress.text.characters import harmless
from mapexpress.text.lengths import amounts, counts_like_latin
from mapexpress.text.sentences import CLOSERS, MARKS, SENTENCE_ENDS, needs_no_stop

Shape = Literal["prose", "sentence", "cut", "short", "figure", "label", "prefix", "footer"]

# Prose is what only articles have in number: a line that ends like a sentence and is longer than a headline. Headlines
# and widget texts that end in "!" or "?" stay below 60 characters on most pages; lead-ins and quotations above it.
PROSE_CHARS = 60
PROSE_WORDS = 8
UNSTOPPED_CHARS = 2 * PROSE_CHARS  # of prose that no full stop tells: few headlines are as long

_ZERO_WIDTH = re.compile("[\u200b\u2060]+")
_BREAK = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_OTHER_SPACE = re.compile(r"[^\S \n]")
_CUT_CHARS = 12  # the longest "... [ + ]"
_CUT = re.compile(r"(?:\.\.\.|…)\s*+(?:\[\s*+(?:\+\s*+)?\]|\]|\))?$")
_LETTERS = re.compile(f"[^\\W\\d_](?:[^\\W\\d_]|[{MARKS}])*")
_ITEM = re.compile(r"(?:[-–—•*·▪◦‣]\s+|\(?\d{1,2}[.)]\s+)\S")
_SIGN = re.compile(r"[(\[（［]\s*[^\W\d_]\s*[)\]）］]")  # "（川）": in some scripts one letter is an agency
_YEAR_OR_TIME = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}\s?[:h]\s?\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
# A date with weekday, zone and time is eight words in the longest of our languages.
_DATE_WORDS = 8
_PROMOTION = frozenset({"newsletter", "follow", "consent", "paywall", "comments", "legal", "share", "ad", "related"})


@dataclass(slots=True, eq=False)
class Line:
    """One line: `group` numbers the stretches between blank lines; `size` is its length in Latin characters' worth.

    `shape`: "prose" a long sentence; "sentence" a short one; "cut" ends in an ellipsis; "short" has no final
    punctuation (headlines, names, list items); "figure" is a date, a number or signs; "label", "prefix" and "footer"
    are what `boilerplate.phrases` says.
    """

    index: int
    group: int
    text: str
    shape: Shape
    size: int
    words: int
    phrase: Phrase | None = None
    footer: FooterMatch | None = None

    @property
    def is_item(self) -> bool:
        return _ITEM.match(self.text) is not None


def read_lines(text: str, *, title: str | None = None, site: str | None = None, phrases: bool = True) -> list[Line]:
    """Cut a text into its lines: NFC, no control characters, hard-wrapped paragraphs joined, blank lines left out.

    >>> [(line.shape, line.text) for line in read_lines("Date:\\r\\n\\r\\nPluie à Rabat")]
    [('label', 'Date:'), ('short', 'Pluie à Rabat')]
    """
    signs = "".join(set(text))  # a text has some eighty: what is asked of all its characters is asked of them
    if _BREAK.search(signs):
        text = _BREAK.sub("\n", text)
    if _ZERO_WIDTH.search(signs):
        text = _ZERO_WIDTH.sub("", text)
    text = harmless(text, signs=signs)
    regular = _OTHER_SPACE.search(signs) is None and "  " not in text
    groups: list[list[str]] = [[]]
    for raw in text.split("\n"):
        stripped = raw.strip() if regular else " ".join(raw.split())
        if stripped:
            groups[-1].append(stripped)
        elif groups[-1]:
            groups.append([])
    if _is_hard_wrapped(groups):
        groups = [_unwrap(group) for group in groups]
    latin = counts_like_latin(signs)
    footers = phrases and may_hold_footer(text, signs=signs)
    lines: list[Line] = []
    for number, group in enumerate(groups):
        for stripped in group:
            line = _line(len(lines), number, stripped, phrases=phrases, latin=latin)
            lines.append(_with_footer(line, title, site) if footers else line)
    return lines


def _is_hard_wrapped(groups: list[list[str]]) -> bool:
    """Whether a typewriter's margin broke the paragraphs: most lines that another follows reach nearly the margin."""
    inner = [line for group in groups for line in group[:-1]]
    if len(inner) < 4 or len(groups) < 2:
        return False
    margin = max(len(line) for group in groups for line in group)
    if not 40 <= margin <= 100:
        return False
    reaching = sum(1 for line in inner if len(line) > margin - 20)
    return reaching >= 0.8 * len(inner)


def _unwrap(group: list[str]) -> list[str]:
    joined: list[str] = []
    for line in group:
        if joined and not _ITEM.match(line):
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    return joined


def _line(index: int, group: int, text: str, *, phrases: bool, latin: bool) -> Line:
    look = _look_seen if len(text) <= LONGEST_LABEL else _look
    return Line(index, group, text, *look(text, phrases, latin))


def _look(text: str, phrases: bool, latin: bool) -> tuple[Shape, int, int, Phrase | None]:
    size, words = (len(text), text.count(" ") + 1) if latin else amounts(text)
    phrase = match_line(text) if phrases else None
    if phrase is not None:
        if phrase.strength != "prefix":
            return "label", size, words, phrase
        if phrase.separated or (phrase.kind in _PROMOTION and size < 300):
            return "prefix", size, words, phrase
    return _shape(text, size, words), size, words, phrase


# what is as short as a label stands on many pages of a site
_look_seen = lru_cache(maxsize=8192)(_look)


def _with_footer(line: Line, title: str | None, site: str | None) -> Line:
    if line.shape != "label":
        line.footer = match_footer(line.text, title=title, site=site)
        if line.footer is not None and line.footer.start == 0:
            line.shape, line.phrase = "footer", None
    return line


def _shape(text: str, size: int, words: int) -> Shape:
    if words <= _DATE_WORDS and is_figure(text):
        return "figure"
    if text[-1] in "….])" and _CUT.search(text, max(0, len(text) - _CUT_CHARS)):
        return "cut"
    end = text.rstrip(CLOSERS)[-1:]
    if end in SENTENCE_ENDS:
        return "prose" if size >= PROSE_CHARS and words >= PROSE_WORDS else "sentence"
    if size >= UNSTOPPED_CHARS and (end == ":" or words >= 40 or needs_no_stop(end)):
        return "prose"  # leads into a list or a quotation; or its full stop was forgotten, or its script has none
    return "short"


def is_figure(text: str) -> bool:
    """Whether a line is a date, a time, a count or signs only, in any language.

    >>> [is_figure(t) for t in ("Dilluns, Març 23, 2020", "12:30", "-", "1.2K", "(1)")]
    [True, True, True, True, True]
    >>> [is_figure(t) for t in ("Rabat", "Mondial 2030 à Rabat", "（川）")]
    [False, False, False]
    """
    letters = sum(len(w) for w in _LETTERS.findall(text))
    if letters <= 1:
        return _SIGN.fullmatch(text) is None
    if not _YEAR_OR_TIME.search(text):
        return False
    digits = sum(c.isdigit() for c in text)
    words = len(_LETTERS.findall(text))
    return digits >= 4 and words <= 3 and (digits >= 5 or words <= 2)
