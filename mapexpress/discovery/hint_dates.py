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


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            # English, French, Spanish, Portuguese, German, Italian; Arabic of the Maghreb and of the East
            "january jan janvier janv enero janeiro januar gennaio يناير جانفي كانون‌الثاني",
            "february feb février fév fevrier febrero fevereiro februar febbraio فبراير فيفري شباط",
            "march mar mars marzo março märz مارس آذار",
            "april apr avril avr abril aprile أبريل ابريل أفريل نيسان",
            "may mai mayo maio maggio ماي مايو أيار",
            "june jun juin junio junho juni giugno يونيو جوان حزيران",
            "july jul juillet juil julio julho juli luglio يوليوز يوليو جويلية تموز",
            "august aug août aout agosto غشت أغسطس أوت آب",
            "september sep sept septembre septiembre setembro settembre شتنبر سبتمبر أيلول",
            "october oct octobre octubre outubro oktober ottobre أكتوبر اكتوبر",
            "november nov novembre noviembre novembro نونبر نوفمبر",
            "december dec décembre déc decembre diciembre dezembro dezember dicembre دجنبر ديسمبر",
        ),
        start=1,
    )
    for name in names.split()
}
_DAY_MONTH = re.compile(r"\b(\d{1,2})(?:er|st|nd|rd|th|\.)?\s+(?:de\s+)?([^\W\d_]{3,12})\.?,?\s+(?:de\s+)?(\d{4})\b")
_MONTH_DAY = re.compile(r"\b([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_NUMBERS = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")


def visible_day(text: str) -> str | None:
    """The first day written out in a teaser, as `YYYY-MM-DD`; numbers alone only in ISO order, for others are guesses.

    >>> visible_day("Publié le 27 avril 2022 à 17:39"), visible_day("June 1, 2026"), visible_day("12 يونيو 2026")
    ('2022-04-27', '2026-06-01', '2026-06-12')
    >>> visible_day("03/04/2026") is None
    True
    """
    for pattern, order in ((_DAY_MONTH, (3, 2, 1)), (_MONTH_DAY, (3, 1, 2)), (_NUMBERS, (1, 2, 3))):
        for found in pattern.finditer(text):
            year, month, day = (found[i] for i in order)
            number = int(month) if month.isdecimal() else _MONTHS.get(month.casefold())
            try:
                if number:
                    return date(int(year), number, int(day)).isoformat()
            except ValueError:
                continue
    return None
