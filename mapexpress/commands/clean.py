"""scrapy clean: files in, one clean record a document out."""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from mapexpress import __version__
from mapexpress.command import MapexpressCommand
from mapexpress.corpus.sources import Columns, Source, find_files, read
from mapexpress.errors import ExitStatus, StorageError, UsageError

if TYPE_CHECKING:
    from mapexpress.corpus.clean import Cleaned, How

_REDRAW_SECONDS = 0.2


class Command(MapexpressCommand):
    """Clean plain text, HTML, JSON Lines, Parquet, WARC and WET files, or folders of them."""

    interrupted = "interrupted; with -o the same command goes on where it was"
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  (Scrapy's own declaration)

    def syntax(self) -> str:
        return "[options] FILE|FOLDER ..."

    def short_desc(self) -> str:
        return "Clean text, HTML, JSON Lines, Parquet, WARC or WET files into records"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        columns = Columns()
        parser.add_argument(
            "-o", "--output", metavar="OUT", help="write here (.jsonl, .jsonl.gz, .jsonl.zst), not to stdout"
        )
        parser.add_argument("--text-field", metavar="NAME", default=columns.text, help="column with the text or HTML")
        parser.add_argument("--url-field", metavar="NAME", default=columns.url, help="column with the address")
        parser.add_argument("--id-field", metavar="NAME", default=columns.id, help="column with the document's id")
        parser.add_argument("--title-field", metavar="NAME", default=columns.title, help="column with the title")
        parser.add_argument("--site", metavar="KEY", help="all documents are of this site (default: by their address)")
        parser.add_argument("--no-learn", action="store_true", help="clean each document by itself, without its site")
        parser.add_argument("--workers", metavar="N", type=int, default=1, help="processes (default: 1)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        unknown = [arg for arg in args if arg.startswith("-") and arg != "-"]
        if unknown:
            raise UsageError(f"unknown option {unknown[0]}; see scrapy clean -h")
        if not args:
            raise UsageError("give at least one file or folder to clean")
        if opts.workers < 1:
            raise UsageError("--workers must be 1 or more")
        return _clean(args, opts)


def _clean(args: list[str], opts: argparse.Namespace) -> ExitStatus:
    # imported here: every scrapy command loads this module, and extraction takes half a second to import
    from mapexpress.corpus.clean import How, clean_corpus
    from mapexpress.corpus.learn import learn_corpus
    from mapexpress.corpus.output import CorpusWriter

    files = find_files(args)
    columns = Columns(text=opts.text_field, url=opts.url_field, id=opts.id_field, title=opts.title_field)
    how = How(site=opts.site)
    if not opts.no_learn:
        how = replace(how, snapshots=learn_corpus(chain.from_iterable(read(path, columns) for path in files), how))
    sources = chain.from_iterable(read(path, columns) for path in files)
    if opts.output is None:
        return _to_stdout(sources, how, opts.workers)
    out = Path(opts.output)
    if out.is_dir() or not out.parent.is_dir():
        raise UsageError(f"{out}: not a file in an existing folder; give -o the name of a file")
    if any(out.exists() and out.samefile(path) for path in files):
        raise UsageError(f"{out} is one of the files to clean; write to another one")
    with CorpusWriter(out, _job(files, columns, opts)) as writer:
        if writer.done:
            print(f"going on after {writer.done} documents", file=sys.stderr)
        counted = _Progress(writer.done)
        for batch in counted.watch(clean_corpus(islice(sources, writer.done, None), how, workers=opts.workers)):
            writer.write([cleaned.line for cleaned in batch])
        writer.finish()
    counted.close(str(out))
    return ExitStatus.OK


def _job(files: list[Path], columns: Columns, opts: argparse.Namespace) -> str:
    """What makes two runs the same work, hashed; a file that changed is another work."""
    marks = [f"{path.resolve()} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256(
        "\n".join([__version__, repr(columns), repr(opts.site), repr(opts.no_learn), *marks]).encode()
    ).hexdigest()


def _to_stdout(sources: Iterator[Source], how: How, workers: int) -> ExitStatus:
    from mapexpress.corpus.clean import clean_corpus

    try:
        for batch in clean_corpus(sources, how, workers=workers):
            sys.stdout.buffer.write(b"".join(cleaned.line + b"\n" for cleaned in batch))
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise  # the reader has seen enough
    except OSError as error:
        raise StorageError(f"cannot write to stdout: {error.strerror}") from None
    return ExitStatus.OK


class _Progress:
    """A line on a terminal that tells how far it is; nothing elsewhere but the summary at the end."""

    def __init__(self, done: int) -> None:
        self.done = done
        self.new = self.empty = 0
        self.began = self.drawn = time.monotonic()

    def watch(self, batches: Iterator[list[Cleaned]]) -> Iterator[list[Cleaned]]:
        for batch in batches:
            self.new += len(batch)
            self.empty += sum(cleaned.empty for cleaned in batch)
            now = time.monotonic()
            if sys.stderr.isatty() and now - self.drawn > _REDRAW_SECONDS:
                rate = self.new / (now - self.began)
                print(f"\r{self.done + self.new:,} documents, {rate:,.0f}/s ", end="", file=sys.stderr, flush=True)
                self.drawn = now
            yield batch

    def close(self, out: str) -> None:
        start = "\r" if sys.stderr.isatty() else ""
        total = self.done + self.new
        print(f"{start}{total:,} documents cleaned, {self.empty:,} without an article: {out}", file=sys.stderr)
