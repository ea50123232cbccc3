"""Dates that people read: day, month name and year in many languages, in one pass and without guessing."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources

from mapexpress.text.characters import normalize
from mapexpress.text.word_patterns import any_of

_DIGITS = {ord(c): str(i) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for i, c in enumerate(digits)}
# "17:39", "17h39", "17.39 Uhr", "5:39 pm"; the hour alone ("17h") is no time
_TIME = re.compile(
    r"(?<![\d:.])(?P<hour>[01]?\d|2[0-3])\s?(?:[:hH]|\.(?=\d\d\s?(?:Uhr|h\b)))\s?(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?!\d)"
    r"\s*(?P<half>[ap]\.?\s?m\b\.?|[صم](?!\w))?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_YEAR_FIRST = re.compile(r"(?:19|20)\d\d")  # no date is looked for where no year is
_YEAR = r"(?P<{}>(?:19|20)\d\d)"
# "2016年10月14日", "2025년 5월 15일"
_EAST_ASIAN = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일]")
_NUMERIC = re.compile(
    r"(?<![\d/.\-])(?:(?P<y>(?:19|20)\d\d)(?P<s1>[-/.])(?P<m>\d{1,2})(?P=s1)(?P<d>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<s2>[-/.]|\s\|\s)(?P<b>\d{1,2})(?P=s2)(?P<y2>(?:19|20)\d\d))(?![\d/])(?![.\-]\d{1,2}(?![\d:]))"
)
# "Do 25.04.24 | 14:07 Uhr": two digits of a year are believed with points between and a time behind
_SHORT_YEAR = re.compile(
    r"(?<![\d.])(?P<d>\d\d)\.(?P<m>\d\d)\.(?P<y>\d\d)(?=\s*(?:[|,–-]|um|at|à|alle|ore)?\s*\d\d[:.]\d\d)"
)
# how far behind a date its time may stand: "27 avril 2022 à 17:39", "May 3, 2022 | Updated", "um 17.39 Uhr"
_TIME_WITHIN = 16
# how far before a date a label may stand: "Mis à jour le mercredi 27 avril 2022"
_LABEL_WITHIN = 42


@dataclass(slots=True, frozen=True, kw_only=True)
class Seen:
    """A date in a text: `value` is a day or a naive time; `label` tells "modified", "published" or None."""

    value: date | datetime
    raw: str
    label: str | None = None

    @property
    def day(self) -> date:
        return self.value.date() if isinstance(self.value, datetime) else self.value


def find_dates(text: str, *, language: str | None = None) -> list[Seen]:
    """Every full date of a text, in its order; relative ones ("6 hours ago") and incomplete ones are none.

    `language` decides the order of "3/4/2022": American English reads the month first; where the language is
    plain English an ambiguous one is left out, everywhere else the day comes first.

    >>> [str(s.value) for s in find_dates("mercredi, 27 avril, 2022 à 17:39")]
    ['2022-04-27 17:39:00']
    >>> [str(s.value) for s in find_dates("الأربعاء ٢٧ أبريل ٢٠٢٢")], find_dates("il y a 6 heures")
    (['2022-04-27'], [])
    >>> [str(s.value) for s in find_dates("الأحد، 24 غشت، 2025 على الساعة 20:10")]
    ['2025-08-24 20:10:00']
    >>> [(str(s.value), s.label) for s in find_dates("Publié le 3 mai 2022 Mis à jour le 4 mai 2022")]
    [('2022-05-03', 'published'), ('2022-05-04', 'modified')]
    >>> [str(s.value) for s in find_dates("2016年10月14日07:17 HealthMAY 2, 2022")]
    ['2016-10-14 07:17:00', '2022-05-02']
    """
    if not _DIGIT.search(text):
        return []
    text = text.translate(_DIGITS)
    found: list[tuple[int, int, date]] = []
    if _YEAR_FIRST.search(text):
        _with_year(text, language, found)
    if not found:
        for match in _SHORT_YEAR.finditer(text):
            _add(found, match, f"20{match['y']}", int(match["m"]), int(match["d"]))
    found.sort()
    out: list[Seen] = []
    end_before = 0
    for i, (start, end, day) in enumerate(found):
        if start < end_before:
            continue
        limit = min(end + _TIME_WITHIN, found[i + 1][0] if i + 1 < len(found) else len(text))
        seen, end_before = _seen(text, start, end, day, limit, end_before)
        out.append(seen)
    return out


def _with_year(text: str, language: str | None, found: list[tuple[int, int, date]]) -> None:
    for match in _named().finditer(text):
        month = _months()[_as_listed(match["mname"] or match["mname2"] or match["mname3"])]
        year = match["y"] or match["y2"] or match["y3"]
        _add(found, match, year, month, int(match["d"] or match["d2"] or match["d3"]))
    for match in _EAST_ASIAN.finditer(text):
        _add(found, match, match["y"], int(match["m"]), int(match["d"]))
    for match in _NUMERIC.finditer(text):
        if match["y"]:
            _add(found, match, match["y"], int(match["m"]), int(match["d"]))
            continue
        order = _day_month(int(match["a"]), int(match["b"]), match["s2"], language)
        if order is not None:
            _add(found, match, match["y2"], order[1], order[0])


def _add(found: list[tuple[int, int, date]], match: re.Match[str], year: str, month: int, day: int) -> None:
    try:
        found.append((match.start(), match.end(), date(int(year), month, day)))
    except ValueError:
        return


def _day_month(a: int, b: int, separator: str, language: str | None) -> tuple[int, int] | None:
    if separator == "." or a > 12 or a == b:
        return a, b
    if b > 12:
        return b, a
    if language and language.lower() in ("en-us", "en-ph"):
        return b, a
    if language is None or language.lower() == "en":
        return None
    return a, b


def _seen(text: str, start: int, end: int, day: date, limit: int, after: int) -> tuple[Seen, int]:
    """A date with its time and label, and where it ends; `after` is where the one before it does."""
    before = text[max(after, start - _LABEL_WITHIN) : start].lower()
    labels = [(before.rfind(m.group()), kind) for kind, rx in _labels().items() for m in rx.finditer(before)]
    label = max(labels)[1] if labels else None
    value: date | datetime = day
    time = _TIME.search(text, end, limit + 8)
    if time is None or time.start() > limit:
        # "17:39, 27 avril 2022": only directly before, so that no other date's time is taken
        lead = _TIME.search(text, max(after, start - _TIME_WITHIN), start)
        time = lead
    if time is not None:
        value = _at(day, time)
        start, end = min(start, time.start()), max(end, time.end())
    return Seen(value=value, raw=text[start:end].strip(), label=label), end


def label_of(text: str) -> str | None:
    """What a text that is but a label says of the date behind it.

    >>> label_of("Updated at:"), label_of("Publié le"), label_of("Publié par la ville, mis en page le soir")
    ('modified', 'published', None)
    """
    if len(text) > _LABEL_WITHIN or any(map(str.isdigit, text)):
        return None
    low = text.lower().strip(" :·•-–|")
    for kind, pattern in _labels().items():
        match = pattern.search(low)
        if match and len(match[0]) * 2 >= len(low):
            return kind
    return None


def _at(day: date, time: re.Match[str]) -> date | datetime:
    hour = int(time["hour"])
    half = (time["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return datetime(day.year, day.month, day.day, hour, int(time["minute"]))
        hour = hour % 12 + (12 if half[0] in "pم" else 0)
    return datetime(day.year, day.month, day.day, hour, int(time["minute"]), int(time["second"] or 0))


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(resources.files(__package__).joinpath("written.toml").read_text("utf-8"))


@cache
def languages() -> frozenset[str]:
    """Those whose dates are read here (ISO 639), with Norwegian's other names and those whose months have numbers."""
    return frozenset(_table()["months"]) | {"nb", "nn", "zh", "ja", "ko"}


@cache
def _months() -> dict[str, int]:
    """Month by name; a name that means different months in two languages is left out."""
    out: dict[str, int] = {}
    clash: set[str] = set()
    for names in _table()["months"].values():
        for number, entry in enumerate(names, 1):
            for name in (_as_listed(n.replace("_", " ")) for n in entry.split()):
                if out.setdefault(name, number) != number:
                    clash.add(name)
    return {name: number for name, number in out.items() if name not in clash}


def _as_listed(month: str) -> str:
    """A month's name as it stands in the table of months, however a page writes it.

    >>> _as_listed("MAYIS"), _as_listed("NİSAN"), _as_listed("mayıs")
    ('mayis', 'nisan', 'mayis')
    """
    folded = month.replace("İ", "i").replace("ı", "i").casefold()
    return normalize("NFC", " ".join(folded.split()))


@cache
def _named() -> re.Pattern[str]:
    names = any_of(_months(), gap=r"\s+")
    ordinal = r"(?:er|re|st|nd|rd|th|º|ª|°|\.)?"
    joint = r"[\s,،.\-/]*(?:de\s+|del\s+|of\s+|d['’]\s?)?"
    # Arabic prints two names of a month at once: "27 أبريل/ نيسان 2022"
    twin = r"(?:\s*[/(]\s*[\u0600-\u06ff ]{2,14}\)?)?"
    day, year = r"(?<!\d)(?P<{}>[0-3]?\d)", _YEAR
    return re.compile(
        rf"{day.format('d')}{ordinal}{joint}(?P<mname>{names})\b\.?{twin}[\s,،.\-/]*(?:de\s+|del\s+)?{year.format('y')}(?!\d)"
        # "HealthDECEMBER 22, 2022": two elements that only a style sheet sets apart
        rf"|(?:\b|(?-i:(?<=[a-z])(?=[A-Z])))(?P<mname2>{names})\b\.?\s+{day.format('d2')}(?:st|nd|rd|th)?\s*,?\s+{year.format('y2')}(?!\d)"
        rf"|{year.format('y3')}[\s,،.\-/]+(?P<mname3>{names})\b\.?[\s,،.\-/]+{day.format('d3')}(?!\d)",
        re.IGNORECASE,
    )


@cache
def _labels() -> dict[str, re.Pattern[str]]:
    table = _table()["words"]
    return {
        kind: re.compile(r"(?<![^\W\d])(?:" + "|".join(map(re.escape, table[kind])) + ")")
        for kind in ("modified", "published")
    }
