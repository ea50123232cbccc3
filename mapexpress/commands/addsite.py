"""scrapy addsite: try sites, show what would be collected, and write their site files."""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.utils.project import inside_project

from mapexpress.commands.base import MapexpressCommand
from mapexpress.crawl.extensions.outcome import RunOutcome, troubles
from mapexpress.crawl.interruption import Interruption
from mapexpress.errors import ExitStatus, MapexpressError, UsageError
from mapexpress.system.streams import tell
from mapexpress.text.characters import visible

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from mapexpress.record.build import Explanation
    from mapexpress.sites import SiteConfig
    from mapexpress.trial.many import Tried
    from mapexpress.trial.probe import Probe
    from mapexpress.trial.site_lists import ListedSite

ARTICLES = 8  # fetched on trial: enough to learn what the site's pages share, few enough to wait for
SHOWN = 3  # of them as explain pages
AT_ONCE = 4  # sites of a list: each waits most of its time for the pace of its own site
_WORST = (ExitStatus.STORAGE, ExitStatus.BUG, ExitStatus.USAGE, ExitStatus.BLOCKED, ExitStatus.NO_WAY_IN)
_PROGRESS = "mapexpress.crawl.extensions.progress.Progress"


class Command(MapexpressCommand):
    """Crawl a few articles of a site into a temporary folder, tell what was seen, and write the site file."""

    default_settings = {"LOG_LEVEL": "ERROR"}  # noqa: RUF012  (Scrapy's own declaration)
    interrupted = "interrupted; type the same command to go on with the sites that have no file yet"

    def syntax(self) -> str:
        return "[options] URL, or --from FILE"

    def short_desc(self) -> str:
        return "Try a site by its address, or a list of sites, show what would be collected, write the site files"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--name", help="of the site file and of the site's folders (default: the host)")
        parser.add_argument("--feed", action="append", default=[], metavar="URL", help="ask this feed too")
        parser.add_argument("--html", type=Path, metavar="FOLDER", help="write three articles' explain pages there")
        parser.add_argument("--browser", action="store_true", help="the site's pages need JavaScript: show them in one")
        parser.add_argument("--force", action="store_true", help="replace a site file that is there")
        parser.add_argument("--brief", action="store_true", help="print one line")
        parser.add_argument(
            "--from", dest="list", metavar="FILE", help="all sites of a list: an address a line, or OPML; - for stdin"
        )
        parser.add_argument(
            "--workers", type=int, default=AT_ONCE, metavar="N", help=f"sites tried side by side (default: {AT_ONCE})"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if not inside_project():
            self.settings.setmodule("mapexpress.settings", priority="project")
        super().process_options(args, opts)
        self._data = self.data_folder()  # of the crawls to come
        self._trial = Path(tempfile.mkdtemp(prefix="mapexpress-"))
        self.settings.set("MAPEXPRESS_DATA", str(self._trial), priority="cmdline")
        self.settings.set("MAPEXPRESS_WARC", True, priority="cmdline")
        self.settings.set("EXTENSIONS", {_PROGRESS: None}, priority="cmdline")
        self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        if len(args) != (opts.list is None):
            raise ScrapyUsageError("give the site's address, or a list with --from FILE", print_help=False)
        try:
            return self._add(args[0], opts) if opts.list is None else self._add_all(opts)
        finally:
            shutil.rmtree(self._trial, ignore_errors=True)

    # One site.

    def _add(self, address: str, opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.crawl.requests.same_host import kept
        from mapexpress.sites.writing import site_file
        from mapexpress.trial.draft import drafted, notes
        from mapexpress.views.site_trial import trial_line, trial_table

        interruption = Interruption()
        plain, out = self._planned(address, opts)
        if not opts.brief:
            print(f"asking {plain.home}, one request at a time as its robots.txt wants", flush=True)
        probe, crawler = self._probe(plain, interruption)
        if not opts.brief:
            print("\n".join(trial_table(probe)))
        _check(probe, crawler, plain, brief=opts.brief)
        site, beside = kept(drafted(plain, probe), self._data, self.sites_folder())
        self.write_file(out, site_file(site, notes=notes(probe)))
        if opts.html is not None:
            self._explain(probe, opts.html)
        if opts.brief:
            print(f"{out}: {trial_line(probe)}")
        else:
            print(f"\n{out} written; next: scrapy crawl news -a site={out.stem}")
        for line in beside:
            tell(f"scrapy addsite: {line}")
        return ExitStatus.OK

    def _planned(self, address: str, opts: argparse.Namespace) -> tuple[SiteConfig, Path]:
        """The site before it is tried, and where its file is to be. Raises UsageError."""
        from mapexpress.spiders.news import NewsSpider

        assert self.settings is not None
        try:
            plain = NewsSpider.check({"url": address}, self.settings).site
        except UsageError as error:
            raise UsageError(str(error).removeprefix("url=")) from None  # nobody has typed an argument
        name = opts.name or plain.key
        if not re.fullmatch(r"[\w-][\w.-]*", name):
            raise UsageError(f"--name {name}: give letters, digits, dots and dashes")
        out = self.sites_folder() / f"{name}.toml"
        if out.exists() and not opts.force:
            raise UsageError(f"{out} is there already; give --force to replace it, or another --name")
        edition = replace(plain.editions[0], feeds=tuple(opts.feed))
        return replace(plain, key=name, editions=(edition,), browser=opts.browser), out

    def _probe(self, site: SiteConfig, interruption: Interruption) -> tuple[Probe, Crawler]:
        from mapexpress.dataset.store import SiteStore, new_run_id
        from mapexpress.sites.writing import site_file
        from mapexpress.spiders.news import NewsSpider
        from mapexpress.trial.probe import read_probe

        assert self.crawler_process is not None
        assert self.settings is not None
        file = self._trial / "trial.toml"
        self.write_file(file, site_file(site))
        # all that may be a way in is asked, also what a run would not try where others are at hand
        given = {"site": str(file), "limit": str(ARTICLES), "full": "1"}
        NewsSpider.check(given, self.settings)
        crawler = self.crawler_process.create_crawler(NewsSpider)
        interruption.attach(crawler)
        task = self.crawler_process.crawl(crawler, **given)
        self.crawler_process.start(install_signal_handlers=False)
        if interruption.number is not None:
            tell(f"scrapy addsite: {site.home}: interrupted; no site file written")
            raise SystemExit(128 + interruption.number)
        if isinstance(task, asyncio.Task) and task.done() and (error := task.exception()) is not None:
            raise error
        with SiteStore.open(self._trial, site.key, run=new_run_id()) as store:
            return read_probe(store, site), crawler

    def _explain(self, probe: Probe, folder: Path) -> None:
        from mapexpress.views.explain_html import explain_page

        for number, explanation in enumerate(chosen(probe.articles), 1):
            self.write_file(folder / f"article-{number}.html", explain_page(explanation))

    # A list of them.

    def _add_all(self, opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.trial.many import Trials, Tried, worst

        if opts.name is not None or opts.feed:
            raise UsageError("--name and --feed are for one site; leave them out with --from")
        if opts.workers < 1:
            raise UsageError(f"--workers {opts.workers}: give a number, 1 or more")
        signal.signal(signal.SIGTERM, _leave)
        plans = list(self._plans(opts))
        ended: list[Tried] = []

        def told(tried: Tried, word: str) -> None:
            ended.append(tried)
            print(f"[{len(ended):>{len(str(len(plans)))}}/{len(plans)}] {word:<8}{_line(tried)}", flush=True)

        for plan in plans:
            if plan.command is None:
                told(Tried(plan.home, plan.status, plan.line), "failed" if plan.status else "there")
        there = len([tried for tried in ended if not tried.status])
        trials = Trials(opts.workers).run((plan.home, plan.command) for plan in plans if plan.command)
        with closing(trials):
            for tried in trials:
                told(tried, "failed" if tried.status else "written")
        failed = [tried for tried in ended if tried.status]
        print(f"\n{len(ended) - there - len(failed)} of {len(plans)} site files written, {there} there already")
        if failed:
            print(f"{len(failed)} not written:")
            print("\n".join(f"  {_line(tried)}" for tried in failed))
        return worst((tried.status for tried in ended), _WORST)

    def _plans(self, opts: argparse.Namespace) -> Iterator[_Plan]:
        """What is to be done for each site of the list. Raises UsageError for a list that is none."""
        from mapexpress.crawl.requests.same_host import twins_of
        from mapexpress.system.bounded import read_whole
        from mapexpress.trial.site_lists import read_list

        try:
            data = sys.stdin.buffer.read() if opts.list == "-" else read_whole(Path(opts.list))
        except OSError as error:
            raise UsageError(f"{opts.list}: {error.strerror or error}") from None
        alone, homes = argparse.Namespace(**vars(opts) | {"force": True}), dict[Path, str]()
        for listed in read_list(data, opts.list):
            try:
                plain, out = self._planned(listed.home, alone)
            except MapexpressError as error:
                yield _Plan(listed.home, None, int(error.status), str(error))
                continue
            if out in homes:
                yield _Plan(plain.home, None, 0, f"the same host as {homes[out]}")
            elif out.exists() and not opts.force:
                yield _Plan(plain.home, None, 0, f"{out}")
            elif not opts.force and (twin := next(twins_of(plain, self.sites_folder()), None)) is not None:
                yield _Plan(plain.home, None, 0, f"{twin[0]} is of the same host")
            else:
                yield _Plan(plain.home, self._command(listed, opts))
            homes.setdefault(out, plain.home)

    def _command(self, site: ListedSite, opts: argparse.Namespace) -> list[str]:
        given = [f"--feed={feed}" for feed in site.feeds] + [f"--set={setting}" for setting in opts.set]
        given += [f"--{name}" for name in ("browser", "force") if getattr(opts, name)]
        if opts.html is not None:
            from mapexpress.sites import SiteConfig

            given.append(f"--html={opts.html / SiteConfig.for_url(site.home).key}")
        return [sys.executable, "-m", "scrapy", "addsite", "--brief", *given, site.home]


@dataclass(slots=True, frozen=True)
class _Plan:
    """A site of a list: the command that tries it, or why it is not tried."""

    home: str
    command: Sequence[str] | None
    status: int = 0
    line: str = ""


def _check(probe: Probe, crawler: Crawler, site: SiteConfig, *, brief: bool) -> None:
    """Raise what ended the trial, or why no article came, in the words that a crawl has for it."""
    outcome = crawler.get_extension(RunOutcome)
    assert outcome is not None
    if outcome.failure is not None:
        raise outcome.failure
    status = outcome.status()
    if status is ExitStatus.BUG or not probe.articles:
        if not brief:
            for line in troubles(crawler.stats.get_stats()):
                print(visible(line))
        if status in (ExitStatus.OK, ExitStatus.QUALITY):  # the site is well, and shows no article
            status = ExitStatus.NO_WAY_IN
        raise NoArticleError(f"{site.home}: no site file written: {outcome.told(status)}", status)


class NoArticleError(MapexpressError):
    """A trial that brought no article; raised by `addsite`, with the status that a crawl of the site has."""

    def __init__(self, line: str, status: ExitStatus) -> None:
        super().__init__(line)
        self.status = status


def chosen(articles: Sequence[Explanation]) -> list[Explanation]:
    """The longest article, a middling one and the shortest: where text is missing or too much, these show it."""
    ranked = sorted(articles, key=lambda explanation: -explanation.article.quality.words)
    if len(ranked) <= SHOWN:
        return ranked
    return [ranked[0], ranked[len(ranked) // 2], ranked[-1]]


def _line(tried: Tried) -> str:
    line = tried.line.removeprefix("scrapy addsite: ")
    return line if line.startswith(tried.home) else f"{tried.home}: {line}"


def _leave(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)
