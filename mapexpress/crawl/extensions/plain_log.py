"""Log lines that nobody can forge: what a site wrote into a message neither begins a line nor steers a terminal."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from scrapy import signals

from mapexpress.errors import StorageError
from mapexpress.fetch.run import STORAGE_FAILED
from mapexpress.text.characters import visible

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_FORMATTER = logging.Formatter()
_LINES = re.compile(r"\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")


class OneLine(logging.Filter):
    """Makes each message harmless; the lines of a longer one are indented, so that none looks like a line of its own.

    Once the disk has failed, what fails for that reason is not told again: the run ends with one line that says it.

    >>> record = logging.LogRecord("a", logging.INFO, "f", 1, "rejected %s", ("x\\x1b[2J\\n2026 ERROR: y",), None)
    >>> OneLine().filter(record), record.getMessage()
    (True, 'rejected x�[2J\\n    2026 ERROR: y')
    """

    storage_failed = False

    def filter(self, record: logging.LogRecord) -> bool:
        if self.storage_failed and record.exc_info and isinstance(record.exc_info[1], StorageError):
            return False
        message = record.getMessage()
        if not message.isprintable():
            record.msg = "\n    ".join(visible(line) for line in _LINES.split(message))
            record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = "\n".join(map(visible, _LINES.split(_FORMATTER.formatException(record.exc_info))))
        return True


class PlainLog:
    """Extension: puts the filter on the handlers of the root logger for as long as a crawl goes."""

    def __init__(self, crawler: Crawler) -> None:
        self.filter = OneLine()
        self.handlers = list(logging.getLogger().handlers)
        for handler in self.handlers:
            handler.addFilter(self.filter)
        crawler.signals.connect(self._storage_failed, STORAGE_FAILED)
        crawler.signals.connect(self._stopped, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PlainLog:
        return cls(crawler)

    def _storage_failed(self) -> None:
        self.filter.storage_failed = True

    def _stopped(self) -> None:
        for handler in self.handlers:
            handler.removeFilter(self.filter)
