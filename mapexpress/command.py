"""How every command of ours ends: one line for the user and DESIGN's status, never a traceback for bad input."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand

from mapexpress.errors import ExitStatus, MapexpressError


class MapexpressCommand(ScrapyCommand):
    """A command that gives its exit status; works in a Scrapy project and outside one."""

    requires_project = False
    interrupted = "interrupted"

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
        except KeyboardInterrupt:
            sys.stderr.write(f"scrapy {name}: {self.interrupted}\n")
            self.exitcode = 128 + signal.SIGINT
        except BrokenPipeError:  # whoever reads has seen enough (`| head`); what is still buffered has no reader
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def data_folder(self) -> Path:
        """MAPEXPRESS_DATA, relative to where the command is typed; `data` when it is not set."""
        assert self.settings is not None
        return Path(self.settings.get("MAPEXPRESS_DATA") or "data").absolute()

    def write_file(self, path: Path, text: str) -> None:
        """Write what the user asked for as a whole, with the folders above it. Raises StorageError."""
        from mapexpress.dataset.disk import make_folder, storage_errors, write_atomically

        with storage_errors(path):
            make_folder(path.absolute().parent)
            write_atomically(path.absolute(), text.encode())
