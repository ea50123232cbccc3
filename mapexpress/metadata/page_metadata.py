"""What a page says about its article, each value with the source that said it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from mapexpress.metadata.authors.authors import read_authors
from mapexpress.metadata.dates.declared import read_dates
from mapexpress.metadata.images import read_image_url
from mapexpress.metadata.language import declared_language
from mapexpress.metadata.publisher import read_publisher
from mapexpress.metadata.rights import read_is_free, read_tdm_reserved
from mapexpress.metadata.sections import read_section, read_tags
from mapexpress.metadata.sources import Sources, words
from mapexpress.metadata.titles import read_title
from mapexpress.model.facts import Facts
from mapexpress.model.page import Page
from mapexpress.model.record import DatePrecision
from mapexpress.sites import SiteConfig

if TYPE_CHECKING:
    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot

T = TypeVar("T")
DESCRIPTIONS = ("og:description", "description", "twitter:description", "dc.description")


@dataclass(slots=True, frozen=True, kw_only=True)
class Metadata:
    """The record's metadata; `sources` names where each value that is not empty was read, by field name.

    `language` is what the page declares; the record's is decided with the article's text (`read_language`).
    """

    title: str = ""
    description: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    date_published: str | None = None
    date_modified: str | None = None
    date_precision: DatePrecision | None = None
    date_published_raw: str | None = None
    language: str | None = None
    publisher: str | None = None
    image_url: str | None = None
    is_free: bool | None = None
    tdm_reserved: bool | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    @property
    def facts(self) -> Facts:
        """What the choice of the text needs of it."""
        return Facts(
            title=self.title,
            date=self.date_published_raw,
            day=self.date_published,
            authors=self.authors,
            section=self.section,
        )


def read_metadata(
    page: Page,
    *,
    site: SiteConfig | None = None,
    headers: Mapping[str, str] | None = None,
    fetched_on: date | None = None,
    snapshot: TemplateSnapshot | None = None,
) -> Metadata:
    """Read a page's metadata; `headers` are the response's, with lower-cased names.

    A date after `fetched_on` is not taken, nor what `snapshot` knows to be the same on all pages of the site. Nothing
    is invented: what no source says stays empty.
    """
    sources = Sources(page, site=site, headers=headers, snapshot=snapshot)
    found: dict[str, str] = {}

    def take(name: str, pair: tuple[T, str] | None) -> T | None:
        if pair is None or pair[1] == "":
            return None
        found[name] = pair[1]
        return pair[0]

    title = take("title", read_title(sources)) or ""
    # a title that the page does not show stands for the first h1
    headline = next((i for t in [title, *sources.headings[:1]] if (i := sources.headline_block(t)) is not None), None)
    language = take("language", declared_language(sources))
    dates = read_dates(sources, headline=headline, language=language, not_after=fetched_on)
    published = dates.published
    if published is not None:
        found["date_published"] = published.source
    if dates.modified is not None:
        found["date_modified"] = dates.modified.source
    section = take("section", read_section(sources, headline=headline, title=title))
    return Metadata(
        title=title,
        description=take("description", _description(sources, title)),
        authors=tuple(take("authors", read_authors(sources, headline=headline)) or ()),
        section=section,
        tags=tuple(take("tags", read_tags(sources, section=section)) or ()),
        date_published=published.iso if published else None,
        date_modified=dates.modified.iso if dates.modified else None,
        date_precision=published.precision if published else None,
        date_published_raw=published.raw if published else None,
        language=language,
        publisher=take("publisher", read_publisher(sources)),
        image_url=take("image_url", read_image_url(sources)),
        is_free=take("is_free", read_is_free(sources)),
        tdm_reserved=take("tdm_reserved", read_tdm_reserved(sources)),
        sources=found,
        flags=dates.flags,
    )


def _description(sources: Sources, title: str) -> tuple[str, str] | None:
    """The page's own summary; the headline once more is none."""
    for text, source in sources.meta(*DESCRIPTIONS):
        if words(text) != words(title):
            return text, source
    return None
