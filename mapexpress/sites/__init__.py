"""Sites as data: one TOML file each, read into a `SiteConfig`.

Thousands of sites need no file: `SiteConfig.for_url` gives the defaults that the `news` spider runs with.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mapexpress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True, frozen=True, kw_only=True)
class Edition:
    """One edition of a site (a language, usually): its home and, where known, its ways in."""

    home: str
    language: str | None = None
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    rest: str | None = None  # REST root, ends with "/wp-json/" or "?rest_route=/"
    post_types: tuple[str, ...] = ()  # empty: found by themselves
    listings: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True, kw_only=True)
class SiteConfig:
    """All that is known of a site before it is fetched. Every key is documented in docs/site-files.md."""

    key: str
    editions: tuple[Edition, ...]
    publisher: str | None = None
    time_zone: str | None = None  # IANA name, for dates that the page gives without an offset
    hosts: tuple[str, ...] = ()  # hosts that belong to the site beside the editions' own
    article_urls: tuple[str, ...] = ()  # regular expressions on the path; empty: decided by the page
    skip_urls: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()  # CSS of the main content, first match wins
    remove: tuple[str, ...] = ()  # CSS of boilerplate inside it
    delay: float | None = None  # seconds between requests
    thresholds: Mapping[str, float] = field(default_factory=dict)

    @property
    def home(self) -> str:
        """Public address of the first edition."""
        return self.editions[0].home

    @classmethod
    def for_url(cls, url: str) -> SiteConfig:
        """The configuration of a site without a file: its key is the host without `www.`.

        Raises UsageError when `url` is not an http or https address.
        """
        parts = urlsplit(url if "://" in url else f"https://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"not an http or https address: {url!r}; give one such as https://news.example/")
        path = parts.path or "/"
        home = f"{parts.scheme}://{parts.netloc}{path}" + (f"?{parts.query}" if parts.query else "")
        return cls(key=parts.hostname.removeprefix("www."), editions=(Edition(home=home),))


def load_site(name: str) -> SiteConfig:
    """Read `<name>.toml` of this package, or the file at the path `name`.

    Raises UsageError with one line for a missing file, broken TOML, an unknown key or a value of a wrong type.
    """
    path = Path(name)
    try:
        if path.suffix == ".toml":
            text, key = path.read_text("utf-8"), path.stem
        else:
            text, key = resources.files(__name__).joinpath(f"{name}.toml").read_text("utf-8"), name
    except OSError as error:
        raise UsageError(f"no site file {name!r}: {error.strerror or error}") from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"site file {name}: {error}") from None
    return _site(table, key, name)


def _site(table: dict[str, Any], key: str, name: str) -> SiteConfig:
    editions = tuple(_edition(e, name) for e in table.pop("editions", []))
    if not editions:
        raise UsageError(f"site file {name}: give at least one [[editions]] with its home")
    table.setdefault("key", key)
    return SiteConfig(editions=editions, **_checked(table, SiteConfig, name))


def _edition(table: dict[str, Any], name: str) -> Edition:
    if "home" not in table:
        raise UsageError(f"site file {name}: an edition without home")
    return Edition(**_checked(table, Edition, name))


def _checked(table: dict[str, Any], cls: type, name: str) -> dict[str, Any]:
    known = {f.name: f.type for f in fields(cls)}
    out: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise UsageError(f"site file {name}: unknown key {key!r}; known: {', '.join(sorted(known))}")
        if str(known[key]).startswith("tuple"):
            if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
                raise UsageError(f"site file {name}: {key} must be a list of strings")
            value = tuple(value)
        out[key] = value
    return out
