"""How every command of ours ends: one line for the user and DESIGN's status, never a traceback for bad input."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand

from mapexpress.errors import ExitStatus, MapexpressError


class MapexpressCommand(ScrapyCommand):
    """A command that gives its exit status; works in a Scrapy project and outside one."""

    requires_project = False

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        """Do the work. A MapexpressError becomes its one line on standard error and its status."""
        raise NotImplementedError

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        name = type(self).__module__.rpartition(".")[2]
        try:
            self.exitcode = int(self.execute(args, opts))
        except MapexpressError as error:
            sys.stderr.write(f"scrapy {name}: {error}\n")
            self.exitcode = int(error.status)

    def data_folder(self) -> Path:
        """MAPEXPRESS_DATA, relative to where the command is typed; `data` when it is not set."""
        assert self.settings is not None
        return Path(self.settings.get("MAPEXPRESS_DATA") or "data").absolute()
