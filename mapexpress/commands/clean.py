"""scrapy clean: files in, one clean record a document out."""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from mapexpress import __version__
from mapexpress.boilerplate.template.sample import SKETCH_VERSION
from mapexpress.commands.base import MapexpressCommand, check_output
from mapexpress.corpus.progress_bar import Progress
from mapexpress.corpus.readers import can_be_read_twice, find_files, read_all, size_of
from mapexpress.corpus.sources import Columns, Source
from mapexpress.corpus.unpacking import FileError
from mapexpress.errors import ExitStatus, StorageError, UsageError
from mapexpress.limits import DEFAULTS
from mapexpress.model.options import options_without
from mapexpress.system.inside import check_own
from mapexpress.system.streams import tell

if TYPE_CHECKING:
    from mapexpress.corpus.clean import How
    from mapexpress.corpus.template_files import Templates
    from mapexpress.model.options import Options


class Command(MapexpressCommand):
    """Clean plain text, HTML, JSON Lines, Parquet, WARC and WET files, or folders of them."""

    interrupted = "interrupted; with -o the same command goes on where it was"
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  (Scrapy's own declaration)

    def syntax(self) -> str:
        return "[options] FILE|FOLDER|- ..."

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
        parser.add_argument("--no-language", action="store_true", help="do not read the language from the text")
        parser.add_argument("--workers", metavar="N", type=int, default=1, help="processes (default: 1)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        if not args:
            raise UsageError("give at least one file or folder to clean, or - for standard input")
        if opts.workers < 1:
            raise UsageError("--workers must be 1 or more")
        assert self.settings is not None
        without = self.settings.getlist("MAPEXPRESS_WITHOUT")
        return _clean(args, opts, options_without(without, detects_language=not opts.no_language, limits=self.limits()))


def _clean(args: list[str], opts: argparse.Namespace, options: Options | None) -> ExitStatus:
    # imported here: every scrapy command loads this module, and extraction takes half a second to import
    from mapexpress.corpus.clean import How, clean_corpus
    from mapexpress.corpus.output import CorpusWriter

    files = find_files(args)
    limits = options.limits if options is not None else DEFAULTS
    columns = Columns(
        text=opts.text_field,
        url=opts.url_field,
        id=opts.id_field,
        title=opts.title_field,
        limits=limits,
    )
    how = How(site=opts.site, options=options)
    if not opts.no_learn and not all(map(can_be_read_twice, files)):
        tell("a pipe is read once: each document is cleaned by itself")
        opts.no_learn = True
    job = _job(files, columns, opts, options)
    if opts.output is None:
        if not opts.no_learn:
            how = replace(how, snapshots=_learn(files, columns, how, None, job, opts.workers))
        failures = Failures(files)
        _to_stdout(read_all(files, columns, failures.add), how, opts.workers)
        return failures.status
    out = Path(opts.output)
    check_output(out)
    if out.suffix == ".parquet":
        raise UsageError(f"{out}: records are written as JSON Lines; name it .jsonl, .jsonl.gz or .jsonl.zst")
    if any(out.exists() and out.samefile(path) for path in files):
        raise UsageError(f"{out} is one of the files to clean; write to another one")
    with CorpusWriter(out, job) as writer:
        if writer.done:
            tell(f"going on after {writer.done} documents")
        if not opts.no_learn:
            how = replace(how, snapshots=_learn(files, columns, how, writer.templates, job, opts.workers))
        progress = Progress("cleaned", sum(map(size_of, files)), done=writer.done)
        failures = Failures(files)
        sources = read_all(files, columns, failures.add, progress.meter)
        for batch in clean_corpus(islice(sources, writer.done, None), how, workers=opts.workers):
            writer.write([cleaned.line for cleaned in batch], empty=sum(cleaned.empty for cleaned in batch))
            progress.add(len(batch))
        writer.finish()
    progress.clear()
    tell(f"{progress.done:,} documents cleaned, {writer.empty:,} without an article: {out}")
    return failures.status


class Failures:
    """Files that could not be read to their end: each is told in a line, and the others are cleaned.

    Where there is one file only, its error ends the command as any other does.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = len(files)
        self._failed = 0

    def add(self, error: FileError) -> None:
        """Tell of one and go on; raise it where nothing else is left to clean."""
        self._failed += 1
        if self._failed == self._files:
            raise error
        tell(f"scrapy clean: {error}; the other files are cleaned")

    @property
    def status(self) -> ExitStatus:
        return ExitStatus.USAGE if self._failed else ExitStatus.OK


def _learn(files: list[Path], columns: Columns, how: How, path: Path | None, job: str, workers: int) -> Templates:
    """What the first reading teaches; a killed run's is taken again when it had come to its end."""
    from mapexpress.corpus.learn import learn_corpus
    from mapexpress.corpus.template_files import Templates

    if path is not None and check_own(path):
        try:
            templates = Templates(path)
            if templates.learned_from == job:
                return templates
        except StorageError:
            pass  # left half written by a crash of the machine
        path.unlink()
    progress = Progress("looked at", sum(map(size_of, files)))
    sources = read_all(files, columns, lambda _: None, progress.meter)  # told of when they are cleaned
    try:
        return learn_corpus(progress.watch(sources), how, path=path, learned_from=job, workers=workers)
    finally:
        progress.clear()


def _job(files: list[Path], columns: Columns, opts: argparse.Namespace, options: Options | None) -> str:
    """What makes two runs the same work, hashed; a file that changed is another work, and so is each pipe."""
    marks = []
    for path in files:
        stat = path.stat()
        is_file = can_be_read_twice(path)
        marks.append(f"{path.resolve()} {stat.st_size} {stat.st_mtime_ns if is_file else time.time_ns()}")
    said = (
        __version__,
        str(SKETCH_VERSION),
        repr(columns),
        repr(opts.site),
        repr(opts.no_learn),
        repr(options),
        *marks,
    )
    return hashlib.sha256("\n".join(said).encode("utf-8", "surrogateescape")).hexdigest()


def _to_stdout(sources: Iterator[Source], how: How, workers: int) -> None:
    from mapexpress.corpus.clean import clean_corpus

    for batch in clean_corpus(sources, how, workers=workers):
        sys.stdout.buffer.write(b"".join(cleaned.line + b"\n" for cleaned in batch))
        sys.stdout.buffer.flush()
