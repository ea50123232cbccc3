"""Why a page gave its record, as a page: every block in colour with what spoke for or against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from mapexpress.extraction.trafilatura_vote import consult_trafilatura
from mapexpress.model.record import Article, Rejection
from mapexpress.model.verdict import Decision
from mapexpress.views.html_page import asset, is_right_to_left, page, text
from mapexpress.views.side_by_side import Row, Shown, Side, side_by_side
from mapexpress.views.sourced_values import Sourced, sourced_values

if TYPE_CHECKING:
    from mapexpress.record.build import Explanation


def explain_page(explanation: Explanation, *, compare: bool = True) -> str:
    """The page as HTML. With `compare` trafilatura is asked what it would keep of each of the article's pages."""
    other = [consult_trafilatura(page) for page in explanation.pages] if compare and explanation.pages else None
    return render_explain(
        explanation.record,
        values=list(sourced_values(explanation)),
        decisions=explanation.decisions,
        other=other,
    )


# Shown for a block: sign, name. The sign says it where colours are not seen.
_SIDES: dict[Side, tuple[str, str]] = {
    "kept": ("+", "kept"),
    "removed": ("−", "removed"),
    "outside": ("·", "outside the article"),
}
Layer = Sequence[Collection[int]]


def render_explain(
    record: Article | Rejection,
    *,
    values: Sequence[Sourced],
    decisions: Sequence[Sequence[Decision]],
    other: Layer | None = None,
) -> str:
    """The whole page as HTML. `decisions` are those of each of the article's pages, in order.

    `other` holds, for each of these pages, the blocks that trafilatura keeps: a layer that is shown on demand.
    """
    title = record.title if isinstance(record, Article) else "No record"
    rows = side_by_side(decisions, record.text if isinstance(record, Article) else "")
    language = record.language if isinstance(record, Article) else None
    direction = "rtl" if is_right_to_left(language) else "ltr"
    shown = [block for row in rows for block in row.blocks]
    body = (
        '<header class="top"><p class="eyebrow">scrapy explain</p>'
        f'<h1 dir="auto">{text(title or "Without a title")}</h1>{_byline(values)}'
        f'<p class="where">{text(record.url or "a document without an address")}</p>{_verdict(record)}'
        f"{_composition(shown)}</header>{_controls(shown, other)}<main>"
        f'<section aria-labelledby="blocks"><h2 id="blocks" class="hidden">Blocks and paragraphs</h2>'
        f'<div class="heads" dir="{direction}" aria-hidden="true"><span dir="ltr">The page, block by block</span>'
        f'<span dir="ltr">The record</span></div>'
        f'<ol class="rows" dir="{direction}">{"".join(_row(row, other) for row in rows)}</ol>'
        f"{_nothing(record)}</section>"
        f'<section aria-labelledby="values"><h2 id="values">Where each value comes from</h2>'
        f"{_values([value for value in values if value.name not in _BYLINE])}</section>"
        "</main><footer><p><kbd>n</kbd> next block <kbd>p</kbd> previous <kbd>k</kbd> kept <kbd>r</kbd> removed "
        "<kbd>o</kbd> outside <kbd>t</kbd> trafilatura <kbd>1</kbd> side by side <kbd>2</kbd> page "
        "<kbd>3</kbd> record</p></footer>"
    )
    return page(title=f"Explained: {title}", style=asset("explain.css"), body=body, script=asset("explain.js"))


_BYLINE = {"authors": "Authors", "date_published": "Published", "date_modified": "Changed"}


def _byline(values: Sequence[Sourced]) -> str:
    """What is looked for first beside the title: who wrote it and when, and where that was read."""
    facts = "".join(
        f'<div><dt>{_BYLINE[value.name]}</dt><dd dir="auto">{text(value.value) or _MISSING}</dd>'
        + (f'<dd class="dim small"><code>{text(value.source)}</code></dd>' if value.source else "")
        + "</div>"
        for value in values
        if value.name in _BYLINE and (value.value or value.name != "date_modified")  # few pages were changed
    )
    return f'<dl class="byline">{facts}</dl>' if facts else ""


def _verdict(record: Article | Rejection) -> str:
    if isinstance(record, Rejection):
        detail = f": {text(record.detail)}" if record.detail else ""
        return f'<p class="verdict bad"><b>Rejected, {text(record.reason)}</b>{detail}</p>'
    facts = [f"{record.quality.words:,} words", f"text chosen by {record.extractor}"]
    facts += [record.language] if record.language else []
    facts += [f"template {record.template_id}"] if record.template_id else []
    flags = "".join(f'<span class="flag">{text(flag)}</span>' for flag in record.quality.flags)
    return f'<p class="verdict">{" · ".join(text(fact) for fact in facts)}{flags}</p>'


def _composition(shown: Sequence[Shown]) -> str:
    """The page as one bar: how much of its text went where."""
    chars: Counter[Side] = Counter()
    for block in shown:
        chars[block.side] += len(block.decision.text)
    total = chars.total()
    if not total:
        return ""
    bars, left = "", 0.0
    for side, (_, name) in _SIDES.items():
        width = 1000 * chars[side] / total
        bars += (
            f'<rect class="{side}" x="{left:.1f}" y="0" width="{width:.1f}" height="10"><title>{name}</title></rect>'
        )
        left += width
    said = ", ".join(f"{chars[side]:,} characters {name}" for side, (_, name) in _SIDES.items())
    return (
        f'<svg class="share" role="img" aria-label="{said}" viewBox="0 0 1000 10" preserveAspectRatio="none">'
        f"{bars}</svg>"
        f'<p class="dim small">{said}</p>'
    )


def _controls(shown: Sequence[Shown], other: Layer | None) -> str:
    counts = Counter(block.side for block in shown)
    boxes = "".join(
        f'<label class="{side}"><input type="checkbox" id="{side}"{"" if side == "outside" else " checked"}>'
        f"<i></i>{text(name)} <b>{counts[side]:,}</b></label>"
        for side, (_, name) in _SIDES.items()
    )
    if other is not None:
        differing = sum(_differs(block, other) for block in shown)
        said = f"differs on <b>{differing:,}</b>" if differing else "agrees"
        boxes += f'<label class="other"><input type="checkbox" id="other"><i></i>trafilatura {said}</label>'
    views = "".join(
        f'<label><input type="radio" name="view" id="view-{name}"{" checked" if name == "both" else ""}>{said}</label>'
        for name, said in (("both", "side by side"), ("page", "page"), ("record", "record"))
    )
    return (
        f'<div class="bar"><fieldset><legend class="hidden">Blocks to show</legend>{boxes}</fieldset>'
        f'<fieldset class="views"><legend class="hidden">View</legend>{views}</fieldset></div>'
    )


def _keeps(block: Shown, other: Layer) -> bool:
    return block.page < len(other) and block.decision.block in other[block.page]


def _differs(block: Shown, other: Layer) -> bool:
    return _keeps(block, other) != block.decision.kept


def _row(row: Row, other: Layer | None) -> str:
    blocks = "".join(_block(block, other) for block in row.blocks)
    if row.side == "outside":
        count = f"{len(row.blocks):,} block{'s' * (len(row.blocks) > 1)} outside the article"
        marked = " data-differs" if other is not None and any(_differs(b, other) for b in row.blocks) else ""
        blocks = f'<details{marked}><summary dir="ltr">{count}</summary>{blocks}</details>'
    after = "".join(f'<p dir="auto">{text(paragraph)}</p>' for paragraph in row.paragraphs)
    return f'<li class="row {row.side}"><div class="before">{blocks}</div><div class="after">{after}</div></li>'


def _block(block: Shown, other: Layer | None) -> str:
    decision, (sign, name) = block.decision, _SIDES[block.side]
    layer = ""
    if other is not None:
        keeps = _keeps(block, other)
        word = "keeps" if keeps else "drops"
        mark = " differs" if _differs(block, other) else ""
        layer = f'<span class="layer{mark}">trafilatura {word} this</span>'
    page_of = f"page {block.page + 1}, " if block.page else ""
    return (
        f'<div class="block {block.side}" tabindex="0"><p class="said" dir="auto">{text(decision.text)}</p>'
        f'<p class="why" dir="ltr"><b>{sign} {text(decision.reason or name)}</b> '
        f"<span>{page_of}{text(decision.evidence)}</span>{layer}</p></div>"
    )


def _values(values: Sequence[Sourced]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{text(value.name)}</th><td dir="auto">{text(value.value) or _MISSING}</td>'
        f"<td><code>{text(value.source)}</code></td></tr>"
        for value in values
    )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Values and their sources">'
        '<table class="values"><thead><tr>'
        '<th scope="col">Field</th><th scope="col">Value</th><th scope="col">Read from</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


_MISSING = '<span class="dim">not on the page</span>'


def _nothing(record: Article | Rejection) -> str:
    if isinstance(record, Rejection):
        return f'<p class="verdict bad">No record was made: {text(record.detail or record.reason)}</p>'
    return "" if record.text else "<p>The record has no text.</p>"
