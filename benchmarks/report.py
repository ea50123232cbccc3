"""`scrapy report` over many records: its time, its memory and the size of its page.

    python benchmarks/report.py [--records 100000] [--sites 40] [--keep FOLDER]

The records are generated (texts of news length, 60 days, five languages, rejections, near-duplicates) and written by
the real store. Exit status 1 when the report takes over a minute of CPU or over 300 MB.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mapexpress import __version__
from mapexpress.dataset.store import SiteStore
from mapexpress.model.record import Article, Rejection, Removal, content_hash

ROOT = Path(__file__).resolve().parents[1]
MOST_SECONDS, MOST_MEGABYTES = 60.0, 300.0
START = datetime(2026, 3, 1, 6, tzinfo=UTC)
WORDS = "le port la ville un conseil des travaux nouveaux route pluie marché séance projet équipe saison eau".split()
SECTIONS = ["Économie", "Sports", "Culture", "Société", "Monde"]
LANGUAGES = ["fr", "ar", "en", "es", "fr-FR"]


def article(site: str, number: int, luck: random.Random) -> Article:
    moment = START + timedelta(minutes=number * 7 % (60 * 24 * 60))
    text = "\n\n".join(
        " ".join(luck.choices(WORDS, k=40)) + f" {luck.randrange(10**6)}." for _ in range(luck.randrange(3, 14))
    )
    url = f"https://{site}/{moment:%Y/%m}/article-{number}/"
    made = Article(
        id=f"{site}-{number}",
        site=site,
        url=url,
        canonical_url=url,
        page_urls=[url],
        title=" ".join(luck.choices(WORDS, k=7)) + f" {number}",
        text=text,
        authors=["Anne Lévy"] if number % 3 else [],
        section=luck.choice(SECTIONS),
        date_published=moment.isoformat(),
        date_precision="instant",
        language=luck.choice(LANGUAGES),
        fetched_at=(moment + timedelta(minutes=luck.randrange(5, 600))).isoformat(),
        http_status=200,
        discovered_via="feed",
        extractor="scorer",
        extractor_version=__version__,
        removed=[
            Removal(reason="share", blocks=2, chars=40),
            Removal(reason="related", blocks=luck.randrange(9), chars=300),
        ],
    )
    made.content_hash = content_hash(made.title, made.text)
    return made


def fill(data: Path, sites: int, records: int) -> None:
    """Write the records, spread over the sites."""
    for number in range(sites):
        luck = random.Random(number)
        site = f"site-{number}.example"
        with SiteStore.open(data, site, run="20260501T000000Z-0000", clock=lambda: START, warc=False) as store:
            for n in range(records // sites):
                store.write(article(site, n, luck))
                if n % 9 == 0:
                    reason = luck.choice(["listing", "no_text", "http_404"])
                    store.write(Rejection(url=f"https://{site}/x/{n}", stage="page", reason=reason, site=site))
            store.seal()


def measure(data: Path, out: Path) -> Iterator[tuple[str, float]]:
    """CPU seconds, peak megabytes and megabytes of the page of one report in a process of its own."""
    command = [sys.executable, "-m", "scrapy", "report", "-o", str(out), "-s", f"MAPEXPRESS_DATA={data}"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 5):
        sys.exit("the report failed")
    yield "CPU seconds", usage.ru_utime + usage.ru_stime
    yield "peak MB", usage.ru_maxrss / 1024
    yield "page MB", out.stat().st_size / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--sites", type=int, default=40)
    parser.add_argument("--keep", type=Path, help="a folder for the dataset and the page; else a temporary one")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary)
        if not (folder / "data").exists():
            fill(folder / "data", args.sites, args.records)
        figures = dict(measure(folder / "data", folder / "report.html"))
    print(f"{args.records:,} records of {args.sites} sites: " + ", ".join(f"{v:.1f} {k}" for k, v in figures.items()))
    if figures["CPU seconds"] > MOST_SECONDS or figures["peak MB"] > MOST_MEGABYTES:
        sys.exit(1)


if __name__ == "__main__":
    main()
