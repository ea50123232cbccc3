"""The place a dispatch starts with: "Rabat – ", "PARIS (AFP) — ", "الرباط –"."""

from __future__ import annotations

import re

# one to four capitalised words (or Arabic ones), an agency in brackets or a date between, then a dash or, for
# the French form, a comma and a date: "Rabat, 27 avr 2022 (MAP) -"
_UPPER = r"[A-ZÀ-ÖØ-Þ][\w’'\-À-ÿ.]*"
_LATIN = rf"{_UPPER}(?:[ /](?:{_UPPER}|de|du|la|le|les|el|al|des|d['’]\w+|sur|of|of the|en)){{0,4}}"
_ARABIC = r"[\u0621-\u064a]{2,}(?: [\u0621-\u064a]{2,}){0,2}"
MOST_READ = 160  # characters: what follows is no dateline, and the expression takes the square of its text
_DATELINE = re.compile(
    rf"^(?P<place>{_LATIN}|{_ARABIC})"
    rf"(?:\s*[,،]\s*(?:le\s+)?[^()\n—–]{{0,24}}?\d[^()\n—–-]{{0,20}})?"
    rf"\s*(?P<agency>[(/]\s*[\w .,/\u0600-\u06ff-]{{2,30}}\s*[)/])?\s*(?P<dash>[–—]|\s-{{1,2}}|-(?=\s))\s*(?=\S)"
)


def read_dateline(text: str) -> str | None:
    """The dateline's place, None where the text does not start with one.

    >>> read_dateline("Rabat – Le Conseil s'est réuni jeudi."), read_dateline("PARIS (AFP) - Deux hommes")
    ('Rabat', 'PARIS')
    >>> read_dateline("Nations Unies (New York) – Le Maroc a tenu"), read_dateline("LONDON (Reuters) - Two men were")
    ('Nations Unies (New York)', 'LONDON')
    >>> read_dateline("الرباط – ترأس رئيس الحكومة اجتماعا"), read_dateline("Le match - perdu - a duré deux heures.")
    ('الرباط', None)
    """
    head = text[:MOST_READ].split("\n", 1)[0]
    match = _DATELINE.match(head)
    if match is None or len(head) - match.end() < 10:
        return None
    place: str = match["place"]
    first = place.split()[0].lower()
    if first in _NO_PLACE and match["agency"] is None:
        return None
    inside = (match["agency"] or "").strip(" (/)")
    if inside and any(c.islower() for c in inside) and inside.split()[0].lower() not in _AGENCIES:
        return f"{place} ({inside})"  # "Nations Unies (New York)": a city, where an agency signs in capitals
    return place


# agencies that do not sign in capitals
_AGENCIES = frozenset("reuters xinhua anadolu belga sputnik bloomberg europa dpa efe ansa lusa tass ria aps".split())
_NO_PLACE = frozenset(
    "le la les l un une des du ce cette il elle on en au aux the a an this that it in on at el los las una der die das "
    "ein eine".split()
)
