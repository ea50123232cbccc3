"""A spider in a process of its own, and what it leaves behind."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests import forked

ROOT = Path(__file__).parents[2]
PATIENCE = 90  # seconds before a crawl that takes three is called hung


@dataclass(frozen=True)
class Crawl:
    """What a run left behind."""

    status: int
    output: str
    data: Path

    def lines(self, kind: str = "records") -> list[str]:
        """Stored lines, sealed ones and those still open, in no promised order."""
        folder = "dataset/site=mapexpress/*" if kind == "records" else "sites/mapexpress/rejections/**"
        found: list[str] = []
        for part in sorted(self.data.glob(f"{folder}/*.jsonl.gz")):
            with gzip.open(part, "rt", encoding="utf-8") as lines:
                found += lines
        return found

    @property
    def records(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.lines()]

    @property
    def rejections(self) -> dict[str, str]:
        """Reasons by public address."""
        return {r["url"]: r["reason"] for r in map(json.loads, self.lines("rejections"))}

    @property
    def urls(self) -> list[str]:
        return sorted(str(record["url"]) for record in self.records)


@dataclass
class Runner:
    """Starts crawls; every process it starts ends with the test."""

    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def _typed(
        self, url: str, data: Path, arguments: tuple[str, ...], allow: str, spider: str, settings: dict[str, str]
    ) -> list[str]:
        given = {
            "MAPEXPRESS_DATA": str(data),
            "MAPEXPRESS_ALLOW_HOSTS": allow or url.removeprefix("http://"),
            "MAPEXPRESS_CONTACT": "mailto:crawler@example.org",
            "DOWNLOAD_DELAY": "0",
            "AUTOTHROTTLE_ENABLED": "0",
            "LOG_LEVEL": "INFO",
        } | settings
        command = ["crawl", spider, "-a", f"base_url={url}"]
        for argument in arguments:
            command += ["-a", argument] if not argument.startswith("-") else argument.split()
        for name, value in given.items():
            command += ["-s", f"{name}={value}"]
        return command

    def start(
        self, url: str, data: Path, *arguments: str, allow: str = "", spider: str = "mapexpress", **settings: str
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "scrapy", *self._typed(url, data, arguments, allow, spider, settings)],
            cwd=ROOT,
            env=os.environ | {"PYTHONWARNINGS": "default", "COLUMNS": "100"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def run(
        self, url: str, data: Path, *arguments: str, allow: str = "", spider: str = "mapexpress", **settings: str
    ) -> Crawl:
        ran = forked.together(*self._typed(url, data, arguments, allow, spider, settings))
        return Crawl(status=ran.returncode, output=ran.stdout, data=data)

    def kill(self, process: subprocess.Popen[str]) -> None:
        """`kill -9`, nothing softer before it."""
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=10)

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                self.kill(process)


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether a condition came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False
