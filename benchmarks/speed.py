"""All speed benchmarks one after the other, as one page: ours beside its peers, by step, and as crawls grow.

    python benchmarks/speed.py [--shared ../shared] [--html speed.html] [--found build/speed] [--parts pages,crawls]
        [--quick]

Each part is a program of its own, which tells what it measures; its figures are kept in --found, so that a part can be
run again by itself: the page shows the latest of each. The whole takes about an hour and a half of a quiet machine,
--quick about five minutes, for a look.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from speed_page import as_html, as_text

ROOT = Path(__file__).parents[1]
# part -> program, its arguments for a look
PARTS: dict[str, tuple[str, str]] = {
    "pages": ("bench_speed.py", "--pages 40"),
    "themes": ("bench_themes.py", "--pages 5"),
    "steps": ("speed_steps.py", "--pages 40"),
    "crawls": ("bench_crawl_speed.py", "--pages 150 --concurrency 16 --processes 1"),
    "start": ("bench_start.py", "--rounds 2"),
    "scale": ("bench_scale.py", "--pages 600 --every 200"),
    "workers": ("bench_clean.py", "--pages 150"),
}
_WITHOUT_PAGES = "start"  # needs nothing of the shared folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--html", type=Path, default=ROOT / "speed.html")
    parser.add_argument("--found", type=Path, default=ROOT / "build" / "speed")
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    parts = args.parts.split(",")
    if unknown := set(parts) - set(PARTS):
        sys.exit(f"unknown part {', '.join(sorted(unknown))}; known: {', '.join(PARTS)}")
    for part in parts:
        program, quick = PARTS[part]
        given = [] if part == _WITHOUT_PAGES else ["--shared", str(args.shared)]
        command = [
            sys.executable,
            str(ROOT / "benchmarks" / program),
            *given,
            "--json",
            str(args.found / f"{part}.json"),
        ]
        print(f"\n{part}", flush=True)
        subprocess.run([*command, *(quick.split() if args.quick else [])], check=True)
    kept = {part: args.found / f"{part}.json" for part in PARTS}
    found = {part: json.loads(path.read_text("utf-8")) for part, path in kept.items() if path.exists()}
    args.html.write_text(as_html(found), "utf-8")
    print(f"\n{as_text(found)}\n\n{args.html}")


if __name__ == "__main__":
    main()
