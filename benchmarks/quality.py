"""Write what `record/build.py` makes of a folder of pages, for the scorers of text, titles, dates and authors.

    python benchmarks/quality.py DIR --out predictions.jsonl [--no-policy]

DIR holds `pages/*.html.gz` and, where addresses are known, `gold.jsonl` with `id` and `url`. Each line of the output
is `{id, text, title, date, authors}`. Datasets differ in what they count as text: POLICIES, keyed by the folder's
name, sets the documented inclusion options and nothing else; --no-policy runs all with the defaults.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from pathlib import Path

from mapexpress.model.options import Options
from mapexpress.record.build import Document, explain

# How the annotators of a dataset treated standfirst, captions and credits; no entry: our own policy. Of the standfirsts
# that stand apart from the body the gold texts of aeb have 5 of 35, of wcxb 5 of 18 and of tagdiv none of 3 (of fundus
# 87 of 95).
POLICIES = {name: Options(standfirst=False) for name in ("aeb", "wcxb", "tagdiv")}


def predict(path: Path, url: str | None, options: Options | None) -> dict[str, object]:
    """The prediction for one page; a page that a crawl would reject gives its text all the same."""
    body = gzip.decompress(path.read_bytes())
    article = explain([Document(body=body, url=url)], options=options).article
    return {
        "id": path.name.removesuffix(".html.gz"),
        "text": article.text,
        "title": article.title,
        # a gold file has one date for a page; where a page shows only that of its last change, it is that
        "date": article.date_published or article.date_modified,
        "authors": article.authors,
    }


def addresses(gold: Path) -> dict[str, str | None]:
    """Addresses by page id, empty where there is no gold file."""
    if not gold.exists():
        return {}
    rows = (json.loads(line) for line in gold.read_text("utf-8").splitlines() if line.strip())
    return {row["id"]: row.get("url") for row in rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--no-policy", action="store_true", help="our own policy for every dataset")
    args = parser.parse_args()
    pages = sorted((args.folder / "pages").glob("*.html.gz"))
    if not pages:
        sys.exit(f"no pages: {args.folder / 'pages'} holds no *.html.gz")
    urls = addresses(args.folder / "gold.jsonl")
    options = None if args.no_policy else POLICIES.get(args.folder.resolve().name)
    with args.out.open("w", encoding="utf-8") as out:
        for path in pages:
            row = predict(path, urls.get(path.name.removesuffix(".html.gz")), options)
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{len(pages)} pages: {args.out}")


if __name__ == "__main__":
    main()
