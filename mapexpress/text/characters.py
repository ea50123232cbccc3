"""Characters that are no text: what steers terminals, forges lines, turns words around or cannot be UTF-8.

One table for everything that leaves: records, logs, terminals, pages.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

# C0 and C1 controls but tab and newline; DEL; lone surrogates, which UTF-8 does not have; the two noncharacters that
# XML forbids; byte order marks; what pictures leave in copied text
_NO_TEXT = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\ufeff\ufffc"
# LRO and RLO show letters in another order than they are written in (CVE-2021-42574, "Trojan Source"). Marks,
# embeddings and isolates stay: Arabic and Hebrew pages need them, and they turn no letter around.
_OVERRIDES = "\u202d\u202e"
# Tag characters are invisible; only a subdivision's flag (U+1F3F4 and its tags) is text (Unicode TR 51)
_TAGS = "(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0000-\U000e007f]+"
_DROPPED = re.compile(f"[{_NO_TEXT}{_OVERRIDES}]|{_TAGS}")
_SUSPECT = re.compile(f"[{_NO_TEXT}{_OVERRIDES}\U000e0000-\U000e007f]")  # several times as fast, and mostly the answer
_LONG = 500
_SPACES = frozenset("\x0b\x0c\r\x85")  # controls that stood between words
_HIDING = re.compile(f"[{_OVERRIDES}\U000e0000-\U000e007f]")
_NOTICED = (
    ("bidi_override", re.compile(f"[{_OVERRIDES}]")),
    ("hidden_characters", re.compile(_TAGS)),
)
# What is shown turns around the rest of its line, too, where marks are left open
_STEERING = re.compile(f"[{_NO_TEXT}{_OVERRIDES}\n\t\u2028\u2029\u202a-\u202e\u2066-\u2069]|{_TAGS}")


# Python sorts the marks behind a letter one by one: 64,000 of two kinds in turns take 3 s, ten times as many 5 minutes.
# Unicode's own bound for streams is 30 (UAX 15, "Stream-Safe Text Format"); no word of any language has more than 6.
_MOST_MARKS = 30
_FEW = 4 * _MOST_MARKS  # characters that are sorted in no time, whatever they are
# what may be a mark: no letter, digit, ASCII or general punctuation; and the two letters that become marks in NFKC
_MARK = r"(?:[^\w\x00-\u02ff\u2000-\u206f]|[\uff9e\uff9f])"
_MAY_BE_MARK = re.compile(_MARK)
_MARKS = re.compile(rf"{_MARK}{{{_MOST_MARKS + 1},}}")


def normalize(form: Literal["NFC", "NFKC", "NFKD"], text: str, *, signs: str | None = None) -> str:
    """As `unicodedata.normalize`, in linear time: of a run of combining marks the first 30 are kept.

    `signs` are the different characters of the text, where they are known: a look at them may spare one at the text.

    >>> len(normalize("NFC", "a" + "\\u0316\\u0300" * 100_000)), normalize("NFKC", "ﬁn")
    (30, 'fin')
    """
    if text.isascii():
        return text
    if len(text) > _FEW and (signs is None or _MAY_BE_MARK.search(signs)):
        text = _MARKS.sub(_fewer_marks, text)
    return unicodedata.normalize(form, text)


def _fewer_marks(run: re.Match[str]) -> str:
    kept, count = [], 0
    for char in run[0]:
        count = count + 1 if unicodedata.combining(char) or char in "\uff9e\uff9f" else 0
        if count <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def harmless(text: str, *, signs: str | None = None) -> str:
    """Text as it may be stored: NFC, UTF-8, nothing that steers, reorders or hides; newlines and tabs stay.

    `signs` are the different characters of the text, where they are known.

    >>> harmless("ko\\u0302\\x1b[2J\\u202eab\\ud800\\x85c")
    'kô[2Jab c'
    """
    if text.isprintable() and "\ufffc" not in text:  # nothing of the table is printable but that one
        return text if text.isascii() else normalize("NFC", text)
    signs = text if len(text) < _LONG else signs or "".join(set(text))  # a long text has some eighty different ones
    if _SUSPECT.search(signs):
        text = _DROPPED.sub(lambda m: " " if m[0] in _SPACES else "", text)
    return normalize("NFC", text, signs=signs)


def visible(text: str) -> str:
    """One line for a terminal or a log: what would steer it shows as the replacement sign.

    >>> visible("Pluie\\x1b[31m à\\nRabat\\u202e")
    'Pluie�[31m à�Rabat�'
    """
    return text if text.isascii() and text.isprintable() else _STEERING.sub("\ufffd", text)


def noticed(text: str) -> list[str]:
    """Flags for what a text was made to hide: `bidi_override`, `hidden_characters`.

    >>> noticed("Pluie\\u202e à Rabat"), noticed("\\U0001f3f4\\U000e0067\\U000e007f Rabat")
    (['bidi_override'], [])
    """
    if text.isascii() or not _HIDING.search(text):
        return []
    return [flag for flag, pattern in _NOTICED if pattern.search(text)]
