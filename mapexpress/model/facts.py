"""What a page says of its article, as far as the choice of its text needs it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True, kw_only=True)
class Facts:
    """`title` is the headline, which is no part of the text; `date` the date of publication as the page shows it, `day`
    its ISO day or moment; `authors` are the record's.

    >>> Facts(title="Pluie à Rabat", authors=("Nadia Cherkaoui",)).slots
    {'author': 'Nadia Cherkaoui', 'section': ''}
    """

    title: str = ""
    date: str | None = None
    day: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None

    @property
    def slots(self) -> dict[str, str]:
        """The page's own words that stand in blocks of the template ("Par {author}"), by the names of their slots."""
        return {"author": next(iter(self.authors), ""), "section": self.section or ""}
