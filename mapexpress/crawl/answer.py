"""An answer on its way to who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.http import Response

    from mapexpress.crawl.claims import Claim
    from mapexpress.crawl.workers.confined.messages import Reading
    from mapexpress.dataset.state.frontier import Entry
    from mapexpress.model.document import Document


@dataclass(slots=True, frozen=True, kw_only=True)
class Answer:
    """What came for an entry: `documents` are an article's pages before it, `claim` is what it was asked for.

    `reading` is what the confined process says of a heavy one.
    """

    response: Response
    entry: Entry
    documents: tuple[Document, ...] = ()
    claim: Claim | None = None
    reading: Reading | None = None
