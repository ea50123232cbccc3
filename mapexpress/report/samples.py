"""What was removed, in its own words: a few stored articles made again, and the texts that went most often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mapexpress.dataset.archive import Archive
from mapexpress.dataset.between_runs.templates import current_snapshot
from mapexpress.errors import StorageError

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout
    from mapexpress.sites import SiteConfig

SHOWN = 5  # texts of each reason
SHOWN_ONCE = 2  # of those that went from one article only
MOST_CHARS = 160  # of a text


@dataclass(slots=True, kw_only=True)
class Removed:
    """`articles` is how many were made again; `texts` gives, by reason, text and number of articles it went from."""

    articles: int = 0
    texts: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


def sample_removed(layout: Layout, record_ids: Sequence[str], *, site: SiteConfig | None = None) -> Removed:
    """Explain these articles from the WARC. What is no longer kept, or damaged, is left out."""
    from mapexpress.record.build import explain  # these bring all that reads pages
    from mapexpress.record.rebuild import documents_of

    found: dict[str, Counter[str]] = {}
    removed = Removed()
    archive = Archive.read(layout)
    if archive is None:
        return removed
    try:
        snapshot = current_snapshot(layout)
        for record_id in record_ids:
            try:
                known = archive.known(record_id)
                article = archive.latest(known) if known else None
                documents = documents_of(article, archive.responses(article)) if article else []
            except StorageError:
                continue  # scrapy verify names it
            if not documents:
                continue
            explanation = explain(documents, site=site, snapshot=snapshot)
            removed.articles += 1
            gone = {(d.reason, " ".join(d.text.split())) for page in explanation.decisions for d in page if d.inside}
            for reason, text in gone:
                if reason is not None and text:
                    found.setdefault(reason, Counter())[text[:MOST_CHARS]] += 1
    finally:
        archive.state.close()
    for kind, texts in sorted(found.items()):
        ranked = sorted(texts.items(), key=lambda item: (-item[1], item[0]))
        removed.texts[kind] = [item for n, item in enumerate(ranked[:SHOWN]) if item[1] > 1 or n < SHOWN_ONCE]
    return removed
