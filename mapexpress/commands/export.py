"""scrapy export: records out of the dataset, filtered, in another format or vocabulary."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from mapexpress.commands.base import DatasetCommand, check_output
from mapexpress.errors import ExitStatus, UsageError
from mapexpress.model.record import Article


class Command(DatasetCommand):
    """Write records to a file or, as JSON Lines or CSV, to stdout."""

    def short_desc(self) -> str:
        return "Export records as JSON Lines, CSV or Parquet; or write the dataset card"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="OUT", help="write here, not to stdout")
        parser.add_argument("--format", choices=("jsonl", "csv", "parquet"), default="jsonl")
        parser.add_argument("--schema", choices=("mapexpress", "zyte", "schema.org"), default="mapexpress")
        parser.add_argument("--latest", action="store_true", help="each article once, at its latest revision")
        parser.add_argument("--since", metavar="DAY", help="published on this day or later")
        parser.add_argument("--until", metavar="DAY", help="published on this day or earlier")
        parser.add_argument("--lang", metavar="CODES", help="languages, separated by commas")
        parser.add_argument(
            "--by", choices=("day", "month", "year"), help="by date of publication: OUT is a folder, a file a period"
        )
        parser.add_argument("--card", action="store_true", help="write the dataset card instead (dataset/README.md)")

    def execute(self, _args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.dataset.export.card import write_card
        from mapexpress.dataset.export.export import Wanted, records, write_csv, write_export, write_lines
        from mapexpress.dataset.export.grouped import write_grouped

        sites = self.sites(opts)
        if opts.card:
            print(write_card(sites[0].data, sites))
            return ExitStatus.OK
        wanted = Wanted(
            latest=opts.latest,
            since=_day("--since", opts.since),
            until=_day("--until", opts.until),
            languages=frozenset(code.strip().lower() for code in (opts.lang or "").split(",") if code.strip()),
        )

        def articles() -> Iterator[Article]:
            for layout in sites:
                yield from records(layout, wanted)

        if opts.by is not None:
            if opts.output is None:
                raise UsageError(f"--by {opts.by} needs a folder: give -o FOLDER")
            out = Path(opts.output)
            if not out.absolute().parent.is_dir():
                raise UsageError(f"{out}: no such folder as {out.parent}; give -o a name in an existing one")
            counts = write_grouped(articles(), out, opts.format, opts.schema, opts.by)
            print(f"{out}: {counts.total()} records by {opts.by}", file=sys.stderr)
        elif opts.output is not None:
            out = Path(opts.output)
            check_output(out)
            count = write_export(articles(), out, opts.format, opts.schema)
            print(f"{out}: {count} records", file=sys.stderr)
        elif opts.format == "parquet":
            raise UsageError("--format parquet needs a file: give -o OUT.parquet")
        else:
            write = write_csv if opts.format == "csv" else write_lines
            write(articles(), sys.stdout.buffer, opts.schema)
            sys.stdout.buffer.flush()
        return ExitStatus.OK


def _day(name: str, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise UsageError(f"{name} {value}: give a day such as 2024-01-31") from None
