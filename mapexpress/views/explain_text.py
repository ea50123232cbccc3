"""Why a page gave its record, as lines for a terminal."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mapexpress.model.record import Article, Rejection
from mapexpress.text.characters import visible
from mapexpress.views.sourced_values import Sourced

if TYPE_CHECKING:
    from mapexpress.model.verdict import Decision

_WIDTH = 100
_VALUE = 300  # characters of a value
_EXAMPLE = 90  # characters of a removed block; kept text is shown whole


def explain_lines(
    record: Article | Rejection,
    values: Sequence[Sourced],
    decisions: Sequence[Sequence[Decision]],
    *,
    outside: bool = False,
) -> Iterator[str]:
    """The verdict, each value with its source, then the blocks in page order: `+` kept, `-` removed with the reason.

    Blocks outside the article's region are counted by reason, or listed too with `outside`. Control characters of
    the page are shown as the replacement sign, so that none can steer the terminal.
    """
    yield _verdict(record)
    for value in values:
        if value.value:
            source = f"  [{value.source}]" if value.source else ""
            yield visible(f"  {value.name:<15}{textwrap.shorten(value.value, _VALUE, placeholder=' …')}{source}")
    yield ""
    left_out: Counter[str] = Counter()
    for decision in (decision for page in decisions for decision in page):
        if decision.kept:
            yield from _wrapped(decision.text)
        elif decision.inside or outside:
            example = textwrap.shorten(decision.text, _EXAMPLE, placeholder=" …")
            yield visible(f"- {decision.reason:<12} {example}  ({decision.evidence})")
        else:
            left_out[decision.reason or "outside"] += 1
    if left_out:
        counts = ", ".join(f"{count} {reason}" for reason, count in left_out.most_common())
        yield ""
        yield f"outside the article: {counts} (list them with --outside)"


def _verdict(record: Article | Rejection) -> str:
    where = visible(record.url or "a document without an address")
    if isinstance(record, Rejection):
        return f"{where}\nrejected: {record.reason}" + (visible(f", {record.detail}") if record.detail else "")
    removed = sum(removal.blocks for removal in record.removed)
    flags = f"; flags: {', '.join(record.quality.flags)}" if record.quality.flags else ""
    return f"{where}\n{record.quality.words} words by {record.extractor}, {removed} blocks removed inside{flags}"


def _wrapped(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        for number, part in enumerate(textwrap.wrap(visible(line), _WIDTH) or [""]):
            yield ("+ " if number == 0 else "  ") + part
