"""scrapy forget: take-downs and erasure."""

from __future__ import annotations

import argparse

from mapexpress.command import DatasetCommand
from mapexpress.errors import ExitStatus, UsageError


class Command(DatasetCommand):
    """Erase an article from parts, WARC and state, and never fetch it again."""

    def syntax(self) -> str:
        return "--id ID | --url URL | --site KEY --all"

    def short_desc(self) -> str:
        return "Erase an article, or a whole site, from a dataset for good"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--id", metavar="ID", help="the article with this id")
        parser.add_argument("--url", metavar="URL", help="the article at this address")
        parser.add_argument("--all", action="store_true", help="everything of the site given by --site")

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        import shutil

        from mapexpress.dataset.disk import storage_errors
        from mapexpress.dataset.forget import forget
        from mapexpress.dataset.lock import SiteLock
        from mapexpress.dataset.store import SOFTWARE, SiteStore, new_run_id

        assert self.settings is not None
        if sum(map(bool, (opts.id, opts.url, opts.all))) != 1 or (opts.all and not opts.site):
            raise UsageError("give one of --id ID, --url URL, or --site KEY --all")
        sites = self.sites(opts)
        if opts.all:
            (layout,) = sites
            lock = SiteLock(layout.lock, new_run_id())
            lock.acquire()
            with storage_errors(layout.site):
                for folder in (layout.dataset, layout.site):
                    if folder.exists():
                        shutil.rmtree(folder)
            lock.release()
            print(f"{layout.key}: erased; its addresses are erased too, so a later crawl would take the site in again")
            return ExitStatus.OK
        told = []
        for layout in sites:
            with SiteStore.open(layout.data, layout.key, run=new_run_id()) as store:
                if opts.id and store.known(opts.id) is None and len(sites) > 1:
                    continue
                if opts.url and store.outcome(opts.url) is None and len(sites) > 1:
                    continue
                told.append(forget(store, record_id=opts.id, url=opts.url, software=SOFTWARE))
        if not told:
            raise UsageError("no site knows it; give --site KEY to bar an address from a site all the same")
        print("\n".join(told))
        return ExitStatus.OK
