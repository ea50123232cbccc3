"""Which addresses a crawl may connect to: the rule itself, without Scrapy or a socket.

Feeds, sitemaps and pages are written by strangers; a link in them must not lead the crawler into the network it
runs in (server-side request forgery, OWASP A10:2021).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from mapexpress.errors import UsageError
from mapexpress.text.numbers import whole_number

# What news sites are served on: the two defaults and the two registered alternates (IANA http-alt, pcsync-https).
PORTS = frozenset({80, 443, 8080, 8443})
# IPv6 ranges that carry an IPv4 address in their last 32 bits: NAT64 (RFC 6052) and the compatible form (RFC 4291).
_EMBEDDING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: str) -> bool:
    """Whether an IP address, in canonical form, belongs to the public internet.

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64, compatible) counts as what it leads to.

    >>> [is_public(a) for a in ("8.8.8.8", "127.0.0.1", "169.254.169.254", "100.64.0.1", "::ffff:10.0.0.1")]
    [True, False, False, False, False]
    >>> [is_public(a) for a in ("2001:4860:4860::8888", "fd00::1", "2002:7f00:1::", "64:ff9b::a00:1", "224.0.0.1")]
    [True, False, False, False, False]
    """
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _embedded(ip)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    if any(ip in network for network in _EMBEDDING):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def literal(host: str) -> Address | None:
    """The IP address that a URL's host spells, in any form a resolver takes (inet_aton, WHATWG URL), else None.

    >>> [str(literal(h)) for h in ("127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "news.example")]
    ['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1', '::1', 'None']
    """
    host = host.strip("[]").rstrip(".")
    if ":" in host:
        try:
            return ipaddress.ip_address(host.split("%", 1)[0])
        except ValueError:
            return None
    parts = host.split(".")
    if not 1 <= len(parts) <= 4 or not all(_NUMBER.fullmatch(p) for p in parts):
        return None
    try:
        numbers = [_number(p) for p in parts]
    except ValueError:
        return None
    *high, last = numbers
    if any(n > 255 for n in high) or last >= 256 ** (5 - len(numbers)):
        return None
    return ipaddress.IPv4Address(sum(n << (8 * (3 - i)) for i, n in enumerate(high)) + last)


def _number(text: str) -> int:
    if text[:2] in ("0x", "0X"):
        return int(text[2:] or "0", 16)
    if len(text) > 1 and text[0] == "0":
        return int(text, 8)
    number = whole_number(text)
    return 256**4 if number is None else number  # beyond every address


@dataclass(slots=True, frozen=True)
class AddressPolicy:
    """Public http and https addresses on the usual ports, and the hosts that were opened by name.

    `allowed` holds (host, port); port None means every port of that host.

    >>> policy = AddressPolicy.parse("127.0.0.1:8000, intranet.example")
    >>> policy.refusal("http://127.0.0.1:8000/feed/"), policy.refusal("http://intranet.example:9000/")
    (None, None)
    >>> policy.refusal("http://127.0.0.1:8001/")
    '127.0.0.1 is not a public address'
    >>> policy.refusal("file:///etc/passwd"), policy.refusal("https://news.example:22/")
    ('not http or https', 'port 22 is not one of 80, 443, 8080, 8443')
    """

    allowed: frozenset[tuple[str, int | None]] = frozenset()

    @classmethod
    def parse(cls, text: str) -> AddressPolicy:
        """Read `MAPEXPRESS_ALLOW_HOSTS`: hosts or host:port, separated by commas. Raises UsageError."""
        allowed = set()
        for entry in filter(None, (e.strip().lower() for e in text.split(","))):
            try:
                parts = urlsplit(f"//{entry}" if entry.count(":") < 2 or "[" in entry else f"//[{entry}]")
                host, port = parts.hostname, parts.port
            except ValueError:
                host = None
            if not host or parts.path or parts.username is not None:
                raise UsageError(f"MAPEXPRESS_ALLOW_HOSTS: {entry!r} is neither host nor host:port")
            allowed.add((_plain(host), port))
        return cls(frozenset(allowed))

    def opens(self, host: str, port: int) -> bool:
        """Whether `host` was opened by name on `port`."""
        host = _plain(host)
        return (host, None) in self.allowed or (host, port) in self.allowed

    def refusal(self, url: str) -> str | None:
        """Why `url` may not be fetched, from its text alone; None when only its resolved address can tell."""
        return _refusal(self, url)

    def refuses_address(self, host: str, port: int, address: str) -> bool:
        """Whether a connection to `address`, the answer for `host`, must not be made."""
        return not self.opens(host, port) and not is_public(address)


@lru_cache(maxsize=256)
def _refusal(policy: AddressPolicy, url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "not a valid address"
    if parts.scheme not in ("http", "https"):
        return "not http or https"
    if not host:
        return "an address without a host"
    port = port if port is not None else (443 if parts.scheme == "https" else 80)
    if policy.opens(host, port):
        return None
    if parts.username is not None or parts.password is not None:
        return "an address with a user name or password"
    ip = literal(host)
    if (ip is not None and not is_public(str(ip))) or _plain(host) in _LOCAL_NAMES or host.endswith(".localhost"):
        return f"{host} is not a public address"
    if port not in PORTS:
        return f"port {port} is not one of {', '.join(map(str, sorted(PORTS)))}"
    return None


def _plain(host: str) -> str:
    """One spelling for one host: lower case, no final dot, literal addresses in canonical form."""
    host = host.lower().rstrip(".")
    ip = literal(host)
    return str(ip) if ip is not None else host
