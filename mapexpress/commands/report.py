"""`scrapy report`: what the dataset says of itself, as one HTML page or as JSON."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import ClassVar

import orjson

from mapexpress.commands.base import MapexpressCommand
from mapexpress.dataset.files.layout import Layout, site_keys
from mapexpress.errors import ExitStatus, UsageError
from mapexpress.report.gates import check_thresholds
from mapexpress.report.plain import as_json
from mapexpress.report.site_report import report_site
from mapexpress.report.standing import standings
from mapexpress.report.summary import SAMPLED
from mapexpress.sites import site_files


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
        parser.add_argument("--data", metavar="FOLDER", help="data folder (default: the setting MAPEXPRESS_DATA)")
        parser.add_argument("--json", action="store_true", help="print JSON, one object a site, and write no page")
        parser.add_argument(
            "--samples",
            type=int,
            metavar="N",
            help="articles of each site that are made again to show what was removed (default: up to 12, 240 in all)",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        data = Path(opts.data).absolute() if opts.data else self.data_folder()
        known = list(site_keys(data))
        if not known:
            raise UsageError(f"no sites below {data}: crawl one first, or give --data FOLDER")
        for name in args:
            if not Layout(data, name).site.is_dir():
                raise UsageError(f"no site {name!r} below {data}; there are: {', '.join(known[:20])}")
        sites = {site.key: site for site in reversed(site_files(self.sites_folder()))}
        for site in sites.values():
            check_thresholds(site.thresholds, site.key)
        now = self.now()
        stand = {s.site: s for s in standings(data, self.sites_folder(), now, args)}
        wanted = args or sorted(stand)
        samples = opts.samples if opts.samples is not None else max(2, min(SAMPLED, MOST_SAMPLES // len(wanted)))
        limits = self.limits()
        read = [
            report_site(data, key, site=sites.get(key), samples=samples, standing=stand[key], now=now, limits=limits)
            for key in wanted
        ]
        if opts.json:
            for report in read:
                print(orjson.dumps(as_json(report)).decode())
        else:
            from mapexpress.views.report_html import render_report

            self.write_file(opts.html, render_report(read, today=now.date()))
            articles = sum(report.summary.articles for report in read)
            print(f"{opts.html}: {len(read)} site{'s' * (len(read) > 1)}, {articles:,} articles")
            for report in read:
                for failure in report.failures:
                    print(f"{report.summary.site}: {failure.gate} fails: {failure.message}")
        return ExitStatus.QUALITY if any(report.failures for report in read) else ExitStatus.OK


MOST_SAMPLES = 240  # articles made again in all: 10 seconds
