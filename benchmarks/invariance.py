"""What must hold on every real page: its text stands on it, and neither scripts nor bytes change its record.

    python -m benchmarks.invariance [--shared DIR] [--sets aeb,frar] [--workers N]

DIR holds `bench/<dataset>/`, `frar/` and `tagdiv/`, each with `pages/*.html.gz` and a gold file that names addresses.
For each page: every line and cell of the record's text stands on the page; the page with its scripts, styles and
comments and the page without (JSON-LD aside) give one record; so does the page in other charsets, with CRLF, and under
headers that lie about its charset. Prints the pages that fail and how; exit status 5 when one does. A page takes about
a second of CPU.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from fixtures.disguises import OF_THE_BYTES, disguised, missing_lines, reserialized
from mapexpress.model.schema import to_dict
from mapexpress.record.build import Document, explain
from mapexpress.web.encodings import decode

FOLDERS = {name: f"bench/{name}" for name in ("aeb", "fundus", "wcxb", "trafilatura_eval", "htmldate", "mozilla")}
FOLDERS |= {"frar": "frar", "tagdiv": "tagdiv"}


def record(body: str | bytes, url: str | None, content_type: str | None = None) -> dict[str, object]:
    article = explain([Document(body=body, url=url, content_type=content_type)]).article
    article.quality.flags = [flag for flag in article.quality.flags if flag not in OF_THE_BYTES]
    return to_dict(article)


def differing(one: dict[str, object], other: dict[str, object]) -> str:
    """Names of the fields in which two records differ."""
    return ", ".join(key for key in one if one[key] != other[key])


def failures(path: Path, url: str | None) -> list[str]:
    """What does not hold on a page, in words; empty for a sound one."""
    page = decode(gzip.decompress(path.read_bytes()))[0]
    whole = record(page, url)
    out = [f"not on the page: {line[:60]!r}" for line in missing_lines(str(whole["text"]), page)]
    full, bare = (record(reserialized(page, scripts=scripts), url) for scripts in (True, False))
    if full != bare:
        out.append(f"without scripts, styles and comments: {differing(full, bare)}")
    for name, data, content_type in disguised(page):
        other = record(data, url, content_type)
        if other != whole:
            out.append(f"{name}: {differing(whole, other)}")
    return out


def pages_of(folder: Path) -> list[tuple[Path, str | None]]:
    rows = [json.loads(line) for line in (folder / "gold.jsonl").read_text("utf-8").splitlines() if line.strip()]
    urls = {row["id"]: row.get("url") for row in rows}
    paths = sorted((folder / "pages").glob("*.html.gz"))
    return [(path, urls.get(path.name.removesuffix(".html.gz"))) for path in paths]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--sets", default=",".join(FOLDERS))
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    wanted = args.sets.split(",")
    if unknown := set(wanted) - set(FOLDERS):
        sys.exit(f"unknown set {', '.join(sorted(unknown))}; known: {', '.join(FOLDERS)}")
    warnings.filterwarnings("ignore")
    failed = 0
    with ProcessPoolExecutor(args.workers) as pool:
        for name in wanted:
            pages = pages_of(args.shared / FOLDERS[name])
            found = list(pool.map(failures, *zip(*pages, strict=True)))
            bad = [(path, problems) for (path, _), problems in zip(pages, found, strict=True) if problems]
            failed += len(bad)
            print(f"{name}: {len(pages) - len(bad)} of {len(pages)} pages hold", flush=True)
            for path, problems in bad:
                for problem in problems:
                    print(f"  {path.name.removesuffix('.html.gz')[:50]}: {problem}", flush=True)
    sys.exit(5 if failed else 0)


if __name__ == "__main__":
    main()
