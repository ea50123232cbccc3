"""The scripted lives (lives.toml): what a site is like, and what happens to it on which day."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
START = datetime(2026, 3, 2, 6, tzinfo=UTC)  # a Monday: the first round
_PART = re.compile(r"(\d+(?:\.\d+)?)([dh])")
FOREVER = timedelta(days=10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of trouble (troubles.toml), and how it is to be named.

    `hides`: what a run cannot know while it lasts: `all`, `articles` or nothing. A run that meets it is to end with one
    of `statuses` and with output that holds `words` (a regular expression); without words no run has to speak. The list
    of `scrapy sites` is to show one of `conditions`; without them it need not. `after` is how long it must last before
    anything can know it.
    """

    hides: str = ""
    statuses: tuple[int, ...] = ()
    words: str = ""
    conditions: tuple[str, ...] = ()
    after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One trouble: its kind, when it begins after the start, how long it lasts, and what the kind needs."""

    kind: str
    at: timedelta
    length: timedelta = FOREVER
    how: str = ""  # in which form: a status, a theme, a lie
    count: int = 0

    @property
    def begin(self) -> datetime:
        return START + self.at

    @property
    def end(self) -> datetime:
        return self.begin + self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A site: its language, theme, pace, ways in and troubles; shares are of the articles that come out."""

    name: str
    lang: str
    theme: str
    ways: tuple[str, ...]
    per_day: float = 2.0
    archive: int = 30
    standfirst: bool = False
    edits: float = 0.0
    edits_told: bool = True
    removals: float = 0.0
    returns: float = 0.0
    removed_status: int = 404
    only_in_sitemap: float = 0.0
    feed_length: int = 10
    permalink: str = "/{year}/{month}/nota-{id}/"
    walks: tuple[timedelta, ...] = ()  # when the operator fetches the whole archive, as the guide says
    quick: bool = False
    trouble: tuple[Trouble, ...] = field(default=())

    def of(self, kind: str) -> Iterator[Trouble]:
        """Its troubles of a kind."""
        return (t for t in self.trouble if t.kind == kind)

    def during(self, kind: str, now: datetime) -> Trouble | None:
        """The trouble of a kind that goes on at a moment."""
        return next((t for t in self.of(kind) if t.begin <= now < t.end), None)


def read_lives() -> list[Life]:
    """Every life, in the file's order; raises ValueError for a key or a kind that is not known."""
    kinds = read_kinds()
    lives = []
    for table in _read("lives.toml")["site"]:
        _check(table, Life)
        troubles = tuple(_trouble(t) for t in table.pop("trouble", ()))
        for trouble in troubles:
            if trouble.kind not in kinds:
                raise ValueError(f"{table['name']}: no kind of trouble {trouble.kind!r} in troubles.toml")
        ways = tuple(table.pop("ways", ("feed", "sitemap")))
        walks = tuple(map(span, table.pop("walks", ())))
        lives.append(Life(trouble=troubles, ways=ways, walks=walks, **table))
    return lives


def read_kinds() -> dict[str, Kind]:
    """The kinds of trouble by name."""
    kinds = {}
    for name, table in _read("troubles.toml").items():
        _check(table, Kind)
        after = span(table.pop("after", "0d"))
        statuses, conditions = (tuple(table.pop(key, ())) for key in ("statuses", "conditions"))
        kinds[name] = Kind(statuses=statuses, conditions=conditions, after=after, **table)
    return kinds


def span(text: str) -> timedelta:
    """A length such as `12d6h`.

    >>> span("12d6h"), span("1.5h")
    (datetime.timedelta(days=12, seconds=21600), datetime.timedelta(seconds=5400))
    """
    parts = _PART.findall(text)
    if "".join(a + b for a, b in parts) != text or not parts:
        raise ValueError(f"no length of time: {text!r}; give days and hours, such as 12d6h")
    return sum((timedelta(**{"days" if unit == "d" else "hours": float(n)}) for n, unit in parts), timedelta(0))


def _trouble(table: dict[str, Any]) -> Trouble:
    _check(table, Trouble)
    at, length = span(table.pop("at")), table.pop("length", None)
    return Trouble(at=at, length=span(length) if length else FOREVER, **table)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text("utf-8"))


def _check(table: Mapping[str, Any], kind: type) -> None:
    unknown = set(table) - {f.name for f in fields(kind)}
    if unknown:
        raise ValueError(f"unknown keys of a {kind.__name__.lower()}: {', '.join(sorted(unknown))}")
