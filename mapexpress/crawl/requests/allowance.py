"""What one site may cost a run and a day: bytes that are kept, and ways in that are asked."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.settings import BaseSettings

    from mapexpress.dataset.state.frontier import Entry
    from mapexpress.dataset.store import SiteStore

logger = logging.getLogger(__name__)

_LOOK = 1.0  # seconds between two looks at what was kept: it is committed a second after it came
_WAYS = "ways of a day"  # where the state counts them: {"day": "2026-11-24", "asked": 12}


@dataclass(slots=True)
class Allowance:
    """Spent, a run asks nothing more: what the frontier holds is left to the next run, or to the next day's.

    `count` adds to a stat of the run: `bounded/` and the name of the setting's last words.
    """

    store: SiteStore
    run_bytes: int
    day_bytes: int
    run_ways: int
    day_ways: int
    count: Callable[[str], object] = lambda _name: None
    _asked: int = 0  # ways in, in this run
    _before: int = field(init=False)  # ways in, in the runs of this day before it
    _day: str = field(init=False)
    _looked: float = 0.0
    _spent: str | None = None

    def __post_init__(self) -> None:
        self._day = self.store.clock().astimezone(UTC).date().isoformat()
        kept = orjson.loads(self.store.state.meta(_WAYS) or "{}")
        self._before = int(kept.get("asked", 0)) if kept.get("day") == self._day else 0

    @classmethod
    def of(cls, store: SiteStore, settings: BaseSettings, count: Callable[[str], object]) -> Allowance:
        """With the bounds of the settings."""
        return cls(
            store,
            run_bytes=settings.getint("MAPEXPRESS_MAX_RUN_BYTES"),
            day_bytes=settings.getint("MAPEXPRESS_MAX_DAY_BYTES"),
            run_ways=settings.getint("MAPEXPRESS_MAX_RUN_WAYS"),
            day_ways=settings.getint("MAPEXPRESS_MAX_DAY_WAYS"),
            count=count,
        )

    def asks(self, entry: Entry) -> None:
        """Note an entry that is asked. Raises StorageError."""
        if entry.kind != "article":
            self._asked += 1
            told = orjson.dumps({"day": self._day, "asked": self._before + self._asked}).decode()
            self.store.state.put_meta(_WAYS, told)

    def spent(self) -> bool:
        """Whether nothing more is to be asked; which bound it was is told once. Raises StorageError."""
        if self._spent is None:
            self._spent = self._met()
            if self._spent is not None:
                self.count(f"bounded/{self._spent}")
                logger.warning("MAPEXPRESS_MAX_%s is met: the rest is left to a later run", self._spent.upper())
        return self._spent is not None

    def _met(self) -> str | None:
        if self._asked >= self.run_ways:
            return "run_ways"
        if self._before + self._asked >= self.day_ways:
            return "day_ways"
        if time.monotonic() - self._looked < _LOOK:
            return None
        self._looked = time.monotonic()
        if self.store.kept_bytes(run=self.store.run) >= self.run_bytes:
            return "run_bytes"
        return "day_bytes" if self.store.kept_bytes(day=self._day) >= self.day_bytes else None
