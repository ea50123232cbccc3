"""Editions that only a switch of languages in the page names: "Français | العربية | EN". Names in `editions.toml`."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from mapexpress.web.addresses import identity, is_address, is_index_file

if TYPE_CHECKING:
    from mapexpress.model.page import Anchor, Page

_NAMES: dict[str, list[str]] = tomllib.loads(resources.files(__package__).joinpath("editions.toml").read_text("utf-8"))[
    "names"
]
_CODE_OF = {name: code for code, names in _NAMES.items() for name in names}
_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{2}|[a-z]{4}))?")
_PARAMETERS = ("lang", "language", "langue", "locale", "hl", "l")
MAX_EDITIONS = 16  # euronews, one of the fullest, has 17 languages


def linked_editions(page: Page, home: str) -> tuple[tuple[str, str], ...]:
    """(BCP 47 tag, home) of the editions that the page's links name, in their order; `home` is the page's own.

    A link says a language by its name or its code, and its address says the same one. Codes alone count only where
    links name two languages: "IT" over `/it/` may be a section.
    """
    found: dict[str, tuple[str, str]] = {}
    languages: set[str] = set()
    named = False
    for anchor in page.anchors:
        href = anchor.href
        if not href.startswith(("http://", "https://")) or not is_address(href):
            continue
        tag = language_of_address(href)
        said = _said(anchor) if tag else None
        if tag is None or said is None or said[0] != tag.split("-")[0]:
            continue
        languages.add(said[0])
        named = named or said[1]
        if identity(href) != identity(home):
            found.setdefault(identity(href), (tag, href))
    return tuple(found.values())[:MAX_EDITIONS] if named or len(languages) > 1 else ()


def language_of_address(url: str) -> str | None:
    """The language that the address of an edition's home names, as a BCP 47 tag; None for any other address.

    >>> [language_of_address(f"https://{a}") for a in ("news.example/ar/", "ar.news.example", "news.example/?lang=fr")]
    ['ar', 'ar', 'fr']
    >>> language_of_address("https://news.example/english/index.html"), language_of_address("https://news.example/pt-br")
    ('en', 'pt-BR')
    >>> language_of_address("https://news.example/ar/sport/") is None
    True
    """
    parts = urlsplit(url)
    segments = [s for s in parts.path.lower().split("/") if s and not is_index_file(s)]
    if len(segments) == 1 and not parts.query:
        return _tag(segments[0])
    if segments:
        return None
    for name, value in parse_qsl(parts.query):
        if name.lower() in _PARAMETERS:
            return _tag(value.lower())
    return None if parts.query else _tag((parts.hostname or "").partition(".")[0])


def _tag(word: str) -> str | None:
    if word in _CODE_OF:
        return _CODE_OF[word]
    match = _TAG.fullmatch(word)
    if match is None or match[1] not in _NAMES:
        return None
    region = match[2]
    return match[1] + (f"-{region.upper() if len(region) == 2 else region.title()}" if region else "")


def _said(anchor: Anchor) -> tuple[str, bool] | None:
    """The language that a link says, and whether by its name."""
    element = anchor.element
    pictures = [img.get("alt") or "" for img in element.iter("img")]
    for text in (anchor.text, element.get("title"), element.get("aria-label"), *pictures):
        word = " ".join((text or "").lower().split()).strip(" .|()[]")
        if word in _CODE_OF:
            return _CODE_OF[word], True
        if word in _NAMES:
            return word, False
    return None
