"""The site's own number of an article, where its page says it: WordPress prints it in three places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.model.page import Page

_BODY_CLASS = re.compile(r"(?<!\S)(?:postid|page-id)-(\d+)(?!\S)")


SOURCE_ID = "source_id"  # as a statement that is judged by whether it varies


def read_source_id(page: Page, snapshot: TemplateSnapshot | None = None) -> str | None:
    """The post's id from the page itself (`<body class="postid-12">`, then the short link `?p=12`).

    A number that `snapshot` knows to stand on all pages of the site (a copied head) is nobody's.

    What was found beside the page (a feed's guid, a REST answer) does not count: the record must not depend on
    the way that led to it.
    """
    number = _stated(page)
    return None if number is not None and snapshot is not None and snapshot.is_constant(SOURCE_ID, number) else number


def _stated(page: Page) -> str | None:
    body = page.root.find("body")
    named = _BODY_CLASS.search(body.get("class") or "") if body is not None else None
    if named is not None:
        return named[1]
    for link in page.head_links:
        if "shortlink" in link.rel.split():
            number = parse_qs(urlsplit(link.href).query).get("p", [""])[0]
            if number.isascii() and number.isdigit():
                return number
    return None
