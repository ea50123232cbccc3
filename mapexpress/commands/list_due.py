"""scrapy list-due: the sites whose turn it is, for many sites on one machine."""

from __future__ import annotations

import argparse

from mapexpress.commands.base import MapexpressCommand
from mapexpress.errors import ExitStatus, UsageError


class Command(MapexpressCommand):
    """Name each site file whose site is due, the longest overdue first; nothing when none is."""

    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  (Scrapy's own declaration)
    no_arguments = "it lists all sites that are due"

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "List the sites whose turn it is, by how often they publish"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--all", action="store_true", help="a table of all sites with rate, last run and next run")

    def execute(self, _args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.dataset.between_runs.next_run import due
        from mapexpress.dataset.files.layout import Layout
        from mapexpress.sites import load_site

        folder = self.sites_folder()
        names = sorted(path.stem for path in folder.glob("*.toml"))
        if not names:
            raise UsageError(f"no site files in {folder.absolute()}; write one with scrapy addsite URL")
        now = self.now()
        turns = [
            (name, due(Layout(self.data_folder(), load_site(name, folder).key, self.limits()), now)) for name in names
        ]
        turns.sort(key=lambda turn: (turn[1].at(now), turn[0]))
        for name, turn in turns:
            if opts.all:
                last = f"{turn.last:%Y-%m-%d %H:%M}" if turn.last else "never"
                rate = f"{turn.articles_a_day:8.1f} a day"
                print(f"{name:<30} {rate}  last {last:<16}  next {max(turn.at(now), now):%Y-%m-%d %H:%M}")
            elif turn.at(now) <= now:
                print(name)
        return ExitStatus.OK
