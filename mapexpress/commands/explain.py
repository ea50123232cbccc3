"""scrapy explain: why a page gave its record, block by block."""

from __future__ import annotations

import argparse
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.utils.project import inside_project

from mapexpress.commands.base import MapexpressCommand
from mapexpress.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.dataset.files.layout import Layout
    from mapexpress.model.document import Document
    from mapexpress.sites import SiteConfig


class Command(MapexpressCommand):
    """Explain a file, a stored article by its address, or a page that is fetched for it."""

    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  (Scrapy's own declaration)

    def syntax(self) -> str:
        return "[options] URL|FILE"

    def short_desc(self) -> str:
        return "Show why a page gave its record: values with sources, kept and removed blocks"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--url", metavar="URL", help="the public address of FILE")
        parser.add_argument("--site", metavar="NAME", help="use this site file (default: the one of the address)")
        parser.add_argument("--html", type=Path, metavar="OUT", help="write a page that shows the blocks in colour")
        parser.add_argument("--fetch", action="store_true", help="ask the site, also where the response is stored")
        parser.add_argument("--outside", action="store_true", help="list the blocks outside the article too")
        parser.add_argument(
            "--no-trafilatura", action="store_true", help="leave out trafilatura's choice from the page"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if not inside_project():
            self.settings.setmodule("mapexpress.settings", priority="project")
        super().process_options(args, opts)

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.model.options import options_without
        from mapexpress.record.build import explain
        from mapexpress.views.explain_html import explain_page
        from mapexpress.views.explain_text import explain_lines
        from mapexpress.views.sourced_values import sourced_values

        if len(args) != 1:
            raise ScrapyUsageError("give one address or one file", print_help=False)
        assert self.settings is not None
        documents, site, snapshot = self._find(args[0], opts)
        options = options_without(self.settings.getlist("MAPEXPRESS_WITHOUT"), limits=self.limits())
        explanation = explain(documents, site=site, snapshot=snapshot, options=options)
        values = list(sourced_values(explanation))
        for line in explain_lines(explanation.record, values, explanation.decisions, outside=opts.outside):
            print(line)
        if opts.html:
            self.write_file(opts.html, explain_page(explanation, compare=not opts.no_trafilatura))
            print(f"\n{opts.html}: {sum(map(len, explanation.decisions))} blocks")
        return ExitStatus.OK

    def _find(
        self, name: str, opts: argparse.Namespace
    ) -> tuple[list[Document], SiteConfig | None, TemplateSnapshot | None]:
        from mapexpress.dataset.between_runs.templates import current_snapshot
        from mapexpress.dataset.files.layout import Layout
        from mapexpress.sites import load_site, site_of

        folder = self.sites_folder()
        is_url = name.startswith(("http://", "https://"))
        url = name if is_url else opts.url
        site = load_site(opts.site, folder) if opts.site else site_of(url, folder) if url else None
        layout = Layout(self.data_folder(), site.key, self.limits()) if site else None
        snapshot = current_snapshot(layout) if layout else None
        if not is_url:
            return [_read(Path(name), url)], site, snapshot
        stored = _stored(layout, name) if layout and not opts.fetch else []
        if stored:
            print(f"the response stored on {stored[0].fetched_at}; --fetch asks the site")
        return stored or [self._fetch(name, site)], site, snapshot

    def _fetch(self, url: str, site: SiteConfig | None) -> Document:
        from mapexpress.fetch.connections.address_policy import AddressPolicy
        from mapexpress.fetch.one_page import Fetched, OnePage
        from mapexpress.model.document import Document
        from mapexpress.sites.address_map import AddressMap

        assert self.settings is not None
        assert self.crawler_process is not None
        refusal = AddressPolicy.parse(self.settings.get("MAPEXPRESS_ALLOW_HOSTS") or "").refusal(url)
        if refusal:
            raise UsageError(f"{url}: {refusal}; open it with -s MAPEXPRESS_ALLOW_HOSTS=host:port")
        fetched = Fetched()
        unchecked = AddressMap(site) if site is not None and not site.verify_certificates else None
        self.crawler_process.crawl(OnePage, url=url, fetched=fetched, unchecked=unchecked)
        self.crawler_process.start()
        response = fetched.response
        if response is None:
            raise UsageError(f"{url}: not fetched, {fetched.problem or 'no answer'}")
        headers = {k.decode("latin-1").lower(): v[0].decode("latin-1") for k, v in response.headers.items() if v}
        return Document(
            body=response.body,
            url=response.url,
            content_type=headers.get("content-type"),
            status=response.status,
            headers=headers,
            discovered_via="seed",
        )


def _stored(layout: Layout, url: str) -> list[Document]:
    """The documents of a stored article by one of its addresses; empty where there is none."""
    from mapexpress.dataset.archive import Archive
    from mapexpress.record.rebuild import documents_of

    archive = Archive.read(layout)
    if archive is None:
        return []
    try:
        outcome = archive.outcome(url)
        known = archive.known(outcome.record_id) if outcome and outcome.record_id else None
        article = archive.latest(known) if known else None
        return documents_of(article, archive.responses(article)) if article else []
    finally:
        archive.state.close()


def _read(path: Path, url: str | None) -> Document:
    """The first document of a file. Raises UsageError where it is missing, binary or empty."""
    from mapexpress.corpus.readers import find_files, read

    sources = list(islice((source for found in find_files([path]) for source in read(found)), 2))
    if not sources:
        raise UsageError(f"{path}: no document in it")
    if len(sources) > 1:
        raise UsageError(f"{path}: more than one document; give a file that holds one page")
    return replace(sources[0].document, url=url or sources[0].url, source_id=None)
