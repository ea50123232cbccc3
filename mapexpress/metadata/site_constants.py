"""What a page declares, by source: the site template learns from it which values never vary and are the theme's."""

from __future__ import annotations

from collections.abc import Iterator

from mapexpress.metadata.authors.authors import author_statements
from mapexpress.metadata.dates.declared import declared_instants
from mapexpress.metadata.images import declared_images
from mapexpress.metadata.page_metadata import DESCRIPTIONS
from mapexpress.metadata.sections import KEYWORDS, keywords_of, linked_tags, marked_tags
from mapexpress.metadata.source_id import SOURCE_ID, read_source_id
from mapexpress.metadata.sources import Sources, plain
from mapexpress.metadata.titles import META as TITLES

MOST_CHARS = 300  # of a value; what is longer is the article's own


def read_statements(sources: Sources, *, headline: int | None) -> dict[str, str]:
    """The first value of every source that is judged by whether it varies, under the names the readers use.

    Sections, languages and publishers are left out: they may well be the same on all pages and true.
    """
    found: dict[str, str] = {}
    for value, source in _statements(sources, headline):
        if 0 < len(value) <= MOST_CHARS:
            found.setdefault(source, value)
    return found


def _statements(sources: Sources, headline: int | None) -> Iterator[tuple[str, str]]:
    yield from sources.meta(*TITLES, *DESCRIPTIONS, *KEYWORDS)
    yield from declared_instants(sources)
    yield from declared_images(sources)
    yield from author_statements(sources, headline=headline)
    for node in sources.articles[:1]:
        yield plain(node.get("headline")) or plain(node.get("name")), "json-ld:headline"
        yield ", ".join(keywords_of(node)), "json-ld:keywords"
    for tags, source in (linked_tags(sources), marked_tags(sources)):
        yield ", ".join(tags), f"{source} tags"
    yield read_source_id(sources.page) or "", SOURCE_ID
