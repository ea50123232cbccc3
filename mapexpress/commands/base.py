"""How every command of ours ends: one line for the user and DESIGN's status, never a traceback for bad input."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from abc import abstractmethod
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from scrapy.commands import ScrapyCommand

from mapexpress.errors import ExitStatus, MapexpressError, UsageError
from mapexpress.limits import Limits
from mapexpress.system.streams import drop, leave_streams, open_closed_streams, output_error, tell
from mapexpress.text.characters import visible

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout


def check_output(out: Path) -> None:
    """Raise UsageError unless a file can be made there: files are replaced as a whole, which a device must never be."""
    if out.is_dir() or not out.parent.is_dir():
        raise UsageError(f"{out}: not a file in an existing folder; give -o the name of a file")
    if out.exists() and not out.is_file():
        raise UsageError(f"{out}: no plain file; leave the option out and redirect standard output")


class MapexpressCommand(ScrapyCommand):
    """A command that gives its exit status; works in a Scrapy project and outside one."""

    requires_project = False
    interrupted = "interrupted"
    no_arguments: str | None = None  # what to say when there are some

    def __init__(self) -> None:
        super().__init__()
        open_closed_streams()  # before anything is opened

    @abstractmethod
    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        """Do the work. A MapexpressError becomes its one line on standard error and its status."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        name = type(self).__module__.rpartition(".")[2].replace("_", "-")
        try:
            self._check(name, args)
            if self.settings is not None:
                from mapexpress.crawl.requests.settings_check import check_settings

                check_settings(self.settings)
                self.limits()
            self.exitcode = int(self.execute(args, opts))
            sys.stdout.flush()
        except MapexpressError as error:
            self._fail(name, error)
        except KeyboardInterrupt:
            tell(f"scrapy {name}: {self.interrupted}")
            self.exitcode = 128 + signal.SIGINT
        except BrokenPipeError:  # whoever reads has seen enough (`| head`); what is still buffered has no reader
            drop()
        except OSError as error:
            told = output_error(error)
            if told is None:
                raise
            drop()
            self._fail(name, told)
        finally:
            leave_streams()

    def _fail(self, name: str, error: MapexpressError) -> None:
        tell(f"scrapy {name}: {error}")
        self.exitcode = int(error.status)

    def _check(self, name: str, args: list[str]) -> None:
        """Refuse what Scrapy passes on: an option that it does not know becomes an argument like any other."""
        for arg in args:
            if arg.startswith("-") and arg != "-":
                raise UsageError(f"unknown option {arg}; see scrapy {name} -h")
        if args and self.no_arguments is not None:
            raise UsageError(f"{args[0]!r} is one too many: {self.no_arguments}")

    def limits(self) -> Limits:
        """How much is read of what strangers send and of what is stored. Raises UsageError."""
        assert self.settings is not None
        return Limits.read(self.settings.get)

    def data_folder(self) -> Path:
        """MAPEXPRESS_DATA, relative to where the command is typed; `data` when it is not set."""
        assert self.settings is not None
        return Path(self.settings.get("MAPEXPRESS_DATA") or "data").absolute()

    def sites_folder(self) -> Path:
        """MAPEXPRESS_SITES, relative to where the command is typed; `sites` when it is not set."""
        assert self.settings is not None
        return Path(self.settings.get("MAPEXPRESS_SITES") or "sites")

    def now(self) -> datetime:
        """The moment in UTC, or the one of MAPEXPRESS_NOW."""
        from mapexpress.dataset.clock import clock_from

        assert self.settings is not None
        return clock_from(self.settings.get("MAPEXPRESS_NOW"))().astimezone(UTC)

    def write_file(self, path: Path, text: str) -> None:
        """Write what the user asked for as a whole, with the folders above it. Raises StorageError."""
        from mapexpress.system.disk import make_folder, storage_errors, write_atomically

        with storage_errors(path):
            make_folder(path.absolute().parent)
            check_output(path.absolute())
            write_atomically(path.absolute(), text.encode())


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return visible(record.getMessage())


class DatasetCommand(MapexpressCommand):
    """A command over all sites of a dataset, or over the one that `--site` names."""

    requires_crawler_process = False
    default_settings: ClassVar = {"LOG_ENABLED": False}
    no_arguments: str | None = "give --site KEY for one site"

    def syntax(self) -> str:
        return "[options]"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        told = logging.StreamHandler()  # what had to be mended before the work could begin
        told.setLevel(logging.WARNING)
        told.setFormatter(_OneLine())
        dataset = logging.getLogger("mapexpress.dataset")
        dataset.addHandler(told)
        try:
            super().run(args, opts)
        finally:
            dataset.removeHandler(told)

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--data", metavar="FOLDER", help="data folder (default: the setting MAPEXPRESS_DATA)")
        parser.add_argument("--site", metavar="KEY", help="this site only (default: all)")

    def sites(self, opts: argparse.Namespace) -> list[Layout]:
        """The sites that are meant. Raises UsageError when there is none."""
        from mapexpress.dataset.files.layout import Layout, site_keys

        data = Path(opts.data).absolute() if opts.data else self.data_folder()
        known = list(site_keys(data))
        if opts.site is not None and opts.site not in known:
            raise UsageError(f"no site {opts.site!r} in {data}; known: {', '.join(known) or 'none'}")
        if not known:
            raise UsageError(f"no dataset in {data}; give --data or set MAPEXPRESS_DATA")
        return [Layout(data, key, self.limits()) for key in known if opts.site in (None, key)]
