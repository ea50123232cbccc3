"""Why a page gave its record, as a page: every block in colour with what spoke for or against it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mapexpress.boilerplate.decisions import Decision
from mapexpress.records import Article, Rejection
from mapexpress.report.explained import Sourced
from mapexpress.views.html_page import asset, page, text


def render_explain(
    record: Article | Rejection,
    *,
    values: Sequence[Sourced],
    decisions: Sequence[Decision],
    other: Collection[int] | None = None,
) -> str:
    """The whole page as HTML. `other` are the blocks that trafilatura keeps, shown as a layer on demand."""
    title = record.title if isinstance(record, Article) else "No record"
    inside = [d for d in decisions if d.inside]
    removed = sum(not d.kept for d in inside)
    kept = sum(d.kept for d in inside)
    body = (
        f'<header><h1 dir="auto">{text(title or "Without a title")}</h1>'
        f'<p class="dim">{text(record.url or "a document without an address")}</p>'
        f"<p>{_verdict(record)} {kept} blocks kept, {removed} removed inside the article, "
        f"{len(decisions) - len(inside)} outside it.</p></header><main>"
        + _controls(other is not None)
        + '<div class="columns"><section aria-labelledby="before"><h2 id="before">The page, block by block</h2>'
        + f'<ol class="blocks">{"".join(_block(d, other) for d in decisions)}</ol></section>'
        + '<section class="record" aria-labelledby="after"><h2 id="after">The record</h2>'
        + f"{_values(values)}{_after(record)}</section>"
        + "</div></main><footer><p class='dim'>Keys: <kbd>n</kbd> next block, <kbd>p</kbd> previous, <kbd>k</kbd> "
        "kept, <kbd>r</kbd> removed, <kbd>o</kbd> outside, <kbd>t</kbd> trafilatura.</p></footer>"
    )
    return page(title=f"Explained: {title}", style=asset("explain.css"), body=body, script=asset("explain.js"))


def _verdict(record: Article | Rejection) -> str:
    if isinstance(record, Rejection):
        return f"<b>Rejected: {text(record.reason)}</b> {text(record.detail or '')}."
    return f"Text chosen by <b>{text(record.extractor)}</b>."


def _values(values: Sequence[Sourced]) -> str:
    rows = "".join(
        f'<dt>{text(v.name)}</dt><dd dir="auto">{text(v.value)}'
        + (f' <span class="source">{text(v.source)}</span>' if v.source else "")
        + "</dd>"
        for v in values
        if v.value
    )
    return f'<dl class="values">{rows}</dl>'


def _controls(has_other: bool) -> str:
    boxes = [("kept", "kept", True), ("removed", "removed", True), ("outside", "outside the article", False)]
    if has_other:
        boxes.append(("other", "what trafilatura keeps", False))
    labels = "".join(
        f'<label><input type="checkbox" id="{name}"{" checked" if on else ""}>{text(label)}</label>'
        for name, label, on in boxes
    )
    return f'<div class="bar" role="group" aria-label="Blocks to show">Show {labels}</div>'


def _block(decision: Decision, other: Collection[int] | None) -> str:
    name = "kept" if decision.kept else ("removed" if decision.inside else "outside")
    mark = " data-other" if other is not None and decision.block in other else ""
    badge = ' <span class="badge">trafilatura keeps this</span>' if mark else ""
    why = f"<b>{text(decision.reason or 'kept')}</b> {text(decision.evidence)}{badge}"
    shown = f'<span dir="auto">{text(decision.text)}</span><span class="why">{why}</span>'
    return f'<li class="{name}" tabindex="0"{mark}>{shown}</li>'


def _after(record: Article | Rejection) -> str:
    if isinstance(record, Rejection):
        return f"<p>{text(record.reason)}: {text(record.detail or 'no record was made')}</p>"
    paragraphs = "".join(f'<p dir="auto">{text(p)}</p>' for p in record.text.split("\n\n") if p)
    return f'<h3 dir="auto">{text(record.title)}</h3>{paragraphs or "<p>No text.</p>"}'
