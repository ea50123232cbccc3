"""What a line looks like: widget labels in many languages. The data is `widget_labels.toml`.

A phrase says what a line *looks like* and never removes it: "Related", "Date:" and "Lire aussi" are ordinary words as
well. Whoever removes a line adds its place (head, tail, between two widgets) or its structure (a link, a cut-off end).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

from mapexpress.model.verdict import Reason, as_reason
from mapexpress.text.characters import normalize
from mapexpress.text.sentences import MARKS

Strength = Literal["notice", "label", "prefix"]

LONGEST_LABEL = 90  # characters; the longest label that is not a notice has 34

# Combining marks of Latin, Hebrew and Arabic vowels, the tatweel, and characters of no width. Marks of Indic scripts
# are vowels that tell words apart: they stay.
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff]+"
)
# Letters that writers of Arabic script use for one another, and the dotless i of Turkish capitals.
_LETTERS = {"ى": "ي", "ی": "ي", "ې": "ي", "ة": "ه", "ک": "ك", "ٱ": "ا", "ı": "i", "’": "'", "ʼ": "'"}
_GAPS = re.compile(f"[^\\w{MARKS}]+")
_WORD = re.compile(f"[\\w{MARKS}]+")
_NUMBER = re.compile(r"\d+(?:[.,\u066b\u066c]\d+)*")
_SEPARATOR = re.compile(r"\s*(?:[:：︰»›>|→➡▶►•]+|\s[-–—]+(?=\s))\s*")
_FRAMED = re.compile(r"\s*[-–—*=~•|(\[].*[-–—*=~•|)\]]\s*")
_NETWORK = (
    r"(?:facebook|twitter|x|whats ?app|telegram|linked ?in|pinterest|reddit|email|e mail|mail|sms|copy link|"
    r"copier le lien|messenger|tumblr|viber|line|threads|blue ?sky|mastodon|vk|vkontakte|odnoklassniki|print|flipboard|"
    r"instagram|you ?tube|tiktok|google|pocket|xing|digg|mix|naver|koo|skype|snapchat|rss|google news|feed|"
    r"فيسبوك|تويتر|واتساب|تلغرام|تيليجرام|لينكدان|ماسنجر|بريد)"
)
_NETWORKS = re.compile(rf"{_NETWORK}(?: ?{_NETWORK})+")
# "© 2022 Daily" closes pages, "© Agency" credits pictures; no sentence of an article begins so
_COPYRIGHT = re.compile(r"\s*(?:©|\(c\)\s|copyright\s*(?:©|\(c\)|\d))\s*(.*)", re.IGNORECASE | re.DOTALL)
_GLUED = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])")  # buttons that have lost what stood between them: "ShareTweetEmail"
_MOST_GLUED = 12
_AD_PICTURE = re.compile(r"(?:spot_?img[_ ]?)+")


@dataclass(slots=True, frozen=True)
class Phrase:
    """What a line looks like.

    `kind` names the widget: ad, author, byline, comments, consent, copyright, credit, date, follow, language, legal,
    listing, navigation, newsletter, pager, paywall, player, print, read_more, reading_time, related, share, source,
    tags, toc, views.
    `strength`: "notice" is wording that no article has as a line of its own; "label" is a whole line that may as well
    be words of an article; "prefix" is a label followed by text of the line's own, which is `rest`, and `separated`
    tells whether punctuation (":", "»", "|") stands between the two.
    `locale` is ISO 639-1, "xx" for none in particular.
    """

    kind: Reason
    strength: Strength
    locale: str
    rest: str = ""
    separated: bool = False


def fold(text: str) -> str:
    """Reduce a label to what its spellings share: case, accents, hamza, tatweel, punctuation and digits do not count.

    >>> fold("  À LIRE AUSSI : "), fold("إقرأ أيضاً") == fold("اقرأ أيضا"), fold("S’abonner") == fold("s'abonner")
    ('a lire aussi', True, True)
    >>> fold("Page 1 sur 3")
    'page # sur #'
    """
    return _fold(text) if len(text) > _SHORT else _fold_short(text)


def _fold(text: str) -> str:
    if not text.isascii():
        text = _MARKS.sub("", normalize("NFKD", text))
        for letter, other in _LETTERS.items():
            text = text.replace(letter, other)  # most stand nowhere, which a search tells ten times as fast as a table
    if text.isascii():  # most letters of Europe are by now
        text = " ".join(text.translate(_ASCII).split())
        return _DIGITS.sub("#", text) if "##" in text else text
    text = _GAPS.sub(" ", text.casefold()).strip()
    return _NUMBER.sub("#", text)


# the same of ASCII, in one pass
_ASCII = {
    n: c.lower() if c.isalpha() or c == "_" else "#" if c.isdigit() else " " for n, c in enumerate(map(chr, range(128)))
}
_DIGITS = re.compile("##+")


# labels and lines of the theme return on every page, and each is looked at by several rules
_SHORT = 200  # characters
_fold_short = lru_cache(maxsize=1 << 12)(_fold)


def is_network(line: str) -> bool:
    """Whether a line is the name of one network: a button where it stands under "Share", else a word like others.

    >>> is_network("WhatsApp"), is_network("واتساب"), is_network("WhatsApp change ses règles")
    (True, True, False)
    """
    return len(line) <= LONGEST_LABEL and re.fullmatch(_NETWORK, fold(line)) is not None


class _Lexicon:
    """Folded phrases by strength; built once from the TOML file."""

    def __init__(self, source: str) -> None:
        table = tomllib.loads(source)
        self.labels: dict[str, tuple[Reason, str]] = {}
        self.notices: dict[str, tuple[Reason, str]] = {}
        self.prefixes: dict[str, tuple[Reason, str]] = {}
        for target, name in ((self.labels, "labels"), (self.notices, "notices"), (self.prefixes, "prefixes")):
            for word, locales in table[name].items():
                kind = as_reason(word)
                for locale, phrases in locales.items():
                    for phrase in phrases:
                        target.setdefault(fold(phrase.replace("{n}", "0")), (kind, locale))
        # a notice of five words or more is known by its beginning: what follows differs with the version of a plugin
        self.openings: dict[str, list[tuple[str, Reason, str]]] = {}
        for folded, (kind, locale) in self.notices.items():
            words = folded.split()
            if len(words) >= 5:
                self.openings.setdefault(" ".join(words[:3]), []).append((folded, kind, locale))
        # first words, one or two, of what begins longer lines: a look at them spares most paragraphs the rest
        self.beginnings = {" ".join(words.split(" ", 2)[:2]) for words in (*self.prefixes, *self.openings)}
        self.longest_prefix = max(len(p.split()) for p in self.prefixes)


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    return _Lexicon(resources.files(__package__).joinpath("widget_labels.toml").read_text("utf-8"))


def match_line(line: str) -> Phrase | None:
    """What a line looks like, or None when it looks like text; a short line seen before costs nothing.

    >>> match_line("Partager l'article:")
    Phrase(kind='share', strength='notice', locale='fr', rest='', separated=False)
    >>> match_line("3 COMMENTS").kind, match_line("spot_imgspot_img").strength, match_line("3 minute read").kind
    ('comments', 'notice', 'reading_time')
    >>> match_line("ShareTweetEmail").kind, match_line("PaulMary")
    ('share', None)
    >>> match_line("إقرأ أيضاً: المغرب يفوز")
    Phrase(kind='related', strength='prefix', locale='ar', rest='المغرب يفوز', separated=True)
    >>> match_line("Le ministre a salué les efforts constants.") is None
    True
    """
    return _match_seen(line) if len(line) <= LONGEST_LABEL else _match(line)


def _match(line: str) -> Phrase | None:
    lexicon = _lexicon()
    if len(line) > LONGEST_LABEL and not _begins_like_a_phrase(line, lexicon):
        return None
    head = fold(line[: 2 * LONGEST_LABEL])
    if len(line) <= LONGEST_LABEL:
        found = _match_label(line, head, lexicon)
        if found is not None:
            return found
    signed = _COPYRIGHT.match(line) if len(line) <= 2 * LONGEST_LABEL else None
    if signed is not None:
        return Phrase("legal" if re.search(r"\d{4}", line) else "credit", "prefix", "xx", signed[1], True)
    first = " ".join(head.split(" ", 3)[:3])
    for folded, kind, locale in lexicon.openings.get(first, ()):
        if head.startswith(folded[: len(head)]) and len(head) >= min(len(folded), LONGEST_LABEL):
            return Phrase(kind, "notice", locale)
    return _match_prefix(line, head, lexicon)


_match_seen = lru_cache(maxsize=8192)(_match)


def _begins_like_a_phrase(line: str, lexicon: _Lexicon) -> bool:
    """Whether a line that is too long for a label may be a prefix or a notice, by its first two words."""
    words = fold(" ".join(line.split(None, 2)[:2])[:LONGEST_LABEL]).split(" ", 2)[:2]
    return (
        len(words) < 2  # signs only, or hardly anything but signs
        or words[0] in lexicon.beginnings
        or " ".join(words) in lexicon.beginnings
        or _COPYRIGHT.match(line) is not None
    )


def _match_label(line: str, folded: str, lexicon: _Lexicon) -> Phrase | None:
    if not folded:
        return None
    if _AD_PICTURE.fullmatch(folded):
        return Phrase("ad", "notice", "xx")
    if _NETWORKS.fullmatch(folded):
        return Phrase("share", "notice", "xx")
    parts = _GLUED.split(line)
    if 2 <= len(parts) <= _MOST_GLUED and all(_is_widget(part, lexicon) for part in parts):
        return Phrase("share", "notice", "xx")
    for key in _spellings(folded):
        if key in lexicon.notices:
            return Phrase(lexicon.notices[key][0], "notice", lexicon.notices[key][1])
        if key in lexicon.labels:
            kind, locale = lexicon.labels[key]
            framed = kind == "ad" and _FRAMED.fullmatch(line) is not None
            return Phrase(kind, "notice" if framed else "label", locale)
    return None


def _is_widget(word: str, lexicon: _Lexicon) -> bool:
    folded = fold(word)
    return re.fullmatch(_NETWORK, folded) is not None or any(
        table.get(folded, ("",))[0] == "share" for table in (lexicon.labels, lexicon.notices)
    )


def _spellings(folded: str) -> list[str]:
    """The line, then the line without counts at its ends, then one half of a line that says a thing twice."""
    spellings = [folded]
    bare = folded.strip("# ")
    if bare and bare != folded:
        spellings.append(bare)
    middle = len(folded) // 2
    first, second = folded[:middle], folded[middle:].strip()
    if middle > 3 and first.strip() == second:
        spellings.append(second)
    return spellings


def _match_prefix(line: str, head: str, lexicon: _Lexicon) -> Phrase | None:
    words = head.split(" ", lexicon.longest_prefix)[: lexicon.longest_prefix]
    for count in range(len(words), 0, -1):
        found = lexicon.prefixes.get(" ".join(words[:count]))
        if found is None:
            continue
        end = next((m.end() for i, m in enumerate(_WORD.finditer(line), 1) if i == count), 0)
        if fold(line[:end]) != " ".join(words[:count]):
            return None  # compatibility forms fold to more words than are written
        separator = _SEPARATOR.match(line, end)
        if count == 1 and separator is None:
            return None  # one word without punctuation after it begins ordinary sentences
        rest = line[separator.end() if separator else end :].strip(" \t»›>|→:：-–—\"'“”")
        if rest:
            return Phrase(found[0], "prefix", found[1], rest, separator is not None)
    return None
