"""Writing a site file: what a probe found, as TOML that `load_site` reads."""

from __future__ import annotations

import json
from collections.abc import Iterable

from mapexpress.sites import SiteConfig


def site_file(site: SiteConfig, *, notes: Iterable[str] = ()) -> str:
    """The text of a site file with the keys that are set; `notes` become comments at its head.

    >>> from mapexpress.sites import Edition
    >>> print(site_file(SiteConfig(key="x", editions=(Edition(home="https://x.example/"),)), notes=["Seen today."]))
    # Seen today.
    key = "x"
    <BLANKLINE>
    [[editions]]
    home = "https://x.example/"
    <BLANKLINE>
    """
    lines = [f"# {' ' * (len(note) - len(note.lstrip()))}{' '.join(note.split())}" for note in notes]
    lines += _keys(site, ("key", "publisher", "time_zone", "hosts", "article_urls", "skip_urls", "delay", "browser"))
    for edition in site.editions:
        lines += ["", "[[editions]]"]
        lines += _keys(edition, ("home", "language", "feeds", "sitemaps", "rest", "post_types", "listings"))
    return "\n".join(lines) + "\n"


def _keys(table: object, names: Iterable[str]) -> Iterable[str]:
    for name in names:
        value = getattr(table, name)
        if value not in (None, (), False):
            # JSON's strings, numbers and lists of strings are TOML's too
            yield f"{name} = {json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=True)}"
