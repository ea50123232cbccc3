"""The shell of every HTML page we write: one file, no request to any network, no way for a text to run script."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from importlib import resources


def text(value: object) -> str:
    """Escape for text and attributes; control characters become the replacement sign, bidirectional overrides too.

    >>> text('<b onclick="x">')
    '&lt;b onclick=&quot;x&quot;&gt;'
    >>> text("a\\x1bb\\u202ec")
    'a�b�c'
    """
    shown = "".join("�" if _unprintable(c) else c for c in str(value))
    return escape(shown, quote=True)


def _unprintable(char: str) -> bool:
    code = ord(char)
    return (
        (code < 32 and char not in "\n\t")
        or 0x7F <= code < 0xA0
        or 0xD800 <= code < 0xE000
        or 0x202A <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
    )


_WORD = 28  # letters; words of prose are shorter
# Primary language subtags whose usual script runs from right to left (CLDR, layout orientation)
_RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa glk he iw ks lrc mzn nqo pnb ps sd syr ug ur yi".split())


def is_right_to_left(language: str | None) -> bool:
    """Whether text in a language, given as BCP 47, runs from right to left.

    >>> is_right_to_left("ar-MA"), is_right_to_left("fr"), is_right_to_left(None), is_right_to_left("az-Arab")
    (True, False, False, True)
    """
    primary, _, rest = (language or "").lower().partition("-")
    script = next((part for part in rest.split("-") if len(part) == 4 and part.isalpha()), "")
    return script in ("arab", "hebr") if script else primary in _RIGHT_TO_LEFT


def page(*, title: str, style: str, body: str, script: str = "", lang: str = "en") -> str:
    """One self-contained document; its policy allows nothing but this very style and this very script."""
    css = asset("page.css") + style
    policy = f"default-src 'none'; style-src '{_digest(css)}'; base-uri 'none'; form-action 'none'; img-src data:"
    if script:
        policy += f"; script-src '{_digest(script)}'"
    tail = f"<script>{script}</script>" if script else ""
    return (
        f'<!doctype html>\n<html lang="{text(lang)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="referrer" content="no-referrer"><title>{text(title)}</title><style>{css}</style></head>\n'
        f"<body>{body}{tail}</body></html>\n"
    )


@cache
def asset(name: str) -> str:
    """A style sheet or script of this package."""
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _digest(code: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()


def table(
    head: list[str],
    rows: list[list[object]],
    *,
    caption: str,
    numbers: frozenset[int] = frozenset(),
    hidden: bool = False,
) -> str:
    """A table with a caption, `hidden` where a heading says the same; `numbers` are columns set flush with figures."""

    def cell(kind: str, i: int, value: object) -> str:
        scope = ' scope="col"' if kind == "th" else ""
        longest = max(map(len, str(value).split()), default=0)
        # A day or a name stays whole; an address may break anywhere, and takes no more room than it needs
        named = "num" if i in numbers else "long" if longest > _WORD else "one" if longest == len(str(value)) else ""
        styled = f' class="{named}"' if named and (kind == "td" or named == "num") else ""
        return f'<{kind}{scope}{styled} dir="auto">{text(value)}</{kind}>'

    top = "".join(cell("th", i, h) for i, h in enumerate(head))
    body = "".join("<tr>" + "".join(cell("td", i, v) for i, v in enumerate(row)) + "</tr>" for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{text(caption)}"><table>'
        f"<caption{' class=hidden' if hidden else ''}>{text(caption)}</caption>"
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )
