"""Fuzz with atheris: `python -m fuzz.run [TARGET ...] [--seconds 1800]`; the time is shared by the targets.

Each target runs in processes of its own, guided by coverage, from the seeds of `fuzz.targets`. What a target has learned
is kept in `--corpus` and goes on from there. A crash or an input that takes over `--hang` seconds is written to the
corpus folder (`TARGET/found-*`), its traceback is shown, and the target goes on. Exit status 1 when something was found.
"""

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from fuzz.targets import TARGETS, WORDS, seeds

ROOT = Path(__file__).resolve().parents[1]
MOST_BYTES = 20_000  # of an input: whole pages of the fixture site fit, and a round stays short
MEGABYTES = 2048


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzz what strangers write, in bounded time.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)} (default: all)")
    parser.add_argument("--seconds", type=int, default=1800, help="in all")
    parser.add_argument("--hang", type=int, default=60, help="seconds for one input")
    parser.add_argument("--corpus", type=Path, default=Path("build/fuzz"))
    options = parser.parse_args()
    names = options.targets or list(TARGETS)
    if unknown := [name for name in names if name not in TARGETS]:
        parser.error(f"no target {unknown[0]}; known: {', '.join(TARGETS)}")
    found = 0
    for name in names:
        found += fuzz(name, options.corpus / name, options.seconds / len(names), options.hang)
    print(f"{found} findings in {len(names)} targets")
    return 1 if found else 0


def fuzz(name: str, folder: Path, seconds: float, hang: int) -> int:
    """Findings of one target in `seconds`."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(name)):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = folder / "words.dict"
    names = WORDS.get(name, ())
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in names), "ascii")
    command = [
        sys.executable, "-m", "fuzz.child", name, str(corpus), *([f"-dict={words}"] if names else []), f"-artifact_prefix={folder}/found-",
        f"-timeout={hang}", f"-rss_limit_mb={MEGABYTES}", f"-max_len={MOST_BYTES}", "-print_final_stats=1", "-verbosity=0",
    ]  # fmt: skip
    end, rounds, found = time.monotonic() + seconds, 0, 0
    while (left := end - time.monotonic()) > 1:
        run = subprocess.run(
            [*command, f"-max_total_time={int(left)}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            errors="replace",
        )
        executed = re.search(r"number_of_executed_units: (\d+)", run.stderr)
        rounds += int(executed[1]) if executed else 0
        if run.returncode == 0:
            break
        # a signal without a word of libFuzzer is a stack that overflowed, or somebody else who ended the process
        found += 1
        print(f"--- {name}: {_ended(run.returncode)}\n{run.stdout[-3000:]}\n{run.stderr[-3000:]}", flush=True)
        if found >= 5:
            break
    print(f"{name:12} {rounds:>9} inputs, {found} findings, {seconds:.0f} s", flush=True)
    return found


def _ended(status: int) -> str:
    return f"ended by {signal.Signals(-status).name}" if status < 0 else f"status {status}"


def _escaped(word: bytes) -> str:
    return "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in word)


if __name__ == "__main__":
    sys.exit(main())
