"""What the dataset survives: real crawls of the fixture site, killed, interrupted, out of disk; and what state costs.

    python benchmarks/durability.py [PART …] [--articles 1000] [--kills 100] [--urls 1000000] [--days 92]
    python benchmarks/durability.py sweep [--command NAME …] [--fault NAME …] [--stride 7] [--nexts 2]

Each part can be called alone and prints one line with its time; the exit status is 1 when one fails. A long part (kill,
term, interrupt, months) that was cut off goes on where it was when it is called again with the same figures. Folders
are kept, so that a failure can be looked at. `load` needs benchmarks/requirements.txt, `sweep` Linux and a C compiler.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.survival.bench import Bench
from benchmarks.survival.damage import damage
from benchmarks.survival.faults import FAULTS
from benchmarks.survival.incremental import again
from benchmarks.survival.loading import load
from benchmarks.survival.months import months
from benchmarks.survival.size import urls
from benchmarks.survival.stops import disk, limit, stopped
from benchmarks.survival.sweep import CASES, sweep

# Each with the minutes it takes at full size on one free core.
PARTS: dict[str, tuple[float, Callable[[Bench], str]]] = {
    "kill": (4, lambda bench: stopped(bench, signal.SIGKILL)),
    "term": (5, lambda bench: stopped(bench, signal.SIGTERM)),
    "interrupt": (5, lambda bench: stopped(bench, signal.SIGINT, signals=2)),
    "disk": (1, disk),
    "limit": (2, limit),
    "damage": (2, damage),
    "again": (1, again),
    "load": (1, load),
    "urls": (2, urls),
    "months": (40, months),
    "sweep": (45, sweep),
}
GO_ON = ("kill", "term", "interrupt", "months")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    named = ", ".join(f"{name} ({minutes:g} min)" for name, (minutes, _) in PARTS.items())
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART", help=named)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--urls", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=92, help="of the months")
    parser.add_argument("--command", nargs="+", choices=CASES, default=CASES, help="of the sweep")
    parser.add_argument("--fault", nargs="+", choices=FAULTS, default=tuple(FAULTS), help="of the sweep")
    parser.add_argument("--stride", type=int, default=7, help="of the sweep: 1 tries every change of a file")
    parser.add_argument("--nexts", type=int, default=2, help="of the sweep: commands tried after each fault, in turn")
    parser.add_argument("--work", type=Path, default=Path("benchmarks/out/durability"))
    options = parser.parse_args()
    failed = 0
    for name in options.parts or PARTS:
        data = options.work.absolute() / name
        bench = Bench(data, options.articles, options.kills, options.urls, options.days)
        bench.commands, bench.faults_met, bench.stride = options.command, options.fault, options.stride
        bench.nexts = options.nexts
        goes_on = bench.begin(resumable=name in GO_ON)
        try:
            with bench.timed():
                told = PARTS[name][1](bench)
        except AssertionError as error:
            failed += 1
            told = f"FAILED {error}"
        bench.note(ended=True)
        again = " (went on)" if goes_on else ""
        print(f"{name:10} {bench.noted['seconds']:7.1f} s  {told}{again}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
