"""scrapy verify: is the dataset what its manifests and its state say?"""

from __future__ import annotations

import argparse
import sys

from mapexpress.commands.base import DatasetCommand
from mapexpress.errors import ExitStatus
from mapexpress.text.characters import visible


class Command(DatasetCommand):
    """Name each fault on a line of its own; status 8 when there is one."""

    def short_desc(self) -> str:
        return "Check a dataset: lines, parts, manifests, state, responses"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--rebuild-state", action="store_true", help="make the state again from parts and WARC")
        parser.add_argument("--repair", action="store_true", help="mend what can be mended, then check")
        parser.add_argument("--no-responses", action="store_true", help="do not read the WARC")

    def execute(self, _args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.dataset.repair.rebuild_state import rebuild_state
        from mapexpress.dataset.repair.repair import repair
        from mapexpress.dataset.repair.verify import verify
        from mapexpress.dataset.store import new_run_id

        faults = 0
        for layout in self.sites(opts):
            if opts.rebuild_state:
                print(f"{layout.key}: {rebuild_state(layout, new_run_id())}")
            if opts.repair:
                for line in repair(layout, new_run_id()):
                    print(f"{layout.key}: {line}")
            found = verify(layout, responses=not opts.no_responses)
            for fault in (*found.notes, *found.faults):
                print(visible(f"{layout.key}: {fault}"))
            lost = f"{len(found.notes)} lost, " if found.notes else ""
            print(
                f"{layout.key}: {found.records} records in {found.parts} parts, {found.responses} responses read, "
                f"{lost}{len(found.faults)} faults"
            )
            faults += len(found.faults)
        if faults:
            advice = (
                "what is left cannot be mended" if opts.repair else "scrapy verify --repair mends what can be mended"
            )
            print(f"scrapy verify: {faults} faults; {advice}", file=sys.stderr)
            return ExitStatus.VERIFY
        return ExitStatus.OK
