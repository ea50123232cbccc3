"""The words around names, as patterns: each list of `words.toml` and the dates beside names, compiled once."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from mapexpress.metadata.sources import words
from mapexpress.text.word_patterns import any_of


@cache
def _table(name: str = "authors/words.toml") -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(resources.files("mapexpress.metadata").joinpath(name).read_text("utf-8"))


@cache
def words_of(name: str) -> frozenset[str]:
    return frozenset(words(w) for w in _table()[name]["words"])


@cache
def labels() -> frozenset[str]:
    return frozenset(words(w) for ws in _table()["prefixes"].values() for w in ws)


@cache
def credit() -> re.Pattern[str]:
    """A picture's credit ("Foto: …") in a byline's place."""
    every = sorted({w for ws in _table()["credits"].values() for w in ws}, key=len, reverse=True)
    return re.compile(r"^\s*(?:" + "|".join(map(re.escape, every)) + r")\s*:", re.IGNORECASE)


@cache
def prefix() -> re.Pattern[str]:
    every = sorted({w for ws in _table()["prefixes"].values() for w in ws}, key=len, reverse=True)
    glued = "|".join(w.capitalize() for w in _table()["glued"]["words"])
    return re.compile(
        rf"^\s*(?:(?i:{'|'.join(map(re.escape, every))})(?:\s*:\s*|\s+)(?=\S)|(?:{glued})(?=[A-ZÀ-ÖØ-Þ][^\W\d_]+\s))"
    )


@cache
def date_tail() -> re.Pattern[str]:
    """The date behind a name in a byline, and all that follows it: "Jane Doe on March 3", "Jane DoeMarch 3, 2026"."""
    month, labels = any_of(_months()), any_of(_when_words())
    return re.compile(
        rf"(?:(?<!\s)\s++)?(?:\b(?:(?:on|le|el|am|il|em)(?:\s++[^\W\d_]++,?)?|{labels}(?:\s*+:)?)\s++)?"
        r"(?:(?<![^\W\d_A-Z])|(?<=[a-z])(?=[A-Z]))"
        rf"(?:{month}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b|\d{{1,2}}\.?\s+{month}\b|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}).*$",
        re.DOTALL,
    )


@cache
def date_head() -> re.Pattern[str]:
    """A date before a name, whatever parts the two: "Dec 17, 2025Jane Doe", "05.04.2026, 14:07 Uhr - Anne Lévy"."""
    month = any_of(_months())
    return re.compile(
        rf"^\s*(?:{month}\.?\s+\d{{1,2}},?|\d{{1,2}}\.?\s+{month}\.?,?|\d{{1,2}}[./-]\d{{1,2}}[./-])\s*\d{{4}}"
        r"(?:\D{0,6}\d\d?[:.h]\d\d(?:\s*(?:Uhr|h|[ap]m)\b)?)?[\s,|•·–—-]*(?=[^\W\d])"
    )


@cache
def _months() -> list[str]:
    months = {
        name for row in _table("dates/written.toml")["months"].values() for names in row for name in names.split()
    }
    return sorted((m for m in months if len(m) > 2), key=len, reverse=True)


@cache
def date_label() -> re.Pattern[str]:
    """A label of a date in a name's place ("Last Updated", "Published 1 day ago"), in words."""
    every = dict.fromkeys(words(w) for w in _when_words() if len(w) > 5)  # "Maj" and "Stand" are names too
    return re.compile(r"(?:" + "|".join(map(re.escape, every)) + r")(?!\w)")


@cache
def _when_words() -> list[str]:
    return sorted((w for ws in _table("dates/written.toml")["words"].values() for w in ws), key=len, reverse=True)


@cache
def others() -> re.Pattern[str]:
    every = sorted({w for ws in _table()["others"].values() for w in ws}, key=len, reverse=True)
    return re.compile(r"^\s*(?:" + "|".join(map(re.escape, every)) + r")(?!\w)", re.IGNORECASE)


@cache
def lead() -> re.Pattern[str]:
    """The word that joins the last name of a list to those before its comma ("Anne Lévy, and Omar Haddad")."""
    return re.compile(r"^(?:" + "|".join(map(re.escape, dict.fromkeys(_table()["joints"]["words"]))) + r")\s+")


@cache
def joints() -> re.Pattern[str]:
    return re.compile(
        r"(?:(?<!\s)\s++)?&\s*+|(?<!\s)\s++(?:"
        + "|".join(map(re.escape, dict.fromkeys(_table()["joints"]["words"])))
        + r")\s++"
    )
