"""Which hosts are alive, and which of them a site belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from mapexpress.fleet.shared_store import Store


@dataclass(slots=True, frozen=True)
class Heartbeat:
    """When a host was last alive, by its own clock, and how many sites it owned."""

    host: str
    when: datetime
    sites: int = 0

    def is_alive(self, now: datetime, timeout: float) -> bool:
        """Whether it is less than `timeout` seconds old; one from the future is alive."""
        return (now - self.when).total_seconds() < timeout


def beat_heart(store: Store, host: str, now: datetime, sites: int) -> None:
    """Say that a host is alive."""
    told = {"host": host, "when": now.astimezone(UTC).isoformat(), "sites": sites}
    store.put(f"hosts/{host}.json", orjson.dumps(told))


def heartbeats(store: Store) -> list[Heartbeat]:
    """The last heartbeat of every host that ever was, by name. What cannot be read is no host."""
    found = []
    for name in store.names("hosts"):
        try:
            value = orjson.loads(store.get(name) or b"")
            beat = Heartbeat(str(value["host"]), datetime.fromisoformat(value["when"]), int(value["sites"]))
            if name == f"hosts/{beat.host}.json" and beat.when.tzinfo is not None:
                found.append(beat)
        except (ValueError, KeyError, TypeError):
            continue
    return sorted(found, key=lambda beat: beat.host)


def alive(store: Store, now: datetime, timeout: float) -> frozenset[str]:
    """Names of the hosts that are alive."""
    return frozenset(beat.host for beat in heartbeats(store) if beat.is_alive(now, timeout))


def host_of(key: str, hosts: Iterable[str]) -> str | None:
    """The host with the highest hash of (host, key); None without hosts.

    Rendezvous hashing (Thaler and Ravishankar, 1996): when a host goes only its own keys move, when one comes it takes
    an equal share of each other's.

    >>> host_of("news.example", ["a", "b", "c"]) == host_of("news.example", ["c", "b", "a"])
    True
    >>> keys = [f"site{n}" for n in range(999)]
    >>> {host_of(k, "ab") for k in keys if host_of(k, "abc") != "c" and host_of(k, "ab") != host_of(k, "abc")}
    set()
    """
    return max(hosts, key=lambda host: (_weight(host, key), host), default=None)


def _weight(host: str, key: str) -> bytes:
    return hashlib.blake2b(f"{host}\n{key}".encode(), digest_size=8).digest()
