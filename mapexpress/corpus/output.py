"""Writing a corpus so that a killed run goes on where it was: a part file, its progress beside it, one rename."""

from __future__ import annotations

import gzip
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import orjson
import zstandard

from mapexpress.system.disk import fsync_folder, storage_errors, write_all, write_atomically
from mapexpress.system.inside import check_own, kept_file


class CorpusWriter:
    """JSON Lines at `path` (packed when it ends in .gz or .zst), complete or not there at all.

    `job` is what makes two runs the same work (files, options, code version): only then does a run go on with the part
    of a killed one, and `done` says how many documents to skip, `empty` how many of these have no text. A batch is one
    gzip member or one zstd frame, so a part can be cut behind any batch. Raises StorageError.
    """

    def __init__(self, path: Path, job: str) -> None:
        self.path = path
        self.part = path.with_name(f".{path.name}.part")
        self.progress = path.with_name(f".{path.name}.progress")
        self.templates = path.with_name(f".{path.name}.templates")
        self.job = job
        self.done = self.empty = 0
        self._offset = 0
        with storage_errors(path):
            self._recover()
            self._handle = kept_file(self.part, os.O_WRONLY)
            os.ftruncate(self._handle, self._offset)
            os.lseek(self._handle, self._offset, os.SEEK_SET)

    def _recover(self) -> None:
        for left in (self.part, self.progress, self.templates):
            check_own(left)
        try:
            saved = orjson.loads(self.progress.read_bytes())
            if saved["job"] == self.job and self.part.stat().st_size >= saved["offset"]:
                self.done, self.empty, self._offset = int(saved["done"]), int(saved["empty"]), int(saved["offset"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            pass  # no earlier run, or one whose progress was never finished: begin anew

    def write(self, lines: Sequence[bytes], *, empty: int = 0) -> None:
        """Append one batch, `empty` of it without text, durably: a killed run does not do these documents again."""
        data = b"".join(line + b"\n" for line in lines)
        if self.path.suffix == ".gz":
            data = gzip.compress(data, mtime=0)
        elif self.path.suffix == ".zst":
            data = zstandard.ZstdCompressor().compress(data)
        with storage_errors(self.path):
            write_all(self._handle, data)
            os.fsync(self._handle)
            self._offset += len(data)
            self.done += len(lines)
            self.empty += empty
            state = {"job": self.job, "done": self.done, "empty": self.empty, "offset": self._offset}
            write_atomically(self.progress, orjson.dumps(state))

    def finish(self) -> None:
        """Give the file its name; the work is done."""
        with storage_errors(self.path):
            os.fsync(self._handle)
            self.part.replace(self.path)
            self.progress.unlink(missing_ok=True)
            self.templates.unlink(missing_ok=True)
            fsync_folder(self.path.parent)

    def __enter__(self) -> CorpusWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._handle)
