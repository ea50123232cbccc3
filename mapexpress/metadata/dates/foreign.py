"""Dates that a page shows in a language that our own tables do not hold, read by dateparser in that language alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from mapexpress.metadata.dates.machine import EARLIEST, Moment
from mapexpress.metadata.dates.shown import MOST_BESIDE, in_site_head, of_another
from mapexpress.metadata.dates.written import languages
from mapexpress.model.page import CAPTION

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

    from mapexpress.metadata.sources import Sources

# dateparser takes a millisecond a text; a byline has a few parts, and a headline few lines beside it
_MOST_TRIED = 12
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_TIME = re.compile(r"\d[:.]\d\d")
_PARTS = re.compile(r"[|·•–—]|\s-\s")  # not at a colon: the label before it may be that of a change
_BUDDHIST = 543  # years: Thai pages count from the Buddha's death
_SETTINGS = {
    "STRICT_PARSING": True,  # day, month and year, or nothing: what is missing is not filled from today
    "PARSERS": ["absolute-time"],
    "RETURN_AS_TIMEZONE_AWARE": False,
}


def foreign_date(sources: Sources, *, headline: int | None, language: str | None) -> Moment | None:
    """The first date near the headline in the page's language, where that is none of our tables'; the page's own words.

    Costs nothing for languages that `visible_dates` reads, and the loading of dateparser for the first other one.
    """
    name = (language or "").partition("-")[0].lower()
    if not name or name in languages():
        return None
    tried = 0
    for block in sources.near(headline, itself=False):
        text = block.text
        if len(text) > MOST_BESIDE or block.node.flags & CAPTION or not _YEAR.search(text):
            continue
        if in_site_head(sources, block, headline) or of_another(sources, block, headline):
            continue
        for part in _parts(text):
            tried += 1
            value = read_in(name, part) if tried <= _MOST_TRIED else None
            if value is not None:
                return Moment(value=value, source="visible text", raw=part)
    return None


def _parts(text: str) -> Iterator[str]:
    """A line, and where it has several fields those of them that hold a year."""
    yield text
    parts = _PARTS.split(text)
    if len(parts) > 1:
        yield from (part.strip() for part in parts if _YEAR.search(part))


def read_in(language: str, text: str) -> date | datetime | None:
    """The day, or the local time, that a text is in one language (ISO 639); None for anything else.

    >>> read_in("mk", "12 мај 2026"), read_in("th", "12 พฤษภาคม 2569"), read_in("mk", "12 мај")
    (datetime.date(2026, 5, 12), datetime.date(2026, 5, 12), None)
    """
    parser = _parser(language)
    if parser is None:
        return None
    try:
        found: datetime | None = parser.get_date_data(text).date_obj
    except (ValueError, OverflowError):  # seen for years and offsets out of range
        return None
    if found is None:
        return None
    if language == "th" and found.year > 2400:
        found = found.replace(year=found.year - _BUDDHIST)
    if not EARLIEST <= found.year <= 2100:
        return None
    return found.replace(tzinfo=None, microsecond=0) if _TIME.search(text) else found.date()


@cache
def _parser(language: str) -> DateDataParser | None:
    # a fifth of a second: for pages of these languages only
    from dateparser.data.languages_info import language_order
    from dateparser.date import DateDataParser

    return DateDataParser(languages=[language], settings=_SETTINGS) if language in language_order else None
