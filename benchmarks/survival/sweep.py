"""Every command with a fault at every change of a file; then what the next command makes of it.

A point is bad when the command ends otherwise than it should (a traceback, more than one line, status 0 with something
missing), when a reader of the files alone misses an article, or when after the next command, whichever it is, `verify`
finds a fault, an article or a response is lost or there twice, or what was to be erased can be read.
"""

from __future__ import annotations

import gzip
import json
import shutil
import signal
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from benchmarks.survival.bench import SITE, Bench
from benchmarks.survival.faults import FAULTS, Ended, Fault, Runner, missing
from fixtures.scale import scaled_posts
from fixtures.server import SiteServer, serve
from fixtures.website import Website
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.repair.verify import verify

DAY, NEXT = "2026-05-19", "2026-05-20"
SHOWN = (8, 11, 14)  # articles that the site shows to each run of the first day
LATER = 16  # and to those after it
GROWS, SHRINKS = ("crawl", "merge"), ("forget", "forget-site")
Command = Callable[[Path], list[str]]


@dataclass(slots=True)
class Looked:
    """What of a dataset can be told from its files alone: records by id, revision and status, and responses by id."""

    records: Counter[str]
    responses: set[str]
    unreadable: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Case:
    """A command over a dataset (`gold`), told by `before` and `after`; `erased` must be nowhere afterwards."""

    name: str
    gold: Path
    command: Command
    before: Looked
    after: Looked
    changes: list[str]
    erased: tuple[bytes, ...] = ()


@dataclass(slots=True)
class Row:
    """A line of the table."""

    command: str
    fault: str
    changes: int
    tried: int
    bad_points: int
    told: list[str]


def look(folder: Path) -> Looked:
    """Read the parts as a program does that knows nothing of manifests and state."""
    found = Looked(Counter(), set())
    for path in sorted(folder.glob("data/dataset/*/*/[!.]*.gz")):
        try:
            lines = gzip.decompress(path.read_bytes()).splitlines()
        except (OSError, EOFError, zlib.error) as error:
            found.unreadable.append(f"{path.name}: {error}")
            continue
        found.records.update("{id} {revision} {status}".format_map(json.loads(line)) for line in lines)
    for path in sorted(folder.glob("data/sites/*/warc/[!.]*.gz")):
        with path.open("rb") as file:
            try:
                for record in ArchiveIterator(file):
                    if (
                        record.rec_type == "response"
                        and record.rec_headers.get_header("Mapexpress-Content") == "article"
                    ):
                        found.responses.add(record.rec_headers.get_header("WARC-Record-ID"))
            except Exception as error:  # whatever warcio raises on a torn file
                found.unreadable.append(f"{path.name}: {error}")
    return found


def holds(folder: Path, texts: Sequence[bytes]) -> list[str]:
    """Files in which one of the texts can be read."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if texts and p.is_file()):
        data = path.read_bytes()
        if path.suffix == ".gz" or ".gz." in path.name:
            plain = b""
            with gzip.open(path) as file:
                try:
                    while piece := file.read1(1 << 20):
                        plain += piece
                except (OSError, EOFError):
                    pass
            data = plain
        if any(text in data for text in texts):
            found.append(path.name)
    return found


class Points:
    """Tries commands at points, with whatever may come next."""

    def __init__(self, work: Path, runner: Runner) -> None:
        self.work = work
        self.runner = runner
        self._tried = 0

    def made(self, name: str, gold: Path, command: Command, erased: tuple[bytes, ...] = ()) -> Case:
        """A command, with what it makes where nothing fails."""
        folder = self.copied(gold)
        before = look(folder)
        changes = self.changes(command(folder), folder)
        if wrong := [*self._verified(folder), *holds(folder, erased)]:
            raise AssertionError(f"{name} without any fault: {wrong}")
        return Case(name, gold, command, before, look(folder), changes, erased)

    def point(self, case: Case, fault: Fault, at: int, *, nexts: int = 2) -> list[str]:
        """What is wrong after a fault at one change, each with the change and what came next.

        Of the commands that may come next so many are tried, from one point to the next other ones.
        """
        folder = self.copied(case.gold)
        ended = self.runner.run(case.command(folder), folder, fault, at)
        where = f"{case.name} {fault.name} {at} ({case.changes[at - 1]})"
        told = [f"{where}: {fault}" for fault in _ended(ended, fault)]
        told += [f"{where}: at once: {one}" for one in _between(case, look(folder), once=False)]
        if ended.status == 0:
            told += [f"{where}: status 0: {one}" for one in self._whole(case, folder)]
        possible = list(self._nexts(case).items())
        for name, words in islice(cycle(possible), self._tried, self._tried + min(nexts, len(possible))):
            told += [f"{where}: {name}: {one}" for one in self._next(case, name, words, folder)]
        self._tried += nexts
        return told

    def _nexts(self, case: Case) -> dict[str, Command]:
        """Commands that may come next; the same again is the first."""
        nexts: dict[str, Command] = {
            "again": case.command,
            "verify": _verify,
            "repair": lambda folder: [*_verify(folder), "--repair"],
            "lost": lambda folder: [*_verify(folder), "--rebuild-state"],
        }
        if case.name in ("rebuild", "repair"):
            del nexts["verify"], nexts["lost"]  # what is broken already stays so until the repair is done
        if case.name == "forget-site":
            del nexts["repair"], nexts["lost"]  # refused, as there is nothing
        return nexts

    def _next(self, case: Case, name: str, command: Command, folder: Path) -> list[str]:
        copy = self.copied(folder, "next")
        if name == "lost":
            for path in copy.glob("data/sites/*/state.sqlite*"):
                path.unlink()
        ended = self.runner.run(command(copy), copy)
        if ended.status != 0:
            return [f"status {ended.status}: {ended.output.strip()[-300:]}"]
        if name == "again":
            return self._whole(case, copy)
        told = self._verified(copy)
        if name != "crawl":
            told += _between(case, look(copy), once=True)
        elif case.name not in ("repair", *SHRINKS):
            found = look(copy).records
            told += [f"{count} times {one}" for one, count in found.items() if count > 1]
            if len(found) < LATER:
                told.append(f"{len(found)} articles of {LATER}")
        return told + self._erased(case, copy)

    def _whole(self, case: Case, folder: Path) -> list[str]:
        """What is not as the command makes it where nothing fails."""
        told, found = self._verified(folder), look(folder)
        if found.records != case.after.records:
            lost, more = case.after.records - found.records, found.records - case.after.records
            told.append(f"{lost.total()} records lost, {more.total()} too many")
        if case.name not in GROWS and (lost := case.after.responses - found.responses):
            told.append(f"{len(lost)} responses lost")
        if (
            case.name == "export"
            and len((folder / "out.jsonl").read_bytes().splitlines()) != case.after.records.total()
        ):
            told.append("the export is not whole")
        return told + [f"{name} still tells of what was erased" for name in holds(folder, case.erased)]

    def _erased(self, case: Case, folder: Path) -> list[str]:
        """All that is erased is gone, or nothing is."""
        if look(folder).records & (case.before.records - case.after.records):
            return []
        return [f"{name} still tells of what was erased" for name in holds(folder, case.erased)]

    @staticmethod
    def _verified(folder: Path) -> list[str]:
        return [f"verify: {fault}" for fault in verify(Layout(folder.absolute() / "data", SITE)).faults[:3]]

    # Small.

    def copied(self, folder: Path, name: str = "point") -> Path:
        """A copy to spoil."""
        copy = self.work / name
        shutil.rmtree(copy, ignore_errors=True)
        return shutil.copytree(folder, copy)

    def changes(self, command: list[str], folder: Path) -> list[str]:
        """Run a command that has to succeed: call and path of each change that it made."""
        log = self.work / "changes"
        ended = self.runner.run(command, folder, log=log)
        if ended.status != 0 or "Traceback" in ended.output:
            raise AssertionError(f"{command}: status {ended.status}: {ended.output[-500:]}")
        return log.read_text("utf-8").splitlines()


class Sweep(Points):
    """The datasets and the site that they come from."""

    def __init__(self, work: Path, runner: Runner, server: SiteServer) -> None:
        super().__init__(work, runner)
        self.server = server
        self._golds: dict[str, Path] = {}

    # Datasets.

    def crawl(self, day: str, hour: int) -> Command:
        """A crawl of the site at a moment."""
        settings = {
            "MAPEXPRESS_ALLOW_HOSTS": self.server.host,
            "MAPEXPRESS_NOW": f"{day}T{hour:02}:00:00+00:00",
            "DOWNLOAD_DELAY": 0,
            "AUTOTHROTTLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
        }
        options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        start = ["crawl", SITE, "-a", f"base_url={self.server.url}", *options]
        return lambda folder: [*start, "-s", f"MAPEXPRESS_DATA={folder / 'data'}"]

    def show(self, count: int) -> None:
        """Let the site show its oldest articles only."""
        site = self.server.website
        site.hidden = {post.name for post in site.posts[: len(site.posts) - count]}

    def gold(self, name: str) -> Path:
        """A dataset to sweep over: `days` (three runs), `open` (the last one killed while it sealed), `broken`."""
        if name in self._golds:
            return self._golds[name]
        folder = self.work / f"gold-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        if name == "days":
            for hour, count in zip((12, 13, 14), SHOWN, strict=True):
                self.show(count)
                folder.mkdir(parents=True, exist_ok=True)
                self.changes(self.crawl(DAY, hour)(folder), folder)
            self.show(LATER)
        else:
            shutil.copytree(self.gold("days"), folder)
        if name == "open":
            command = self.crawl(DAY, 15)
            changes = self.changes(command(copy := self.copied(folder)), copy)
            seals = next(n for n, line in enumerate(changes, 1) if line.startswith("open /data/dataset/"))
            self.runner.run(command(folder), folder, FAULTS["kill"], seals)
        if name == "broken":
            part = max(folder.glob("data/dataset/*/*/*.gz"), key=lambda path: path.stat().st_size)
            data = bytearray(part.read_bytes())
            data[len(data) // 2] ^= 1
            part.write_bytes(data)
            next(folder.glob("data/sites/*/manifest/*.json")).unlink()
        self._golds[name] = folder
        return folder

    def case(self, name: str) -> Case:
        """A command, with what it makes where nothing fails."""
        return self.made(name, *self._cases()[name]())

    def _cases(self) -> dict[str, Callable[[], tuple[Path, Command, tuple[bytes, ...]]]]:
        def plain(gold: str, *words: str) -> Callable[[], tuple[Path, Command, tuple[bytes, ...]]]:
            return lambda: (self.gold(gold), lambda folder: [*words, "--data", str(folder / "data")], ())

        def forget() -> tuple[Path, Command, tuple[bytes, ...]]:
            post = self.server.website.posts[-3]
            gold = self.gold("days")
            return gold, lambda f: ["forget", "--url", post.url, "--data", str(f / "data")], (post.name.encode(),)

        def export() -> tuple[Path, Command, tuple[bytes, ...]]:
            return (
                self.gold("days"),
                lambda f: ["export", "-o", str(f / "out.jsonl"), "--data", str(f / "data")],
                (),
            )

        return {
            "crawl": lambda: (self.gold("days"), self.crawl(DAY, 15), ()),
            "merge": lambda: (self.gold("days"), self.crawl(NEXT, 15), ()),
            "seal": plain("open", "compact"),
            "compact": plain("days", "compact"),
            "forget": forget,
            "forget-site": plain("days", "forget", "--site", SITE),
            "reclean": plain(
                "days", "reclean", "-s", "MAPEXPRESS_WITHOUT=candidates,phrases,platforms,structure,template"
            ),
            "export": export,
            "rebuild": plain("days", "verify", "--rebuild-state"),
            "repair": plain("broken", "verify", "--repair"),
        }

    def rows(self, names: Sequence[str], faults: Sequence[str], stride: int, *, nexts: int) -> Iterator[Row]:
        """Each command with each fault, met at every `stride`-th change."""
        for name in names:
            case = self.case(name)
            for fault in faults:
                points = range(1, len(case.changes) + 1, stride)
                bad = [told for at in points if (told := self.point(case, FAULTS[fault], at, nexts=nexts))]
                yield Row(name, fault, len(case.changes), len(points), len(bad), [one for told in bad for one in told])

    def _nexts(self, case: Case) -> dict[str, Command]:
        nexts = super()._nexts(case)
        if case.name not in ("forget-site", "repair"):  # the one is refused, the other meets what is broken
            nexts["crawl"] = self.crawl(NEXT, 16)
        return nexts


def _verify(folder: Path) -> list[str]:
    return ["verify", "--data", str(folder / "data")]


def _ended(ended: Ended, fault: Fault) -> list[str]:
    """What is wrong with how a command ended that met a fault."""
    if fault.name == "kill":
        # one that makes fewer changes this time than when they were counted ends as ever
        return [] if ended.status in (-signal.SIGKILL, 0) else [f"status {ended.status}: {ended.output[-300:]}"]
    told = []
    if ended.status not in (0, 6) or "Traceback" in ended.output:
        told.append(f"status {ended.status}: {ended.output.strip()[-600:]}")
    if (
        ended.status == 6
        and len(lines := [line for line in ended.output.splitlines() if line.startswith("scrapy ")]) != 1
    ):
        told.append(f"{len(lines)} messages: {ended.output.strip()[-400:]}")
    return told


def _between(case: Case, found: Looked, *, once: bool) -> list[str]:
    """What no reader may see, neither before the command is done nor after; `once`: nor any article twice."""
    told = [one for one in found.unreadable if one not in case.before.unreadable]
    both = set(case.before.records) & set(case.after.records)
    if lost := both - set(found.records):
        told.append(f"{len(lost)} of {len(both)} records cannot be read")
    if more := set(found.records) - set(case.before.records) - set(case.after.records):
        told.append(f"{len(more)} records that never were")
    if once and (twice := [name for name, count in found.records.items() if count > 1]):
        told.append(f"{len(twice)} records twice")
    if once and (gone := (case.before.responses & case.after.responses) - found.responses):
        told.append(f"{len(gone)} responses lost")
    return told


CASES = ("crawl", "merge", "seal", "compact", "forget", "forget-site", "reclean", "export", "rebuild", "repair")


@contextmanager
def sweeping(work: Path) -> Iterator[Sweep]:
    """A sweep in a folder, with its site and its runner."""
    work.mkdir(parents=True, exist_ok=True)
    with serve(Website(scaled_posts(LATER))) as server, Runner() as runner:
        yield Sweep(work, runner, server)


def sweep(bench: Bench) -> str:
    """The table; AssertionError with it where a point is bad."""
    if (why := missing()) is not None:
        return f"skipped: {why}"
    rows = []
    with sweeping(bench.data) as points:
        for row in points.rows(bench.commands, bench.faults_met, bench.stride, nexts=bench.nexts):
            print(table([row], head=not rows), flush=True)
            rows.append(row)
    tried, bad = sum(row.tried for row in rows), sum(row.bad_points for row in rows)
    told = f"{tried} points tried, {bad} bad"
    if bad:
        raise AssertionError(told)
    return told


def table(rows: Sequence[Row], *, head: bool = True) -> str:
    """The rows as a person reads them, each with what is wrong."""
    lines = [f"{'command':12} {'fault':8} {'changes':>8} {'tried':>6} {'bad':>5}"] if head else []
    for row in rows:
        lines.append(f"{row.command:12} {row.fault:8} {row.changes:8} {row.tried:6} {row.bad_points:5}")
        lines += [f"    {told}" for told in row.told[:20]]
    return "\n".join(lines)
