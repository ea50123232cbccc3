"""What a speed benchmark found, as data: each program writes its own file, `speed.py` puts them on one page."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_NAMED = ("lxml", "scrapy", "trafilatura", "readability-lxml", "newspaper4k", "resiliparse", "selectolax", "aiohttp")


def machine() -> dict[str, object]:
    """What the figures were taken on: processor, cores, Python, the contenders' versions, and how busy it is now."""
    cpu = platform.processor() or platform.machine()
    for line in _lines(Path("/proc/cpuinfo")):
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    versions = {}
    for name in _NAMED:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "processor": cpu,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": [round(value, 1) for value in os.getloadavg()],
        "versions": versions,
    }


def per_page(times: Mapping[str, list[float]]) -> dict[str, dict[str, float]]:
    """Of each contender's milliseconds a page: mean, median, 95 % and most; `parses` are multiples of the mean lxml
    parse, `p95 own` and `worst own` of the page's own parse."""
    base = times["lxml parse"]
    rows = {}
    for name, values in times.items():
        own = [value / parse for value, parse in zip(values, base, strict=True)]
        rows[name] = {
            "mean": statistics.mean(values),
            "median": statistics.median(values),
            "p95": statistics.quantiles(values, n=20)[-1],
            "worst": max(values),
            "parses": statistics.mean(values) / statistics.mean(base),
            "p95 own": statistics.quantiles(own, n=20)[-1],
            "worst own": max(own),
        }
    return rows


def write(path: Path | None, found: Mapping[str, object]) -> None:
    """Save what a program found, with the machine; nothing without a path."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"machine": machine(), **found}, indent=1), "utf-8")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except OSError:
        return []
