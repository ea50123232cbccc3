"""A fleet on one machine: a real broker, real workers, two hosts as two data folders; killed in every way at once.

    python benchmarks/fleet.py [PART …] [--sites 200] [--articles 50] [--work FOLDER] [--host-timeout 60]

Parts, each callable alone:
    clean        two hosts of two workers crawl all sites; nothing lost, nothing twice, each site at its own pace
    kills        the same while a worker is killed every few seconds, the broker once, all workers, one host for good
    hang         a crawl, a worker's child and a whole worker are frozen; their sites are crawled by others
    throughput   sites an hour with 1, 2 and 4 crawls side by side, and with `xargs -P` over the same sites
    costs        one site run three times with what goes to the store, and a beat with 10,000 sites
    archives     the datatrove pipeline over generated documents, with 1 and 2 tasks, and killed

Each prints its figures; exit status 1 when one fails. Needs Debian's rabbitmq-server. The work folder is kept.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fleet_archives import measure_archives
from benchmarks.fleet_costs import measure_beat, measure_runs
from fixtures.broker import Broker, broker, why_not
from fixtures.fleet import ROOT, Fleet, Host, fleet
from fixtures.many_sites import ManySites, serve_many
from mapexpress.fleet.reading import heads, pull, sweep
from mapexpress.fleet.shared_store import Store, open_store

WINDOW = 20  # requests over which a pace is judged
SLACK = 0.75  # of the time that they should take at least
BEATS = 0.1  # of the kills are of a beat, the others of a worker


@dataclass(slots=True)
class Bench:
    """Sizes and the folder of the part under way."""

    work: Path
    sites: int
    articles: int
    host_timeout: float
    patience: float
    documents: int
    corpus_sites: int

    @property
    def store(self) -> Store:
        return open_store(str(self.work / "store"))

    @contextmanager
    def running(self) -> Iterator[tuple[Broker, ManySites]]:
        """A broker and the sites, in an empty work folder."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        with broker(self.work / "broker") as one, serve_many(self.sites, self.articles, self.work / "hits.log") as many:
            many.write_files(self.work / "sites")
            yield one, many

    def settings(self, one: Broker, many: ManySites) -> dict[str, object]:
        """What every host is told."""
        return {
            "MAPEXPRESS_FLEET_BROKER": one.url,
            "MAPEXPRESS_FLEET_STORE": self.work / "store",
            "MAPEXPRESS_FLEET_HOST_TIMEOUT": self.host_timeout,
            "MAPEXPRESS_FLEET_FIRST_RETRY": 2,
            "MAPEXPRESS_SITES": self.work / "sites",
            "MAPEXPRESS_ALLOW_HOSTS": many.allowed,
            "LOG_LEVEL": "WARNING",
        }

    def hosts(self, one: Broker, many: ManySites, *, workers: int = 2, names: str = "ab") -> list[Host]:
        """Hosts of `workers` workers, each of one crawl at a time."""
        settings = self.settings(one, many)
        return [Host(f"host-{n}", self.work / f"host-{n}", settings, workers, concurrency=1) for n in names]

    def wait(self, running: Fleet, disturb: Callable[[Fleet, int], None] = lambda *_: None) -> float:
        """Until every site is crawled to its end (status 0 or 5 in its head); seconds. Raises RuntimeError."""
        begun = told = time.monotonic()
        while True:
            done = self.done()
            if done == self.sites:
                return time.monotonic() - begun
            if time.monotonic() - begun > self.patience:
                raise RuntimeError(f"{done} of {self.sites} sites after {self.patience:.0f} s")
            if time.monotonic() - told > 30:
                told = time.monotonic()
                print(f"  {told - begun:5.0f} s  {done} of {self.sites} sites", flush=True)
            disturb(running, done)
            time.sleep(1)

    def done(self) -> int:
        """Sites whose last run came to its end."""
        return sum(1 for head in heads(self.store) if head.turn and head.turn["status"] in (0, 5))

    def check(self, many: ManySites) -> list[str]:
        """What is wrong with the dataset in the store, and with the pace of the sites."""
        out = self.work / "read"
        for _ in pull(self.store, out, responses=False):
            pass
        ids: Counter[str] = Counter()
        per_site: Counter[str] = Counter()
        for part in out.glob("dataset/*/*/*.gz"):
            with gzip.open(part) as lines:
                for line in lines:
                    record = json.loads(line)
                    ids[record["id"]] += 1
                    per_site[record["site"]] += 1
        wrong = [f"{n} times: {record}" for record, n in ids.items() if n > 1]
        wrong += [f"{site}: {n} records" for site, n in sorted(per_site.items()) if n != self.articles]
        expected = self.sites * self.articles
        total = sum(ids.values())
        print(f"  records {total} of {expected}, {len(ids)} different")
        if total != expected or len(ids) != expected:
            wrong.append(f"{total} records, {len(ids)} different; {expected} expected")
        verify = subprocess.run(
            [sys.executable, "-m", "scrapy", "verify", "--no-responses", "--data", str(out)],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        print(f"  scrapy verify of what was pulled: status {verify.returncode}")
        if verify.returncode:
            wrong.append(verify.stdout[-500:] + verify.stderr[-500:])
        return wrong + self.paces(many)

    def check_store(self) -> list[str]:
        """What a sweep finds, and whether every object that counts is still there after it."""
        print(f"  sweep: {sweep(self.store)}")
        lost = [
            name for head in heads(self.store) for name in head.objects() if not (self.work / "store" / name).is_file()
        ]
        epochs = Counter(head.epoch for head in heads(self.store))
        print(f"  sites by epoch: {dict(sorted(epochs.items()))}")
        return [f"the store lacks {name}" for name in lost]

    def paces(self, many: ManySites) -> list[str]:
        """Sites that were asked faster than their file says, over any `WINDOW` requests in a row.

        Single gaps say little on a busy machine, where a request is noted late; two crawls of one site at once, or one
        without its delay, would need half the time or less. robots.txt, which is asked before the pace is known, is
        left out.
        """
        wrong, pages, paces = [], 0, []
        for number, (site, asked) in enumerate(many.asked().items()):
            moments = [at for at, target in asked if target != "/robots.txt"]
            pages += len(asked)
            due = many.delay(number) * (WINDOW - 1)
            spans = [later - earlier for earlier, later in zip(moments, moments[WINDOW - 1 :], strict=False)]
            paces += [span / due for span in spans]
            if spans and min(spans) < SLACK * due:
                wrong.append(f"{site}: {WINDOW} requests in {min(spans):.2f} s, {due:.2f} at its pace")
        ratio = pages / (self.sites * self.articles)
        print(f"  requests {pages}, {ratio:.2f} a record; sites asked too fast: {len(wrong)}")
        print(f"  time for {WINDOW} requests, of what the site's pace asks for: at least {min(paces):.2f}")
        return wrong


def clean(bench: Bench) -> list[str]:
    """All sites by two hosts of two workers, undisturbed."""
    with bench.running() as (one, many), fleet(bench.hosts(one, many)) as running:
        seconds = bench.wait(running)
        print(f"  {seconds:.0f} s, {bench.sites / seconds * 3600:.0f} sites an hour")
        wrong = bench.check(many)
        share = Counter(head.host for head in heads(bench.store))
        print(f"  sites by host: {dict(share)}")
        return wrong + bench.check_store()


def kills(bench: Bench) -> list[str]:
    """The same, with everything killed."""
    dice = random.Random(11)
    counts: Counter[str] = Counter()
    began = time.monotonic()
    next_kill = began + 20

    with bench.running() as (one, many):
        hosts = bench.hosts(one, many)

        def disturb(running: Fleet, done: int) -> None:
            nonlocal next_kill
            if done >= bench.sites * 0.2 and not counts["broker"]:
                counts["broker"] += 1
                print(f"  {time.monotonic() - began:5.0f} s  kill -9 of the broker")
                one.kill()
                time.sleep(3)
                one.start()
            if done >= bench.sites * 0.4 and not counts["all workers"]:
                counts["all workers"] += 1
                print(f"  {time.monotonic() - began:5.0f} s  kill -9 of all workers")
                for host in hosts:
                    for role in host.running:
                        host.signal(role, signal.SIGKILL)
            if done >= bench.sites * 0.6 and not counts["host for good"]:
                counts["host for good"] += 1
                print(f"  {time.monotonic() - began:5.0f} s  {hosts[1].name} lost with all its data")
                running.lose(hosts[1])
                shutil.move(hosts[1].data, bench.work / "lost")
            if time.monotonic() > next_kill:
                next_kill = time.monotonic() + dice.uniform(5, 12)
                host = dice.choice([h for h in hosts if not h.is_gone])
                roles = ["beat"] if dice.random() < BEATS else sorted(set(host.running) - {"beat"})
                role = dice.choice(roles)
                counts[role.rstrip("0123456789")] += 1
                host.signal(role, signal.SIGKILL)

        with fleet(hosts) as running:
            seconds = bench.wait(running, disturb)
        print(f"  {seconds:.0f} s; killed: {dict(counts)}")
        wrong = bench.check(many)
        return wrong + bench.check_store()


def hang(bench: Bench) -> list[str]:
    """A crawl, a worker's child and a whole worker with all its processes, frozen; the limits are made short."""
    wrong = []
    with bench.running() as (one, many):
        limits = {"SLICE": 40, "GRACE": 5, "UPLOAD": 15}
        settings = bench.settings(one, many) | {f"MAPEXPRESS_FLEET_{name}": value for name, value in limits.items()}
        host = Host("host-a", bench.work / "host-a", settings, workers=3, concurrency=1)
        with fleet([host]) as running:
            crawls = _wait_for_crawls(bench.work, 3)
            frozen = [crawls[0]], [_parent(crawls[1])], [crawls[2], _parent(crawls[2]), _parent(_parent(crawls[2]))]
            words = ("a crawl", "a worker's child", "a whole worker")
            for word, crawl, processes in zip(words, crawls, frozen, strict=True):
                print(f"  {word} frozen, at site {_site_of(crawl)}")
                for process in reversed(processes):
                    os.kill(process, signal.SIGSTOP)
            seconds = bench.wait(running)
            print(f"  {seconds:.0f} s")
            wrong += bench.check(many)
            log = "".join(host.log(role) for role in host.roles())
            for said in ("did not end within", "Hard time limit", "longer than a task may last"):
                print(f"  the logs say {said!r}: {log.count(said)} times")
                if said not in log:
                    wrong.append(f"no log says {said!r}")
    return wrong


def _wait_for_crawls(work: Path, count: int) -> list[int]:
    """Process ids of `count` crawls that are at work."""
    while True:
        found = [
            int(path.parent.name)
            for path in Path("/proc").glob("[0-9]*/cmdline")
            if (words := _words(path))[1:5] == ["-m", "scrapy", "crawl", "news"] and any(str(work) in w for w in words)
        ]
        if len(found) >= count:
            time.sleep(4)  # into the middle of their work
            return found[:count]
        time.sleep(0.5)


def _words(path: Path) -> list[str]:
    try:
        return path.read_bytes().decode().split("\0")
    except OSError:
        return []


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def _site_of(process: int) -> str:
    return next(word for word in _words(Path(f"/proc/{process}/cmdline")) if word.startswith("site="))[5:]


def throughput(bench: Bench) -> list[str]:
    """The same sites by fleets of 1, 2 and 4 crawls, and by xargs with as many; CPU seconds of all processes.

    The CPU seconds of a fleet are those of its workers, its beat and their crawls, from start to end; the broker's are
    not among them.
    """
    rows, wrong = [], []
    expected = bench.sites * bench.articles
    for many_at_once in (1, 2, 4):
        with bench.running() as (one, many):
            before = _cpu()
            with fleet(bench.hosts(one, many, workers=many_at_once, names="a")) as running:
                seconds = bench.wait(running)
            rows.append((f"fleet of {many_at_once}", seconds, _cpu() - before))
            if (found := _records(bench.work / "host-a")) != expected:
                wrong.append(f"fleet of {many_at_once}: {found} records, {expected} expected")
            before = _cpu()
            seconds = _xargs(bench, many, many_at_once)
            rows.append((f"xargs -P {many_at_once}", seconds, _cpu() - before))
            if (found := _records(bench.work / "xargs")) != expected:
                wrong.append(f"xargs -P {many_at_once}: {found} records, {expected} expected")
        for name, seconds, cpu in rows[-2:]:
            rate = bench.sites / seconds * 3600
            print(f"  {name:<12} {seconds:6.0f} s  {rate:6.0f} sites an hour  CPU {cpu:6.1f} s", flush=True)
        (_, fleets, cpu), (_, others, least) = rows[-2:]
        print(f"  the fleet's overhead: {fleets / others - 1:+.0%} time, {cpu / least - 1:+.0%} CPU", flush=True)
    print(f"  {bench.sites} sites of {bench.articles} articles")
    return wrong


def costs(bench: Bench) -> list[str]:
    """What the costs on paper are reckoned from."""
    with bench.running() as (one, many):
        settings = bench.settings(one, many)
        return measure_runs(bench.work, many, settings) + measure_beat(bench.work, settings)


def _records(data: Path) -> int:
    """Records in a data folder."""
    total = 0
    for part in data.glob("dataset/*/*/*.gz"):
        with gzip.open(part) as lines:
            total += sum(1 for _ in lines)
    return total


def _xargs(bench: Bench, many: ManySites, at_once: int) -> float:
    data = bench.work / "xargs"
    shutil.rmtree(data, ignore_errors=True)
    settings = {
        "MAPEXPRESS_DATA": data,
        "MAPEXPRESS_SITES": bench.work / "sites",
        "MAPEXPRESS_ALLOW_HOSTS": many.allowed,
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", "site={}"]
    command += [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    names = "\n".join(sorted(path.stem for path in (bench.work / "sites").glob("*.toml")))
    begun = time.monotonic()
    subprocess.run(
        ["xargs", "-P", str(at_once), "-I{}", *command],
        input=names, text=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    return time.monotonic() - begun


def _cpu() -> float:
    """CPU seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


PARTS: dict[str, Callable[[Bench], list[str]]] = {
    "clean": clean,
    "kills": kills,
    "hang": hang,
    "throughput": throughput,
    "costs": costs,
}


def main() -> int:
    """Run the parts that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, "archives", []], metavar="PART")
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--articles", type=int, default=50)
    parser.add_argument("--work", type=Path, default=Path("fleet-work"))
    parser.add_argument("--host-timeout", type=float, default=60)
    parser.add_argument("--patience", type=float, default=7200, help="seconds until a part is given up")
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--corpus-sites", type=int, default=500)
    options = parser.parse_args()
    failed = 0
    for name in options.parts or [*PARTS, "archives"]:
        bench = Bench(
            work=options.work.absolute() / name,
            sites=options.sites,
            articles=options.articles,
            host_timeout=options.host_timeout,
            patience=options.patience,
            documents=options.documents,
            corpus_sites=options.corpus_sites,
        )
        print(f"{name}", flush=True)
        if name == "archives":
            wrong = measure_archives(bench.work, bench.documents, bench.corpus_sites)
        elif why_not():
            print(f"  skipped: {why_not()}")
            continue
        else:
            wrong = PARTS[name](bench)
        for line in wrong[:20]:
            print(f"  WRONG {line}")
        print(f"{name}: {'failed' if wrong else 'passed'}", flush=True)
        failed += bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
