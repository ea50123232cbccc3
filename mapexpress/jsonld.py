"""JSON-LD as pages carry it: nodes of every block in one list, small slips of templates mended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from mapexpress.numbers import json_number

# what old templates put around a script's content so that XML parsers let it pass
_OPENED = re.compile(r"\s*+(?:(?://|/\*)\s*+)?(?:<!\[CDATA\[|<!--)\s*+(?:\*/)?")
_CLOSED = re.compile(r"(?:(?://|/\*)\s*+)?(?:\]\]>|-->)\s*+(?:\*/\s*+)?$")
_WRAPPERS = ("<![CDATA[", "<!--", "]]>", "-->")  # the expressions try every character, a look for these none
# Slips seen on 6 of 900 pages: a comma after the last element, comments, quotation marks inside a headline, one brace
# too many. A slip inside a text is mended only where every key has a line of its own.
_LAST_COMMA = re.compile(r",(?=\s*[}\]])")
_COMMENT = re.compile(r"^[ \t]*//.*$|(?<=[,{\[])[ \t]*//[^\"\n]*$", re.MULTILINE)
_LINE = re.compile(r'^([ \t]*"[@\w:.-]+"[ \t]*:[ \t]*")(.*)("[ \t]*+(?:[,\r][ \t\r]*+)?)$', re.MULTILINE)
_BARE_QUOTE = re.compile(r'(?<!\\)"')
_DECODER = json.JSONDecoder(strict=False, parse_int=json_number)


def read_jsonld(blocks: Iterable[str]) -> list[dict[str, object]]:
    r"""Every node, `@graph` and lists flattened; blocks that cannot be read are left out.

    >>> read_jsonld(['{"@graph": [{"@id": "#a"}, {"tags": ["a",]}]}}', "not JSON"])[1:]
    [{'@id': '#a'}, {'tags': ['a']}]
    >>> read_jsonld(['{\n"headline": "Le "oui" gagne",\n// empty for some\n"url": ""}'])
    [{'headline': 'Le "oui" gagne', 'url': ''}]
    """
    nodes: list[dict[str, object]] = []
    for block in blocks:
        stack = [_load(_unwrapped(block).strip())]
        while stack:
            value = stack.pop(0)
            if isinstance(value, list):
                stack = [*value, *stack]
            elif isinstance(value, dict):
                nodes.append(value)
                graph = value.get("@graph")
                if isinstance(graph, list):
                    stack = [*graph, *stack]
    return nodes


def _unwrapped(block: str) -> str:
    if not any(map(block.__contains__, _WRAPPERS)):
        return block
    opened = _OPENED.match(block)
    return _CLOSED.sub("", block[opened.end() :] if opened else block)


def _load(text: str) -> object:
    """The first value of a block: what follows it is a slip of the template."""
    for mend in (False, True):
        try:
            return _DECODER.raw_decode(_mended(text) if mend else text)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _mended(text: str) -> str:
    text = _LINE.sub(lambda m: m[1] + _BARE_QUOTE.sub(r"\"", m[2]) + m[3], _COMMENT.sub("", text))
    return _LAST_COMMA.sub("", text)
