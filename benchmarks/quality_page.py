"""One self-contained page on which the kept and the removed blocks of each benchmark page can be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import chain

from mapexpress.model.options import Options
from mapexpress.record.build import Document, explain

STYLE = """
:root { color-scheme: light dark; --kept: #e3f4e5; --gone: #fbe6e4; --line: #8886; --quiet: #5b6270 }
@media (prefers-color-scheme: dark) { :root { --kept: #17351d; --gone: #41201d; --quiet: #a3abba } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 1.5rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .3rem 0 }
summary { display: flex; gap: 1rem; padding: .45rem .7rem; cursor: pointer }
summary span { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
summary b { font-variant-numeric: tabular-nums; font-weight: 600 }
.kept, .gone { margin: .25rem .7rem; padding: .25rem .6rem; border-radius: .25rem; overflow-wrap: anywhere }
.kept { background: var(--kept) } .gone { background: var(--gone) }
small { display: block; color: var(--quiet) }
.key { display: inline-block; margin: 0 .5rem 0 0; padding: .1rem .6rem }
"""


def blocks(body: bytes, url: str | None, options: Options | None) -> str:
    """The blocks of a page's article region, in page order, each with the reason that decided."""
    out = []
    for d in chain.from_iterable(explain([Document(body=body, url=url)], options=options).decisions):
        if d.kept or d.inside:
            why = "kept" if d.kept else str(d.reason)
            detail = f"{why}: {d.evidence}" if d.evidence else why
            kind = "kept" if d.kept else "gone"
            out.append(f'<p class="{kind}" dir="auto">{escape(d.text)}<small dir="ltr">{escape(detail)}</small></p>')
    return "".join(out)


def render(pages: Sequence[tuple[str, str, float | None, str]]) -> str:
    """The page from (dataset, id, F1 where the gold file has a text, blocks), the worst of each dataset first."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>Kept and removed blocks</title><style>{STYLE}</style><h1>Kept and removed blocks</h1>",
        "<p><span class='kept key'>kept</span><span class='gone key'>removed inside the article's region</span></p>",
    ]
    for dataset in dict.fromkeys(page[0] for page in pages):
        rows = sorted((p for p in pages if p[0] == dataset), key=lambda p: (p[2] is None, p[2] or 0.0, p[1]))
        parts.append(f"<h2>{escape(dataset)}: {len(rows)} pages</h2>")
        for _, name, f1, shown in rows:
            mark = "" if f1 is None else f"<b>{f1:.3f}</b>"
            parts.append(f"<details><summary><span>{escape(name)}</span>{mark}</summary>{shown}</details>")
    return "".join(parts)
