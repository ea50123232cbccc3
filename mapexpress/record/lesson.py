"""What one article's page teaches its site's template: the same for crawls, corpora and benchmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mapexpress.boilerplate.template.sample import Sketch, sketch_page, to_bytes
from mapexpress.metadata.site_constants import read_statements
from mapexpress.metadata.sources import Sources

if TYPE_CHECKING:
    from mapexpress.record.build import Explanation


@dataclass(slots=True, frozen=True)
class Lesson:
    """What an article's page teaches: its sketch, and the same packed for the disk."""

    sketch: Sketch
    packed: bytes

    @classmethod
    def of(cls, explanation: Explanation) -> Lesson:
        """Of the first page of an explained HTML article."""
        sketch = sketch_article(explanation)
        return cls(sketch, to_bytes(sketch))


def sketch_article(explanation: Explanation, *, window: str | None = None) -> Sketch:
    """Sketch the first page of an explained HTML article; the window is its month of publication unless given."""
    article, page = explanation.article, explanation.pages[0]
    sources = Sources(page)
    return sketch_page(
        page,
        id=explanation.page_key,
        title=article.title,
        lead=article.text.split("\n\n", 1)[0],
        kept={decision.block for decision in explanation.decisions[0] if decision.kept},
        metadata=read_statements(sources, headline=sources.headline_block(article.title)),
        window=publication_window(explanation) if window is None else window,
        found_by=str(explanation.chooser or ""),
        author=next(iter(article.authors), ""),
        day=(article.date_published or "")[:10],
        slots=explanation.metadata.facts.slots,
    )


def publication_window(explanation: Explanation) -> str:
    """The month of publication, of the fetch where the page gives no date or a later one; empty without either."""
    fetched = (explanation.article.fetched_at or "")[:7]
    published = (explanation.article.date_published or "")[:7]
    return min(filter(None, (published, fetched)), default="")
