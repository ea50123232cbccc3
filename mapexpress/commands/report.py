"""`scrapy report`: what the dataset says of itself, as one HTML page or as JSON."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import ClassVar

import orjson

from mapexpress.command import MapexpressCommand
from mapexpress.dataset.layout import Layout, site_keys
from mapexpress.errors import ExitStatus, UsageError
from mapexpress.report.gates import Failure, check
from mapexpress.report.plain import as_json
from mapexpress.report.summary import SiteSummary, summarise


class Command(MapexpressCommand):
    """Read each site's sealed parts once; status 5 when a quality gate fails."""

    default_settings: ClassVar = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] [SITE ...]"

    def short_desc(self) -> str:
        return "Report on the dataset as one HTML page or JSON"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-o", "--html", type=Path, default=Path("report.html"), help="where to write the page")
        parser.add_argument("--json", action="store_true", help="print JSON, one object a site, and write no page")

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        data = self.data_folder()
        known = list(site_keys(data))
        if not known:
            raise UsageError(f"no sites below {data}: crawl one first, or give -s MAPEXPRESS_DATA=FOLDER")
        for name in args:
            if not Layout(data, name).site.is_dir():
                raise UsageError(f"no site {name!r} below {data}; there are: {', '.join(known[:20])}")
        read: list[tuple[SiteSummary, list[Failure]]] = []
        for key in args or known:
            summary = summarise(data, key)
            read.append((summary, check(summary)))
        if opts.json:
            for summary, failures in read:
                print(orjson.dumps(as_json(summary, failures)).decode())
        else:
            from mapexpress.views.report_html import render_report

            self.write_file(opts.html, render_report(read))
            print(f"{opts.html}: {len(read)} sites, {sum(s.articles for s, _ in read):,} articles")
            for summary, failures in read:
                for failure in failures:
                    print(f"{summary.site}: {failure.gate} fails: {failure.message}")
        return ExitStatus.QUALITY if any(f for _, f in read) else ExitStatus.OK
