"""What discovery gives: links to articles, and further pages of the way itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mapexpress.model.record import Via
from mapexpress.model.rest_answer import RestPost


@dataclass(slots=True, frozen=True, kw_only=True)
class Link:
    """An address that may be an article. `date_hint` (ISO 8601) and `title_hint` are hints, never data."""

    url: str
    via: Via
    date_hint: str | None = None
    title_hint: str | None = None
    modified_hint: str | None = None
    source_id: str | None = None


@dataclass(slots=True, frozen=True, kw_only=True)
class Found:
    """What one discovery page gave: article links in page order, further pages to walk, and whether it was whole.

    `next_pages` are the following pages of the same listing, feed or REST collection; `children` are pages of
    another kind (the sitemaps of an index, section listings of a home page), `changed` the last change of a child as
    its index gives it. Some next pages are guesses (`?paged=2`): whoever walks them stops at a page that brings no
    link it has not seen.
    """

    links: tuple[Link, ...] = ()
    next_pages: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    changed: Mapping[str, str] = field(default_factory=dict)
    posts: Mapping[str, RestPost] = field(default_factory=dict)  # of a REST answer, by the `source_id` of their links
    problem: str | None = None  # one line when the bytes were not what was expected
    cut: str | None = None  # the reason why it was not read to its end: too_large, too_many_entries
