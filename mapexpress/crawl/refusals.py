"""Answers that are no pages: why, how many came in a row, and the rejections that say so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mapexpress.crawl.responses import headers_of
from mapexpress.extraction.blocked import detect_refusal
from mapexpress.model.record import Rejection
from mapexpress.text.characters import visible

if TYPE_CHECKING:
    from scrapy.http import Response

    from mapexpress.dataset.state.frontier import Entry

logger = logging.getLogger(__name__)

IN_A_ROW = 12  # refusals without one page between them end the run: asking on would only make it worse
_NO_PAGE = (204, 205, 206)  # answers without a body, and a part that nobody asked for
REPEATED_TEXT = "repeated_text"  # reason of a text that several addresses give: it is none of theirs
_DETAIL = 300  # characters


@dataclass(slots=True)
class Refusals:
    """Of one run. `count` adds to a stat of the run; `given_up` is told once, when the site has shut us out."""

    site: str
    count: Callable[[str], object]
    given_up: Callable[[], object]
    shut_out: bool = False
    _in_a_row: int = 0

    def reason(self, response: Response, entry: Entry) -> str | None:
        """Why an answer is no page; None for one that is."""
        blocked = detect_refusal(
            response.status, response.body, headers_of(response), url=response.url, asked=entry.url
        )
        if not blocked:
            self._in_a_row = 0
            return f"http_{response.status}" if response.status >= 400 or response.status in _NO_PAGE else None
        self.count(f"blocked/{blocked}")
        self._in_a_row += 1
        if self._in_a_row == IN_A_ROW:
            logger.warning("%d refusals in a row: the run ends here", IN_A_ROW)
            self.shut_out = True
            self.count("shut_out")
            self.given_up()
        return blocked

    def rejection(self, entry: Entry, reason: str, *, status: int | None = None, detail: str = "") -> Rejection:
        """What is stored of an entry that gave no record; the detail may be a stranger's words."""
        return Rejection(
            url=entry.url,
            stage="fetch",
            reason=reason,
            detail=visible(" ".join(detail.split()))[:_DETAIL] or None,
            site=self.site,
            http_status=status,
            discovered_via=entry.via,
        )
