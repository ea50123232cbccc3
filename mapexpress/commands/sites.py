"""`scrapy sites`: how each site stands, for a person as a table, for a monitor as JSON or as an exit status."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from mapexpress.commands.base import MapexpressCommand
from mapexpress.errors import ExitStatus, UsageError
from mapexpress.text.characters import visible

if TYPE_CHECKING:
    from mapexpress.report.standing import Standing

_HEAD = (
    "site",
    "condition",
    "last run (UTC)",
    "status",
    "articles",
    "newest",
    "silent",
    "pause",
    "why, and what to do",
)


class Command(MapexpressCommand):
    """Read states and run logs only; with `--failing` status 5 when a site fails."""

    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  (Scrapy's own declaration)

    def syntax(self) -> str:
        return "[options] [SITE ...]"

    def short_desc(self) -> str:
        return "Show how each site stands: last run, silence, trouble and what to do"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--data", metavar="FOLDER", help="data folder (default: the setting MAPEXPRESS_DATA)")
        parser.add_argument("--json", action="store_true", help="print JSON, one object a site")
        parser.add_argument(
            "--failing", action="store_true", help="only the sites that somebody has to look at; status 5 if there are"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.report.plain import standing_as_json
        from mapexpress.report.standing import standings

        data = Path(opts.data).absolute() if opts.data else self.data_folder()
        all_sites = standings(data, self.sites_folder(), self.now())
        if not all_sites:
            raise UsageError(f"no site below {data} and no site file in {self.sites_folder().absolute()}")
        for name in args:
            if not any(name in (s.site, s.name) for s in all_sites):
                raise UsageError(f"no site {name!r}; there are: {', '.join(s.site for s in all_sites[:20])}")
        shown = [s for s in all_sites if not args or s.site in args or s.name in args]
        failing = [s for s in shown if s.fails]
        wanted = failing if opts.failing else shown
        if opts.json:
            for standing in wanted:
                print(orjson.dumps(standing_as_json(standing)).decode())
        elif wanted:
            for line in _table(wanted):
                print(visible(line))
        return ExitStatus.QUALITY if opts.failing and failing else ExitStatus.OK


def _table(standings: list[Standing]) -> list[str]:
    cells = [_HEAD, *map(_cells, standings)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEAD) - 1)]
    numbers = {"status", "articles", "silent", "pause"}
    return [
        "  ".join(
            cell.rjust(width) if head in numbers else cell.ljust(width)
            for cell, width, head in zip(row, widths, _HEAD, strict=False)
        )
        + f"  {row[-1]}".rstrip()
        for row in cells
    ]


def _cells(s: Standing) -> tuple[str, ...]:
    return (
        s.site,
        s.condition.replace("_", " "),
        "running" if s.running else f"{s.last_run:%Y-%m-%d %H:%M}" if s.last_run else "never",
        "-" if s.status is None else str(s.status),
        f"{s.articles:,}",
        s.newest or "-",
        "-" if s.silent_days is None else f"{s.silent_days} d",
        "-" if s.usual_pause is None else f"{s.usual_pause} d",
        s.told,
    )
