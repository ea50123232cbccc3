"""Arguments of a crawl (`-a name=value`), read strictly: an unknown one or a bad value ends the run at once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import urlsplit

from mapexpress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

Way = Literal["feed", "sitemap", "wp_api", "listing"]
WAYS: tuple[Way, ...] = get_args(Way)
Undated = Literal["keep", "skip"]
Source = Literal["pages", "rest"]
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


@dataclass(slots=True, frozen=True, kw_only=True)
class Arguments:
    """What one run is asked for. Dates are days in the site's zone; `since` None takes what is new.

    `everything` stands for `since=all`: walk back to the end, whatever the date.
    """

    url: str | None = None
    site: str | None = None  # name or path of a site file
    since: date | None = None
    until: date | None = None
    everything: bool = False
    undated: Undated = "keep"
    source: Source = "pages"
    sections: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    limit: int | None = None
    via: tuple[Way, ...] = WAYS
    base_url: str | None = None
    full: bool = False

    @property
    def walks_back(self) -> bool:
        """Whether pagers and archives are followed to the end."""
        return self.everything or self.since is not None

    @property
    def walk(self) -> str:
        """Name of this run's walk in the frontier: the same arguments continue the same walk.

        >>> Arguments().walk, Arguments(limit=3).walk
        ('new', 'new')
        >>> Arguments(everything=True).walk == Arguments(everything=True).walk != Arguments(since=date(2020, 1, 1)).walk
        True
        """
        if not self.walks_back:
            return "new"
        told = (self.since, self.until, self.everything, self.sections, self.languages, self.via, self.source)
        return "since-" + hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    def wants_day(self, day: date | None) -> bool:
        """Whether an article published on `day` (in the site's zone) is asked for.

        >>> january = Arguments(since=date(2024, 1, 1), until=date(2024, 1, 31))
        >>> [january.wants_day(d) for d in (date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 1), None)]
        [False, True, False, True]
        """
        if day is None:
            return self.undated == "keep"
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


def read_arguments(given: Mapping[str, str], *, needs_url: bool) -> Arguments:
    """Read what was typed. Raises UsageError with one line that names the argument and what it takes.

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
    arguments = Arguments(**values)  # type: ignore[arg-type]
    if arguments.since and arguments.until and arguments.since > arguments.until:
        raise UsageError(f"since={arguments.since} is after until={arguments.until}")
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
    return {"everything": True} if value == "all" else {"since": _day("since", value, "or all")}


def _until(value: str) -> dict[str, object]:
    return {"until": _day("until", value, "the last day to take")}


def _day(name: str, value: str, also: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"{name}={value}: give a day such as 2024-01-31, {also}") from None


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
