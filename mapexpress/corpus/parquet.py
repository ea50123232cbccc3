"""Rows of a Parquet file, read by a process with a limit of memory.

A file of some kilobytes may hold a page, a dictionary or a list that unpacks to many gigabytes, and what it says of
their sizes may be wrong: Arrow takes the memory before it knows. The process prints each row as a line of JSON.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from mapexpress.corpus.unpacking import FileError
from mapexpress.limits import DEFAULTS, Limits
from mapexpress.system.bounded import TooLargeError, check_json, most_bytes

# Above what the process starts with: 64 rows of the largest document that is read, 1.5 MB each on average, are Arrow's,
# and one is a line at a time
MEGABYTES = 1024
_ROWS_AT_ONCE = 64
_BUFFER = 2**20  # of a column; without one Arrow reads a column of a row group as a whole
_ALONE = {  # threads reserve memory that they never use
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1", "ARROW_DEFAULT_MEMORY_POOL": "system",
}  # fmt: skip
_DAMAGED, _FULL = 3, 4  # statuses


def parquet_rows(path: Path, limits: Limits = DEFAULTS) -> Iterator[tuple[dict[str, Any], float]]:
    """Each row, as JSON has it, and the share of the file that it is. Raises FileError, TooLargeError."""
    command = [sys.executable, "-m", __name__, str(path), str(MEGABYTES)]
    env = {**os.environ, **_ALONE, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    most, number = most_bytes(limits), 0
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603  # nosec B603 -- our own module, no shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=env
        )
        assert process.stdout is not None
        try:
            while line := process.stdout.readline(most + 1):
                number += 1
                if len(line) > most:
                    raise TooLargeError(f"{path}: row {number}", most, "stored_bytes")
                check_json(line, f"{path}: row {number}", limits)
                share, row = orjson.loads(line)
                yield row, share
            status = process.wait()
        finally:
            process.stdout.close()
            process.kill()
            process.wait()
        if status == _DAMAGED:
            said.seek(0)
            lines = said.read(4096).decode("utf-8", "replace").splitlines()
            raise FileError(f"{path}: not a Parquet file, or a broken one: {lines[-1] if lines else ''}")
        if status:
            raise FileError(f"{path}: row {number + 1} and those behind it take more than {MEGABYTES} MB to read")


def _print_rows(path: str) -> int:
    import pyarrow
    from pyarrow import parquet

    _limit(int(sys.argv[2]))
    out = sys.stdout.buffer
    try:
        file = parquet.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False)
        share = 1 / max(1, file.metadata.num_rows)
        for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, use_threads=False):
            for number in range(batch.num_rows):
                (row,) = batch.slice(number, 1).to_pylist()
                out.write(orjson.dumps([share, row], default=plain) + b"\n")
        out.flush()
    except MemoryError:
        return _FULL
    except BrokenPipeError:
        os._exit(0)  # whoever reads has had enough
    except (pyarrow.ArrowException, OSError, ValueError, TypeError) as error:
        sys.stderr.write((str(error).splitlines() or [type(error).__name__])[0])
        return _DAMAGED
    return 0


def _limit(megabytes: int) -> None:
    import resource

    try:
        used = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return  # not Linux: the limit would be of no use there
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = used + megabytes * 2**20
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def plain(value: object) -> str:
    """A column's value that JSON does not have: bytes in base64, everything else in its own words."""
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else str(value)


if __name__ == "__main__":
    sys.exit(_print_rows(sys.argv[1]))
