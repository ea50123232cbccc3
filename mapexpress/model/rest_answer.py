"""Answers of WordPress' REST interface as they are parsed: once, whoever reads them afterwards."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mapexpress.text.numbers import json_number


@dataclass(slots=True, frozen=True)
class RestPost:
    """A post with its content; `fields` are those of the answer, as they were given."""

    id: str
    fields: Mapping[str, Any]

    @property
    def body(self) -> bytes | None:
        """An answer that is this post alone. None where UTF-8 or 64 bits do not hold it."""
        try:
            return orjson.dumps(self.fields)
        except orjson.JSONEncodeError:
            return None


def read_answer(data: bytes) -> object:
    """JSON after what plugins print before it (warnings, a byte order mark); None when there is none. Never raises."""
    text = data.decode("utf-8-sig", "replace")
    try:
        return json.loads(text, parse_int=json_number)
    except (ValueError, RecursionError):
        pass
    start = re.search(r"^[\[{]", text, re.MULTILINE)
    try:
        return json.loads(text[start.start() :], parse_int=json_number) if start else None
    except (ValueError, RecursionError):
        return None


def posts_of(answer: object) -> dict[str, RestPost]:
    """The posts with content of what `read_answer` gave, by their id, in its order; empty for anything else.

    >>> list(posts_of(read_answer(b'Notice: x\\n[{"id": 7, "content": {"rendered": "<p>Il pleut."}}, {"id": 8}]')))
    ['7']
    """
    rows = answer if isinstance(answer, list) else [answer]
    posts = (RestPost(str(row["id"]), row) for row in rows if isinstance(row, dict) and "id" in row)
    return {post.id: post for post in posts if isinstance(post.fields.get("content"), dict)}


def without_post(data: bytes, post_id: str | None) -> bytes | None:
    """An answer of many posts without one of them, its others as they were; None for any other answer."""
    rows = read_answer(data)
    if not isinstance(rows, list):
        return None
    left = [row for row in rows if not isinstance(row, dict) or str(row.get("id")) != post_id]
    try:
        return orjson.dumps(left)
    except orjson.JSONEncodeError:  # another's half character or long number
        return json.dumps(left).encode()
