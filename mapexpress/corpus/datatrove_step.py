"""A datatrove step: `CleanNews` puts clean text in the place of dirty one (`pip install mapexpress[datatrove]`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from datatrove.data import Document
from datatrove.pipeline.base import PipelineStep

from mapexpress.corpus.clean import How, clean_source
from mapexpress.corpus.sources import Source, sniff

if TYPE_CHECKING:
    from mapexpress.boilerplate.template import TemplateSnapshot


class CleanNews(PipelineStep):
    """Clean each document as `scrapy clean` does; text and HTML are told apart by themselves.

    `metadata["url"]` names the site, `metadata["title"]` a known title; `title`, `date_published`, `language` and
    `flags` (`no_text` for a document that is only boilerplate, which stays) are put into the metadata, what is empty
    left out. `snapshots` are templates by site key, as `learn_corpus` gives them.
    """

    name = "mapexpress"
    type = "🧹 - CLEAN"

    def __init__(self, snapshots: Mapping[str, TemplateSnapshot] | None = None, *, site: str | None = None) -> None:
        super().__init__()
        self.how = How(site=site, snapshots=dict(snapshots or {}))

    def run(self, data: Iterable[Document] | None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Documents in, the same documents out, in their order."""
        for document in data or ():
            with self.track_time():
                self._clean(document)
            yield document

    def _clean(self, document: Document) -> None:
        url, title = document.metadata.get("url"), document.metadata.get("title")
        source = Source(
            id=str(document.id),
            body=document.text,
            kind="html" if sniff(document.text) == "html" else "text",
            url=url if isinstance(url, str) else None,
            title=title if isinstance(title, str) else None,
        )
        article = clean_source(source, self.how)
        self.stat_update("cleaned" if article.text else "no_text")
        document.text = article.text
        found = {
            "title": article.title,
            "date_published": article.date_published,
            "language": article.language,
            "flags": article.quality.flags,
        }
        document.metadata |= {name: value for name, value in found.items() if value}
