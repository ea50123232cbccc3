"""Where sentences and words end, in any script."""

from __future__ import annotations

import re

# Combining marks that a word goes on after: `\w` does not know them, and scripts of India and its neighbours write
# vowels with them (Unicode's general categories Mn and Mc; their dandas, shads and full stops are left out).
MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u0900-\u0963\u0966-\u0eff"
    "\u0f18\u0f19\u0f35\u0f37\u0f39\u0f3e\u0f3f\u0f71-\u0f84\u0f86\u0f87\u0f8d-\u0fbc\u102b-\u103e\u1056-\u109d"
    "\u17b4-\u17d3\u17dd"
)
# What ends a sentence for good: Unicode's Sentence_Break property STerm (UAX 29) without "!" and "?", the full stops
# that also stand in numbers and abbreviations, and the shads of Tibetan.
FULL_STOPS = frozenset(".․﹒．։۔܀܁܂।॥၊။።༎།᙮។៕᠃᠉᪨᪩᪪᪫᭚᭛᭞᭟᰻᰼᱾᱿⳹⳻⸼。꓿꘎꛳꡶꡷꣎꣏꤯꧈꧉꩝꩞꩟꫰꯫︒｡")
SENTENCE_ENDS = FULL_STOPS | frozenset("!?…؝؞؟߹፧፨᥄᥅‼‽⁇⁈⁉⳺⸮꘏꛷꫱︕︖﹖﹗！？")
CLOSERS = " \t\"'”’»›)]}」』》〉】〗〕）］｣*\u200f\u200e"
# Thai and Lao end their sentences with a space, their paragraphs with nothing.
_WITHOUT_STOPS = re.compile("[\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf]")
_WORD_END = re.compile(f"[\\w{MARKS}]")


def ends_sentence(text: str) -> bool:
    """Whether a text ends like a sentence, in any script; one that is cut off does not.

    >>> ends_sentence("« Il a plu. »"), ends_sentence("Il a..."), ends_sentence("雨が降った。"), ends_sentence("Rabat")
    (True, False, True, False)
    """
    end = text.rstrip(CLOSERS)[-3:]
    return end[-1:] in SENTENCE_ENDS and end[-1:] != "…" and end != "..."


def needs_no_stop(text: str) -> bool:
    """Whether a text ends in a script that has no sign for the end of a sentence: there its length must tell.

    >>> needs_no_stop("ฝนตกหนักในกรุงเทพ"), needs_no_stop("雨季来临"), needs_no_stop("ฝนตก 3")
    (True, False, False)
    """
    return _WITHOUT_STOPS.match(text.rstrip(CLOSERS)[-1:]) is not None


def ends_in_word(text: str) -> bool:
    """Whether the last character is a letter, a digit, or a mark of the letter before it.

    >>> ends_in_word("Pluie"), ends_in_word("सेवा"), ends_in_word("Pluie:"), ends_in_word("")
    (True, True, False, False)
    """
    return _WORD_END.match(text[-1:]) is not None
