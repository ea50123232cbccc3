"""How much of a page is read: what is past the limits is cut off, before or while libxml2 parses it, and why."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from mapexpress.limits import MOST_DEPTH, Limits
from mapexpress.page import compiled

if TYPE_CHECKING:
    from lxml.html import HtmlElement, HTMLParser

_LONG = 4000  # bytes of a tag that is looked into for too many attributes
_ATTRIBUTE = re.compile(rb"""[^\s=<>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?""")


def measure_tags(data: bytes, long: int) -> tuple[int, int]:  # noqa: ARG001 (the compiled one's arguments)
    """How many tags may begin in a page, and how many names and values stand at most in one of over `long` bytes.

    `mapexpress.page.compiled.oversize` counts these; here that would cost as much as what it may save.
    """
    return data.count(b"<"), len(data)


if compiled.WHY_NOT is None:
    from mapexpress.page.compiled.oversize import measure_tags


def _fewer_attributes(data: bytes, most: int, long: int) -> tuple[bytes, str | None]:
    """Each tag cut behind its first `most` attributes, for libxml2 compares each with all before it; and whether."""
    pieces = data.split(b"<")  # whether a tag runs over them is told at the speed of a copy
    cut, gone = None, 0
    for number in [n for n, size in enumerate(map(len, pieces)) if size > long]:
        piece = pieces[number]
        if number == 0 or not piece[:1].isalpha():
            continue
        end = piece.find(b">")
        tag = piece if end < 0 else piece[:end]
        if len(tag) <= long:
            continue
        over = next(islice(_ATTRIBUTE.finditer(b"<" + tag), most + 1, None), None)
        if over is not None:
            # `i<n` is no tag in a script; cut all the same, a parser may differ
            if cut is None and not _in_script(data, sum(map(len, pieces[:number])) + number - 1 + gone):
                cut = "too_many_attributes"
            pieces[number] = tag[: over.start() - 1] + piece[len(tag) :]
            gone += len(piece) - len(pieces[number])
    return (b"<".join(pieces) if gone else data), cut


def _in_script(data: bytes, at: int) -> bool:
    """Whether what stands there is the text of a script."""
    opened = max(data.rfind(b"<script", 0, at), data.rfind(b"<SCRIPT", 0, at))
    return opened >= 0 and max(data.find(b"</script", opened, at), data.find(b"</SCRIPT", opened, at)) < 0


def within_limits(data: bytes, most: Limits) -> tuple[bytes, str | None]:
    """The part of a page's bytes that is read, and why not all of it is: bytes, then elements, then attributes."""
    cut = "too_large" if len(data) > most.page_bytes else None
    data = data[: most.page_bytes]
    long = min(_LONG, 2 * most.attributes)  # an attribute has two bytes at least
    tags, words = measure_tags(data, long)
    if tags > most.tags:
        last = next(islice(re.finditer(b"<", data), most.tags, None))
        data, cut = data[: last.start()], "too_many_elements"
    if words > most.attributes:
        data, flooded = _fewer_attributes(data, most.attributes, long)
        cut = cut or flooded
    return data, cut


def stopped(parser: HTMLParser, root: HtmlElement, most: int) -> str | None:
    """Where the tree ends too early or goes deeper than `most`.

    libxml2 stops by itself at elements nested deeper than 255, and at one text or attribute of 10 MB.
    """
    for entry in parser.error_log.filter_from_fatals():
        if entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
            return "too_deep" if "depth" in entry.message else "too_large"
    return "too_deep" if _is_deep(root, most) else None


def _is_deep(root: HtmlElement, most: int) -> bool:
    """Whether elements are nested deeper than `most`, where that is less than libxml2 sees to by itself."""
    depth = 0
    if most < MOST_DEPTH:
        for event, _ in etree.iterwalk(root, events=("start", "end")):
            depth += 1 if event == "start" else -1
            if depth > most:
                return True
    return False
