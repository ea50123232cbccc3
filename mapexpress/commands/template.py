"""scrapy template: what a site's pages have in common: its current snapshot, or what its archive or files teach."""

from __future__ import annotations

import argparse
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError as ScrapyUsageError

from mapexpress.commands.base import MapexpressCommand
from mapexpress.errors import ExitStatus, UsageError
from mapexpress.text.characters import visible

if TYPE_CHECKING:
    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot

_SHOWN = 60  # characters of an example and of a place
_LEAST_SHARE = 0.08  # below it a block is removed nowhere


class Command(MapexpressCommand):
    """List the blocks of a site's template with counts, places and examples."""

    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  (Scrapy's own declaration)

    def syntax(self) -> str:
        return "[options] SITE | FILE|FOLDER ..."

    def short_desc(self) -> str:
        return "List what a site's pages have in common, with counts and examples"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--site", metavar="KEY", help="all documents are of this site (default: by their address)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.corpus.clean import How
        from mapexpress.corpus.learn import learn_corpus
        from mapexpress.corpus.readers import find_files, read
        from mapexpress.dataset.files.layout import Layout as SiteLayout
        from mapexpress.dataset.state.templates import current_snapshot

        if not args or args[0].startswith("-"):
            raise ScrapyUsageError("give the key of a crawled site, or files or folders", print_help=False)
        site = opts.site
        names: list[str | Path] = list(args)
        if len(args) == 1 and not Path(args[0]).exists():
            layout = SiteLayout(self.data_folder(), args[0])
            current = current_snapshot(layout)
            if current is not None:
                print("\n".join(map(visible, describe(args[0], current))))
                return ExitStatus.OK
            archive = layout.warc
            if not archive.is_dir():
                raise UsageError(
                    f"{args[0]}: neither a file nor a site with an archive in {archive.parent}; crawl it first"
                )
            site, names = args[0], [archive]
        sources = chain.from_iterable(read(path) for path in find_files(names))
        snapshots = learn_corpus(sources, How(site=site))
        if not snapshots:
            print("nothing learned: fewer than 6 dissimilar articles of one site")
        for key, snapshot in snapshots.items():
            print("\n".join(map(visible, describe(key, snapshot))))
        return ExitStatus.OK


def describe(key: str, snapshot: TemplateSnapshot) -> list[str]:
    """The template as lines for a person: the most frequent block first, then metadata that never vary."""
    lines = [f"{key}: template {snapshot.id}, learned from {snapshot.pages} dissimilar pages"]
    ranked = sorted(snapshot.entries.items(), key=lambda item: (-item[1].count, item[0]))
    for mark, entry in ranked:
        if snapshot.share(mark) >= _LEAST_SHARE:
            place = max(sorted(entry.places), key=lambda name: entry.places[name])
            example = " ".join(entry.example.split())[:_SHOWN]
            lines.append(f"{entry.count:6} {snapshot.share(mark):5.0%}  {mark}  {place[:_SHOWN]:{_SHOWN}}  {example}")
    lines += [f"constant  {source} = {value}" for source, value in snapshot.constants.items()]
    return lines
