"""scrapy adopt: let a site key hold what is stored of the same site under another one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError as ScrapyUsageError

from mapexpress.commands.base import DatasetCommand
from mapexpress.errors import ExitStatus, UsageError
from mapexpress.sites import SiteConfig, load_site, site_files
from mapexpress.sites.address_map import AddressMap
from mapexpress.system.streams import tell

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout


class Command(DatasetCommand):
    """Move articles, responses and state from the key OLD to the key NEW, as one change."""

    no_arguments = None
    interrupted = "interrupted; type the same command again: it goes on, or begins anew"

    def syntax(self) -> str:
        return "[options] OLD NEW"

    def short_desc(self) -> str:
        return "Make what is stored under the site key OLD part of NEW"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super(DatasetCommand, self).add_options(parser)
        parser.add_argument("--data", metavar="FOLDER", help="data folder (default: the setting MAPEXPRESS_DATA)")
        parser.add_argument("--force", action="store_true", help="also where OLD holds no address of NEW's hosts")

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.dataset.files.layout import Layout, site_keys
        from mapexpress.dataset.files.manifest import SOFTWARE
        from mapexpress.dataset.store import SiteStore, new_run_id
        from mapexpress.dataset.upkeep.adopt import adopt

        if len(args) != 2:
            raise ScrapyUsageError("give the key that holds the articles, and the one that gets them", print_help=False)
        old, new = args
        data = Path(opts.data).absolute() if opts.data else self.data_folder()
        known = list(site_keys(data))
        if old not in known:
            raise UsageError(f"no site {old!r} in {data}; known: {', '.join(known) or 'none'}")
        if old == new:
            raise UsageError(f"{old} is one key; give two")
        site = self._site(new)
        if new not in known and site is None:
            raise UsageError(f"no site {new!r}: neither in {data} nor a file in {self.sites_folder()}")
        layout = Layout(data, old)
        if not opts.force:
            _check_hosts(layout, site or SiteConfig.for_url(f"https://{new}/"))
        with SiteStore.open(data, new, run=new_run_id()) as store:
            print(adopt(store, layout, SOFTWARE))
        for path in sorted(self.sites_folder().glob("*.toml")):
            if load_site(path.stem, self.sites_folder()).key == old:
                tell(f"scrapy adopt: {path} is crawled into {old!r}: say key = {new!r} there")
        return ExitStatus.OK

    def _site(self, key: str) -> SiteConfig | None:
        """The site file that crawls into a key, or has its name."""
        folder = self.sites_folder()
        if (folder / f"{key}.toml").is_file():
            return load_site(key, folder)
        return next((site for site in site_files(folder) if site.key == key), None)


def _check_hosts(old: Layout, new: SiteConfig) -> None:
    """Raise UsageError where no stored address is on a host of the site that is to have it: two sites stay two."""
    from mapexpress.dataset.archive import Archive

    archive = Archive.read(old)
    if archive is None:
        return
    try:
        urls = [str(url) for (url,) in archive.state.all("SELECT url FROM urls LIMIT 1000")]
    finally:
        archive.state.close()
    if urls and not any(map(AddressMap(new).owns, urls)):
        raise UsageError(
            f"{old.key} holds {urls[0]} and the like, which are on no host of {new.key};"
            " give --force if they are one site all the same"
        )
