"""Dates that feeds and sitemaps give beside a link: hints, in ISO 8601, nothing invented."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")


def date_hint(text: str | None) -> str | None:
    """ISO 8601 of an RFC 822 or ISO (W3C) date, as precise as given; None for anything else and for unset clocks.

    >>> date_hint("Tue, 20 Feb 2018 20:18:32 +0000"), date_hint("2026-06-12T13:40:16Z"), date_hint("2026-06")
    ('2018-02-20T20:18:32+00:00', '2026-06-12T13:40:16+00:00', '2026-06')
    >>> date_hint("0000-00-00 00:00:00"), date_hint("Thu, 01 Jan 1970 00:00:00 GMT"), date_hint("hier")
    (None, None, None)
    """
    text = (text or "").strip()
    if _MONTH.fullmatch(text):
        return text if 1 <= int(text[5:]) <= 12 else None
    moment = _iso(text) or _rfc822(text)
    if moment is None or (moment.year, moment.month, moment.day) in ((1970, 1, 1), (1, 1, 1)):
        return None
    return moment.isoformat()


def _iso(text: str) -> datetime | date | None:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text) if _DAY.match(text) else None
    except ValueError:
        pass
    found = _DAY.match(text)  # a clock that is not ISO: the day still holds
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def _rfc822(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    # "-0000" is UTC of unknown place (RFC 5322, 3.3)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None and text.endswith("-0000") else moment
