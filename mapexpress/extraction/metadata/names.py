"""Names out of a byline: split, trimmed, without roles, prefixes, addresses and the publisher's own name."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from mapexpress.extraction.metadata.sources import fold, words

_NOT_A_NAME = re.compile(r"https?:|www\.|\.(?:com|org|net)\b|[<>{}=]|\d{3}|^\d+\W|\d[:h]\d\d", re.IGNORECASE)
_VOWEL = re.compile(r"[AEIOUYÀ-ÖØ-ÝĀ-\uffff]")
_EMAIL = re.compile(r"[(<\[]?\s*[\w.+-]+@[\w-]+\.[\w.-]+\s*[)>\]]?")
_HANDLE = re.compile(r"(?<!\w)@\w+")
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_EDGES = " ,.:-–—\"'«»*"
# a name of more words is a sentence, a list or a job ("Juan Carlos María de la Cruz Hernández" has seven)
MOST_WORDS = 7


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
    for value in values:
        for name in _split(_date_tail().sub("", value)):
            name = _trim(name)
            key = words(name)
            if not key or key in out or key in _list("nobody") or key in _labels():
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
            ):
                continue
            if (name.isascii() and name.islower() and " " not in name) or _is_sentence(name):
                continue  # a login, or no name at all
            out[key] = name
    return list(out.values())


def _split(value: str) -> list[str]:
    if _NOT_A_NAME.match(value):
        return []
    value = _BRACKETS.sub("", _HANDLE.sub(" ", _EMAIL.sub(" ", fold(value))))
    value = strip_prefix(value)[0]
    if _credit().match(value):
        return []
    parts = re.split(r"\s*(?:[;|/•·\n،]|&| [–—-] )\s*", value)
    out: list[str] = []
    pieces = [piece for part in parts for piece in re.split(r"\s*,\s*", part)]
    for i, piece in enumerate(pieces):
        if i and piece.partition(" ")[0] in _list("places"):
            break
        if i and (is_role(piece) or _is_phrase(piece)):
            continue
        if i == len(pieces) - 1 and out and _is_place(piece, out):
            continue
        out += split_joined(piece)
    return [p for p in (p.strip(_EDGES) for p in out) if p and not is_role(p)]


def _is_place(piece: str, names: list[str]) -> bool:
    """Whether the last part is where the author was: one word behind full names ("Anne Lévy, Genève")."""
    return " " not in piece and not is_agency(piece) and all(" " in name for name in names)


def _is_sentence(name: str) -> bool:
    """Whether a name has more long words in lower case than particles ("de", "bin", "van der") account for."""
    parts = name.split()
    low = sum(p[0].islower() and len(p) > 4 for p in parts)
    return low >= 2 and len(parts) > 2


def _is_phrase(text: str) -> bool:
    """Whether a part behind a comma describes ("en charge de l'économie"): it begins and ends in lower case."""
    parts = text.split()
    return len(parts) > 2 and parts[0][0].islower() and parts[-1][0].islower()


def is_agency(text: str) -> bool:
    """Whether a name is a news agency's.

    >>> is_agency("afp"), is_agency("Anne Lévy")
    (True, False)
    """
    return words(text) in _list("agencies")


def is_label(text: str) -> bool:
    """Whether a block is but the word before a name.

    >>> is_label("Auteur :"), is_label("Par"), is_label("Par Anne")
    (True, True, False)
    """
    return len(text) <= 24 and words(text) in _labels()


def split_joined(text: str) -> list[str]:
    """Parts around the words that join two names.

    >>> split_joined("Anne Lévy et Jean Dupont"), split_joined("سعيد الإدريسي و فاطمة العلوي")
    (['Anne Lévy', 'Jean Dupont'], ['سعيد الإدريسي', 'فاطمة العلوي'])
    """
    return [part for part in _joints().split(text) if part.strip()]


def cut_date(line: str) -> str:
    """A byline without the date behind its name, and all that follows.

    >>> cut_date("Jane Doe on March 3, 2026 | 4 min"), cut_date("Par Anne Lévy")
    ('Jane Doe', 'Par Anne Lévy')
    """
    return _date_tail().sub("", line).strip()


def is_role(text: str) -> bool:
    """Whether a part of a byline is a job, not a name.

    >>> is_role("envoyée spéciale à Rabat"), is_role("Anne Lévy")
    (True, False)
    """
    parts = words(text).split()
    return any(p in _list("roles") for p in parts) and len(parts) <= 8


def strip_prefix(text: str) -> tuple[str, bool]:
    """Take "Par", "By", "بقلم:" off a byline, and say whether one was there.

    >>> strip_prefix("Propos recueillis par Anne Lévy"), strip_prefix("Parker Jones")
    (('Anne Lévy', True), ('Parker Jones', False))
    """
    found = False
    while match := _prefix().match(text):
        text, found = text[match.end() :].strip(), True
    return text, found


def _trim(name: str) -> str:
    name = strip_prefix(name.strip(_EDGES))[0]
    if name.isupper() and len(name.split()) > 1:
        # "AFP", "MDR": what has no vowel is an abbreviation
        name = re.sub(r"[^\W\d_]{2,}", lambda m: m[0].capitalize() if _VOWEL.search(m[0]) else m[0], name)
    return name.strip()


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(resources.files(__package__).joinpath("authors.toml").read_text("utf-8"))


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(words(w) for w in _table()[name]["words"])


@cache
def _labels() -> frozenset[str]:
    return frozenset(words(w) for ws in _table()["prefixes"].values() for w in ws)


@cache
def _credit() -> re.Pattern[str]:
    """A picture's credit ("Foto: …") in a byline's place."""
    every = sorted({w for ws in _table()["credits"].values() for w in ws}, key=len, reverse=True)
    return re.compile(r"^\s*(?:" + "|".join(map(re.escape, every)) + r")\s*:", re.IGNORECASE)


@cache
def _prefix() -> re.Pattern[str]:
    every = sorted({w for ws in _table()["prefixes"].values() for w in ws}, key=len, reverse=True)
    return re.compile(r"^\s*(?:" + "|".join(map(re.escape, every)) + r")(?:\s*:\s*|\s+)(?=\S)", re.IGNORECASE)


@cache
def _date_tail() -> re.Pattern[str]:
    """The date behind a name in a byline, and all that follows it: "Jane Doe on March 3", "Jane DoeMarch 3, 2026"."""
    dates = tomllib.loads(resources.files(__package__).joinpath("dates.toml").read_text("utf-8"))
    months = sorted({name for row in dates["months"].values() for names in row for name in names.split()}, key=len)
    month = "|".join(re.escape(m) for m in reversed(months) if len(m) > 2)
    return re.compile(
        rf"\s*(?:\b(?:on|le|el|am|il|em)\s+)?(?:(?<![^\W\d_A-Z])|(?<=[a-z])(?=[A-Z]))"
        rf"(?:(?i:{month})\.?\s+\d{{1,2}}\b|\d{{1,2}}\.?\s+(?i:{month})\b|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}).*$",
        re.DOTALL,
    )


@cache
def _joints() -> re.Pattern[str]:
    return re.compile(
        r"\s*&\s*|\s+(?:" + "|".join(map(re.escape, dict.fromkeys(_table()["joints"]["words"]))) + r")\s+"
    )
