"""Sites as data: one TOML file each, read into a `SiteConfig`.

Thousands of sites need no file: `SiteConfig.for_url` gives the defaults that the `news` spider runs with.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mapexpress.errors import UsageError
from mapexpress.sites.values import problems

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
    keep: tuple[str, ...] = ()  # selectors of the main content, first match wins
    remove: tuple[str, ...] = ()  # selectors of boilerplate inside it
    listing_links: tuple[str, ...] = ()  # selectors of the links to articles on homes and listings
    listing_next: tuple[str, ...] = ()  # selectors of the link to a listing's following page
    template_remove: tuple[str, ...] = ()  # blocks of the site template that always go, by their mark
    template_keep: tuple[str, ...] = ()  # blocks that the site template never removes
    delay: float | None = None  # seconds between requests
    verify_certificates: bool = True  # false: those of the site's own hosts are not looked at
    browser: bool = False  # pages are empty without JavaScript: home, listings and articles are shown by a browser
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


def load_site(name: str, folder: Path | None = None) -> SiteConfig:
    """Read `<name>.toml` of `folder` or of this package, or the file at the path `name`, which then ends in `.toml`.

    Raises UsageError with one line for a missing file, broken TOML, an unknown key or a value of a wrong type.
    """
    own = None if folder is None else folder / f"{name}.toml"
    path = Path(name) if name.endswith(".toml") else own if own is not None and own.is_file() else None
    try:
        if path is not None:
            text, key = path.read_text("utf-8"), path.stem
        elif re.fullmatch(r"[\w.-]+", name):
            text, key = resources.files(__name__).joinpath(f"{name}.toml").read_text("utf-8"), name
        else:
            raise UsageError(f"no site file {name!r}: give a name, or a path that ends in .toml")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        where = f" in {folder}" if folder is not None and path is None else ""
        raise UsageError(f"no site file {name!r}{where}: {reason}") from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"site file {name}: {error}") from None
    return _site(table, key, name)


def site_files(folder: Path | None = None) -> list[SiteConfig]:
    """All site files, those of `folder` before those of this package. Raises UsageError as `load_site` does."""
    own = sorted(path.stem for path in folder.glob("*.toml")) if folder is not None else []
    shipped = sorted(file.name.removesuffix(".toml") for file in resources.files(__name__).iterdir())
    names = dict.fromkeys(
        [*own, *(name for name in shipped if resources.files(__name__).joinpath(f"{name}.toml").is_file())]
    )
    return [load_site(name, folder) for name in names]


def site_by_key(key: str, folder: Path | None = None) -> SiteConfig:
    """The site file that crawls into the folders of `key`, else the site of the host that a key is without a file."""
    return next((site for site in site_files(folder) if site.key == key), None) or SiteConfig.for_url(f"https://{key}/")


def site_of(url: str, folder: Path | None = None) -> SiteConfig:
    """The site file whose editions or hosts an address belongs to (`site_files`), else the site of its host.

    Raises UsageError as `SiteConfig.for_url` does.

    >>> site_of("https://www.mapexpress.ma/ar/actualite/").key, site_of("https://news.example/a/").key
    ('mapexpress', 'news.example')
    """
    plain = SiteConfig.for_url(url)
    host = urlsplit(plain.home).netloc.removeprefix("www.")
    for site in site_files(folder):
        homes = (urlsplit(edition.home).netloc for edition in site.editions)
        if {host, plain.key} & {name.removeprefix("www.") for name in (*homes, *site.hosts)}:
            return site
    return plain


def _site(table: dict[str, Any], key: str, name: str) -> SiteConfig:
    given = table.pop("editions", [])
    if not isinstance(given, list) or not all(isinstance(edition, dict) for edition in given):
        raise UsageError(f"site file {name}: editions are tables, each headed by [[editions]]")
    editions = tuple(_edition(edition, name) for edition in given)
    if not editions:
        raise UsageError(f"site file {name}: give at least one [[editions]] with its home")
    table.setdefault("key", key)
    site = SiteConfig(editions=editions, **_checked(table, SiteConfig, name))
    for problem in problems(site):
        raise UsageError(f"site file {name}: {problem}")
    return site


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
        elif not _fits(value, str(known[key])):
            raise UsageError(f"site file {name}: {key} must be {_KINDS[str(known[key])]}")
        out[key] = value
    return out


# How a field's type is said to the writer of a file.
_KINDS = {
    "str": "text",
    "str | None": "text",
    "float | None": "a number",
    "bool": "true or false",
    "Mapping[str, float]": "a table of numbers",
}


def _fits(value: object, kind: str) -> bool:
    if kind == "Mapping[str, float]":
        return isinstance(value, dict) and all(
            isinstance(v, int | float) and not isinstance(v, bool) for v in value.values()
        )
    if kind == "bool":
        return isinstance(value, bool)
    if kind.startswith("float"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)
