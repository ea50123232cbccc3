"""Which sites stand on one server, so that it is not asked for several of them at once.

The store's `servers.json` is one view for all hosts: resolvers differ from place to place, and two hosts that disagree
on a site's server would disagree on whose the site is.
"""

from __future__ import annotations

import ipaddress
import socket
import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from mapexpress.fleet.store import Store

if TYPE_CHECKING:
    from mapexpress.sites import SiteConfig

_NAME = "servers.json"
RESOLVED_FOR = timedelta(days=1)
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


def refresh_servers(
    store: Store, sites: Mapping[str, SiteConfig], now: datetime, resolve: Resolver = addresses_of
) -> dict[str, tuple[str, str]]:
    """Resolve what is new or a day old, and write the fleet's view; for one host at a time, the first by name.

    A name that does not resolve keeps the server it had.
    """
    known = read_servers(store)
    old = (now - RESOLVED_FOR).isoformat()
    fresh: dict[str, tuple[str, str]] = {}
    for key, site in sites.items():
        server, when = known.get(key, ("", ""))
        if when < old:
            found = server_of(site, resolve)
            server = server if found == site.key and server else found
            when = now.isoformat()
        fresh[key] = (server, when)
    if fresh != known:
        store.put(_NAME, orjson.dumps(fresh))
    return fresh
