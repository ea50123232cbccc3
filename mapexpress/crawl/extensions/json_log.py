"""Logs for machines: one JSON object a line, so that a title can forge no line and a collector needs no pattern."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


class JsonFormatter(logging.Formatter):
    """`time` (UTC, milliseconds), `level`, `logger`, `message`, the traceback as `error`, and `summary` at a run's end.

    >>> record = logging.LogRecord("a.b", logging.INFO, "f.py", 1, "rejected %s\\n", ("x",), None)
    >>> record.created = 0
    >>> print(JsonFormatter().format(record))
    {"time":"1970-01-01T00:00:00.000Z","level":"INFO","logger":"a.b","message":"rejected x\\n"}
    """

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        summary = getattr(record, "summary", None)
        if isinstance(summary, dict):
            line["summary"] = summary
        try:
            return orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
        except orjson.JSONEncodeError:  # lone surrogates, from bytes that were no text
            plain = {name: str(value).encode("utf-8", "replace").decode() for name, value in line.items()}
            return orjson.dumps(plain).decode()


def log_as_json(settings: BaseSettings) -> None:
    """Take the log over from Scrapy, which installs its own handler anew for each crawler, and write JSON lines.

    LOG_FILE, LOG_FILE_APPEND and LOG_LEVEL mean what they mean to Scrapy.
    """
    name = settings.get("LOG_FILE")
    mode = "a" if settings.getbool("LOG_FILE_APPEND") else "w"
    handler = logging.FileHandler(name, mode=mode, encoding="utf-8") if name else logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    handler.setLevel(settings.get("LOG_LEVEL"))
    logging.getLogger().addHandler(handler)
    settings.set("LOG_ENABLED", False, priority="cmdline")
    settings.set("LOG_FILE", None, priority="cmdline")
