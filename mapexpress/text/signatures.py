"""Short lines that return because they are an article's own: who sent it and from where."""

from __future__ import annotations

import re

from mapexpress.text.lengths import is_spaceless

_SIGNATURE_WORDS = 8
_BRACKETED = re.compile(r"[(\[（［][^()\[\]（）［］]{1,60}[)\]）］]\.?")
# "MAP", "Agence MAP", "AFP/MAP - 12": initials of an agency, which stand alone or beside words in small letters
_INITIALS = re.compile(r"(?<!\w)[A-ZÀ-ÞА-ЯΑ-Ω]{2,5}(?!\w)")
_SMALL = re.compile(r"[^\W\d_A-ZÀ-ÞА-ЯΑ-Ω]")
_DATELINE = re.compile(r"\s*[^\W\d_][^\d]{1,60}?[,،、，–—-]\s*\d")


def is_signature(text: str) -> bool:
    """Whether a line is an agency's or a reporter's sign: words in brackets, a dash before them, initials.

    >>> [is_signature(t) for t in ("(MAP)", "(Avec l'agence)", "— La rédaction", "Agence MAP", "AFP", "（新华社）")]
    [True, True, True, True, True, True]
    >>> is_signature("——新华社")
    True
    >>> [is_signature(t) for t in ("Publicité", "READ MORE STORIES", "Partager l'article", "- Publicité -")]
    [False, False, False, False]
    """
    text = text.strip()
    words = len(text.split())
    if words > _SIGNATURE_WORDS:
        return False
    if _BRACKETED.fullmatch(text):
        return True
    if text[:1] in "–—―-" and text[-1:] not in "–—―-" and (words > 1 or is_spaceless(text)):
        return True
    initials = _INITIALS.findall(text)
    others = _SMALL.search(text) is not None
    return bool(initials) and (others or words == 1) and words <= 3


def is_dateline(text: str) -> bool:
    """Whether a date has a place before it ("Rabat, 3 mars 2026"); a weekday before it reads the same.

    >>> is_dateline("Rabat, 3 mars 2026"), is_dateline("3 mars 2026"), is_dateline("12:30")
    (True, False, False)
    """
    return _DATELINE.match(text) is not None
