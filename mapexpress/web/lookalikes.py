"""Hosts that look like others: letters of two alphabets in one label, or a foreign one's doubles of Latin letters."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Scripts that share letter shapes with Latin; together with it in one label they are hardly ever a name (Unicode TS 39,
# "highly restrictive": Latin goes with Han, Kana, Bopomofo and Hangul only)
_DOUBLES_OF_LATIN = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
# Cyrillic letters that are a Latin letter's double: a label of nothing else reads as Latin (Chromium's IDN policy)
_CYRILLIC_DOUBLES = frozenset("асеорхуіѕјԁһӏԛԝь")


@lru_cache(maxsize=1024)
def lookalike(host: str) -> str | None:
    """The host as people read it, where it is made to look like another; None for every other host.

    Takes Punycode or Unicode.

    >>> lookalike("xn--80ak6aa92e.com"), lookalike("xn--pple-43d.com")
    ('аррӏе.com', 'аpple.com')
    >>> lookalike("rabat.example"), lookalike("вести.рф"), lookalike("xn--mgba3a4f16a.ir"), lookalike("東京tokyo.jp")
    (None, None, None, None)
    """
    if host.isascii() and "xn--" not in host:
        return None
    labels = [_unicode(label) for label in host.lower().split(".")]
    foreign_tld = labels[-1].isascii()
    for label in labels:
        letters = {c for c in label if c.isalpha()}
        scripts = {_script(c) for c in letters}
        doubles = scripts & _DOUBLES_OF_LATIN
        mixed = len(doubles) > 1 or (doubles and "LATIN" in scripts)
        if mixed or (foreign_tld and scripts == {"CYRILLIC"} and letters <= _CYRILLIC_DOUBLES):
            return ".".join(labels)
    return None


def _unicode(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]
