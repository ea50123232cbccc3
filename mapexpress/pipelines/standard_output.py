"""Feeds on standard output (`-O -:jsonl`): one that is full ends the run, one that nobody reads any more is left."""

from __future__ import annotations

import sys
from typing import IO, TYPE_CHECKING, Any

from scrapy.extensions.feedexport import StdoutFeedStorage

from mapexpress.errors import OutputError
from mapexpress.system.streams import drop

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.crawler import Crawler


class _Output:
    """Standard output for an exporter: its first error is told once, what comes after goes nowhere."""

    def __init__(self, file: IO[bytes], failed: Callable[[OSError], object]) -> None:
        self._file = file
        self._failed = failed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> int:
        try:
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            drop()
            self._failed(error)
        return len(data)


class OutputStorage(StdoutFeedStorage):
    """Scrapy's storage, but that an error is told once: its exporters meet it at every item, and it is forgiven."""

    def __init__(self, uri: str, crawler: Crawler, feed_options: dict[str, Any] | None = None) -> None:
        self._crawler = crawler
        super().__init__(uri, _Output(sys.stdout.buffer, self._failed), feed_options=feed_options)  # type: ignore[arg-type]

    @classmethod
    def from_crawler(cls, crawler: Crawler, uri: str, *, feed_options: dict[str, Any] | None = None) -> OutputStorage:
        return cls(uri, crawler, feed_options)

    def _failed(self, error: OSError) -> None:
        if not isinstance(error, BrokenPipeError):
            told = f"cannot write to standard output: {error.strerror or error}; what is stored is whole"
            self._crawler.signals.send_catch_log(OUTPUT_FAILED, error=OutputError(told))


OUTPUT_FAILED = object()  # signal with `error`, an OutputError
