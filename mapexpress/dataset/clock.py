"""What time it is: the machine's, or one that tests and simulations set."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from mapexpress.errors import UsageError

Clock: TypeAlias = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of real runs."""
    return datetime.now(UTC)


def clock_from(now: str | None) -> Clock:
    """A clock that goes on from an ISO 8601 instant, for tests and simulations; the real one without it.

    Raises UsageError for anything else.
    """
    if not now:
        return utc_now
    try:
        begin = datetime.fromisoformat(now)
    except ValueError:
        raise UsageError(f"MAPEXPRESS_NOW={now}: give an instant such as 2026-11-24T00:00:00+00:00") from None
    begin = begin.replace(tzinfo=begin.tzinfo or UTC)
    started = time.monotonic()
    return lambda: begin + timedelta(seconds=time.monotonic() - started)
