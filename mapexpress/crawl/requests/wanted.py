"""Which articles a run is asked for: by day, section and language. docs/crawling.md tells where each is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from urllib.parse import unquote, urlsplit

from mapexpress.text.characters import normalize

Undated = Literal["keep", "skip"]
HINT_SLACK = timedelta(days=2)  # a hint may be off by a zone, and by an embargo that ended


@dataclass(slots=True, frozen=True, kw_only=True)
class Wanted:
    """Days of publication in the site's zone, both inclusive; sections folded, languages in lower case.

    What a value leaves open (None, no section, no language) leaves nothing out.
    """

    since: date | None = None
    until: date | None = None
    undated: Undated = "keep"
    sections: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    def has_day(self, day: date | None) -> bool:
        """Whether an article published on `day` is asked for.

        >>> january = Wanted(since=date(2024, 1, 1), until=date(2024, 1, 31))
        >>> [january.has_day(d) for d in (date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 1), None)]
        [False, True, False, True]
        """
        if day is None:
            return self.undated == "keep"
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)

    def may_have(self, shown: str | None, changed: str | None) -> bool:
        """Whether an article may be asked for that a way in dates so: with a day, or less, of publication and change.

        >>> january = Wanted(since=date(2024, 1, 1), until=date(2024, 1, 31))
        >>> january.may_have("2023-12-30", None), january.may_have("2023-12-29", None), january.may_have("2023", None)
        (True, False, True)
        """
        day, other = day_of(shown), day_of(changed)
        if any(d and self._is_before(d) for d in (day, other)):
            return False
        return not (self.until and day and day - HINT_SLACK > self.until)

    def ends_before(self, shown: Iterable[str | None]) -> bool:
        """Whether a page shows only what is older, so that the pages after it do too."""
        days = [day for hint in shown if (day := day_of(hint))]
        return bool(days) and all(map(self._is_before, days))

    def has_section(self, url: str | None, section: str | None) -> bool:
        """Whether an article is of a section that was asked for: by its name, or by a part of its address."""
        if not self.sections:
            return True
        return (section is not None and slug(section) in self._slugs()) or bool(url and self.names_section(url))

    def names_section(self, url: str) -> bool:
        """Whether an address names a section that was asked for; any does where none was."""
        parts = unquote(urlsplit(url).path).split("/")
        return not self.sections or any(slug(part) in self._slugs() for part in parts if part)

    def has_language(self, language: str | None) -> bool:
        """Whether what is in a language was asked for; what has none is kept.

        >>> Wanted(languages=("ar-ma",)).has_language("ar"), Wanted(languages=("fr",)).has_language("en-GB")
        (True, False)
        """
        wanted = self.languages
        return not wanted or language is None or language.lower().split("-")[0] in {w.split("-")[0] for w in wanted}

    def _is_before(self, day: date) -> bool:
        return self.since is not None and day + HINT_SLACK < self.since

    def _slugs(self) -> frozenset[str]:
        return frozenset(slug(section) for section in self.sections)


def slug(name: str) -> str:
    """A section's name as addresses write it.

    >>> slug("Économie et Finance"), slug("أنشطة ملكية")
    ('economie-et-finance', 'انشطة-ملكية')
    """
    plain = "".join(c for c in normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", plain).strip("-")


def day_of(hint: str | None) -> date | None:
    """The day of a hint; None for a month, which says too little to leave an article out."""
    if not hint or len(hint) < 10:
        return None
    try:
        return date.fromisoformat(hint[:10])
    except ValueError:
        return None
