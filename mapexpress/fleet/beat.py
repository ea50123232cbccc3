"""The beat of a host: which sites are this host's, which of them are due, and what was sent."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from celery.beat import Scheduler

from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.lock import active_run
from mapexpress.errors import MapexpressError
from mapexpress.fleet.app import TASK, queue
from mapexpress.fleet.config import FleetConfig
from mapexpress.fleet.heartbeats import alive, beat_heart, host_of
from mapexpress.fleet.ownership import fleet_lock, is_noted
from mapexpress.fleet.servers import ServerNames, read_servers
from mapexpress.fleet.shared_store import Store
from mapexpress.fleet.tasks import Action
from mapexpress.fleet.turns import read_turn, turn_path
from mapexpress.sites import SiteConfig, load_site

if TYPE_CHECKING:
    from celery import Celery

logger = logging.getLogger(__name__)

_NOW = datetime.min.replace(tzinfo=UTC)  # due since ever
_RELOAD = 60.0  # seconds between two looks at the site files and the servers
_AGAIN = 5.0  # seconds until a store that failed is asked again
_PASSIVE = 15.0  # seconds between two questions for the length of the queue
_ANSWERS = 0.2  # seconds of a tick that names may take to be looked up
_IDLE = 60.0  # seconds for which nobody is at a site before its message is missed


@dataclass(slots=True)
class _Site:
    name: str
    config: SiteConfig
    server: str  # empty until it is known: the site is nobody's before
    number: int = 0
    next: datetime = _NOW


@dataclass(slots=True)
class _Sent:
    number: int
    server: str
    at: float
    action: Action
    overtaken: float | None = None  # when one that was sent later was first seen to be taken
    idle: float | None = None  # since when nobody was seen at the site


class SiteScheduler(Scheduler):  # type: ignore[misc]
    """Celery's scheduler over site files: an entry is a site, its interval what its last turn says.

    The host's heartbeat is this one's, so a host without a beat gives its sites away.
    """

    max_interval = 1

    def __init__(self, app: Celery, *, fleet: FleetConfig, store: Store, **options: Any) -> None:
        self.fleet = fleet
        self.store = store
        self.sites: dict[str, _Site] = {}
        self._files: dict[str, tuple[int, str]] = {}  # time of change and key by name
        self.sent: dict[str, _Sent] = {}
        self.hosts: frozenset[str] = frozenset({fleet.host})
        self.mine: frozenset[str] = frozenset()
        self._heartbeat = self._reload = self._passive = float("-inf")
        self._look_after = 0.0
        self._names = ServerNames(store)
        self._knows_servers = False
        self._lacking: set[str] = set()
        self._empty_since: float | None = None
        self._connection: Any = None
        self._is_purged = False
        super().__init__(app, **options)

    def setup_schedule(self) -> None:
        """Entries are read from the site files at each tick."""

    def tick(self, *_: object, **__: object) -> float:
        """Heartbeat, look at the files, send what is due; the seconds until the next tick.

        A store or a broker that is away is told once a tick and tried again at the next.
        """
        try:
            if time.monotonic() >= self._look_after:
                self._look()
        except MapexpressError as error:
            logger.error("%s", error)
            self._look_after = time.monotonic() + _AGAIN
        self._take_back()
        try:
            self._send()
        except Exception as error:
            # amqp, kombu and the socket raise classes of their own; the next tick connects anew
            logger.warning("broker: %s", error or type(error).__name__)
            self._disconnect()
        return 0.2 if self.sent else 1.0

    def close(self) -> None:
        """Close the connection to the broker."""
        self._names.close()
        self._disconnect()
        super().close()

    # What is known.

    def _look(self) -> None:
        now = time.monotonic()
        is_old = now - self._reload >= _RELOAD
        if is_old:
            self._read_sites()
        if is_old or now - self._heartbeat >= self.fleet.host_timeout / 6:
            beat_heart(self.store, self.fleet.host, datetime.now(UTC), len(self.mine))
            self._heartbeat = now
            self.hosts = alive(self.store, datetime.now(UTC), self.fleet.host_timeout) | {self.fleet.host}
        elif self._knows_servers or self.fleet.host != min(self.hosts):
            return
        if is_old or not self._knows_servers:
            self._read_servers(datetime.now(UTC), first=self.fleet.host == min(self.hosts))
        if is_old:
            self._reload = now
        mine = frozenset(
            key
            for key, site in self.sites.items()
            if site.server and host_of(site.server, self.hosts) == self.fleet.host
        )
        if mine != self.mine:
            hosts = ", ".join(sorted(self.hosts))
            logger.info("hosts %s; %d of %d sites are ours", hosts, len(mine), len(self.sites))
        self.mine = mine

    def _read_sites(self) -> None:
        found: set[str] = set()
        for path in sorted(self.fleet.sites.glob("*.toml")):
            try:
                key = self._read_site(path)
            except (MapexpressError, OSError) as error:
                logger.error("%s", error)
                continue
            found.add(key)
        for key in self.sites.keys() - found:
            del self.sites[key]

    def _read_site(self, path: Path) -> str:
        changed = path.stat().st_mtime_ns
        known = self._files.get(path.stem)
        if known is not None and known[0] == changed:
            return known[1]
        config = load_site(path.stem, self.fleet.sites)
        old = self.sites.get(config.key)
        site = _Site(path.stem, config, old.server if old else "")
        if old is not None and old.name != site.name:
            self.sent.pop(config.key, None)  # what was sent names a file that is gone
        self.sites[config.key] = site
        self._files[path.stem] = (changed, config.key)
        self._read_turn(config.key, site)
        if old is not None:  # its writer waits to see what the change does
            site.next = _NOW
        return config.key

    def _read_servers(self, now: datetime, *, first: bool) -> None:
        if first:
            configs = {key: site.config for key, site in self.sites.items()}
            known = self._names.refresh(configs, now, patience=_ANSWERS)
        else:
            known = read_servers(self.store)
            lacking = self.sites.keys() - known.keys()
            if again := sorted(lacking & self._lacking):
                logger.warning("%s, which looks servers up, has none of %s yet", min(self.hosts), ", ".join(again[:5]))
            self._lacking = lacking
        for key, site in self.sites.items():
            site.server = known.get(key, (site.server, ""))[0]
        self._knows_servers = known.keys() >= self.sites.keys()

    def _read_turn(self, key: str, site: _Site) -> None:
        turn = read_turn(self.fleet.folder, key)
        site.number, site.next = turn.number, turn.next_at

    # What was sent, and what is due.

    def _take_back(self) -> None:
        """Forget messages whose turns were taken."""
        for key, sent in list(self.sent.items()):
            site = self.sites.get(key)
            if site is None:
                del self.sent[key]
            elif turn_path(self.fleet.folder, key).exists():
                self._read_turn(key, site)
                if site.number > sent.number:
                    del self.sent[key]
                    self._overtake(sent.at)

    def _overtake(self, at: float) -> None:
        for sent in self.sent.values():
            if sent.at < at and sent.overtaken is None:
                sent.overtaken = time.monotonic()

    def _send(self) -> None:
        channel = self._channel()
        self._miss(channel)
        now = datetime.now(UTC)
        room = self.fleet.ahead - len(self.sent)
        if room <= 0:
            return
        at_server: dict[str, int] = {}
        for sent in self.sent.values():
            at_server[sent.server] = at_server.get(sent.server, 0) + 1
        waiting = [(s.next, key) for key, s in self.sites.items() if key in self.mine and s.next <= now]
        turns: list[tuple[str, Action]] = [(key, "crawl") for _, key in sorted(waiting)]
        others = (key for key in self.sites.keys() - self.mine if self.sites[key].server)
        turns += [(key, "release") for key in others if self._is_ours(key)]
        for key, action in turns:
            site = self.sites[key]
            if key in self.sent or at_server.get(site.server, 0) >= self.fleet.per_server:
                continue
            self._publish(channel, site, action)
            self.sent[key] = _Sent(site.number, site.server, time.monotonic(), action)
            at_server[site.server] = at_server.get(site.server, 0) + 1
            room -= 1
            if room <= 0:
                return

    def _is_ours(self, key: str) -> bool:
        return is_noted(Layout(self.fleet.data, key))

    def _publish(self, channel: Any, site: _Site, action: Action) -> None:
        producer = self.app.amqp.Producer(channel, auto_declare=False)
        self.app.send_task(
            TASK,
            args=(site.name, site.number, site.server, action),
            queue=self.fleet.queue,
            producer=producer,
            retry=False,
            ignore_result=True,
        )
        logger.info("sent %s, turn %d (%s)", site.name, site.number, action)

    def _miss(self, channel: Any) -> None:
        """Send again what no worker will take any more.

        Taken in their order, messages are gone when the queue stands empty (the broker lost them, or their second
        delivery was declined while a worker was at the site that died later), or when one that was sent later was taken
        (the task of the earlier one failed before it could note its turn: a disk that was full, a site file that was
        being edited), and nobody is at the site for a minute, or somebody for longer than a task may last.
        """
        now = time.monotonic()
        if now - self._passive < _PASSIVE:
            return
        self._passive = now
        ready = queue(self.fleet.queue)(channel).queue_declare(passive=True).message_count
        self._forget_lost(now, is_empty=not ready)

    def _forget_lost(self, now: float, *, is_empty: bool) -> None:
        self._empty_since = (self._empty_since or now) if is_empty else None
        patience = self.fleet.hard_limit + 60
        for key, sent in list(self.sent.items()):
            gone = [] if self._empty_since is None else [max(sent.at, self._empty_since)]
            gone += [] if sent.overtaken is None else [sent.overtaken]
            is_held = bool(gone) and active_run(fleet_lock(Layout(self.fleet.data, key)).path) is not None
            sent.idle = None if is_held or not gone else sent.idle or now
            if gone and (now - min(gone) > patience or (sent.idle is not None and now - sent.idle > _IDLE)):
                logger.warning("%s: turn %d was sent and not taken; it is sent again", key, sent.number)
                del self.sent[key]

    # The broker.

    def _channel(self) -> Any:
        if self._connection is None:
            connection = self.app.connection_for_write(connect_timeout=3)
            connection.connect()
            self._connection = connection
            bound = queue(self.fleet.queue)(connection.default_channel)
            bound.declare()
            if not self._is_purged:
                # Nobody else sends to this queue: what a beat before this one sent is due again, or under way.
                logger.info("%d old messages dropped", bound.purge() or 0)
                self._is_purged = True
        return self._connection.default_channel

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except Exception as error:
                logger.debug("closing: %s", error)
