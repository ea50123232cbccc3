"""How much of a page is read: what is past the limits is cut off, before or while libxml2 parses it, and why."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from mapexpress.limits import MOST_DEPTH, limits

if TYPE_CHECKING:
    from lxml.html import HtmlElement, HTMLParser

_LONG = 4000  # bytes of a tag that is looked into for too many attributes
_ATTRIBUTE = re.compile(rb"""[^\s=<>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?""")


@lru_cache(maxsize=8)
def _long_tag(long: int) -> re.Pattern[bytes]:
    return re.compile(rb"<[A-Za-z][^<>]{%d,}" % long)


def _may_hold_long_tag(data: bytes, long: int) -> bool:
    """Whether anything runs over half of `long` bytes without a bracket: a look here and there tells it of a page."""
    half = long // 2
    return any(
        data.find(b"<", at, at + half) < 0 and data.find(b">", at, at + half) < 0
        for at in range(0, len(data) - half + 1, half)
    )


def _fewer_attributes(data: bytes, most: int) -> tuple[bytes, str | None]:
    """Each tag cut behind its first `most` attributes, for libxml2 compares each with all before it; and whether."""
    long = min(_LONG, 2 * most)  # an attribute has two bytes at least
    if not _may_hold_long_tag(data, long):
        return data, None
    cut: str | None = None

    def fewer(tag: re.Match[bytes]) -> bytes:
        nonlocal cut
        for number, attribute in enumerate(_ATTRIBUTE.finditer(tag[0])):
            if number > most:
                if not _in_script(data, tag.start()):  # `i<n` is no tag there; cut all the same, a parser may differ
                    cut = "too_many_attributes"
                return tag[0][: attribute.start()]
        return tag[0]

    return _long_tag(long).sub(fewer, data), cut


def _in_script(data: bytes, at: int) -> bool:
    """Whether what stands there is the text of a script."""
    opened = max(data.rfind(b"<script", 0, at), data.rfind(b"<SCRIPT", 0, at))
    return opened >= 0 and max(data.find(b"</script", opened, at), data.find(b"</SCRIPT", opened, at)) < 0


def within_limits(data: bytes) -> tuple[bytes, str | None]:
    """The part of a page's bytes that is read, and why not all of it is: bytes, then elements, then attributes."""
    most = limits()
    cut = "too_large" if len(data) > most.page_bytes else None
    data = data[: most.page_bytes]
    if data.count(b"<") > most.tags:
        last = next(islice(re.finditer(b"<", data), most.tags, None))
        data, cut = data[: last.start()], "too_many_elements"
    data, flooded = _fewer_attributes(data, most.attributes)
    return data, cut or flooded


def stopped(parser: HTMLParser, root: HtmlElement) -> str | None:
    """Where the tree ends too early or goes too deep.

    libxml2 stops by itself at elements nested deeper than 255, and at one text or attribute of 10 MB.
    """
    for entry in parser.error_log.filter_from_fatals():
        if entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
            return "too_deep" if "depth" in entry.message else "too_large"
    return "too_deep" if _is_deep(root, limits().depth) else None


def _is_deep(root: HtmlElement, most: int) -> bool:
    """Whether elements are nested deeper than `most`, where that is less than libxml2 sees to by itself."""
    depth = 0
    if most < MOST_DEPTH:
        for event, _ in etree.iterwalk(root, events=("start", "end")):
            depth += 1 if event == "start" else -1
            if depth > most:
                return True
    return False
