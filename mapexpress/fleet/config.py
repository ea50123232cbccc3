"""What a host of a fleet is told, from Scrapy's settings."""

from __future__ import annotations

import json
import math
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mapexpress.errors import UsageError
from mapexpress.fleet.shared_store import Store, open_store

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

DEFAULTS: Mapping[str, object] = {
    "MAPEXPRESS_FLEET_BROKER": "amqp://guest:guest@127.0.0.1:5672//",
    "MAPEXPRESS_FLEET_STORE": "",  # a folder, or s3://bucket/prefix
    "MAPEXPRESS_FLEET_STORE_OPTIONS": "",  # JSON for fsspec, such as {"endpoint_url": "https://s3.example"}
    "MAPEXPRESS_FLEET_HOST": "",  # the machine's own name
    "MAPEXPRESS_FLEET_HOST_TIMEOUT": 300,  # seconds without a heartbeat until a host's sites are taken over
    # RabbitMQ closes the channel of a message that is not acknowledged within 30 minutes (its consumer_timeout):
    # slice, grace and the time to upload stay below that.
    "MAPEXPRESS_FLEET_SLICE": 1200,  # seconds of crawling in one turn
    "MAPEXPRESS_FLEET_GRACE": 60,  # seconds between SIGTERM and SIGKILL
    "MAPEXPRESS_FLEET_UPLOAD": 240,  # seconds that restore and upload may take beside
    "MAPEXPRESS_FLEET_AHEAD": 64,  # messages waiting for this host's workers
    "MAPEXPRESS_FLEET_PER_SERVER": 1,  # sites of one server that are crawled side by side
    "MAPEXPRESS_FLEET_RESPONSES": True,  # raw responses go to the store too: revisions after a take-over need them
    "MAPEXPRESS_FLEET_FIRST_RETRY": 0,  # seconds; shortens the first wait of every retry, for tests and trials
}
CONSUMER_TIMEOUT = 1800  # RabbitMQ's default since 3.8.17
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(slots=True, frozen=True, kw_only=True)
class FleetConfig:
    """One host. Times are seconds; `crawl_settings` are handed to each crawl with `-s`."""

    host: str
    data: Path
    sites: Path
    broker: str
    store: str
    store_options: Mapping[str, object] = field(default_factory=dict)
    host_timeout: float = 300
    slice: float = 1200
    grace: float = 60
    upload: float = 240
    ahead: int = 64
    per_server: int = 1
    responses: bool = True
    first_retry: float = 0
    crawl_settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def queue(self) -> str:
        """The queue of this host."""
        return queue_of(self.host)

    @property
    def folder(self) -> Path:
        """What beat and workers of this host share: turns, locks of servers."""
        return self.data / "fleet"

    @property
    def hard_limit(self) -> float:
        """Seconds after which a task's process is killed."""
        return self.slice + self.grace + self.upload

    def open_store(self) -> Store:
        """A connection of its own: those of object stores do not survive a fork. Raises UsageError."""
        return open_store(self.store, self.store_options)


def queue_of(host: str) -> str:
    """Name of a host's queue.

    >>> queue_of("crawler-1")
    'mapexpress.crawler-1'
    """
    return f"mapexpress.{host}"


def read_config(settings: BaseSettings) -> FleetConfig:
    """The host as the settings describe it. Raises UsageError in one line."""

    def get(name: str) -> object:
        name = f"MAPEXPRESS_FLEET_{name}"
        value = settings.get(name)
        return DEFAULTS[name] if value is None else value

    store = str(get("STORE"))
    if not store:
        raise UsageError("set MAPEXPRESS_FLEET_STORE to a folder that all hosts share, or to s3://bucket/prefix")
    host = str(get("HOST")) or socket.gethostname()
    if not _NAME.fullmatch(host):
        raise UsageError(f"MAPEXPRESS_FLEET_HOST={host}: letters, digits, . _ - only, at most 100")
    config = FleetConfig(
        host=host,
        data=Path(settings.get("MAPEXPRESS_DATA") or "data").absolute(),
        sites=Path(settings.get("MAPEXPRESS_SITES") or "sites").absolute(),
        broker=str(get("BROKER")),
        store=store,
        store_options=_options(get("STORE_OPTIONS")),
        host_timeout=_number(get, "HOST_TIMEOUT"),
        slice=_number(get, "SLICE"),
        grace=_number(get, "GRACE"),
        upload=_number(get, "UPLOAD"),
        ahead=int(_number(get, "AHEAD")),
        per_server=int(_number(get, "PER_SERVER")),
        responses=str(get("RESPONSES")).lower() in ("1", "true"),
        first_retry=_number(get, "FIRST_RETRY", least=0),
        crawl_settings=_typed(settings),
    )
    if config.hard_limit > CONSUMER_TIMEOUT - 60:
        raise UsageError(
            f"MAPEXPRESS_FLEET_SLICE, _GRACE and _UPLOAD make a task of up to {config.hard_limit:.0f} s, and"
            f" RabbitMQ gives a message away after {CONSUMER_TIMEOUT} s: lower them; a longer crawl goes on in the"
            " site's next turn"
        )
    return config


def _number(get: Callable[[str], object], name: str, *, least: float = 1) -> float:
    value = get(name)
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < least:
        raise UsageError(f"MAPEXPRESS_FLEET_{name}={value}: give a number of at least {least:g}")
    return number


def _options(value: object) -> Mapping[str, object]:
    if isinstance(value, dict):
        return value
    try:
        options = json.loads(str(value) or "{}")
    except json.JSONDecodeError as error:
        raise UsageError(f"MAPEXPRESS_FLEET_STORE_OPTIONS: not JSON: {error}") from None
    if not isinstance(options, dict):
        raise UsageError('MAPEXPRESS_FLEET_STORE_OPTIONS: give a JSON object such as {"endpoint_url": "https://…"}')
    return options


def _typed(settings: BaseSettings) -> dict[str, str]:
    """What was typed with `-s`, but for what each crawl is told by the fleet itself."""
    typed = {}
    for name in settings:
        if settings.getpriority(name) == 40 and not name.startswith("MAPEXPRESS_FLEET_"):  # 40: the command line's
            value = settings.get(name)
            if isinstance(value, str | int | float | bool):
                typed[name] = str(value)
    for name in ("MAPEXPRESS_DATA", "MAPEXPRESS_SITES"):
        typed.pop(name, None)
    return typed
