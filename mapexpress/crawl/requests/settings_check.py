"""Settings that were typed (`-s NAME=VALUE`), read strictly: a wrong one ends the command before anything is asked."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.settings import default_settings

from mapexpress.dataset.clock import clock_from
from mapexpress.errors import UsageError

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

# Ours by kind; Scrapy's by the type of its own default.
_FLAGS = ("MAPEXPRESS_WARC", "MAPEXPRESS_LOG_JSON", "MAPEXPRESS_STORE_RESERVED")
_COUNTS = (
    "MAPEXPRESS_WARC_DAYS",
    "MAPEXPRESS_MAX_URL",
    "MAPEXPRESS_MAX_PAGES",
    "MAPEXPRESS_MAX_WAYS",
    "MAPEXPRESS_MAX_EDITIONS",
    "MAPEXPRESS_MAX_RUN_BYTES",
    "MAPEXPRESS_MAX_DAY_BYTES",
    "MAPEXPRESS_MAX_RUN_WAYS",
    "MAPEXPRESS_MAX_DAY_WAYS",
    "MAPEXPRESS_EXTRACTION_MEGABYTES",
)
_SECONDS = (
    "MAPEXPRESS_FIRST_BYTE_TIMEOUT",
    "MAPEXPRESS_PAGE_SECONDS",
    "MAPEXPRESS_EXTRACTION_SECONDS",
    "MAPEXPRESS_MAX_CRAWL_DELAY",
    "MAPEXPRESS_MAX_RETRY_AFTER",
)
_NEVER_NEGATIVE = ("MAPEXPRESS_", "DOWNLOAD_", "CONCURRENT_", "AUTOTHROTTLE_")


def check_settings(settings: BaseSettings) -> None:
    """Raise UsageError for the first setting whose value is of no use, with what it takes.

    >>> from scrapy.settings import Settings
    >>> check_settings(Settings({"DOWNLOAD_DELAY": "0.5", "MAPEXPRESS_WARC": "false"}))
    >>> check_settings(Settings({"DOWNLOAD_DELAY": "fast"}))
    Traceback (most recent call last):
    mapexpress.errors.UsageError: DOWNLOAD_DELAY=fast: give a number
    """
    clock_from(settings.get("MAPEXPRESS_NOW"))
    level = settings.get("LOG_LEVEL")
    if isinstance(level, str) and level.upper() not in logging.getLevelNamesMapping():
        raise UsageError(f"LOG_LEVEL={level}: give DEBUG, INFO, WARNING, ERROR or CRITICAL")
    for name in settings:
        value = settings[name]
        if not isinstance(value, str):
            continue  # as a module of settings gives it
        default = getattr(default_settings, name, None)
        if name in _FLAGS or isinstance(default, bool):
            _check_flag(settings, name)
        elif name in (*_COUNTS, *_SECONDS) or isinstance(default, int | float):
            _check_number(name, value, whole=name in _COUNTS)


def _check_flag(settings: BaseSettings, name: str) -> None:
    try:
        settings.getbool(name)
    except ValueError:
        raise UsageError(f"{name}={settings[name]}: give true or false") from None


def _check_number(name: str, value: str, *, whole: bool) -> None:
    kind = "a whole number" if whole else "a number"
    try:
        number = int(value) if whole else float(value)
    except ValueError:
        raise UsageError(f"{name}={value}: give {kind}") from None
    if number != number or (number < 0 and name.startswith(_NEVER_NEGATIVE)):
        raise UsageError(f"{name}={value}: give {kind} that is not negative")
