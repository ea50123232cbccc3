"""One part's folder and site, the crawls it starts, and what must hold of every dataset."""

from __future__ import annotations

import gzip
import json
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fixtures.server import SiteServer
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.repair.verify import verify
from mapexpress.model.schema import json_schema

SITE = "mapexpress"
ROOT = Path(__file__).parents[2]
PATIENCE = 1800  # seconds before a crawl is called hung


@dataclass(slots=True)
class Bench:
    """The folder `data` of one part, and how big its site is."""

    data: Path
    articles: int
    kills: int
    urls: int
    days: int
    commands: Sequence[str] = ()  # of the sweep, with the faults that they meet and the changes from one to the next
    faults_met: Sequence[str] = ()
    stride: int = 1
    nexts: int = 2  # commands that are tried after each fault
    noted: dict[str, Any] = field(default_factory=dict)

    @property
    def layout(self) -> Layout:
        return Layout(self.data, SITE)

    # A part that takes long notes how far it came, and goes on there when it is called again.

    @property
    def _notes(self) -> Path:
        return self.data.with_suffix(".json")

    def begin(self, *, resumable: bool = False) -> bool:
        """Make the folder; True when an earlier call with the same figures did not come to its end."""
        figures = {"articles": self.articles, "kills": self.kills, "urls": self.urls, "days": self.days}
        if resumable and self._notes.exists():
            self.noted = json.loads(self._notes.read_text("utf-8"))
            if self.noted["figures"] == figures and not self.noted["ended"] and self.data.is_dir():
                return True
        self.noted = {"figures": figures, "ended": False, "seconds": 0.0}
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True)
        return False

    def note(self, **values: object) -> None:
        """Keep values for a call that goes on."""
        self.noted |= values
        temporary = self._notes.with_suffix(".tmp")
        temporary.write_text(json.dumps(self.noted), "utf-8")
        temporary.replace(self._notes)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Count the time of this call to that of the calls before it."""
        before, began = self.noted["seconds"], time.monotonic()
        try:
            yield
        finally:
            self.note(seconds=before + time.monotonic() - began)

    # Crawls.

    def crawl(
        self, server: SiteServer, *more: str, preexec: Callable[[], object] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a crawl at no delay."""
        settings = {
            "MAPEXPRESS_DATA": self.data,
            "MAPEXPRESS_ALLOW_HOSTS": server.host,
            "DOWNLOAD_DELAY": 0,
            "AUTOTHROTTLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
        }
        options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        command = [sys.executable, "-m", "scrapy", "crawl", SITE, "-a", f"base_url={server.url}", *options, *more]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: _as_typed(preexec),
        )

    def crawled(
        self, server: SiteServer, *more: str, status: Sequence[int] = (0,), preexec: Callable[[], object] | None = None
    ) -> str:
        """Crawl to the end, which must have one of these statuses; what it said on standard error."""
        process = self.crawl(server, *more, preexec=preexec)
        told = stderr_of(process)
        if process.returncode not in status or "Traceback" in told:
            raise AssertionError(f"status {process.returncode}, not {status}: {told[:300]} … {told[-600:]}")
        return told

    # What must hold.

    def records(self) -> list[dict[str, Any]]:
        """Every line of every sealed part; a line that is not JSON raises."""
        parts = sorted(self.layout.dataset.glob("*/*.gz"))
        return [json.loads(line) for part in parts for line in gzip.decompress(part.read_bytes()).splitlines()]

    def faults(self) -> list[str]:
        """What is not as it should be: articles lost or twice, keys not of the schema, faults of `verify`."""
        records = self.records()
        names = Counter(str(record["id"]) for record in records)
        found = [f"{len(names)} articles of {self.articles}"] if len(names) != self.articles else []
        found += [f"{count} times {name}" for name, count in names.items() if count > 1]
        keys = set(json_schema()["properties"])  # type: ignore[arg-type]
        found += [f"keys of {record['id']}" for record in records if set(record) != keys]
        return found + verify(self.layout).faults

    def must_be_whole(self) -> None:
        """Raise AssertionError with the first faults."""
        if faults := self.faults():
            raise AssertionError("; ".join(faults[:5]))


def _as_typed(preexec: Callable[[], object] | None) -> None:
    """Let Ctrl-C do what it does on a terminal: a shell starts what runs in its background with SIGINT ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if preexec is not None:
        preexec()


def stderr_of(process: subprocess.Popen[bytes]) -> str:
    """Wait for a crawl; what it said on standard error."""
    _, error = process.communicate(timeout=PATIENCE)
    return error.decode(errors="replace")
