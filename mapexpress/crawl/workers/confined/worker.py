"""The confined process: takes work on stdin, gives answers on stdout.

Started by `python -m mapexpress.crawl.workers.confined.worker MEGABYTES SECONDS`.
It ends when its parent does, writes no file, and may use so many megabytes above what it starts with.
"""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import orjson

from mapexpress.crawl.workers.confined.messages import LENGTH, Asked, Reading, read_asked, write_reading
from mapexpress.discovery.feeds import parse_feed
from mapexpress.discovery.sitemaps import parse_sitemap
from mapexpress.errors import StorageError
from mapexpress.extraction.next_pages import article_pages
from mapexpress.model.document import Document
from mapexpress.page.memory import collect_rarely, give_back
from mapexpress.record.build import build, read_page

_FIRST = (
    f"<html><head><title>Pluie</title></head><body>{'<p>Il a plu toute la nuit sur la ville.</p>' * 30}</body></html>"
)
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    """Serve until stdin ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    try:
        # loads models and tables, some through a temporary file
        build([Document(body=_FIRST, url="https://news.example/")])
    except StorageError as error:
        answers.write(write_reading(Reading(problem=str(error))))
        answers.flush()
        return
    give_back()
    collect_rarely()
    _confine(int(sys.argv[1]))
    answers.write(write_reading(Reading()))  # ready: the time of the first document starts here
    answers.flush()
    while asked := _next(sys.stdin.buffer):
        _allow(float(sys.argv[2]))
        try:
            reading = read(asked)
        except MemoryError:
            reading = Reading(problem="extraction_memory")
        except RecursionError:
            reading = Reading(problem="too_deep")
        answers.write(write_reading(reading))
        answers.flush()
        if reading.problem == "extraction_memory":
            return  # what is left of the memory is no ground for another page


def read(asked: Asked) -> Reading:
    """Do the work; a bug is raised and ends the process."""
    limits = asked.limits
    first = asked.documents[0]
    body = first.body if isinstance(first.body, bytes) else first.body.encode("utf-8", "replace")
    if asked.task == "feed":
        return Reading(found=parse_feed(body, first.url or "", limits))
    if asked.task == "sitemap":
        return Reading(found=parse_sitemap(body, first.url or "", limits))
    last = asked.documents[-1]
    pages: tuple[str, ...] = ()
    documents = list(asked.documents)
    if last.kind == "html":
        page = read_page(last, limits)
        pages = article_pages(page, first=first.url)
        documents[-1] = replace(last, page=page)
    return Reading(
        record=build(documents, site=asked.site, snapshot=asked.snapshot, options=asked.options), pages=pages
    )


def _next(stream: BinaryIO) -> Asked | None:
    size = stream.read(LENGTH)
    if len(size) < LENGTH:
        return None
    head = orjson.loads(stream.read(int.from_bytes(size, "big")))
    return read_asked(head, [stream.read(d["length"]) for d in head["documents"]])


def _allow(seconds: float) -> None:
    """CPU time for one document, from now; past it SIGXCPU ends the process, whatever code is running."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds), hard))


def _confine(megabytes: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the crawl's; this one is told by its pipe
    with suppress(OSError, AttributeError):  # Linux only; elsewhere the end of stdin ends it
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(limit, (0, 0))
    with suppress(OSError, ValueError):  # Linux only; elsewhere the limits of `mapexpress.page.oversize` must do
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        most = pages * resource.getpagesize() + megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
