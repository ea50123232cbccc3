"""What a fleet costs: a site's runs, what each puts into the store, and a beat with ten thousand sites.

Run by `python benchmarks/fleet.py costs`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from fixtures.fleet import ROOT, Host, fleet
from fixtures.many_sites import ManySites, key
from mapexpress.dataset.files.layout import Layout
from mapexpress.fleet.ownership import OwnedSite
from mapexpress.fleet.shared_store import FolderStore

BEAT_SITES = 10_000
BEAT_SECONDS = 150.0  # two readings of the site files and the servers, and some
TICKS = os.sysconf("SC_CLK_TCK")


class CountingStore(FolderStore):
    """A folder that counts what a bucket would ask money for."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.puts = 0

    def create(self, name: str, data: bytes) -> bool:
        """A put."""
        self.puts += 1
        return super().create(name, data)

    def upload(self, source: Path, name: str, *, start: int = 0) -> None:
        """A put."""
        self.puts += 1
        super().upload(source, name, start=start)


@dataclass(slots=True)
class _Run:
    cpu: float
    megabytes: float
    status: int


def measure_runs(work: Path, many: ManySites, settings: dict[str, object], runs: int = 3) -> list[str]:
    """One site, run after run, each followed by the upload of a fleet's task; what is wrong."""
    layout, store, wrong = Layout(work / "data", key(0)), CountingStore(work / "counted"), []
    told = {**settings, "MAPEXPRESS_DATA": work / "data"}
    asked, before = 0, 0
    for number in range(1, runs + 1):
        site = OwnedSite(layout, store, "host")
        site.hold(lambda _: True)
        run = _crawl(key(0), told)
        store.puts = 0
        commit = site.upload({"status": run.status})
        asked, before = len(many.asked()[key(0)]), asked
        assert commit.state is not None
        stored = sum(file.size for file in commit.files.values())
        responses = sum(file.size for name, file in commit.files.items() if "/warc/" in name)
        log = sorted((work / "counted" / site.log.folder / "log").iterdir())[-1]
        print(
            f"  run {number}: CPU {run.cpu:.2f} s, {run.megabytes:.0f} MB, {asked - before} requests;"
            f" {store.puts} puts,"
            f" commit {log.stat().st_size / 1000:.1f} KB, state {commit.state.size / 1000:.0f} KB;"
            f" all files {stored / 1000:.0f} KB, responses {responses / 1000:.0f} KB",
            flush=True,
        )
        if run.status:
            wrong.append(f"run {number} ended with status {run.status}")
    return wrong


def _crawl(site: str, settings: dict[str, object]) -> _Run:
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"site={site}"]
    command += [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return _Run(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode)


def measure_beat(work: Path, settings: dict[str, object]) -> list[str]:
    """A beat alone with `BEAT_SITES` site files: CPU, memory, and the longest time without a heartbeat."""
    ManySites(count=BEAT_SITES, articles=1, port=1, hits=work / "none").write_files(work / "many")
    host = Host("host-beat", work / "host-beat", {**settings, "MAPEXPRESS_SITES": work / "many"}, workers=0)
    heart, moments = work / "store" / "hosts" / f"{host.name}.json", []
    with fleet([host]):
        process, begun = host.running["beat"].pid, time.monotonic()
        while "sites are ours" not in host.log("beat") or f"{BEAT_SITES} of {BEAT_SITES}" not in host.log("beat"):
            time.sleep(0.2)
            if time.monotonic() - begun > 600:
                return ["the beat has not found its sites within ten minutes"]
        told, start = time.monotonic(), _cpu_of(process)
        print(f"  beat with {BEAT_SITES} sites: all known after {told - begun:.0f} s, CPU {start:.1f} s", flush=True)
        while time.monotonic() - told < BEAT_SECONDS:
            moments.append(datetime.fromisoformat(json.loads(heart.read_bytes())["when"]).timestamp())
            time.sleep(0.5)
        spent, seconds = _cpu_of(process) - start, time.monotonic() - told
        peak = next(
            int(line.split()[1]) / 1024
            for line in Path(f"/proc/{process}/status").read_text().splitlines()
            if line.startswith("VmHWM")
        )
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    limit = float(str(settings["MAPEXPRESS_FLEET_HOST_TIMEOUT"]))
    print(
        f"  beat: {spent / seconds * 60:.1f} s of CPU a minute, {peak:.0f} MB;"
        f" heartbeats at most {max(gaps):.0f} s apart (a host is dead after {limit:.0f})",
        flush=True,
    )
    return [] if max(gaps) < limit / 2 else [f"no heartbeat for {max(gaps):.0f} s"]


def _cpu_of(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
