"""The explain page of an explanation, with trafilatura's choice as its layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapexpress.extraction.consult import consult_trafilatura
from mapexpress.report.explained import sourced_values
from mapexpress.views.explain_html import render_explain

if TYPE_CHECKING:
    from mapexpress.article import Explanation


def explain_page(explanation: Explanation, *, compare: bool = True) -> str:
    """The page as HTML. With `compare` trafilatura is asked what it would keep of each of the article's pages."""
    other = [consult_trafilatura(page) for page in explanation.pages] if compare and explanation.pages else None
    return render_explain(
        explanation.record,
        values=list(sourced_values(explanation)),
        decisions=explanation.decisions,
        other=other,
    )
