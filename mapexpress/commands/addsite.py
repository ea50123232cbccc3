"""scrapy addsite: try a site, show what would be collected, and write its site file."""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.utils.project import inside_project

from mapexpress.command import MapexpressCommand
from mapexpress.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mapexpress.sites import SiteConfig
    from mapexpress.spiders.probe import Probe

ARTICLES = 3  # fetched to see what comes out: enough to look at, few enough to wait for at a request a second


class Command(MapexpressCommand):
    """Crawl a few articles of a site into a temporary folder, tell what was seen, and write the site file."""

    default_settings = {"LOG_LEVEL": "ERROR"}  # noqa: RUF012  (Scrapy's own declaration)

    def syntax(self) -> str:
        return "[options] URL"

    def short_desc(self) -> str:
        return "Try a site by its address, show what would be collected, write its site file"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--name", help="of the site file and of the site's folders (default: the host)")
        parser.add_argument("--html", type=Path, metavar="FOLDER", help="write the articles' explain pages there")
        parser.add_argument("--force", action="store_true", help="replace a site file that is there")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if not inside_project():
            self.settings.setmodule("mapexpress.settings", priority="project")
        super().process_options(args, opts)
        self._trial = Path(tempfile.mkdtemp(prefix="mapexpress-"))
        self.settings.set("MAPEXPRESS_DATA", str(self._trial), priority="cmdline")
        self.settings.set("MAPEXPRESS_WARC", True, priority="cmdline")
        self.settings.set("EXTENSIONS", {_PROGRESS: None}, priority="cmdline")
        self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        try:
            return self._add(args, opts)
        finally:
            shutil.rmtree(self._trial, ignore_errors=True)

    def _add(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.sites.writing import site_file
        from mapexpress.spiders.news import NewsSpider

        assert self.settings is not None
        if len(args) != 1:
            raise ScrapyUsageError("give the site's address", print_help=False)
        given = {"url": args[0], "limit": str(ARTICLES)}
        plain = NewsSpider.check(given, self.settings).site
        name = opts.name or plain.key
        if not re.fullmatch(r"[\w-][\w.-]*", name):
            raise UsageError(f"--name {name}: give letters, digits, dots and dashes")
        out = Path(self.settings.get("MAPEXPRESS_SITES") or "sites") / f"{name}.toml"
        if out.exists() and not opts.force:
            raise UsageError(f"{out} is there already; give --force to replace it, or another --name")
        print(f"asking {plain.home}, one request at a time as its robots.txt wants", flush=True)
        probe = self._probe(plain, given)
        print("\n".join(table(probe)))
        if not probe.articles:
            print("no article came: no site file written")
            return ExitStatus.BLOCKED if probe.blocked else ExitStatus.NO_WAY_IN
        site: SiteConfig = configured(plain, name, probe)
        self.write_file(out, site_file(site, notes=notes(probe)))
        self._show(probe, opts.html)
        print(f"\n{out} written; next: scrapy crawl news -a site={name}")
        return ExitStatus.OK

    def _probe(self, site: SiteConfig, given: dict[str, str]) -> Probe:
        from mapexpress.dataset.store import SiteStore, new_run_id
        from mapexpress.spiders.news import NewsSpider
        from mapexpress.spiders.probe import read_probe

        assert self.crawler_process is not None
        crawler = self.crawler_process.create_crawler(NewsSpider)
        self.crawler_process.crawl(crawler, **given)
        self.crawler_process.start()
        with SiteStore.open(self._trial, site.key, run=new_run_id()) as store:
            probe = read_probe(store, site)
        stats = crawler.stats.get_stats() if crawler.stats else {}
        probe.blocked = any(key.startswith("mapexpress/blocked/") for key in stats)
        return probe

    def _show(self, probe: Probe, folder: Path | None) -> None:
        from mapexpress.report.explained import sourced_values
        from mapexpress.views.explain_html import render_explain
        from mapexpress.views.explain_text import explain_lines

        for number, explanation in enumerate(probe.articles, 1):
            values, decisions = list(sourced_values(explanation)), [d for page in explanation.decisions for d in page]
            print(f"\n--- article {number} of {len(probe.articles)}")
            print("\n".join(explain_lines(explanation.record, values, decisions)))
            if folder is not None:
                html = render_explain(explanation.record, values=values, decisions=decisions)
                self.write_file(folder / f"article-{number}.html", html)
                print(f"{folder / f'article-{number}.html'} written")


_PROGRESS = "mapexpress.spiders.progress.Progress"


def table(probe: Probe) -> Iterator[str]:
    """What a crawl would read, and what came of the trial, for a person."""
    if probe.ways:
        yield f"  {'way in':<9} {'articles':>8}  {'newest':<10}  address"
    for way in probe.ways:
        yield f"  {way.kind:<9} {way.articles:>8}  {way.newest or '-':<10}  {way.url}"
    for title, counts in (
        ("platform", probe.platforms),
        ("language", probe.languages),
        ("publisher", probe.publishers),
        ("rejected", probe.rejections),
    ):
        if counts:
            yield f"  {title:<9} " + ", ".join(name for name, _ in counts.most_common())
    if probe.time_zone:
        yield f"  {'zone':<9} {probe.time_zone}"


def configured(plain: SiteConfig, name: str, probe: Probe) -> SiteConfig:
    """The configuration that the probe supports: editions with their languages, publisher and zone where known.

    The ways in are left to be found by each run: a site that moves its feed is followed.
    """
    from dataclasses import replace

    from mapexpress.sites import Edition

    language = probe.languages.most_common(1)[0][0] if probe.languages else None
    homes = dict(probe.editions) or {plain.home: None}
    editions = tuple(
        Edition(home=home, language=declared or (language if len(homes) == 1 else None))
        for home, declared in homes.items()
    )
    publisher = probe.publishers.most_common(1)[0][0] if len(probe.publishers) == 1 else None
    return replace(plain, key=name, editions=editions, publisher=publisher, time_zone=probe.time_zone)


def notes(probe: Probe) -> list[str]:
    """What the site file says of its origin."""
    seen = ", ".join(f"{way.kind} {way.url} ({way.articles} articles)" for way in probe.ways)
    lines = [f"Written by scrapy addsite on {datetime.now(UTC):%Y-%m-%d}. Ways in that answered: {seen}."]
    if probe.platforms:
        lines.append(f"Platform: {', '.join(name for name, _ in probe.platforms.most_common())}.")
    return [*lines, "Ways in are found by each run; name them here only to pin them. Every key: docs/site-files.md"]
