"""The operator: adds the sites and runs cron's rounds as docs/operations.md tells, by the project's own commands."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue

from benchmarks.unattended.forks import ROOT, Forks
from benchmarks.unattended.lives import START
from benchmarks.unattended.site import Hit, SimulatedSite

HEEDED_AFTER = timedelta(days=2)  # until the operator acts on what a run says
LONG_AGO = "2010-01-01"  # where a walk back ends
_NEXT = re.compile(r"^(\S+) .*next (\d{4}-\d\d-\d\d \d\d:\d\d)$", re.MULTILINE)
_SETTINGS = """
DOWNLOAD_DELAY = 0
AUTOTHROTTLE_ENABLED = False
MAPEXPRESS_LOG_JSON = False
MAPEXPRESS_ALLOW_HOSTS = {allowed!r}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One crawl: `at` is the simulation's time, `clock` what the machine's clock said."""

    site: str
    at: datetime
    clock: datetime
    status: int
    cpu: float
    seconds: float
    output: str
    hits: Sequence[Hit]
    walks: bool = False  # back to the beginning


@dataclass(slots=True)
class Operator:
    """Runs the commands in a folder made as the guide says; two crawls side by side."""

    folder: Path
    sites: dict[str, SimulatedSite]
    allowed: str
    runs: list[Run] = field(default_factory=list)
    listed: dict[str, list[tuple[datetime, str]]] = field(
        default_factory=dict
    )  # by site: its condition in `scrapy sites`, by round
    refused: dict[str, str] = field(default_factory=dict)  # sites that `addsite` did not write
    commands: int = 0
    cpu: float = 0.0
    _forks: SimpleQueue[Forks] = field(default_factory=SimpleQueue)
    _walked: Counter[str] = field(default_factory=Counter)  # walks back that each site has had
    _moved: set[str] = field(default_factory=set)

    def set_up(self) -> None:
        """The folder of the guide, its settings for this machine, a process to fork from for each core."""
        self.folder.mkdir(parents=True)
        shutil.copytree(ROOT / "docs/examples/project", self.folder, dirs_exist_ok=True)
        (self.folder / "out").mkdir()
        settings = self.folder / "jobs/settings.py"
        given = settings.read_text().replace("/srv/news", str(self.folder))
        settings.write_text(given + _SETTINGS.format(allowed=self.allowed))
        for _ in range(2):
            self._forks.put(Forks(self.folder))

    def close(self) -> None:
        """End the processes."""
        while not self._forks.empty():
            self._forks.get().close()

    def add_sites(self) -> None:
        """`scrapy addsite` for each, an hour before the first round."""

        def add(site: SimulatedSite) -> tuple[str, str] | None:
            site.begin_run(START - timedelta(hours=1))
            status, output, _ = self._run("addsite", f"{site.origin}/", "--name", site.life.name)
            return (site.life.name, output[-400:]) if status else None

        with ThreadPoolExecutor(2) as pool:
            self.refused.update(filter(None, pool.map(add, self.sites.values())))
        for site in self.sites.values():
            site.hits.clear()

    def rounds(self, every: timedelta, end: datetime) -> Iterator[datetime]:
        """Each round in which a site is due, with its crawls done; a round every `every` at most."""
        now = START
        while now < end:
            status, output, _ = self._run("list-due", "-s", f"MAPEXPRESS_NOW={now.isoformat()}")
            due = [name for name in output.split() if name in self.sites] if status == 0 else []
            with ThreadPoolExecutor(2) as pool:
                self.runs += pool.map(lambda name, at=now: self._crawl(self.sites[name], at), due)
            if due:
                self._look(now)
                self._heed(now)
            yield now
            due_at = min(self._next(now), end)
            now += every
            while now < due_at:
                now += every

    def _next(self, now: datetime) -> datetime:
        """When the first site is due, as `list-due --all` says."""
        status, output, _ = self._run("list-due", "--all", "-s", f"MAPEXPRESS_NOW={now.isoformat()}")
        told = [datetime.strptime(when, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) for _, when in _NEXT.findall(output)]
        if status or not told:
            raise RuntimeError(f"list-due --all: status {status}: {output[-500:]}")
        return min(told)

    def _crawl(self, site: SimulatedSite, now: datetime) -> Run:
        site.begin_run(now)
        ahead = site.life.during("clock", now)
        clock = now + timedelta(days=ahead.count) if ahead else now
        before, began = len(site.hits), time.monotonic()
        name = site.life.name
        arguments = ["crawl", "news", "-a", f"site={name}", "-s", f"MAPEXPRESS_NOW={clock.isoformat()}"]
        walks = any(START + walk <= now for walk in site.life.walks[self._walked[name] :])
        if walks:
            self._walked[name] += 1
            arguments += ["-a", f"since={LONG_AGO}"]
        status, output, cpu = self._run(*arguments)
        (self.folder / "out" / f"{name}-{now:%m%d-%H%M}-{status}").write_text(output)
        return Run(
            site=name,
            at=now,
            clock=clock,
            status=status,
            cpu=cpu,
            seconds=time.monotonic() - began,
            output="\n".join(line for line in output.splitlines() if " INFO: " not in line),
            hits=site.hits[before:],
            walks=walks,
        )

    def _look(self, now: datetime) -> None:
        """The operator's list of sites after a round, where the project has one."""
        if find_spec("mapexpress.commands.sites") is None:
            return
        _, output, _ = self._run("sites", "--json", "-s", f"MAPEXPRESS_NOW={now.isoformat()}")
        if not all(line.startswith("{") for line in output.splitlines()):
            raise RuntimeError(f"scrapy sites at {now}: {output}")
        for row in map(json.loads, output.splitlines()):
            name = str(row["site"])
            condition = str(row["condition"]) if row["fails"] else ""
            self.listed.setdefault(name, []).append((now, condition))

    def _heed(self, now: datetime) -> None:
        """What only a person can do: a site that moved gets its new address into its file."""
        for name, site in self.sites.items():
            moved = site.life.during("moved", now - HEEDED_AFTER)
            path = self.folder / "sites" / f"{name}.toml"
            if moved is None or name in self._moved or not path.exists():
                continue
            self._moved.add(name)
            old = site.origin.partition("://")[2].partition(":")[0]
            text = path.read_text().replace(site.origin, site.next_origin)
            path.write_text(text.replace("\n[[editions]]", f'hosts = ["{old}"]\n\n[[editions]]', 1))

    def _run(self, *argv: str) -> tuple[int, str, float]:
        self.commands += 1
        out = self.folder / "out" / f"{self.commands}"
        forks = self._forks.get()
        try:
            status, cpu = forks.run(argv, out)
        finally:
            self._forks.put(forks)
        output = out.read_text("utf-8", "replace")
        out.unlink()
        self.cpu += cpu
        return status, output, cpu
