"""What a site's dataset holds, for reading: outcomes, records and the responses they were made from."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING

from mapexpress.dataset.change.change import open_to_read
from mapexpress.dataset.files.parts import part_rows, read_part
from mapexpress.dataset.files.warc import Captured, read_at
from mapexpress.dataset.state.tables import Known, Outcome
from mapexpress.errors import StorageError
from mapexpress.model.record import Article
from mapexpress.model.schema import from_json
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from mapexpress.dataset.files.layout import Layout
    from mapexpress.dataset.state.database import State


class Archive:
    """One site's state, parts and WARC. Reading takes no lock, so it may go on beside a run."""

    def __init__(self, layout: Layout, state: State) -> None:
        self.layout = layout
        self.state = state

    @classmethod
    def read(cls, layout: Layout) -> Archive | None:
        """Open a site for reading only; None where it has no state. Raises StorageError. Close `state` afterwards."""
        return cls(layout, open_to_read(layout)) if layout.state.exists() else None

    def outcome(self, url: str) -> Outcome | None:
        """What became of a public address, or None when it was never decided."""
        return self.state.outcome(url)

    def known(self, record_id: str) -> Known | None:
        """Latest revision of a record, or None."""
        return self.state.known(record_id)

    def response(self, warc_record_id: str, *, decoded: bool = True) -> Captured | None:
        """The stored response with this id, or None when it is not, or no longer, kept.

        Raises StorageError when it is damaged.
        """
        place = self.state.response(warc_record_id)
        row = place and self.state.one("SELECT name FROM warcs WHERE warc = ?", place.warc)
        if not place or not row or not self.layout.warc_file(str(row[0])).exists():
            return None
        return read_at(self.layout, str(row[0]), place, decoded=decoded)

    def latest(self, known: Known) -> Article | None:
        """The stored line of a record's latest revision; None when its part is missing or damaged."""
        for row in part_rows(self.state, "part = ?", known.part):
            path = row.path(self.layout) if row.sealed else row.open_path(self.layout)
            try:
                line = next(islice(read_part(path, self.layout.limits), known.line, None), None)
                return from_json(line, Article) if line else None
            except (StorageError, ValueError):
                return None
        return None

    def responses(self, article: Article) -> list[Captured]:
        """The stored responses an article was made from, its pages in order; empty when one of them is not kept."""
        ids = self.response_ids(article)
        found = [self.response(record_id) for record_id in ids]
        kept = [response for response in found if response is not None]
        return kept if len(kept) == len(ids) else []

    def response_ids(self, article: Article) -> list[str]:
        """WARC record ids of the pages of an article in order; empty when one of them is not known."""
        first = self.state.response(article.warc_record_id) if article.warc_record_id else None
        if first is None:
            return []
        # The pages of an article follow its first one; where that was fetched once more, so were they.
        row = self.state.one(
            "SELECT min(position) FROM responses WHERE warc = ? AND url = ? AND position > ?",
            first.warc,
            first.url,
            first.position,
        )
        end = int(str(row[0])) if row and row[0] is not None else sys.maxsize
        ids = [first.id]
        for url in article.page_urls:
            if identity(url) not in (identity(first.url), identity(article.url or "")):
                row = self.state.one(
                    "SELECT id FROM responses WHERE warc = ? AND url = ? AND http_status = 200"
                    " AND position BETWEEN ? AND ? ORDER BY position DESC",
                    first.warc,
                    url,
                    first.position,
                    end,
                )
                if row is None:
                    return []
                ids.append(str(row[0]))
        return ids
