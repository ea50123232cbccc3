"""scrapy verify: is the dataset what its manifests and its state say?"""

from __future__ import annotations

import argparse
import sys

from mapexpress.command import MapexpressCommand
from mapexpress.commands.scope import add_site, layouts
from mapexpress.errors import ExitStatus


class Command(MapexpressCommand):
    """Name each fault on a line of its own; status 8 when there is one."""

    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  (Scrapy's own declaration)

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Check a dataset: lines, parts, manifests, state, responses"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add_site(parser)
        parser.add_argument("--rebuild-state", action="store_true", help="make the state again from parts and WARC")
        parser.add_argument("--no-responses", action="store_true", help="do not read the WARC")

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.dataset.rebuild_state import rebuild_state
        from mapexpress.dataset.store import new_run_id
        from mapexpress.dataset.verify import verify

        assert self.settings is not None
        faults = 0
        for layout in layouts(self.settings, opts):
            if opts.rebuild_state:
                print(f"{layout.key}: {rebuild_state(layout, new_run_id())}")
            found = verify(layout, responses=not opts.no_responses)
            for fault in found.faults:
                print(f"{layout.key}: {fault}")
            print(
                f"{layout.key}: {found.records} records in {found.parts} parts, {found.responses} responses read, "
                f"{len(found.faults)} faults"
            )
            faults += len(found.faults)
        if faults:
            print(f"scrapy verify: {faults} faults", file=sys.stderr)
            return ExitStatus.VERIFY
        return ExitStatus.OK
