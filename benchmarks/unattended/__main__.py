"""A simulated quarter of sites with scripted lives, crawled by the project's own commands, and judged by the truth.

    python -m benchmarks.unattended [--quick] [--days N] [--sites a,b] [--every 1h] [--seed N] [--json FILE] [-v]

The lives (lives.toml) are those of 36 sites in thirteen languages: outages of an hour, a day and a week, of everything,
of the articles or of the feed alone; pages that answer 404, or 200 with the words of a 404; 403, consent walls and
refusals after the tenth page that come and go; robots.txt that fails or forbids; redesigns, one that moves the
standfirst; a moved domain, a parked one; feeds that lie; stale and partial sitemaps; backfills of ten years; silence; a
clock that jumps a year ahead and back; edits told and untold, removals and returns. An operator adds each site with
`scrapy addsite`, then every `--every` crawls what `scrapy list-due` names (rounds in which nothing is due are passed
over). Sites, commands, state and clock are real; the time between rounds is not spent.

One row a site: articles that could be known and those stored; lost, stored
late, stored twice, records of what is no article,
falsely gone, falsely revised, changes missed, texts that differ; requests beside an oracle's (costs.py); troubles named
by the run that first met them, and the most days late; runs that cried without cause; exit statuses. Exit status 1 when
anything is wrong.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.unattended.costs import count
from benchmarks.unattended.lives import START, Life, read_kinds, read_lives, span
from benchmarks.unattended.naming import alarms, namings
from benchmarks.unattended.operating import Operator
from benchmarks.unattended.results import HEAD, Row
from benchmarks.unattended.serving import address, serve
from benchmarks.unattended.site import SimulatedSite
from benchmarks.unattended.stories import Writer
from benchmarks.unattended.truth import judge, read_records
from fixtures.broker import free_ports

QUARTER, FORTNIGHT = 91, 14  # days


def main() -> int:
    """Play, judge, print; 1 when something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, help="how long it lasts (default: 91; with --quick 14)")
    parser.add_argument("--sites", help="only these lives, by commas")
    parser.add_argument("--every", default="1h", help="cron's round, such as 1h, 0.25h or 6h (default: 1h)")
    parser.add_argument("--seed", type=int, default=1, help="of texts and moments (default: 1)")
    parser.add_argument("--quick", action="store_true", help="a fortnight of the lives in which something happens then")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave dataset and site files in this new folder")
    parser.add_argument("-v", "--verbose", action="store_true", help="name everything that is wrong, and each trouble")
    given = parser.parse_args()
    wanted = set(given.sites.split(",")) if given.sites else None
    lives = [life for life in read_lives() if (life.name in wanted if wanted else life.quick or not given.quick)]
    if wanted and len(lives) < len(wanted):
        parser.error(f"no such life: {', '.join(sorted(wanted - {life.name for life in lives}))}")
    days = given.days or (FORTNIGHT if given.quick else QUARTER)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep.absolute() if given.keep else Path(scratch) / "news"
        rows = play(lives, days=days, every=span(given.every), seed=given.seed, folder=folder, verbose=given.verbose)
    if given.json:
        given.json.write_text(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=1) + "\n")
    return 0 if all(row.holds for row in rows) else 1


def play(
    lives: Sequence[Life], *, days: int, every: timedelta, seed: int, folder: Path, verbose: bool = False
) -> list[Row]:
    """The rows of a simulation in a new folder; progress goes to standard error, the table to standard output."""
    began, end = time.monotonic(), START + timedelta(days=days)
    (port,) = free_ports(1)
    sites = build(lives, days, seed, port)
    hosts = (address(n, moved=moved) for n in range(len(lives)) for moved in (False, True))
    operator = Operator(folder, {site.life.name: site for site in sites}, ",".join(f"{host}:{port}" for host in hosts))
    operator.set_up()
    try:
        with serve(sites, port):
            operator.add_sites()
            day = START
            for now in operator.rounds(every, end):
                if now >= day:
                    _tell(f"day {(now - START).days} of {days}, {len(operator.runs)} runs, {operator.cpu:.0f} s of CPU")
                    day += timedelta(days=1)
    finally:
        operator.close()
    rows = [_row(site, operator, end) for site in sites]
    print(HEAD)
    for row in rows:
        print("\n".join(row.lines(verbose=verbose)), flush=True)
    runs = operator.runs
    print(
        f"{len(rows)} sites, {days} days, {len(runs)} runs, {operator.commands} commands: {operator.cpu:.0f} s of CPU,"
        f" {sum(run.cpu for run in runs) / max(1, len(runs)):.2f} a run, in {time.monotonic() - began:.0f} s;"
        f" {sum(not row.holds for row in rows)} rows with something wrong"
    )
    return rows


def build(lives: Sequence[Life], days: int, seed: int, port: int) -> list[SimulatedSite]:
    """The sites, each with its articles."""
    origins = [[f"http://{address(n, moved=moved)}:{port}" for moved in (False, True)] for n in range(len(lives))]
    sites = []
    for n, life in enumerate(lives):
        writer = Writer(life, 1000 * seed + n, days)
        first, after = origins[n]
        foreign = origins[(n + 1) % len(lives)][0]
        sites.append(SimulatedSite(life, writer.words, writer.write(), first, after, foreign, START))
    return sites


def _row(site: SimulatedSite, operator: Operator, end: datetime) -> Row:
    name, kinds = site.life.name, read_kinds()
    runs = [run for run in operator.runs if run.site == name]
    listed = operator.listed.get(name, [])
    records = read_records(operator.folder / "data", name)
    return Row(
        site=name,
        lang=site.life.lang,
        found=judge(site, runs, records, kinds, end),
        costs=count(site, runs, kinds),
        named=namings(site, runs, listed, kinds),
        alarms=alarms(site, runs, listed),
        statuses=Counter(run.status for run in runs),
        refused=operator.refused.get(name, ""),
    )


def _tell(text: str) -> None:
    width = shutil.get_terminal_size().columns - 1
    sys.stderr.write(f"\r{text[:width]:{width}}" if sys.stderr.isatty() else f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
