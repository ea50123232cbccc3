"""A progress bar on a terminal; nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator

from mapexpress.corpus.readers import Source
from mapexpress.corpus.unpacking import Meter

_REDRAW_SECONDS = 0.2
_WIDTH = 30  # characters of the bar
_LINE = 90


class Progress:
    """How far the reading of files is: their bytes are known before, the number of their documents is not."""

    def __init__(self, word: str, total: int, *, done: int = 0) -> None:
        self.meter = Meter()
        self.done = done
        self._word = word
        self._total = total
        self._before = done
        self._shows = sys.stderr.isatty()
        self._began = self._drawn = time.monotonic()

    def add(self, documents: int) -> None:
        """Count documents, and draw the bar anew when it is time."""
        self.done += documents
        if self._shows and time.monotonic() - self._drawn > _REDRAW_SECONDS:
            self._drawn = time.monotonic()
            sys.stderr.write(f"\r{self.line(self._drawn - self._began):{_LINE}}")
            sys.stderr.flush()

    def line(self, seconds: float) -> str:
        """The bar as it is after so many seconds."""
        rate = (self.done - self._before) / seconds if seconds else 0.0
        counted = f"{self.done:,} documents {self._word}, {rate:,.0f}/s"
        if not self._total:
            return counted  # a pipe has no end that is known
        share = min(1.0, self.meter.read / self._total)
        left = f", {seconds / share - seconds:,.0f} s left" if share > 0.01 else ""
        return f"[{'#' * int(share * _WIDTH):{_WIDTH}}] {share:4.0%} {counted}{left}"

    def watch(self, sources: Iterable[Source]) -> Iterator[Source]:
        """Count documents as they pass."""
        for source in sources:
            yield source
            self.add(1)

    def clear(self) -> None:
        """Take the bar away."""
        if self._shows:
            sys.stderr.write(f"\r{'':{_LINE}}\r")
            sys.stderr.flush()
