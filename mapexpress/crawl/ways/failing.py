"""Ways in that gave articles and now fail: others may hide it, so the summary names them, and later the status."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from mapexpress.crawl.ways.kept import FILES, MOST

if TYPE_CHECKING:
    from mapexpress.dataset.clock import Clock
    from mapexpress.dataset.state.database import State
    from mapexpress.dataset.state.frontier import Entry

_WAYS = "ways that give"  # where the state keeps them: since when each fails, and why, by its address
ALARMING = timedelta(days=1)  # a server that is restarted is back by then
GIVEN_UP = timedelta(days=7)  # whoever has not cared until then will not


@dataclass(slots=True)
class FailingWays:
    """The feeds, REST roots and sitemaps of a site that ever led to an article themselves."""

    state: State
    clock: Clock
    _failed: set[str] = field(default_factory=set)  # in this run

    def answered(self, entry: Entry, found: Iterable[Entry]) -> None:
        """Note a way that led to something; only those that name articles are worth a line when they fail."""
        if entry.kind not in FILES or entry.url in self._failed:
            return
        ways = self._read()
        new = entry.url not in ways and len(ways) < MOST and any(one.kind == "article" for one in found)
        if new or ways.get(entry.url):
            ways[entry.url] = []
            self._write(ways)

    def failed(self, entry: Entry, reason: str) -> None:
        """Note that a way gave no answer, or none that can be read, where it gave articles before."""
        ways = self._read()
        self._failed.add(entry.url)
        if ways.get(entry.url) == []:
            ways[entry.url] = [self.clock().astimezone(UTC).isoformat(timespec="seconds"), f"{entry.kind}: {reason}"]
            self._write(ways)

    def tell(self, tell: Callable[[str, str], None]) -> None:
        """Give each that fails to `tell`, as `failing_way` and from a day on as `way_alarm`; a week later no more."""
        ways, now = self._read(), self.clock()
        for url, failing in list(ways.items()):
            if not failing:
                continue
            began = datetime.fromisoformat(failing[0])
            if timedelta() <= now - began < GIVEN_UP:
                kind, _, reason = failing[1].partition(": ")
                name = "way_alarm" if now - began >= ALARMING else "failing_way"
                tell(name, f"{kind} {url} gave articles and fails since {began:%Y-%m-%d %H:%M}: {reason}")
            else:
                del ways[url]
                self._write(ways)

    def _read(self) -> dict[str, list[str]]:
        return dict(orjson.loads(self.state.meta(_WAYS) or "{}"))

    def _write(self, ways: dict[str, list[str]]) -> None:
        self.state.put_meta(_WAYS, orjson.dumps(ways).decode())
