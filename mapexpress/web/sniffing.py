"""What bytes are by their beginning, whatever their name or server calls them: a page, plain text, or neither."""

from __future__ import annotations

import re
from typing import Literal

from w3lib.encoding import read_bom

from mapexpress.web.encodings import is_binary

_HEAD = 20_000  # bytes or characters in which a page shows its first tag; a text may quote one much later
_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|title|meta|article|section|main|div|p|h[1-6]|span|table|ul|br)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)


def sniff(body: bytes | str) -> Literal["html", "text", "binary"]:
    """Tell a document by its beginning: `mapexpress.clean`, files, rows of a corpus and responses all ask here.

    >>> sniff("<span>Pluie</span> Il a plu."), sniff("Rabat - a < b"), sniff(b"\\x00\\x01\\x02")
    ('html', 'text', 'binary')
    >>> sniff("<p>Pluie</p>".encode("utf-16"))
    'html'
    """
    if isinstance(body, str):
        head = body[:_HEAD]
    elif is_binary(body):
        return "binary"
    else:
        start = body[:_HEAD]
        # of all encodings in use only those that need a byte order mark do not write tags as ASCII does
        head = start.decode(read_bom(start[:4])[0] or "latin-1", "replace")
    return "html" if _MARKUP.search(head) else "text"
