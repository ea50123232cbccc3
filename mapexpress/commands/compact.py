"""scrapy compact: few files, whatever the number of runs."""

from __future__ import annotations

import argparse

from mapexpress.command import MapexpressCommand
from mapexpress.commands.scope import add_site, layouts
from mapexpress.errors import ExitStatus


class Command(MapexpressCommand):
    """Merge the small parts of past days; the records stay the same, line for line."""

    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  (Scrapy's own declaration)

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Merge the small parts of past days"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add_site(parser)

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.dataset.store import SiteStore, new_run_id

        assert self.settings is not None
        for layout in layouts(self.settings, opts):
            with SiteStore.open(layout.data, layout.key, run=new_run_id()) as store:
                gone = store.compact(keep_days=self.settings.getint("MAPEXPRESS_WARC_DAYS"))
            print(f"{layout.key}: {gone}")
        return ExitStatus.OK
