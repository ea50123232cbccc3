"""Turns: how the last task of a site on this host ended, and when the site is due again."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path

import orjson

from mapexpress.dataset.between_runs.next_run import SHORTEST, due
from mapexpress.dataset.files.layout import Layout, folder_name
from mapexpress.errors import ExitStatus, StorageError
from mapexpress.system.bounded import read_whole
from mapexpress.system.disk import make_folder, storage_errors, write_atomically

BY_RATE = (ExitStatus.OK, ExitStatus.QUALITY)  # the data is stored; a quality alarm is for people


@dataclass(slots=True, frozen=True, kw_only=True)
class Turn:
    """`number` is raised by every task that ended; `status` is its run's exit status, `next` an ISO 8601 instant."""

    number: int = 0
    status: int = 0
    attempts: int = 0  # in a row that ended with this status
    ended: str = ""
    next: str = ""
    seconds: float = 0.0
    released: bool = False

    @property
    def next_at(self) -> datetime:
        """When the site is due; the beginning of time before the first turn."""
        return datetime.fromisoformat(self.next) if self.next else datetime.min.replace(tzinfo=UTC)


def turn_path(folder: Path, key: str) -> Path:
    """Where the turn of a site is noted, in the host's fleet folder."""
    return folder / "turns" / f"{folder_name(key)}.json"


def read_turn(folder: Path, key: str) -> Turn:
    """The last turn of a site on this host; turn 0 where there was none, or its note is damaged."""
    try:
        turn = Turn(**orjson.loads(read_whole(turn_path(folder, key))))
        check_turn(asdict(turn))
    except (OSError, ValueError, TypeError, StorageError):
        return Turn()
    return turn


def check_turn(told: Mapping[str, object]) -> None:
    """Raise ValueError for a turn whose values, by the names of `Turn`, are none of ours."""
    for name, kind in (("number", int), ("status", int), ("attempts", int), ("seconds", (int, float))):
        if not isinstance(told.get(name, 0), kind):
            raise ValueError(f"{name} is no number")
    for name in ("next", "ended"):
        moment = told.get(name) or ""
        if not isinstance(moment, str) or (moment and datetime.fromisoformat(moment).tzinfo is None):
            raise ValueError(f"{name} is no instant")


def write_turn(folder: Path, key: str, turn: Turn) -> None:
    """Note a turn, durably. Raises StorageError."""
    path = turn_path(folder, key)
    with storage_errors(path):
        make_folder(path.parent)
        write_atomically(path, orjson.dumps(asdict(turn)))


def next_turn(
    last: Turn, status: int, now: datetime, layout: Layout, *, seconds: float = 0.0, first_retry: float = 0.0
) -> Turn:
    """The turn that follows: its number, and when the site is due again by the exit status of its run."""
    attempts = last.attempts + 1 if last.number and last.status == status else 1
    wait = _by_rate(layout) if status in BY_RATE else retry_after(status, attempts, first_retry=first_retry)
    return Turn(
        number=last.number + 1,
        status=status,
        attempts=attempts,
        ended=now.isoformat(timespec="milliseconds"),
        next=(now + wait).isoformat(timespec="milliseconds"),
        seconds=round(seconds, 1),
    )


def _by_rate(layout: Layout) -> timedelta:
    try:
        return due(layout, datetime.now(UTC)).interval
    except StorageError:
        return SHORTEST


def retry_after(status: int, attempts: int, *, first_retry: float = 0.0) -> timedelta:
    """The wait after a run that ended with `status` for the `attempts`-th time in a row.

    >>> [str(retry_after(3, n)) for n in (1, 2, 9)], str(retry_after(143, 5))
    (['1:00:00', '2:00:00', '1 day, 0:00:00'], '0:00:00')
    """
    rules = _rules()
    first, most = rules.get(status, rules["other"])
    if first_retry:
        first = min(first, first_retry)
    return timedelta(seconds=min(most, first * 2 ** min(attempts - 1, 30)))


@cache
def _rules() -> Mapping[int | str, tuple[float, float]]:
    table = tomllib.loads(resources.files(__package__).joinpath("retries.toml").read_text("utf-8"))
    return {status: (rule["first"], rule["most"]) for rule in table["retries"] for status in rule["statuses"]}
