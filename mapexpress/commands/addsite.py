"""scrapy addsite: try a site, show what would be collected, and write its site file."""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.utils.project import inside_project

from mapexpress.commands.base import MapexpressCommand
from mapexpress.errors import ExitStatus, UsageError
from mapexpress.text.characters import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mapexpress.record.build import Explanation
    from mapexpress.report.probe import Probe
    from mapexpress.sites import SiteConfig

ARTICLES = 8  # fetched on trial: enough to learn what the site's pages share, few enough to wait for
NOTED_WAYS = 6  # in the comments of the site file
SHOWN = 3  # of them in the explain view


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
        parser.add_argument("--browser", action="store_true", help="the site's pages need JavaScript: show them in one")
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
        if opts.browser:
            plain = replace(plain, browser=True)
            self.write_file(self._trial / "trial.toml", site_file(plain))
            given = {"site": str(self._trial / "trial.toml"), "limit": str(ARTICLES)}
            NewsSpider.check(given, self.settings)
        name = opts.name or plain.key
        if not re.fullmatch(r"[\w-][\w.-]*", name):
            raise UsageError(f"--name {name}: give letters, digits, dots and dashes")
        out = self.sites_folder() / f"{name}.toml"
        if out.exists() and not opts.force:
            raise UsageError(f"{out} is there already; give --force to replace it, or another --name")
        print(f"asking {plain.home}, one request at a time as its robots.txt wants", flush=True)
        probe = self._probe(plain, given)
        print("\n".join(map(visible, table(probe))))
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
        from mapexpress.report.probe import read_probe
        from mapexpress.spiders.news import NewsSpider

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
        from mapexpress.views.explain_html import explain_page
        from mapexpress.views.explain_text import explain_lines
        from mapexpress.views.sourced_values import sourced_values

        shown = chosen(probe.articles)
        for number, explanation in enumerate(shown, 1):
            print(f"\n--- article {number} of {len(shown)}")
            values = list(sourced_values(explanation))
            print("\n".join(explain_lines(explanation.record, values, explanation.decisions)))
            if folder is not None:
                self.write_file(folder / f"article-{number}.html", explain_page(explanation))
                print(f"{folder / f'article-{number}.html'} written")


def chosen(articles: Sequence[Explanation]) -> list[Explanation]:
    """The longest article, a middling one and the shortest: where text is missing or too much, these show it."""
    ranked = sorted(articles, key=lambda explanation: -explanation.article.quality.words)
    if len(ranked) <= SHOWN:
        return ranked
    return [ranked[0], ranked[len(ranked) // 2], ranked[-1]]


_PROGRESS = "mapexpress.crawl.extensions.progress.Progress"


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
            yield f"  {title:<9} " + ", ".join(f"{name} ({count})" for name, count in counts.most_common())
    if probe.time_zone:
        yield f"  {'zone':<9} {probe.time_zone}"
    if probe.articles:
        yield ""
        yield f"  {'day':<10}  {'words':>5}  {'section':<16}  title"
    for explanation in probe.articles:
        article = explanation.article
        day, section = (article.date_published or "-")[:10], shorten(article.section or "-", 16)
        yield f"  {day:<10}  {article.quality.words:>5}  {section:<16}  {shorten(article.title or '-', 70)}"


def shorten(words: str, width: int) -> str:
    """At most `width` characters on one line that cannot steer a terminal.

    >>> shorten("Le port de Safi rouvre", 10)
    'Le port d…'
    """
    line = visible(words)
    return line if len(line) <= width else line[: width - 1] + "…"


def configured(plain: SiteConfig, name: str, probe: Probe) -> SiteConfig:
    """The configuration that the probe supports: editions with their languages, publisher and zone where known.

    The ways in are left to be found by each run: a site that moves its feed is followed.
    """
    from mapexpress.sites import Edition
    from mapexpress.sites.values import is_zone

    language = probe.languages.most_common(1)[0][0] if probe.languages else None
    homes = dict(probe.editions) or {plain.home: None}
    editions = tuple(
        Edition(home=home, language=declared or (language if len(homes) == 1 else None))
        for home, declared in homes.items()
    )
    zone = probe.time_zone if probe.time_zone and is_zone(probe.time_zone) else None
    publisher = probe.publishers.most_common(1)[0][0] if len(probe.publishers) == 1 else None
    return replace(plain, key=name, editions=editions, publisher=publisher, time_zone=zone)


def notes(probe: Probe) -> list[str]:
    """What the site file says of its origin."""
    lines = [f"Written by scrapy addsite on {datetime.now(UTC):%Y-%m-%d}. Ways in that answered:"]
    ranked = sorted(probe.ways, key=lambda way: -way.articles)
    lines += [f"  {way.kind} {way.url} ({way.articles} articles)" for way in ranked[:NOTED_WAYS]]
    if len(ranked) > NOTED_WAYS:
        lines.append(f"  and {len(ranked) - NOTED_WAYS} more")
    if probe.platforms:
        lines.append(f"Platform: {', '.join(name for name, _ in probe.platforms.most_common())}.")
    return [*lines, "Ways in are found by each run; name them here only to pin them. Every key: docs/site-files.md"]
