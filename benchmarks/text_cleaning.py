"""Cleaning text without HTML: lost paragraphs and leaked lines against gold, and documents a second on one core.

    python benchmarks/text_cleaning.py [SHARED] [-v]
    python benchmarks/text_cleaning.py --memory 10000 100000 1000000

--memory learns from and cleans so many generated short texts of a thousand sites, each number in a process of its own,
and prints the peak memory of each. The samples of the sites lie on the disk: 1,000,000 take about fifteen minutes.

SHARED (default ../shared) holds `tagdiv/dirty/*.txt`, `tagdiv/gold.jsonl` with its `score.py`, and `seed/`.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mapexpress.boilerplate.plain.clean import clean_text
from mapexpress.corpus.clean import How, clean_corpus
from mapexpress.corpus.learn import learn_corpus
from mapexpress.corpus.readers import Source

DOCUMENT = 3_000  # characters, the size that throughput is told for
SECONDS = 5.0


def quality(shared: Path, *options: str) -> str:
    gold = [json.loads(line) for line in (shared / "tagdiv/gold.jsonl").read_text("utf-8").splitlines() if line]
    dirty = {path.stem: path for path in (shared / "tagdiv/dirty").glob("*.txt")}
    pages = [page for page in gold if page["id"] in dirty]
    with tempfile.TemporaryDirectory() as folder:
        chosen, predicted = Path(folder, "gold.jsonl"), Path(folder, "predictions.jsonl")
        chosen.write_text("\n".join(map(json.dumps, pages)), "utf-8")
        texts = {page["id"]: clean_text(dirty[page["id"]].read_text("utf-8")).text for page in pages}
        predicted.write_text("\n".join(json.dumps({"id": i, "text": t}) for i, t in texts.items()), "utf-8")
        score = [sys.executable, str(shared / "tagdiv/score.py"), str(chosen), str(predicted), *options]
        return subprocess.run(score, capture_output=True, text=True, check=True).stdout.strip()


def seed(shared: Path) -> bool:
    gold = json.loads((shared / "seed/gold.json").read_text("utf-8"))
    result = clean_text((shared / "seed/dirty.txt").read_text("utf-8"))
    return (result.title, result.paragraphs) == (gold["title"], gold["paragraphs"])


def throughput(shared: Path) -> tuple[float, int]:
    """Documents of 3 KB a second, and peak memory in MB; every document has sentences of its own."""
    texts = [path.read_text("utf-8") for path in sorted((shared / "tagdiv/dirty").glob("*.txt"))]
    texts = [text for text in texts if DOCUMENT / 2 < len(text) < DOCUMENT * 2]
    began = time.process_time()
    chars = number = 0
    while time.process_time() - began < SECONDS:
        text = texts[number % len(texts)].replace("e", f"e{number}", 1).replace(". ", f" {number}. ")
        clean_text(text)
        chars += len(text)
        number += 1
    took = time.process_time() - began
    return chars / DOCUMENT / took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def generated(count: int) -> Iterator[Source]:
    """Texts of a thousand invented sites, each another one; nothing is kept of them."""
    for n in range(count):
        body = "\n\n".join(
            f"Le bac {n * 3 + i} a repris la traversée du fleuve, dit la mairie du quai." for i in range(3)
        )
        text = (
            f"Le bac {n} reprend la traversée\n\n{body}\n\nLisez le carnet {n % 1000} du soir.\n\nPartager l'article:"
        )
        yield Source(id=str(n), body=text, kind="text", url=f"https://site{n % 1000}.example/{n}/")


def peak_memory(count: int) -> int:
    """MB at the peak of learning from and cleaning `count` texts in this process."""
    how = How(snapshots=learn_corpus(generated(count), How()))
    cleaned = sum(len(batch) for batch in clean_corpus(generated(count), how))
    assert cleaned == count
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    if sys.argv[1:2] == ["--peak"]:
        print(peak_memory(int(sys.argv[2])))
        return
    if sys.argv[1:2] == ["--memory"]:
        for count in sys.argv[2:] or ["10000", "100000", "1000000"]:
            done = subprocess.run(
                [sys.executable, __file__, "--peak", count], capture_output=True, text=True, check=True
            )
            print(f"{int(count):>9,} documents: peak memory {done.stdout.strip()} MB", flush=True)
        return
    args = [a for a in sys.argv[1:] if a != "-v"]
    shared = Path(args[0] if args else "../shared")
    print(f"seed exact: {seed(shared)}")
    print(quality(shared, *(["-v"] if "-v" in sys.argv else [])))
    rate, memory = throughput(shared)
    print(f"{rate:,.0f} documents of {DOCUMENT:,} characters a second on one core, peak memory {memory} MB")


if __name__ == "__main__":
    main()
