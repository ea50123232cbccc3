"""Print every regular expression of the package and whether its time grows linearly.

`python -m benchmarks.pattern_times [--quick] [NAME …]` takes some minutes; names choose those whose place holds one of
them, `--quick` tries as many texts as the suite does. Ends with status 1 where one is slow.
"""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks.pattern_times.places import BOUNDED, expressions
from benchmarks.pattern_times.timing import slowest


def main() -> int:
    parser = argparse.ArgumentParser(description="whether each regular expression takes linear time")
    parser.add_argument("--quick", action="store_true", help="as many texts as the suite tries")
    parser.add_argument("names", nargs="*", help="parts of places, all without")
    args = parser.parse_args()
    slow = 0
    wanted = [f for f in expressions() if not args.names or any(name in f.where for name in args.names)]
    for found in wanted:
        start = time.thread_time()
        worst = slowest(found.expression, found.uses, thorough=not args.quick, most=BOUNDED.get(found.where))
        took = time.thread_time() - start
        slow += worst is not None
        uses = ",".join(sorted(found.uses))
        print(f"{found.where:64} {uses:24} {took:6.2f} s  {'linear' if worst is None else worst}", flush=True)
        if worst is not None:
            print(f"    {found.expression.pattern!r:.300}", flush=True)
    print(f"{len(wanted)} expressions, {slow} of them slow")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
