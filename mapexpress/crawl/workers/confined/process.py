"""The crawl's side: one confined process, started when it is needed, killed past its limits and replaced."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import mapexpress
from mapexpress.crawl.workers.confined.messages import LENGTH, MOST_REPLY, Asked, Reading, read_reading, write_asked
from mapexpress.errors import ReadingCancelledError, StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mapexpress.limits import Limits
    from mapexpress.model.document import Document

# A fresh process for every so many documents: what an allocator keeps of a hostile one is given back
MOST_DOCUMENTS = 50


# Seconds are those of the processor, so that a busy machine loses no page; past so many times of them the wall clock
# ends what waits for nothing that will come
_PATIENCE = 3
_SHORT = 100_000  # bytes of an answer that is unpacked at once; that of a sitemap may have ten megabytes
START_SECONDS = 120.0  # imports and models take 2 on an idle machine


def is_heavy(documents: Sequence[Document], most: Limits) -> bool:
    """Whether the pages of an article are too much to be read where they would hold everything else up."""
    size = sum(len(d.body) for d in documents)
    return size > most.light_bytes or sum(_tags(d.body) for d in documents) > most.light_tags


def refused(documents: Sequence[Document], most: Limits) -> str | None:
    """The reason why an article's pages would be cut by `mapexpress.page.oversize`, from their bytes alone."""
    if any(len(d.body) > most.page_bytes for d in documents):
        return "too_large"
    return "too_many_elements" if any(_tags(d.body) > most.tags for d in documents) else None


def _tags(body: bytes | str) -> int:
    return body.count("<") if isinstance(body, str) else body.count(b"<")


@dataclass(slots=True, weakref_slot=True)  # signals hold their receivers weakly
class Confined:
    """Reads documents in another process, one at a time: at most `seconds` of CPU time each, `megabytes` of memory."""

    seconds: float = 20.0
    megabytes: int = 320
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _process: asyncio.subprocess.Process | None = None
    _read: int = 0
    _stopped: bool = False

    async def read(self, asked: Asked) -> Reading:
        """What the process makes of it; a `problem` where it met a limit or died.

        Raises ReadingCancelledError after `stop`.
        """
        async with self._turn:
            if self._stopped:
                raise ReadingCancelledError
            try:
                message = await asyncio.to_thread(write_asked, asked)  # a template is packed with it
                if self._stopped:
                    raise ReadingCancelledError
                return await self._ask(message)
            finally:
                if self._stopped or self._read >= MOST_DOCUMENTS:
                    await self._end()

    async def _ask(self, message: bytes) -> Reading:
        if self._process is None or self._process.returncode is not None:
            self._process = await self._start()
            self._read = 0
        self._read += 1
        try:
            reading = await asyncio.wait_for(_exchange(self._process, message), self.seconds * _PATIENCE)
        except TimeoutError:
            await self._end()
            return Reading(problem="extraction_timeout")
        except (OSError, EOFError, ValueError, KeyError, TypeError):
            status = await self._end()
            if self._stopped:
                raise ReadingCancelledError from None
            return Reading(problem="extraction_timeout" if status == -signal.SIGXCPU else "extraction_crashed")
        if reading.problem:
            await self._end()
        return reading

    def stop(self) -> None:
        """End the process at once; safe to call twice."""
        self._stopped = True
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def close(self) -> None:
        """`stop`, and wait until it has ended."""
        self._stopped = True
        await self._end()

    async def _start(self) -> asyncio.subprocess.Process:
        # -P: no module is taken from the folder that the crawl was started in
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "mapexpress.crawl.workers.confined.worker",
            str(self.megabytes),
            str(self.seconds),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_environment(),
            close_fds=True,  # the site's lock and the sockets stay here
            limit=1 << 20,
        )
        self._process = process  # from here on `stop` reaches it
        try:
            ready = await asyncio.wait_for(_answer(process), START_SECONDS)
        except (OSError, EOFError, ValueError, KeyError):
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            if self._stopped:
                raise ReadingCancelledError from None
            raise OSError(errno.EAGAIN, "the confined process does not start") from None
        if ready.problem:  # it could not unpack its models
            raise StorageError(ready.problem)
        return process

    async def _end(self) -> int | None:
        """How the process ended: by itself, or killed here."""
        process, self._process = self._process, None
        if process is None:
            return None
        with suppress(ProcessLookupError):
            process.kill()
        return await process.wait()


async def _exchange(process: asyncio.subprocess.Process, message: bytes) -> Reading:
    assert process.stdin is not None
    process.stdin.write(message)
    await process.stdin.drain()
    return await _answer(process)


async def _answer(process: asyncio.subprocess.Process) -> Reading:
    assert process.stdout is not None
    length = int.from_bytes(await process.stdout.readexactly(LENGTH), "big")
    if length > MOST_REPLY:
        raise ValueError(f"an answer of {length} bytes")
    data = await process.stdout.readexactly(length)
    return read_reading(data) if length <= _SHORT else await asyncio.to_thread(read_reading, data)


def _environment() -> dict[str, str]:
    """Little of ours: no secret of the surroundings is within reach of a hostile page."""
    names = ("PATH", "TMPDIR", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "HOME", "MAPEXPRESS_COMPILED")
    kept = {k: os.environ[k] for k in names if k in os.environ}
    package = str(Path(mapexpress.__file__).resolve().parents[1])
    return {**kept, "PYTHONPATH": package, "OPENBLAS_NUM_THREADS": "1"}  # one thread: 32 MB of address space each
