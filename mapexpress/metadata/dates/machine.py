"""One date as a page says it: how machine forms are read, and how precise they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from mapexpress.metadata.dates.written import find_dates
from mapexpress.model.record import DatePrecision

# what an empty field gives lies before: year 1, 1899-12-30 (spreadsheets), 1904; the epoch is tested by itself
EARLIEST = 1950
_ISO_LIKE = re.compile(r"^(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)(?!\d)")
# java.util.Date.toString: "Fri Apr 28 19:20:36 CEST 2023"; of zone names only these say their offset to everyone
_JAVA = re.compile(r"^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d\d:\d\d:\d\d) (?:([A-Z]{2,5}) )?(\d{4})$")
_ZONES = {"UTC": 0, "GMT": 0, "WET": 0, "CET": 1, "WEST": 1, "CEST": 2, "EET": 2, "EEST": 3}


@dataclass(slots=True, frozen=True, kw_only=True)
class Moment:
    """A date as the page says it; `raw` is the page's own wording."""

    value: date | datetime
    source: str
    raw: str

    @property
    def day(self) -> date:
        return self.value.date() if isinstance(self.value, datetime) else self.value

    @property
    def precision(self) -> DatePrecision:
        if not isinstance(self.value, datetime):
            return "day"
        return "local" if self.value.tzinfo is None else "instant"

    @property
    def iso(self) -> str:
        """ISO 8601 as precise as the page says, fractions of a second left out."""
        if isinstance(self.value, datetime):
            return self.value.replace(microsecond=0).isoformat()
        return self.value.isoformat()


def parse_machine(text: str) -> date | datetime | None:
    """Read a date that was written for machines: ISO 8601 and its usual misspellings, RFC 5322, Java's.

    >>> parse_machine("2022-04-27T17:39:00.000+0100").isoformat(), parse_machine("2022/04/27")
    ('2022-04-27T17:39:00+01:00', datetime.date(2022, 4, 27))
    >>> parse_machine("Wed, 27 Apr 2022 17:39:00 GMT").isoformat(), parse_machine("0001-01-01T00:00:00")
    ('2022-04-27T17:39:00+00:00', None)
    >>> parse_machine("Wed Apr 27 17:39:00 CEST 2022").isoformat()
    '2022-04-27T17:39:00+02:00'
    """
    text = text.strip()
    value: date | datetime | None = None
    try:
        if head := _ISO_LIKE.match(text):
            value = _iso(head, text[head.end() :].strip())
        elif java := _JAVA.match(text):
            month, day, clock, zone, year = java.groups()
            value = datetime.strptime(f"{day} {month} {year} {clock}", "%d %b %Y %H:%M:%S")
            if zone in _ZONES:
                value = value.replace(tzinfo=timezone(timedelta(hours=_ZONES[zone])))
        elif re.match(r"^(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} \d", text):
            value = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return value if value is not None and plausible(value) else None


def _iso(head: re.Match[str], rest: str) -> date | datetime:
    year, month, day = map(int, head.groups())
    whole = date(year, month, day)
    rest = re.sub(r"(?<=\d)\s*(?:UTC|GMT)$", "Z", re.sub(r"(?<!\s)\s++(?=[+-]\d)", "", rest)).lstrip("T ")
    if not rest:
        return whole
    try:
        return datetime.fromisoformat(f"{whole.isoformat()}T{rest}")
    except ValueError:  # "22:06:08:684Z": the day still stands
        return whole


def plausible(value: date) -> bool:
    """Whether a date can be an article's: not what an empty field turns into."""
    return value.year >= EARLIEST and (value.year, value.month, value.day) != (1970, 1, 1)


def read_moment(text: str, source: str, language: str | None) -> Moment | None:
    """A declared date, in whatever form it was written; None for what is none."""
    text = text.strip()
    if not text or len(text) > 80:
        return None
    value = parse_machine(text)
    if value is None and not _ISO_LIKE.match(text):
        seen = find_dates(text, language=language)
        value = seen[0].value if seen else None
    return Moment(value=value, source=source, raw=text) if value is not None and plausible(value) else None
