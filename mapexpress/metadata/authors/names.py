"""Names out of a byline: split, trimmed, without roles, prefixes, addresses and the publisher's own name."""

from __future__ import annotations

import re

from mapexpress.metadata.authors.words import (
    credit,
    date_head,
    date_label,
    date_tail,
    joints,
    labels,
    lead,
    others,
    prefix,
    words_of,
)
from mapexpress.metadata.sources import fold, words

_NOT_A_NAME = re.compile(
    r"https?:|www\.|\.(?:com|org|net)\b|[<>{}=©]|\d{3}|^\d+\W|\d\.\d|\d[:h]\d\d|^[ap]m\b", re.IGNORECASE
)
# whose paper or agency a name works for: "Anne Lévy for Le Jour", "Omar Haddad via AP"
_FOR = re.compile(r"(?<=\w)\s+(?:for|pour|für|para|via)\s.*$", re.DOTALL)
_DIGIT = re.compile(r"\d")
_VOWEL = re.compile(r"[AEIOUYÀ-ÖØ-ÝĀ-\uffff]")
_EMAIL = re.compile(r"(?:[(<\[]\s*+|(?<!\s)\s++|)(?<![\w.+-])[\w.+-]++@[\w-]++\.[\w.-]++\s*+[)>\]]?")
_HANDLE = re.compile(r"(?<!\w)@\w+")
_BRACKETS = re.compile(r"(?:(?<!\s)\s++)?[(\[][^)\]]*+(?:[)\]]|\Z)")  # or to the end, so that it is looked for once
_PARTS = re.compile(r"(?:(?<!\s)\s++)?[;|/•·،&]\s*+|(?<!\s)\s++(?<= )[–—-] \s*+")
_COMMA = re.compile(r"(?:(?<!\s)\s++)?,\s*+")
# joins the two surnames of a person as well
_DOUBLE = re.compile(r"\s(?:e|y|i)\s")
_ELIDED = frozenset(("d'", "d’", "l'", "l’"))
# a footnote's mark behind a name ("Jane Doe1")
_MARK = re.compile(r"(?<=[^\W\d_])\d$")
# where two elements meet that only a style sheet sets apart: "Ulrich ExnerKorrespondent"; not inside "MacArthur"
_SEAM = re.compile(r"(?<=[^\W\d_])(?=[A-ZÀ-ÖØ-Þ][^\W\d_])")
_EDGES = " ,.:-–—\"'«»*"
# a name of more words is a sentence, a list or a job ("Juan Carlos María de la Cruz Hernández" has seven)
MOST_WORDS = 7
# of a byline and of bylines that are read: the longest of 964 real pages names 9 people
_MOST_CHARS = 2000
_MOST_VALUES = 200


def clean_names(values: list[str], site: set[str]) -> list[str]:
    """Split, trim and drop until only names are left.

    >>> clean_names(["Par Jean Dupont et Anne Lévy, journaliste (avec AFP)"], set())
    ['Jean Dupont', 'Anne Lévy']
    >>> clean_names(["ALLIN ONE on Jan 22, 2026", "Val RileyOctober 20, 2025", "April May Jones"], set())
    ['Allin One', 'Val Riley', 'April May Jones']
    >>> clean_names(["MAP Express", "admin", "https://a.example/author/x", "Par"], {"map express"})
    []
    """
    out: dict[str, str] = {}
    for value in (value[:_MOST_CHARS] for value in values[:_MOST_VALUES]):
        if words(value) in site and not is_agency(value):
            continue  # "Jobs & Hire" is one name
        for name in _split(_without_tail(value), site):
            name = _cut_seam(_trim(name), site)
            if credit().match(name):
                continue
            key = words(name)
            if not key or key in out or key in words_of("nobody") or key in labels():
                continue
            if is_agency(key):
                out[key] = name
                continue
            if (
                key in site
                or len(name) < 2
                or len(name.split()) > MOST_WORDS
                or len(name) > 70
                or _NOT_A_NAME.search(name)
                or key in words_of("degrees")
                or date_label().match(key)
            ):
                continue
            if (name.isascii() and name.islower() and " " not in name) or _is_sentence(name):
                continue  # a login, or no name at all
            out[key] = name
    return list(out.values())


def _begins_with(key: str, site: set[str]) -> bool:
    return any(len(name) > 2 and key.startswith(name + " ") for name in site)


def _split(value: str, site: set[str]) -> list[str]:
    if _NOT_A_NAME.match(value):
        return []
    value = _BRACKETS.sub(_unclosed, _HANDLE.sub(" ", _EMAIL.sub(" ", fold(value))))
    value = strip_prefix(value)[0]
    if credit().match(value) or others_work(value):
        return []
    out: list[str] = []
    pieces = [piece for part in _PARTS.split(value) for piece in _COMMA.split(part)]
    for i, piece in enumerate(pieces):
        if i and piece.partition(" ")[0] in words_of("places"):
            break
        if i and (is_role(piece) or not (is_capitalised(piece) or is_agency(piece))):
            continue  # a job, or what describes: "en charge de l'économie"
        if i and out and not is_agency(piece) and _begins_with(words(piece), site):
            continue  # "Anne Lévy, BBC Sport": where she works
        if i == len(pieces) - 1 and out and _is_place(piece, out):
            continue
        out += split_joined(lead().sub("", piece) if i else piece)
    return [p for p in (p.strip(_EDGES) for p in out) if p and not is_role(p)]


def _unclosed(bracket: re.Match[str]) -> str:
    """What a bracket leaves: nothing, or all of what is none because it has no end."""
    return "" if bracket[0][-1] in ")]" else bracket[0]


def _is_place(piece: str, names: list[str]) -> bool:
    """Whether the last part is where the author was: one word behind full names ("Anne Lévy, Genève")."""
    return " " not in piece and not is_agency(piece) and all(" " in name for name in names)


def _is_sentence(name: str) -> bool:
    """Whether a name has more long words in lower case than particles ("de", "bin", "van der") account for."""
    parts = name.split()
    low = sum(p[0].islower() and len(p) > 4 for p in parts)
    return low >= 2 and len(parts) > 2


def is_agency(text: str) -> bool:
    """Whether a name is a news agency's.

    >>> is_agency("afp"), is_agency("Anne Lévy")
    (True, False)
    """
    return words(text) in words_of("agencies")


def is_label(text: str) -> bool:
    """Whether a block is but the word before a name.

    >>> is_label("Auteur :"), is_label("Par"), is_label("Par Anne")
    (True, True, False)
    """
    return len(text) <= 24 and words(text) in labels()


def split_joined(text: str) -> list[str]:
    """Parts around the words that join two names.

    >>> split_joined("Anne Lévy et Jean Dupont"), split_joined("سعيد الإدريسي و فاطمة العلوي")
    (['Anne Lévy', 'Jean Dupont'], ['سعيد الإدريسي', 'فاطمة العلوي'])
    >>> split_joined("José Volta e Pinto"), split_joined("Ana y Luis")
    (['José Volta e Pinto'], ['Ana', 'Luis'])
    """
    parts = [part for part in joints().split(text) if part.strip()]
    if len(parts) == 2 and " " in parts[0] and " " not in parts[1] and not is_agency(parts[1]):
        return [text] if _DOUBLE.search(text) else parts
    return parts


def is_capitalised(text: str) -> bool:
    """Whether every word is written as a name's is, particles ("de la", "van der", "bin") apart.

    >>> is_capitalised("María de la Cruz"), is_capitalised("Read in app"), is_capitalised("سعيد الإدريسي")
    (True, False, True)
    """
    parts = text.split()
    if not any(p[0].isupper() or p[0] > "\u0500" for p in parts):
        return False
    return all(not p[0].islower() or p.rstrip(".") in words_of("particles") or p[:2] in _ELIDED for p in parts)


def others_work(line: str) -> bool:
    """Whether a line names who edited, reviewed, translated or pictured: "Edited by", "Fact checked by Anne Lévy".

    >>> others_work("Medically reviewed by: Anne Lévy"), others_work("Written by Anne Lévy")
    (True, False)
    """
    return bool(others().match(line))


def cut_date(line: str) -> str:
    """A byline without the date behind its name and all that follows, and without one before it.

    >>> cut_date("Jane Doe on March 3, 2026 | 4 min"), cut_date("Par Anne Lévy"), cut_date("Dec 17, 2025Jane Doe")
    ('Jane Doe', 'Par Anne Lévy', 'Jane Doe')
    """
    return _without_tail(date_head().sub("", line)).strip() if _DIGIT.search(line) else line.strip()


def _without_tail(text: str) -> str:
    return date_tail().sub("", text) if _DIGIT.search(text) else text  # no date is without one


def is_role(text: str) -> bool:
    """Whether a part of a byline is a job, not a name.

    >>> is_role("envoyée spéciale à Rabat"), is_role("Anne Lévy")
    (True, False)
    """
    parts = words(text).split()
    return any(p in words_of("roles") for p in parts) and len(parts) <= 8


def strip_prefix(text: str) -> tuple[str, bool]:
    """Take "Par", "By", "بقلم:" off a byline, and say whether one was there.

    >>> strip_prefix("Propos recueillis par Anne Lévy"), strip_prefix("Parker Jones")
    (('Anne Lévy', True), ('Parker Jones', False))
    """
    found = False
    while match := prefix().match(text):
        text, found = text[match.end() :].strip(), True
    return text, found


def may_have_prefix(line: str) -> bool:
    """Whether `strip_prefix(cut_date(line))` may find one: the date behind a name takes none away from before it."""
    return prefix().match(date_head().sub("", line) if _DIGIT.search(line) else line) is not None


def _cut_seam(name: str, site: set[str]) -> str:
    """A name without the role, label or publisher that a page prints right behind it ("Anne LévyCorrespondante")."""
    for seam in _SEAM.finditer(name):
        tail = name[seam.start() :]
        if is_role(tail) or words(tail) in site or words(tail) in words_of("tails") or date_label().match(words(tail)):
            return name[: seam.start()].strip(_EDGES)
    return name


def _trim(name: str) -> str:
    name = strip_prefix(name.strip(_EDGES))[0]
    person = _FOR.sub("", name)  # but "Organization for Migration" is whole
    name = _MARK.sub("", person if " " in person else name)
    if name.isupper() and len(name.split()) > 1:
        # "AFP", "MDR": what has no vowel is an abbreviation
        name = re.sub(r"[^\W\d_]{2,}", lambda m: m[0].capitalize() if _VOWEL.search(m[0]) else m[0], name)
    return name.strip()
