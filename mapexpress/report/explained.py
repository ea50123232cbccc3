"""The values of a record with where each was read: what the explain views show first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mapexpress.article import Explanation

_SHOWN = (
    "title", "description", "authors", "section", "tags", "date_published", "date_modified", "language", "publisher",
    "image_url", "is_free", "tdm_reserved",
)  # fmt: skip


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
        yield Sourced(name=name, value=_shown(value), source=metadata.sources.get(name, "") if _shown(value) else "")
    for name in ("canonical_url", "dateline", "extractor", "template_id"):
        yield Sourced(name=name, value=_shown(getattr(article, name)), source="")


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
