"""How much a text says, in any script: its words, and its length in Latin characters' worth.

What a character is worth was measured on the Universal Declaration of Human Rights in its official translations (10,637
characters and 1,747 words in English): Chinese says it in 2,832 characters, Japanese in 4,159, Korean in 4,715, Amharic
in 5,462; Thai, Lao and Khmer in 9,290 to 10,626, like all scripts that write the vowels of words with spaces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache


@dataclass(slots=True, frozen=True)
class _Script:
    """A script that does not count like Latin: worth of a character; characters of a word where no space parts them."""

    ranges: str
    worth: int
    word: float = 0.0

    @property
    def characters(self) -> re.Pattern[str]:
        return re.compile(f"[{self.ranges}]")


_SCRIPTS = (
    _Script("\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff", worth=4, word=1.5),  # Han
    _Script("\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f", worth=2, word=4),  # kana: beside Han a particle or an ending
    _Script(
        "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\uaa60-\uaa7f", worth=1, word=5
    ),  # Thai, Lao, Tibetan, Burmese, Khmer
    _Script("\uac00-\ud7a3\u1100-\u11ff\u1200-\u137f", worth=2),  # Hangul, Ethiopic: with spaces
)
_SPACELESS = "".join(script.ranges for script in _SCRIPTS if script.word)


# Sets of so many characters take 2 ms each to compile: a run without a page does not pay for them


@cache
def _counted() -> list[tuple[_Script, re.Pattern[str]]]:
    return [(script, script.characters) for script in _SCRIPTS]


@cache
def _spaceless_character() -> re.Pattern[str]:
    return re.compile(f"[{_SPACELESS}]")


@cache
def _any() -> re.Pattern[str]:
    return re.compile(f"[{''.join(script.ranges for script in _SCRIPTS)}]")


@cache
def _spaced_word() -> re.Pattern[str]:
    return re.compile(f"[^\\W{_SPACELESS}]+")


def counts_like_latin(text: str) -> bool:
    """Whether a text has as many words as it has parts between spaces, and each character is worth one."""
    return text.isascii() or _any().search(text) is None


def is_spaceless(text: str) -> bool:
    """Whether a text has characters of scripts whose words touch their neighbours."""
    return not text.isascii() and _spaceless_character().search(text) is not None


def count_words(text: str) -> int:
    """Words of a text, about: where no space parts them, by the usual length of a word.

    >>> count_words("Pluie à Rabat"), count_words("拉巴特今天下雨了"), count_words("ฝนตกหนักในกรุงเทพ วันนี้")
    (3, 5, 5)
    """
    return amounts(text)[1]


def worth(text: str) -> int:
    """Length of a text in Latin characters' worth: the first of its `amounts`."""
    return len(text) if counts_like_latin(text) else amounts(text)[0]


def amounts(text: str) -> tuple[int, int]:
    """Length in Latin characters' worth and number of words.

    >>> amounts("Pluie"), amounts("今天下雨"), amounts("비가 내린다")
    ((5, 1), (16, 3), (11, 2))
    """
    size, words = len(text), len(text.split())
    if counts_like_latin(text):
        return size, words
    spaceless = 0.0
    for script, characters in _counted():
        count = len(characters.findall(text))
        size += count * (script.worth - 1)
        spaceless += count / script.word if script.word else 0
    if spaceless:
        words = max(words, len(_spaced_word().findall(text)) + round(spaceless))
    return size, words
