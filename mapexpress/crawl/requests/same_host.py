"""One host under two site keys: all that it publishes would be stored twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mapexpress.dataset.files.layout import Layout
from mapexpress.errors import UsageError
from mapexpress.sites import SiteConfig, load_site
from mapexpress.sites.address_map import AddressMap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def twins_of(site: SiteConfig, folder: Path) -> Iterator[tuple[Path, SiteConfig]]:
    """The site files of a folder that crawl one of the site's hosts under another key; broken ones are passed over."""
    hosts = AddressMap(site).hosts
    for path in sorted(folder.glob("*.toml")):
        try:
            other = load_site(path.stem, folder)
        except UsageError:
            continue  # who crawls it is told
        if other.key != site.key and hosts & AddressMap(other).hosts:
            yield path, other


def stored_keys(site: SiteConfig, data: Path, folder: Path) -> list[str]:
    """Other keys under which a data folder holds one of the site's hosts: the host's own, as a crawl by address takes,
    and for such a crawl those of the site files in `folder`."""
    addresses = [*(edition.home for edition in site.editions), *(f"http://{host}" for host in site.hosts)]
    keys = dict.fromkeys((urlsplit(address).hostname or "").removeprefix("www.") for address in addresses)
    if site.key in keys:  # else each run of a site with a file would read all files
        keys |= dict.fromkeys(other.key for _, other in twins_of(site, folder))
    return [key for key in keys if key and key != site.key and Layout(data, key).state.exists()]


def told(site: SiteConfig, data: Path, folder: Path) -> str | None:
    """What a run says of it; None for a host under one key."""
    keys = stored_keys(site, data, folder)
    if not keys:
        return None
    by_address = site.key in {SiteConfig.for_url(edition.home).key for edition in site.editions}
    old, new = (site.key, keys[0]) if by_address else (keys[0], site.key)
    return (
        f"of this host articles are stored under {' and '.join(map(repr, keys))} too, so that they are stored twice: "
        f"scrapy adopt {old} {new} makes one of them"
        + (f"; from then on crawl it by its site file (key {new!r})" if by_address else "")
    )


def kept(site: SiteConfig, data: Path, folder: Path) -> tuple[SiteConfig, list[str]]:
    """A site that gets a file, under the key that its host's articles have already, and what there is to say of it."""
    lines = [f"{path} is of the same host: crawl one of the two" for path, _ in twins_of(site, folder)]
    keys = stored_keys(site, data, folder)
    if len(keys) == 1 and not Layout(data, site.key).state.exists():
        lines.append(
            f"articles of this host are stored under {keys[0]!r}: the file says so (key), and its runs go on with them;"
            f" scrapy adopt {keys[0]} {site.key} moves them, then change the key"
        )
        return replace(site, key=keys[0]), lines
    lines += [
        f"articles of this host are stored under {key!r} too: scrapy adopt {key} {site.key} makes one of both"
        for key in keys
    ]
    return site, lines
