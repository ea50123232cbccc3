"""Arguments of a crawl (`-a name=value`), read strictly: an unknown one or a bad value ends the run at once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import urlsplit

from mapexpress.crawl.requests.wanted import Undated, Wanted
from mapexpress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

Way = Literal["feed", "sitemap", "wp_api", "listing"]
WAYS: tuple[Way, ...] = get_args(Way)
Source = Literal["pages", "rest"]
_BACK = re.compile(r"(\d{1,6})([hdw])")
_DAY, _DAYS, _NAMED_DAYS = timedelta(days=1), {"d": 1, "w": 7}, {"today": 0, "yesterday": 1}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


@dataclass(slots=True, frozen=True, kw_only=True)
class Arguments:
    """What one run is asked for; `wanted.since` None takes what is new.

    `everything` stands for `since=all`: walk back to the end, whatever the date.
    """

    url: str | None = None
    site: str | None = None  # name or path of a site file
    wanted: Wanted = field(default_factory=Wanted)
    everything: bool = False
    source: Source = "pages"
    limit: int | None = None
    via: tuple[Way, ...] = WAYS
    base_url: str | None = None
    full: bool = False

    @property
    def walks_back(self) -> bool:
        """Whether pagers and archives are followed to the end."""
        return self.everything or self.wanted.since is not None

    @property
    def walk(self) -> str:
        """Name of this run's walk in the frontier: the same arguments continue the same walk.

        >>> Arguments().walk, Arguments(limit=3).walk
        ('new', 'new')
        >>> Arguments(everything=True).walk == Arguments(wanted=Wanted(since=date(2020, 1, 1))).walk
        False
        """
        if not self.walks_back:
            return "new"
        asked = self.wanted
        told = (asked.since, asked.until, self.everything, asked.sections, asked.languages, self.via, self.source)
        return "since-" + hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def read_arguments(given: Mapping[str, str], *, needs_url: bool, today: date | None = None) -> Arguments:
    """Read what was typed; `today` is what `since=yesterday` and `since=7d` count from.

    Raises UsageError with one line that names the argument and what it takes.

    >>> read_arguments({"since": "2024-01-31", "via": "feed,wp_api", "limit": "10"}, needs_url=False).via
    ('feed', 'wp_api')
    >>> read_arguments({"sinse": "all"}, needs_url=False)
    Traceback (most recent call last):
    mapexpress.errors.UsageError: unknown argument sinse=all; did you mean since?
    """
    readers = _READERS if needs_url else {k: v for k, v in _READERS.items() if k not in ("url", "site")}
    values: dict[str, object] = {}
    for name, value in given.items():
        if name not in readers:
            near = get_close_matches(name, readers, n=1)
            hint = (
                f"did you mean {near[0]}?"
                if near
                else f"known: {', '.join(name for name in readers if name[0] != '_')}"
            )
            raise UsageError(f"unknown argument {name}={value}; {hint}")
        values.update(readers[name](value.strip()))
    if needs_url and ("url" in values) == ("site" in values):
        raise UsageError("give the site's address: -a url=https://news.example/, or a site file: -a site=NAME")
    today = today or date.today()
    asked = {name: values.pop(name) for name in [f.name for f in fields(Wanted)] if name in values}
    for name in ("since", "until"):
        if name in asked:
            asked[name] = _day(name, str(asked[name]), today)
    wanted = Wanted(**asked)  # type: ignore[arg-type]
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise UsageError(f"since={wanted.since} is after until={wanted.until}")
    arguments = Arguments(wanted=wanted, **values)  # type: ignore[arg-type]
    if arguments.source == "rest" and not (arguments.walks_back and "wp_api" in arguments.via and not arguments.limit):
        raise UsageError("source=rest is for archives: give since as well, no limit, and leave wp_api in via")
    return arguments


def local_day(iso: str, zone: ZoneInfo | None) -> date | None:
    """The day of an ISO 8601 date in the site's zone; a date without an offset is taken as it stands.

    >>> from zoneinfo import ZoneInfo
    >>> local_day("2024-01-31T23:30:00+00:00", ZoneInfo("Africa/Casablanca")), local_day("2024-01-31", None)
    (datetime.date(2024, 2, 1), datetime.date(2024, 1, 31))
    """
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return None
    if zone is not None and moment.tzinfo is not None:
        moment = moment.astimezone(zone)
    return moment.date()


def _since(value: str) -> dict[str, object]:
    return {"everything": True} if value == "all" else {"since": value}


def _until(value: str) -> dict[str, object]:
    return {"until": value}


def _day(name: str, value: str, today: date) -> date:
    """A day, or one before today: `today`, `yesterday`, `36h`, `7d`, `2w`; hours are rounded up to days."""
    back = _BACK.fullmatch(value.lower())
    try:
        if back is not None:
            return today - (-(-int(back[1]) // 24) if back[2] == "h" else int(back[1]) * _DAYS[back[2]]) * _DAY
        return today - _NAMED_DAYS[value.lower()] * _DAY if value.lower() in _NAMED_DAYS else date.fromisoformat(value)
    except (ValueError, OverflowError):
        also = "or all" if name == "since" else "the last day to take"
        raise UsageError(f"{name}={value}: give a day such as 2024-01-31, yesterday or 7d, {also}") from None


def _undated(value: str) -> dict[str, object]:
    if value not in get_args(Undated):
        raise UsageError(f"undated={value}: give keep or skip")
    return {"undated": value}


def _source(value: str) -> dict[str, object]:
    if value not in get_args(Source):
        raise UsageError(f"source={value}: give pages or rest")
    return {"source": value}


def _sections(value: str) -> dict[str, object]:
    return {"sections": tuple(sorted({part.casefold() for part in _list("sections", value)}))}


def _languages(value: str) -> dict[str, object]:
    parts = sorted({part.lower() for part in _list("lang", value)})
    for part in parts:
        if not _LANGUAGE.fullmatch(part):
            raise UsageError(f"lang={value}: {part!r} is no language code; give codes such as fr,ar")
    return {"languages": tuple(parts)}


def _limit(value: str) -> dict[str, object]:
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        raise UsageError(f"limit={value}: give a number of articles, 1 or more")
    return {"limit": int(value)}


def _via(value: str) -> dict[str, object]:
    parts = _list("via", value)
    for part in parts:
        if part not in WAYS:
            raise UsageError(f"via={value}: {part!r} is no way in; known: {', '.join(WAYS)}")
    return {"via": tuple(way for way in WAYS if way in parts)}


def _url(name: str) -> Callable[[str], dict[str, object]]:
    def read(value: str) -> dict[str, object]:
        address = value if "://" in value or name == "base_url" else f"https://{value}"
        try:
            parts = urlsplit(address)
            valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            valid = False
        if not valid or any(c.isspace() for c in address):
            raise UsageError(f"{name}={value}: give an http or https address such as https://news.example/")
        return {name: address}

    return read


def _full(value: str) -> dict[str, object]:
    if value not in ("0", "1"):
        raise UsageError(f"full={value}: give 1 (ask everything again) or 0")
    return {"full": value == "1"}


def _list(name: str, value: str) -> list[str]:
    parts = [part.strip() for part in value.split(",")]
    if not all(parts):
        raise UsageError(f"{name}={value}: give one or more values, separated by commas")
    return parts


_READERS: dict[str, Callable[[str], dict[str, object]]] = {
    "url": _url("url"),
    "site": lambda value: {"site": value},
    "since": _since,
    "until": _until,
    "undated": _undated,
    "source": _source,
    "sections": _sections,
    "lang": _languages,
    "limit": _limit,
    "via": _via,
    "base_url": _url("base_url"),
    "full": _full,
    "_job": lambda _value: {},  # Scrapyd gives each run its job's number
}
