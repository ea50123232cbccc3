"""The values of a record with where each was read: what the explain views show first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mapexpress.record.build import Explanation

_SHOWN = (
    "title", "description", "authors", "section", "tags", "date_published", "date_modified", "language", "publisher",
    "image_url", "is_free", "tdm_reserved",
)  # fmt: skip

# Where a value was read that the page's metadata do not give, or give otherwise
_ELSEWHERE = {"language": "the text itself", "tdm_reserved": "the host's tdmrep.json"}


@dataclass(slots=True, frozen=True, kw_only=True)
class Sourced:
    """One value of the record and where on the page it was read; empty where nothing was found."""

    name: str
    value: str
    source: str


def sourced_values(explanation: Explanation) -> Iterator[Sourced]:
    """The metadata of the record, in the order of its schema."""
    article, metadata = explanation.article, explanation.metadata
    for name in _SHOWN:
        value = getattr(article, name)
        source = metadata.sources.get(name, "")
        if value != getattr(metadata, name, None) and name in _ELSEWHERE:
            source = _ELSEWHERE[name]
        yield Sourced(name=name, value=_shown(value), source=source if _shown(value) else "")
    derived = {
        "canonical_url": "link rel=canonical" if article.canonical_url != article.url else "the address asked",
        "dateline": "the first words of the text",
        "discovered_via": "the way in that named it",
        "source_id": "the site's own number",
        "extractor": "what chose the blocks",
        "template_id": "the site's learned template",
    }
    for name, source in derived.items():
        shown = _shown(getattr(article, name))
        if shown:
            yield Sourced(name=name, value=shown, source=source)


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
