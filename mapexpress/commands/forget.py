"""scrapy forget: take-downs and erasure."""

from __future__ import annotations

import argparse

from mapexpress.commands.base import DatasetCommand
from mapexpress.errors import ExitStatus, UsageError


class Command(DatasetCommand):
    """Erase an article, or a whole site, from parts, WARC and state, and never fetch it again."""

    def syntax(self) -> str:
        return "--id ID | --url URL | --site KEY"

    def short_desc(self) -> str:
        return "Erase an article, or a whole site, from a dataset for good"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--id", metavar="ID", help="the article with this id")
        parser.add_argument("--url", metavar="URL", help="the article at this address")

    def execute(self, _args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.dataset.files.manifest import SOFTWARE
        from mapexpress.dataset.store import SiteStore, new_run_id
        from mapexpress.dataset.upkeep.forget import forget, forget_whole

        if opts.id and opts.url:
            raise UsageError("give --id ID or --url URL, not both")
        if not (opts.id or opts.url or opts.site):
            raise UsageError("give --id ID, --url URL, or --site KEY alone for a whole site")
        sites = self.sites(opts)
        if not opts.id and not opts.url:
            print(forget_whole(sites[0], new_run_id()))
            return ExitStatus.OK
        told = []
        for layout in sites:
            if len(sites) > 1 and not layout.state.exists():
                continue
            with SiteStore.open(layout.data, layout.key, run=new_run_id(), limits=layout.limits) as store:
                if opts.id and store.known(opts.id) is None and len(sites) > 1:
                    continue
                if opts.url and store.outcome(opts.url) is None and len(sites) > 1:
                    continue
                told.append(forget(store, record_id=opts.id, url=opts.url, software=SOFTWARE))
        if not told:
            raise UsageError("no site knows it; give --site KEY to bar an address from a site all the same")
        print("\n".join(told))
        return ExitStatus.OK
