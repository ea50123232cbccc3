"""Real crawls of a served site, each a process of its own, and what they stored."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.site_kinds.serving import Hit, Served

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0  # seconds: a crawl that takes longer has fallen into a trap


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One crawl: its exit status, what it stored and rejected, what it asked, what it said."""

    arguments: tuple[str, ...]
    status: int
    records: list[dict[str, Any]]
    rejections: list[dict[str, Any]]
    hits: list[Hit]
    output: str


def crawl(served: Served, data: Path, *arguments: str) -> Run:
    """`scrapy crawl news -a url=…`; the records are those that the data folder holds after it."""
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={served.home}"]
    for argument in arguments:
        command += ["-a", argument]
    settings = {
        "MAPEXPRESS_DATA": data,
        "MAPEXPRESS_ALLOW_HOSTS": "" if served.proxied else f"127.0.0.1:{served.port}",
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": 0,
    }
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    environment = {k: v for k, v in os.environ.items() if k.lower() not in ("http_proxy", "https_proxy", "no_proxy")}
    if served.proxied:
        environment |= {
            "http_proxy": f"http://127.0.0.1:{served.port}",
            "https_proxy": f"http://127.0.0.1:{served.port}",
        }
    before = len(served.hits)
    try:
        ran = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        status, output = ran.returncode, ran.stderr
    except subprocess.TimeoutExpired as error:
        status, output = -1, f"no end after {PATIENCE:.0f} seconds: {(error.stderr or b'')[-2000:]!r}"
    return Run(
        arguments=arguments,
        status=status,
        records=_lines(data, "dataset/*/*/*.gz"),
        rejections=_lines(data, "sites/*/rejections/**/*.gz"),
        hits=served.hits[before:],
        output=output,
    )


def _lines(data: Path, pattern: str) -> list[dict[str, Any]]:
    found = []
    for part in sorted(data.glob(pattern)):
        with gzip.open(part, "rt", encoding="utf-8") as lines:
            found += [json.loads(line) for line in lines]
    return found
