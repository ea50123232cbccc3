"""scrapy compact: few files, whatever the number of runs."""

from __future__ import annotations

import argparse

from mapexpress.commands.base import DatasetCommand
from mapexpress.errors import ExitStatus


class Command(DatasetCommand):
    """Merge the small parts of past days; the records stay the same, line for line."""

    def short_desc(self) -> str:
        return "Merge the small parts of past days"

    def execute(self, _args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.dataset.store import SiteStore, new_run_id

        assert self.settings is not None
        for layout in self.sites(opts):
            with SiteStore.open(layout.data, layout.key, run=new_run_id(), limits=layout.limits) as store:
                gone = store.compact(keep_days=self.settings.getint("MAPEXPRESS_WARC_DAYS"))
            print(f"{layout.key}: {gone}")
        return ExitStatus.OK
