"""trafilatura as a second opinion: which of the page's blocks it would keep."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mapexpress.extraction.alignment import blocks_in

if TYPE_CHECKING:
    from mapexpress.page import Page

logger = logging.getLogger(__name__)
# It says on its loggers, once a page, what our own record says with a reason
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
# 100,000 paragraphs took it 243 s; no article has more than a few hundred
_MAX_ELEMENTS = 30_000


def consult_trafilatura(page: Page, *, fast: bool = False) -> set[int]:
    """Indices of the blocks that trafilatura keeps; empty when it finds nothing or the page is too large for it.

    `fast` leaves out its own comparison with other extractors. Its deduplication is off: it keeps a cache over
    pages, so that the same page would give different texts. It works on a copy of the tree.
    """
    if len(page.nodes) > _MAX_ELEMENTS:
        return set()
    # its import takes half as long as a start of Scrapy: only runs that ask it pay
    from trafilatura import bare_extraction

    try:
        found = bare_extraction(page.root, include_comments=False, deduplicate=False, fast=fast, with_metadata=False)
    except (RecursionError, ValueError, AttributeError, TypeError, IndexError) as error:
        logger.info("trafilatura failed on %s: %r", page.url, error)
        return set()
    text = getattr(found, "text", None)
    return blocks_in(page, text) if text else set()
