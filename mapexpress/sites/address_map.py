"""The hosts of a site: which addresses are its own, how they are spelled, and where they are fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit, urlunsplit

from mapexpress.errors import UsageError
from mapexpress.web.addresses import DEFAULT_PORTS, host_and_port, host_key, is_twin_host

if TYPE_CHECKING:
    from mapexpress.sites import SiteConfig


def same_family(one: str, other: str) -> bool:
    """Whether two hosts are one name with and without a label before it, or with two labels of languages.

    >>> same_family("https://www.news.example/", "https://ar.news.example/"), same_family("http://fr.a.ma", "http://ar.a.ma")
    (True, True)
    >>> same_family("https://one.co.uk/", "https://two.co.uk/")
    False
    """
    first, second = sorted((host_key(one), host_key(other)), key=len)
    if first == second or second.endswith(f".{first}"):
        return "." in first
    (a, _, rest), (b, _, other_rest) = first.partition("."), second.partition(".")
    return rest == other_rest and "." in rest and len(a) == len(b) == 2


class AddressMap:
    """Between a site's public addresses and those it is fetched at.

    Without `base_url` every address is its own. With one, the scheme and host of each of the site's public hosts
    stand for it (a path in `base_url` goes before the site's own), and what is fetched there has its public
    address on the host that it was asked for, else on that of the site's first edition. Raises UsageError for a
    `base_url` that is no http(s) address.

    >>> from mapexpress.sites import SiteConfig
    >>> there = AddressMap(SiteConfig.for_url("https://www.news.example/"), "http://127.0.0.1:8000")
    >>> there.to_fetch("http://news.example/ar/a/?p=1"), there.to_public("http://127.0.0.1:8000/ar/a/")
    ('http://127.0.0.1:8000/ar/a/?p=1', 'https://www.news.example/ar/a/')
    >>> there.to_fetch("https://elsewhere.example/a")
    'https://elsewhere.example/a'
    """

    def __init__(self, site: SiteConfig, base_url: str | None = None) -> None:
        home = urlsplit(site.home)
        self._public = (home.scheme, home.netloc)
        self._homes = tuple(edition.home for edition in site.editions)
        self.hosts = {host_and_port(e.home) for e in site.editions} | {
            host_and_port(f"http://{h}") or host_key(h) for h in site.hosts
        }
        self._spelled: dict[str, tuple[str, str]] = {}  # scheme and host that a home answered under
        self._base: SplitResult | None = None
        if base_url:
            try:
                base = urlsplit(base_url if "://" in base_url else f"http://{base_url}")
                valid = base.scheme in DEFAULT_PORTS and bool(base.hostname) and (base.port is None or base.port > 0)
            except ValueError:
                valid = False
            if not valid:
                raise UsageError(f"base_url: not an http or https address: {base_url!r}; try http://127.0.0.1:8000/")
            self._base = base._replace(path=base.path.rstrip("/"), query="", fragment="")

    def owns(self, url: str) -> bool:
        """Whether an address, public or fetched, is on one of the site's hosts."""
        return host_and_port(url) in self.hosts or self._is_base(url)

    def leads_away(self, url: str, asked: str) -> bool:
        """Whether what was asked at an address of the site was answered by another site.

        Hosts of one name (`same_family`) are one site; another port of a host is another one.

        >>> from mapexpress.sites import SiteConfig
        >>> site = AddressMap(SiteConfig.for_url("https://news.example/"))
        >>> [site.leads_away(url, "https://news.example/a") for url in (
        ...     "http://www.news.example/b", "https://amp.news.example/a", "https://sport.news.example/a")]
        [False, False, False]
        >>> [site.leads_away(url, "https://news.example/a") for url in (
        ...     "https://news.example:8443/a", "https://other.example/a", "https://notnews.example/a")]
        [True, True, True]
        """
        if self.owns(url):
            return False
        homes = (asked, *self._homes)
        return not any(same_family(url, home) and _port(url) == _port(home) and host_key(url) != host_key(home)
                       for home in homes)  # fmt: skip

    def own(self, home: str) -> None:
        """Take the host of another home as one of the site's."""
        self.hosts.add(host_and_port(home))

    def adopt(self, home: str) -> None:
        """Take the address that a home answered under: its host is the site's, and gives the spelling of its pages."""
        parts = urlsplit(home)
        self.hosts.add(host_and_port(home))
        self._spelled[host_and_port(home)] = (parts.scheme, parts.netloc)

    @property
    def homes(self) -> tuple[str, ...]:
        """Scheme and host of each home that was adopted."""
        return tuple(f"{scheme}://{netloc}/" for scheme, netloc in self._spelled.values())

    def spell(self, public: str) -> str:
        """An address with the scheme and the `www.` of its home: links of years ago cost a redirect each.

        >>> from mapexpress.sites import SiteConfig
        >>> site = AddressMap(SiteConfig.for_url("news.example"))
        >>> site.adopt("https://www.news.example/")
        >>> site.spell("http://news.example/a/?p=1"), site.spell("https://amp.news.example/a/")
        ('https://www.news.example/a/?p=1', 'https://amp.news.example/a/')
        """
        spelled = self._spelled.get(host_and_port(public))
        if spelled is None:
            return public
        parts = urlsplit(public)
        if is_twin_host(public):  # its pages may be others
            return public
        return urlunsplit((*spelled, parts.path, parts.query, parts.fragment))

    def to_fetch(self, public: str) -> str:
        """Where a public address of the site is fetched; any other address is given back unchanged."""
        if self._base is None or host_and_port(public) not in self.hosts or self._is_base(public):
            return public
        parts = urlsplit(public)
        path = self._base.path + (parts.path or "/")
        return urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, parts.fragment))

    def to_public(self, fetched: str, asked: str | None = None) -> str:
        """The public address of what was fetched for the public address `asked`; any other one unchanged."""
        if self._base is None or not self._is_base(fetched):
            return fetched
        parts = urlsplit(fetched)
        path = parts.path[len(self._base.path) :] or "/"
        near = urlsplit(asked) if asked and host_and_port(asked) in self.hosts else None
        host = (near.scheme, near.netloc) if near else self._public
        return urlunsplit((*host, path, parts.query, parts.fragment))

    def _is_base(self, url: str) -> bool:
        if self._base is None:
            return False
        try:
            parts = urlsplit(url)
            same = (parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)) == (
                self._base.hostname,
                self._base.port or DEFAULT_PORTS[self._base.scheme],
            )
        except ValueError:
            return False
        return same and (parts.path or "/").startswith(self._base.path + "/" if self._base.path else "/")


def _port(url: str) -> str:
    """The port of an address where it is not the scheme's own; the empty text where it is."""
    return host_and_port(url).removeprefix(host_key(url))
