"""Print what a long text costs in each place of a page and of a home, the worst first.

`python -m benchmarks.placed_texts [--characters N] [--over SECONDS] [PLACE …]`: each text of `texts` is repeated to so
many characters and put into each place; CPU seconds, each read once. Places are chosen by a part of their name.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.placed_texts.places import HOME, HOME_PLACES, PAGE, PAGE_PLACES, REPEATED, filled, repeated
from benchmarks.placed_texts.reading import plan, read, seconds
from benchmarks.placed_texts.texts import ATOMS, FEW

MOST = 20.0  # seconds


def main() -> int:
    parser = argparse.ArgumentParser(description="what a text without end costs in each place of a page and a home")
    parser.add_argument("--characters", type=int, default=100_000)
    parser.add_argument("--over", type=float, default=1.0, help="print what takes more seconds as it is found")
    parser.add_argument("--few", action="store_true", help="the texts of the suite only")
    parser.add_argument("places", nargs="*", help="parts of names, all without")
    args = parser.parse_args()
    of = plan()
    for place, markup in (("", PAGE), (HOME_PLACES[0], HOME)):  # the first page pays for what all use
        read(place, markup, of)
    rows: list[tuple[float, str, str]] = []
    for place in (*PAGE_PLACES, *HOME_PLACES, *REPEATED):
        if args.places and not any(part in place for part in args.places):
            continue
        for atom in ("",) if place in REPEATED else FEW if args.few else ATOMS:
            text = atom * (args.characters // max(1, len(atom)))
            markup = repeated(place, args.characters) if place in REPEATED else filled(place, text)
            rows.append((seconds(place, markup, of, most=MOST), place, repr(atom)))
            if rows[-1][0] > args.over:
                print(f"{rows[-1][0]:6.2f} s  {place:28} {rows[-1][2]}", flush=True)
    print(f"{len(rows)} texts of {args.characters:,} characters; the dearest:")
    for took, place, atom in sorted(rows, reverse=True)[:10]:
        print(f"{took:6.2f} s  {place:28} {atom}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
