"""Words that two lines have in common."""

from __future__ import annotations

import re

from mapexpress.boilerplate.html.edges import folded

_WORD = re.compile(r"\w+")


def overlap(words: set[str], known: list[set[str]]) -> float:
    """The largest share of words in common, of all words of the two."""
    best = 0.0
    for other in known:
        if common := len(words & other):
            best = max(best, common / (len(words) + len(other) - common))
    return best


def words_of(text: str) -> list[str]:
    """Words of a line, folded."""
    # what lines are compared by elsewhere is kept, and the same where no compatibility form is in it
    return folded(text).split() if text.isascii() else _WORD.findall(text.casefold())
