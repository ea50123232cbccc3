"""scrapy reclean: today's code and the site's current template over yesterday's responses."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mapexpress.commands.base import DatasetCommand
from mapexpress.errors import ExitStatus

if TYPE_CHECKING:
    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.dataset.files.warc import Captured
    from mapexpress.model.record import Article, Rejection
    from mapexpress.sites import SiteConfig


class Command(DatasetCommand):
    """Make every record again from the WARC; identical bytes where nothing changed."""

    def short_desc(self) -> str:
        return "Make every record again from its stored response, without the network"

    def execute(self, _args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.dataset.between_runs.templates import current_snapshot
        from mapexpress.dataset.files.manifest import SOFTWARE
        from mapexpress.dataset.store import SiteStore, new_run_id
        from mapexpress.dataset.upkeep.reclean import reclean
        from mapexpress.model.options import options_without
        from mapexpress.record.rebuild import rebuild
        from mapexpress.sites import site_by_key

        assert self.settings is not None
        options = options_without(self.settings.getlist("MAPEXPRESS_WITHOUT"), limits=self.limits())
        for layout in self.sites(opts):
            site = site_by_key(layout.key, self.sites_folder())
            with SiteStore.open(layout.data, layout.key, run=new_run_id(), limits=layout.limits) as store:
                snapshot = current_snapshot(layout)

                def again(
                    stored: Article,
                    responses: Sequence[Captured],
                    site: SiteConfig = site,
                    snapshot: TemplateSnapshot | None = snapshot,
                ) -> Article | Rejection | None:
                    return rebuild(stored, responses, site=site, snapshot=snapshot, options=options)

                print(f"{layout.key}: {reclean(store, again, SOFTWARE)}")
        return ExitStatus.OK
