"""Which sites stand on one server, so that it is not asked for several of them at once.

The store's `servers.json` is one view for all hosts: resolvers differ from place to place, and two hosts that disagree
on a site's server would disagree on whose the site is.
"""

from __future__ import annotations

import ipaddress
import socket
import tomllib
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from mapexpress.fleet.shared_store import Store

if TYPE_CHECKING:
    from mapexpress.sites import SiteConfig

_NAME = "servers.json"
RESOLVED_FOR = timedelta(days=1)
_LOOK_UPS = 32  # names looked up side by side
Resolver = Callable[[str], list[str]]


def addresses_of(host: str) -> list[str]:
    """IP addresses of a host name; none where it cannot be resolved."""
    try:
        return sorted({str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})
    except (OSError, UnicodeError):
        return []


def server_of(site: SiteConfig, resolve: Resolver = addresses_of) -> str:
    """The server that a site stands on: the first of its IP addresses, or the site's own key.

    Its own key stands where the name does not resolve, and for addresses of a network that fronts many servers: behind
    one address of a content delivery network are thousands of sites on as many machines.
    """
    addresses = resolve(urlsplit(site.home).hostname or "")
    # IPv4 first: most sites have one, and hosts without IPv6 see no other
    known = sorted(map(ipaddress.ip_address, addresses), key=lambda address: (address.version, int(address)))
    if not known or any(known[0] in network for network in _fronts() if network.version == known[0].version):
        return site.key
    return str(known[0])


@cache
def _fronts() -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    table = tomllib.loads(resources.files(__package__).joinpath("fronts.toml").read_text("utf-8"))
    return tuple(ipaddress.ip_network(network) for front in table["fronts"] for network in front["networks"])


def read_servers(store: Store) -> dict[str, tuple[str, str]]:
    """Server and moment of resolution (ISO 8601) by site key, as the fleet sees it."""
    try:
        value = orjson.loads(store.get(_NAME) or b"{}")
        return {str(key): (str(server), str(when)) for key, (server, when) in value.items()}
    except (ValueError, TypeError, AttributeError):
        return {}


class ServerNames:
    """The looking up of servers, by threads: ten thousand names take minutes, and a beat must not wait for them.

    For one host at a time, the first by name.
    """

    def __init__(self, store: Store, resolve: Resolver = addresses_of) -> None:
        self.store = store
        self._resolve = resolve
        self._asked: dict[str, Future[str]] = {}
        self._pool: ThreadPoolExecutor | None = None

    def refresh(self, sites: Mapping[str, SiteConfig], now: datetime, *, patience: float) -> dict[str, tuple[str, str]]:
        """Write the fleet's view, after `patience` seconds at most: without sites that are still being looked up.

        Looked up is what is new or a day old. A name that does not resolve keeps the server it had, and so does one
        whose answer is not there yet.
        """
        known = read_servers(self.store)
        old = (now - RESOLVED_FOR).isoformat()
        due = [key for key in sites if known.get(key, ("", ""))[1] < old]
        for key in due:
            if key not in self._asked:
                self._asked[key] = self._threads().submit(server_of, sites[key], self._resolve)
        wait(self._asked.values(), timeout=patience)
        fresh = {key: known[key] for key in sites if key in known}
        for key in due:
            if self._asked[key].done():
                found, server = self._asked.pop(key).result(), known.get(key, ("", ""))[0]
                fresh[key] = (server if found == key and server else found, now.isoformat())
        if fresh != known:
            self.store.put(_NAME, orjson.dumps(fresh))
        return fresh

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(_LOOK_UPS, "servers")
        return self._pool

    def close(self) -> None:
        """Leave what is not looked up yet."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
