"""Numbers as strangers write them: whole ones of any length, in pages, addresses, headers, JSON and references.

Python raises ValueError for a number of 4,301 digits, and for "²", which `str.isdigit` takes for a digit.
"""

from __future__ import annotations

import html
import re

# What 64 bits hold, whatever the digits: no page, count, width or delay is longer
MOST_DIGITS = 18
_LONG_REFERENCE = re.compile(r"&#([0-9]{8,}+);?")
_PYTHON_READS = 4300  # digits


def whole_number(text: str) -> int | None:
    """A number of decimal digits of any script; None for anything else, and for one that counts nothing.

    >>> whole_number("12"), whole_number("٣"), whole_number("²"), whole_number(""), whole_number("9" * 5000)
    (12, 3, None, None, None)
    """
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def json_number(text: str) -> int | None:
    """For `parse_int` of `json`: a number that Python does not read is null, and what stands beside it is read.

    >>> import json
    >>> json.loads('{"id": -7, "n": %s}' % ("9" * 5000), parse_int=json_number)
    {'id': -7, 'n': None}
    """
    return int(text) if len(text) <= _PYTHON_READS else None  # identifiers are long, and told from one another


def unescape(text: str) -> str:
    """As `html.unescape`, which raises ValueError for a reference of 4,301 digits.

    >>> unescape("L&#039;eau &amp; &#" + "9" * 5000 + "; &#" + "0" * 5000 + "65;")
    "L'eau & � A"
    """
    if len(text) > _PYTHON_READS and "&#" in text:
        text = _LONG_REFERENCE.sub(_shorter, text)
    return html.unescape(text)


def _shorter(reference: re.Match[str]) -> str:
    digits = reference[1].lstrip("0")
    # the last character of Unicode has seven digits, and a reference beyond it stands for U+FFFD (HTML)
    return f"&#{digits or 0};" if len(digits) < 8 else "\ufffd"
