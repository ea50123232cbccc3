"""Which browser shows the pages of sites that ask for one, told without starting it."""

from __future__ import annotations

import shutil
from importlib.util import find_spec

from mapexpress.errors import UsageError

_NAMES = ("chromium", "chromium-browser", "google-chrome")  # Debian, Ubuntu, Google's packages


def executable(given: str | None) -> str | None:
    """Path of the browser: the one given, else the first of the usual names on PATH; None where there is none."""
    return next((path for name in ([given] if given else _NAMES) if (path := shutil.which(name))), None)


def check_browser(given: str | None, site: str) -> None:
    """Raises UsageError with what to install where a site asks for a browser and none can be started."""
    if find_spec("scrapy_playwright") is None:
        raise UsageError(f"site file {site} says browser = true: pip install 'mapexpress[browser]'")
    if executable(given) is None:
        where = f"MAPEXPRESS_BROWSER={given} is no program" if given else "no chromium on PATH"
        raise UsageError(f"site file {site} says browser = true, and there is {where}: apt install chromium")
