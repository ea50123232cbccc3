"""scrapy reclean: today's code and the site's current template over yesterday's responses."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mapexpress.command import MapexpressCommand
from mapexpress.commands.scope import add_site, layouts
from mapexpress.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from mapexpress.boilerplate.template import TemplateSnapshot
    from mapexpress.dataset.warc import Captured
    from mapexpress.records import Article, Rejection
    from mapexpress.sites import SiteConfig


class Command(MapexpressCommand):
    """Make every record again from the WARC; identical bytes where nothing changed."""

    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  (Scrapy's own declaration)

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Make every record again from its stored response, without the network"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add_site(parser)

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.dataset.reclean import reclean
        from mapexpress.dataset.store import SOFTWARE, SiteStore, new_run_id
        from mapexpress.dataset.templates import current_snapshot
        from mapexpress.rebuild import rebuild

        assert self.settings is not None
        for layout in layouts(self.settings, opts):
            site = _site(layout.key)
            with SiteStore.open(layout.data, layout.key, run=new_run_id()) as store:
                snapshot = current_snapshot(layout)

                def again(
                    stored: Article,
                    responses: Sequence[Captured],
                    site: SiteConfig = site,
                    snapshot: TemplateSnapshot | None = snapshot,
                ) -> Article | Rejection | None:
                    return rebuild(stored, responses, site=site, snapshot=snapshot)

                print(f"{layout.key}: {reclean(store, again, SOFTWARE)}")
        return ExitStatus.OK


def _site(key: str) -> SiteConfig:
    from mapexpress.sites import SiteConfig, load_site

    try:
        return load_site(key)
    except UsageError:
        return SiteConfig.for_url(f"https://{key}/")
