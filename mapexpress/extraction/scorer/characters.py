"""Classes of characters, by which a block is seen whatever its language: one table for all of the first plane."""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np

OTHER, LETTER, UPPER, DIGIT, SPACE, COMMA, STOP, QUOTE, MARK, CJK = range(10)
CLASS_NAMES = "letter upper digit space comma stop quote mark cjk".split()  # from 1 on


@cache
def char_classes() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The class of each character by its number."""
    table = np.zeros(0x10000, np.uint8)
    for code in range(0x10000):
        ch = chr(code)
        category = unicodedata.category(ch)
        if 0x2E80 <= code <= 0x9FFF and category == "Lo":
            table[code] = CJK  # ideographs and kana: one says as much as two or three letters
        elif category == "Lu":
            table[code] = UPPER
        elif category[0] == "L" or category[0] == "M":
            table[code] = LETTER
        elif category == "Nd":
            table[code] = DIGIT
        elif ch.isspace():
            table[code] = SPACE
        elif ch in ",;:،؛、，；：":
            table[code] = COMMA
        elif ch in ".!?…。！？؟۔।":
            table[code] = STOP
        elif category in ("Pi", "Pf") or ch in "\"'„「」『』":
            table[code] = QUOTE
        elif ch in "|•·/\\→←↓↑@#©®*=<>_~+▶►▸‣":
            table[code] = MARK
    return table
