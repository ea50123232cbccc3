"""Platforms as data: how a publishing system is recognised from a page, and what it calls its parts.

One TOML file each; `docs/platforms.md` tells the keys. Order of recognition is by `rank`, the most specific first:
a theme before the system it runs on.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from mapexpress.platforms.selectors import NodeIndex, compiled

if TYPE_CHECKING:
    from mapexpress.blocks import Node, Page

# A container with less text outside links is a stub, a video page or a changed template, and goes the general way:
# about a sentence, the least that a dispatch says.
MIN_CONTAINER_CHARS = 140


@dataclass(slots=True, frozen=True, kw_only=True)
class Removal:
    """A selector of boilerplate inside the content, and its reason."""

    css: str
    reason: str


@dataclass(slots=True, frozen=True, kw_only=True)
class Platform:
    """What is known of one publishing system or theme.

    `css`, `generator` (regular expression on the generator meta) and `assets` (a part of a linked address):
    any one of them recognises it. `keep` are the containers of the article's body, the first with text wins;
    `standfirst` may stand outside them. `trusted` says that the container holds the article and hardly anything
    else, so that no second opinion is needed. The other selectors are for metadata.
    """

    name: str
    rank: int = 50
    css: tuple[str, ...] = ()
    generator: str = ""
    assets: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    trusted: bool = False
    standfirst: tuple[str, ...] = ()
    remove: tuple[Removal, ...] = ()
    title: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def recognises(self, page: Page, index: NodeIndex) -> bool:
        """Whether `page` was made by this platform."""
        if any(index.select(css) for css in self.css):
            return True
        if self.generator and any(re.search(self.generator, g, re.I) for g in page.meta.get("generator", ())):
            return True
        return any(part in link.href for part in self.assets for link in page.head_links)

    def containers(self, index: NodeIndex) -> tuple[str, list[Node]]:
        """The first selector of `keep` that finds enough text, with its outermost nodes; empty when none does."""
        for css in self.keep:
            nodes = outermost(index.select(css))
            blocks = index.page.blocks
            if sum(len(b.text) - b.link_chars for n in nodes for b in blocks[n.start : n.end]) >= MIN_CONTAINER_CHARS:
                return css, nodes
        return "", []


def outermost(nodes: list[Node]) -> list[Node]:
    """Leave out nodes that stand inside another of them; `nodes` in page order."""
    out: list[Node] = []
    for node in nodes:
        if not out or node.start >= out[-1].end:
            out.append(node)
    return out


def recognise(page: Page, index: NodeIndex) -> list[Platform]:
    """The platforms of `page`, the most specific first (a theme, then the system it runs on)."""
    return [p for p in load_platforms() if p.recognises(page, index)]


@cache
def load_platforms() -> tuple[Platform, ...]:
    """Every platform of this package, by rank; raises ValueError naming the file for a key or selector that is wrong.

    >>> {"tagdiv", "wordpress", "drupal"} <= {p.name for p in load_platforms()}
    True
    """
    platforms = [
        _platform(file.name.removesuffix(".toml"), tomllib.loads(file.read_text("utf-8")))
        for file in resources.files(__name__).iterdir()
        if file.name.endswith(".toml")
    ]
    return tuple(sorted(platforms, key=lambda p: (p.rank, p.name)))


_LISTS = ("css", "assets", "keep", "standfirst", "title", "date", "author", "section", "tags")
_SELECTORS = ("css", "keep", "standfirst")


def _platform(name: str, table: dict[str, object]) -> Platform:
    unknown = set(table) - {*_LISTS, "rank", "generator", "trusted", "remove"}
    if unknown:
        raise ValueError(f"platforms/{name}.toml: unknown keys {', '.join(sorted(unknown))}")
    lists = {key: tuple(_strings(table.get(key, []))) for key in _LISTS}
    entries = table.get("remove", [])
    if not isinstance(entries, list):
        raise ValueError(f"platforms/{name}.toml: remove must be [[remove]] tables")
    remove = tuple(Removal(css=entry["css"], reason=entry["reason"]) for entry in entries)
    rank, generator = table.get("rank", 50), table.get("generator", "")
    try:
        for css in (*(c for key in _SELECTORS for c in lists[key]), *(r.css for r in remove)):
            compiled(css)
    except Exception as error:
        raise ValueError(f"platforms/{name}.toml: {error}") from error
    return Platform(
        name=name,
        rank=rank if isinstance(rank, int) else 50,
        generator=generator if isinstance(generator, str) else "",
        trusted=table.get("trusted") is True,
        remove=remove,
        **lists,
    )


def _strings(value: object) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []
