"""What a site's template finds by itself on whole sites: no phrases, no platform rules, only repetition and place.

    python benchmarks/template_sites.py comoresnews=https://comoresnews.com [FOLDER=ADDRESS ...] [-v]

FOLDER holds a site's pages as files. For each site, of the visible lines of its article pages: the share of those that
the full rules remove which are removed without the rules too, and the share of those that the full rules keep which
are. All other evidence is switched off by `Options.without` (the setting MAPEXPRESS_WITHOUT); -v shows the lines.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mapexpress.boilerplate.template.snapshot import TemplateSnapshot, learn_template
from mapexpress.model.options import Options
from mapexpress.record.build import Document, Explanation, explain
from mapexpress.record.lesson import sketch_article

ALONE = Options(without=frozenset({"phrases", "platforms", "structure", "candidates"}))


def documents(folder: Path, address: str) -> list[Document]:
    """The pages that the full rules take for articles."""
    found = []
    for path in sorted(folder.rglob("*.html")):
        url = f"{address.rstrip('/')}/{path.relative_to(folder).as_posix().removesuffix('index.html')}"
        document = Document(body=path.read_bytes(), url=url)
        if explain([document]).refusal is None:
            found.append(document)
    return found


def explained(pages: list[Document], options: Options | None) -> tuple[TemplateSnapshot, list[Explanation]]:
    """What the pages teach when all evidence but that of `options` is switched off, and the pages cleaned with it."""
    snapshot = learn_template(sketch_article(explain([page], options=options)) for page in pages)
    return snapshot, [explain([page], snapshot=snapshot, options=options) for page in pages]


def measure(name: str, pages: list[Document], options: Options, *, show: bool) -> str:
    full = [explain([page]) for page in pages]
    snapshot, others = explained(pages, options)
    boilerplate = found = content = lost = 0
    for one, other in zip(full, others, strict=True):
        for rules, template in zip(one.decisions[0], other.decisions[0], strict=True):
            if rules.reason == "hidden" or not rules.text.strip():
                continue
            if rules.kept:
                content += 1
                lost += not template.kept
            else:
                boilerplate += 1
                found += not template.kept
            if show and rules.kept != template.kept:
                said = "missed" if template.kept else "lost  "
                print(said, (one.page_key or "")[-40:], f"[{rules.reason or template.reason}]", rules.text[:90])
    return (
        f"{name:14} {len(pages):4} articles, {snapshot.pages:4} dissimilar   boilerplate lines "
        f"{found}/{boilerplate} = {found / max(1, boilerplate):.1%}   content lines {lost}/{content} = "
        f"{lost / max(1, content):.2%}"
    )


def main() -> None:
    names = [a for a in sys.argv[1:] if a != "-v"]
    if not names:
        sys.exit(__doc__)
    for name in names:
        folder, _, address = name.partition("=")
        pages = documents(Path(folder), address or "https://site.example")
        print(measure(Path(folder).name, pages, ALONE, show="-v" in sys.argv))


if __name__ == "__main__":
    main()
