"""Lists of sites that are to be added: plain lines of addresses, or OPML as feed readers write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from mapexpress.discovery.xml import decode, local_name, read_xml
from mapexpress.errors import UsageError
from mapexpress.web.addresses import is_address

if TYPE_CHECKING:
    from lxml.etree import _Element

_COMMENT = re.compile(r"(?:^|\s)#.*")  # one inside an address names a place on the page


@dataclass(slots=True, frozen=True, kw_only=True)
class ListedSite:
    """A site of a list: its home or, where the list knows none, the root of its feed's host."""

    home: str
    feeds: tuple[str, ...] = ()


def read_list(data: bytes, name: str) -> list[ListedSite]:
    """The sites of a list in its order; `name` is the file's, for the message.

    Raises UsageError where it holds none.

    >>> read_list(b"# ours\\nnews.example  # daily\\n\\nhttps://b.example/#top", "urls.txt")
    [ListedSite(home='news.example', feeds=()), ListedSite(home='https://b.example/#top', feeds=())]
    >>> read_list(b'<opml><body><outline text="A" xmlUrl="https://a.example/feed/"/></body></opml>', "a.opml")
    [ListedSite(home='https://a.example/', feeds=('https://a.example/feed/',))]
    """
    text = decode(data)
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        root = read_xml(data)
        if root is None or local_name(root) != "opml":
            raise UsageError(f"{name}: neither OPML nor a list of addresses, one a line")
        listed = list(_outlines(root))
    else:
        lines = (_COMMENT.sub("", line).strip() for line in text.lstrip("\ufeff").splitlines())
        listed = [ListedSite(home=line) for line in lines if line]
    if not listed:
        raise UsageError(f"{name}: no site is listed there; give one address a line, or OPML with xmlUrl or htmlUrl")
    return listed


def _outlines(root: _Element) -> Iterator[ListedSite]:
    """Outlines at any depth, by attributes in any case; folders have neither address."""
    for element in root.iter():
        if local_name(element) != "outline":
            continue
        given = {str(name).lower(): str(value).strip() for name, value in element.attrib.items()}
        home, feed = given.get("htmlurl", ""), given.get("xmlurl", "")
        if home or feed:
            root_of_feed = urljoin(feed, "/") if is_address(feed) else feed
            yield ListedSite(home=home or root_of_feed, feeds=(feed,) if feed else ())
