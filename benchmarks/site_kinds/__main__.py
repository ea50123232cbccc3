"""Any news site by its address: generated sites of thirteen kinds and three languages, crawled for real.

    python -m benchmarks.site_kinds [--kind KIND] [--lang LANG] [--processes N] [-v]

Each site is served on loopback and crawled by address alone: a first run that takes what is new, then `since=all`
into the same data, then each way in alone into data of its own. The traps are those of the real web: calendars
without end, sessions in links, pagers that repeat their last page, print and AMP twins, canonicals that point home or
to another host, soft 404s, shortlinks. The table shows for each crawl the articles it had to give, what was found,
missed and wrong, and what was asked: ways in, listings, and all else for each page of an article (at most 1.2).
Exit status 1 when anything is missed, wrong or too dear.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.site_kinds.crawling import Run, crawl
from benchmarks.site_kinds.judging import Verdict, judge
from benchmarks.site_kinds.kinds import KINDS, Kind
from benchmarks.site_kinds.serving import serve, write_certificate

LANGUAGES = ("fr", "ar", "en")


def crawl_site(kind: Kind, lang: str, ways: Sequence[str] | None, scratch: Path) -> Iterator[tuple[str, Verdict]]:
    """Name and verdict of each crawl of one site; `ways` None stands for all that show every article."""
    folder = scratch / f"{kind.name}-{lang}"
    with serve(lambda origin: kind.build(origin, lang), kind.domain, scratch / "certificate.pem") as served:
        site = served.site
        stories = list(site.addresses.values())
        first = crawl(served, folder / "data")
        given = {str(r["title"]) for r in first.records}
        yield "new", judge(site, first, site.front, asked=[s for s in stories if s.title in given] or site.front)
        rest = [s for s in stories if s.title not in given]
        yield "all", judge(site, crawl(served, folder / "data", "since=all"), stories, asked=rest or stories)
        for way in site.full_ways if ways is None else [w for w in site.full_ways if w in ways]:
            yield way, judge(site, crawl(served, folder / way, "since=all", f"via={way}"), stories)


def report(name: str, lang: str, which: str, verdict: Verdict, *, verbose: bool) -> str:
    """A line of the table, and what it counts below it."""
    v = verdict
    lines = [
        f"{name:12} {lang:4} {which:8} {v.expected:8} {v.found:6} {len(v.missed):6} {len(v.wrong):6}"
        f" {v.ways:5} {v.listings:8} {v.others:6} {v.cost:7.2f}  {'holds' if v.holds else 'FAILS'}"
    ]
    if not v.holds or verbose:
        lines += [f"    missed  {title}" for title in v.missed[:8]]
        lines += [f"    wrong   {text}" for text in v.wrong[:12]]
        lines += [f"    status  {v.run.status}"] if v.run.status else []
        lines += _waste(v.run) if v.cost > 1.2 or verbose else []
    return "\n".join(lines)


def _waste(run: Run) -> list[str]:
    return [f"    asked   {hit.status} {hit.url}" for hit in run.hits if hit.role == "waste"][:25]


def main() -> int:
    """Crawl the chosen sites, print the table; 1 when something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", action="append", choices=[k.name for k in KINDS], help="only this kind (repeatable)")
    parser.add_argument("--lang", action="append", choices=LANGUAGES, help="only this language (repeatable)")
    parser.add_argument("--way", action="append", help="of the ways in alone only this one (repeatable); none: no way")
    parser.add_argument("--every-way", action="store_true", help="each way alone in every language, not in one")
    parser.add_argument("--processes", type=int, default=2, help="crawls side by side (default: 2)")
    parser.add_argument("-v", "--verbose", action="store_true", help="show what was asked in vain too")
    given = parser.parse_args()
    kinds = [k for k in KINDS if not given.kind or k.name in given.kind]
    chosen = [(k, lang) for k in kinds for lang in (given.lang or LANGUAGES)]
    print(
        f"{'kind':12} {'lang':4} {'run':8} {'articles':>8} {'found':>6} {'missed':>6} {'wrong':>6}"
        f" {'ways':>5} {'listings':>8} {'others':>6} {'a page':>7}"
    )
    failed = crawls = 0
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(given.processes) as pool:
        write_certificate(Path(scratch) / "certificate.pem")

        def work(job: tuple[Kind, str]) -> list[tuple[str, Verdict]]:
            kind, lang = job
            alone = given.way
            # the ways alone: in one language of each kind, another one from kind to kind
            if not alone and not given.every_way and len(given.lang or LANGUAGES) > 1:
                alone = None if lang == LANGUAGES[KINDS.index(kind) % 3] else ["none"]
            return list(crawl_site(kind, lang, alone, Path(scratch)))

        for (kind, lang), verdicts in zip(chosen, pool.map(work, chosen), strict=True):
            for which, verdict in verdicts:
                crawls += 1
                failed += not verdict.holds
                print(report(kind.name, lang, which, verdict, verbose=given.verbose), flush=True)
    print(f"{crawls} crawls, {failed} of them with something missed, wrong or too dear")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
