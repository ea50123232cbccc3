"""Which dataset a command is about."""

from __future__ import annotations

import argparse
from pathlib import Path

from scrapy.settings import BaseSettings

from mapexpress.dataset.layout import Layout, site_keys
from mapexpress.errors import UsageError


def add_site(parser: argparse.ArgumentParser) -> None:
    """The options that say which dataset is meant."""
    parser.add_argument("--data", metavar="FOLDER", help="data folder (default: the setting MAPEXPRESS_DATA)")
    parser.add_argument("--site", metavar="KEY", help="this site only (default: all)")


def layouts(settings: BaseSettings, opts: argparse.Namespace) -> list[Layout]:
    """The sites that are meant. Raises UsageError when there is none."""
    data = Path(opts.data or settings.get("MAPEXPRESS_DATA") or "data").absolute()
    known = list(site_keys(data))
    if opts.site is not None and opts.site not in known:
        raise UsageError(f"no site {opts.site!r} in {data}; known: {', '.join(known) or 'none'}")
    if not known:
        raise UsageError(f"no dataset in {data}; give --data or set MAPEXPRESS_DATA")
    return [Layout(data, key) for key in known if opts.site in (None, key)]
