"""What a record is made of: one response or file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from mapexpress.model.record import Via
from mapexpress.web.encodings import Decoded, decode_noticing
from mapexpress.web.sniffing import sniff

if TYPE_CHECKING:
    from mapexpress.model.page import Page

DocumentKind = Literal["html", "text", "wp_post"]


@dataclass(slots=True, frozen=True, kw_only=True)
class Document:
    """One response or file: all that a record may depend on. `url` is the public address."""

    body: bytes | str
    kind: DocumentKind = "html"
    url: str | None = None
    content_type: str | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-cased names
    fetched_at: str | None = None
    discovered_via: Via | None = None
    warc_record_id: str | None = None
    source_id: str | None = None
    tdm_reserved: bool | None = None  # what the host's tdmrep.json says of it; the page itself has the last word
    title: str | None = None  # known beside the body: a corpus' own column
    page: Page | None = field(default=None, repr=False, compare=False)  # the body, where it was parsed before

    def read(self) -> Decoded:
        """The body as text; what was wrong with its bytes are flags."""
        if isinstance(self.body, str):
            return Decoded(self.body, "utf-8", ())
        return decode_noticing(self.body, self.content_type)


def kind_of(body: bytes | str) -> Literal["html", "text"]:
    """What to take a body for that nobody told the kind of; one that is neither page nor text is refused as a page."""
    return "text" if sniff(body) == "text" else "html"
