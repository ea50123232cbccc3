"""What a site's template finds by itself on whole sites: no phrases, no platform rules, only repetition and place.

    python benchmarks/template_sites.py ../shared-sites/comoresnews=https://comoresnews.com [FOLDER=ADDRESS ...]

FOLDER holds a site's pages as files. For each site: the share of the blocks that the full rules remove from article
pages which the template alone removes too, and the share of the blocks that the full rules keep which it removes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mapexpress.article import Document, Explanation, explain
from mapexpress.boilerplate.masks import units_of_page
from mapexpress.boilerplate.template import learn_template
from mapexpress.boilerplate.template_verdicts import judge
from mapexpress.sketch import sketch_article


def articles(folder: Path, address: str) -> list[tuple[str, Explanation]]:
    found = []
    for path in sorted(folder.rglob("*.html")):
        url = f"{address.rstrip('/')}/{path.relative_to(folder).as_posix().removesuffix('index.html')}"
        explanation = explain([Document(body=path.read_bytes(), url=url)])
        if explanation.refusal is None:
            found.append((url, explanation))
    return found


def measure(folder: Path, address: str, *, show: bool) -> str:
    pages = articles(folder, address)
    snapshot = learn_template(sketch_article(e) for _, e in pages)
    boilerplate = found = content = lost = 0
    for url, explanation in pages:
        page = explanation.pages[0]
        kept = {d.block for d in explanation.decisions[0] if d.kept}
        units = units_of_page(page, {"title": explanation.article.title})
        verdicts = judge(units, snapshot, page=explanation.page_key)
        for unit in units:
            if unit.index in kept:
                content += 1
                lost += unit.index in verdicts
            else:
                boilerplate += 1
                found += unit.index in verdicts
            if show and (unit.index in kept) == (unit.index in verdicts):
                print(
                    "lost  " if unit.index in kept else "missed",
                    url[-40:],
                    unit.text[:90].replace("\n", " "),
                    unit.place,
                )
    leak, loss = found / max(1, boilerplate), lost / max(1, content)
    return (
        f"{folder.name:20} {len(pages):4} articles, {snapshot.pages:4} dissimilar   boilerplate blocks "
        f"{found}/{boilerplate} = {leak:.1%}   content blocks {lost}/{content} = {loss:.2%}"
    )


def main() -> None:
    names = [a for a in sys.argv[1:] if a != "-v"]
    if not names:
        sys.exit(__doc__)
    for name in names:
        folder, _, address = name.partition("=")
        print(measure(Path(folder), address or "https://site.example", show="-v" in sys.argv))


if __name__ == "__main__":
    main()
