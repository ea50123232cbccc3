"""From documents to a record: the only way in.

Spiders, `scrapy clean`, `reclean` and `mapexpress.clean()` all come through `build`; a record is a pure function
of (documents, template snapshot, site file, options, code version).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from mapexpress import __version__
from mapexpress.blocks import Page, parse
from mapexpress.boilerplate.decisions import Decision, totals
from mapexpress.boilerplate.text import clean_text
from mapexpress.encoding import decode
from mapexpress.extraction.content import Content, extract_content
from mapexpress.extraction.kind import classify
from mapexpress.extraction.metadata import Metadata, read_metadata
from mapexpress.extraction.metadata.dateline import read_dateline
from mapexpress.extraction.metadata.images import absolute, image_of, read_images
from mapexpress.extraction.metadata.language import detect, read_language
from mapexpress.extraction.metadata.sources import Sources
from mapexpress.extraction.metadata.wp_post import read_wp_post
from mapexpress.extraction.options import Options
from mapexpress.records import Article, Image, Quality, Rejection, Via, content_hash
from mapexpress.urls import article_id, canonicalize, choose_canonical, host_key

if TYPE_CHECKING:
    from mapexpress.boilerplate.template import TemplateSnapshot
    from mapexpress.sites import SiteConfig

# what a mark-up document has and a text has not: any of the elements that structure a page
_MARKUP = re.compile(r"<(?:!doctype|html|head|body|article|div|section|table|ul|h1|h2|p|br)\b", re.IGNORECASE)
# where the dateline may stand: the first paragraph, or the one after a standfirst
_DATELINE_WITHIN = 2

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


@dataclass(slots=True, kw_only=True)
class _Read:
    """What one document gave, before its pages are put together."""

    document: Document
    page: Page
    metadata: Metadata
    content: Content
    source_id: str | None = None


def build(
    documents: Sequence[Document],
    *,
    site: SiteConfig | None = None,
    snapshot: TemplateSnapshot | None = None,
    options: Options | None = None,
) -> Article | Rejection:
    """Make one record of an article's pages, in order; a page that is none gives a `Rejection` with its reason.

    Raises ValueError when there is no document; nothing that a document contains raises.
    """
    if not documents:
        raise ValueError("a record is made of at least one document")
    first = documents[0]
    if first.kind == "text":
        return _from_text(first, site)
    read = _read(first, site, snapshot, options)
    if isinstance(read, Rejection):
        return read
    following = [_read(d, site, snapshot, _without_standfirst(options)) for d in documents[1:]]
    pages = [read, *(r for r in following if isinstance(r, _Read))]
    paragraphs = _joined(page.content.paragraphs for page in pages)
    if not paragraphs:
        return _rejection(first, "no_text", "no paragraph is left of the page", site)
    return _article(pages, paragraphs, site, snapshot)


def _read(
    document: Document, site: SiteConfig | None, snapshot: TemplateSnapshot | None, options: Options | None
) -> _Read | Rejection:
    """Parse one document and read its metadata and content."""
    source_id = document.source_id
    if document.kind == "wp_post":
        post = read_wp_post(document.body, url=document.url, site=site)
        if post is None:
            return _rejection(document, "not_a_post", "the REST answer is not one post", site)
        page, metadata, own_id = post
        source_id = own_id or source_id
    else:
        page = parse(_text_of(document), url=document.url)
        kind = classify(page)
        if kind.kind == "empty":
            return _rejection(document, "no_text", kind.evidence, site)
        if not kind.is_article:
            return _rejection(document, f"not_article_{kind.kind}", kind.evidence, site)
        metadata = read_metadata(page, site=site, headers=document.headers, fetched_on=_day(document.fetched_at))
    content = extract_content(page, title=metadata.title, site=site, snapshot=snapshot, options=options)
    return _Read(document=document, page=page, metadata=metadata, content=content, source_id=source_id)


def _article(
    pages: list[_Read], paragraphs: list[str], site: SiteConfig | None, snapshot: TemplateSnapshot | None
) -> Article:
    """The record of an article's pages: metadata of the first, text and pictures of all."""
    first = pages[0]
    metadata, document = first.metadata, first.document
    title, text = _nfc(metadata.title), "\n\n".join(paragraphs)
    url = canonicalize(document.url) if document.url else None
    canonical = choose_canonical(document.url, _declared_canonical(first.page)) if document.url else None
    key = site.key if site is not None else host_key(url) if url else ""
    images = _images(pages)
    language = read_language(Sources(first.page, site=site, headers=document.headers), text)
    decisions = [d for page in pages for d in page.content.decisions]
    return Article(
        id=article_id(key, canonical) if canonical else content_hash(title, text)[:32],
        source_id=first.source_id,
        site=key,
        url=url,
        canonical_url=canonical,
        page_urls=[canonicalize(p.document.url) for p in pages if p.document.url],
        title=title,
        description=_nfc(metadata.description) if metadata.description else None,
        text=text,
        dateline=_dateline(paragraphs),
        authors=[_nfc(a) for a in metadata.authors],
        section=_nfc(metadata.section) if metadata.section else None,
        tags=[_nfc(t) for t in metadata.tags],
        date_published=metadata.date_published,
        date_modified=metadata.date_modified,
        date_precision=metadata.date_precision,
        date_source=metadata.sources.get("date_published"),
        date_published_raw=metadata.date_published_raw,
        language=language[0] if language else None,
        publisher=_nfc(metadata.publisher) if metadata.publisher else None,
        image_url=metadata.image_url,
        images=images,
        is_free=metadata.is_free,
        tdm_reserved=metadata.tdm_reserved,
        discovered_via=document.discovered_via,
        fetched_at=document.fetched_at,
        http_status=document.status,
        etag=document.headers.get("etag"),
        last_modified=document.headers.get("last-modified"),
        warc_record_id=document.warc_record_id,
        extractor=f"wp_post+{first.content.extractor}" if document.kind == "wp_post" else first.content.extractor,
        extractor_version=__version__,
        template_id=snapshot.id if snapshot is not None else None,
        removed=totals(decisions),
        content_hash=content_hash(title, text),
        quality=_quality(text, pages, [*metadata.flags, *(f for p in pages for f in p.content.flags)]),
    )


def _from_text(document: Document, site: SiteConfig | None) -> Article | Rejection:
    """The record of a text that has lost its HTML."""
    result = clean_text(_text_of(document), site=site.publisher if site is not None else None)
    paragraphs = [_nfc(p) for p in result.paragraphs]
    text, title = "\n\n".join(paragraphs), _nfc(result.title)
    if not paragraphs:
        return _rejection(document, "no_text", "no paragraph is left of the text", site)
    url = canonicalize(document.url) if document.url else None
    key = site.key if site is not None else host_key(url) if url else ""
    language = detect(text)
    removed = totals(result.decisions)
    return Article(
        id=article_id(key, url) if url else content_hash(title, text)[:32],
        source_id=document.source_id,
        site=key,
        url=url,
        canonical_url=url,
        page_urls=[url] if url else [],
        title=title,
        text=text,
        dateline=_dateline(paragraphs),
        language=language[0] if language else None,
        publisher=site.publisher if site is not None else None,
        discovered_via=document.discovered_via,
        fetched_at=document.fetched_at,
        http_status=document.status,
        warc_record_id=document.warc_record_id,
        extractor="text",
        extractor_version=__version__,
        removed=removed,
        content_hash=content_hash(title, text),
        quality=Quality(chars=len(text), words=len(text.split()), removed_chars=sum(r.chars for r in removed)),
    )


def _rejection(document: Document, reason: str, detail: str, site: SiteConfig | None) -> Rejection:
    url = canonicalize(document.url) if document.url else None
    return Rejection(
        url=url,
        stage="extract" if reason == "no_text" else "page",
        reason=reason,
        detail=detail,
        site=site.key if site is not None else host_key(url) if url else "",
        http_status=document.status,
        fetched_at=document.fetched_at,
        discovered_via=document.discovered_via,
        warc_record_id=document.warc_record_id,
    )


def _text_of(document: Document) -> str:
    if isinstance(document.body, str):
        return document.body
    return decode(document.body, document.content_type)[0]


def _day(fetched_at: str | None) -> date | None:
    try:
        return date.fromisoformat(fetched_at[:10]) if fetched_at else None
    except ValueError:
        return None


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _without_standfirst(options: Options | None) -> Options:
    # each page of a series repeats the header of the first
    return replace(options or Options(), standfirst=False)


def _joined(pages: Iterable[list[str]]) -> list[str]:
    """Paragraphs of all pages in order; what a following page repeats from its top (the lead) is left out.

    >>> _joined([["Chapô", "Un"], ["Chapô", "Deux", "Un"]])
    ['Chapô', 'Un', 'Deux', 'Un']
    """
    out: list[str] = []
    for number, paragraphs in enumerate(pages):
        start = 0
        while number and start < len(paragraphs) and paragraphs[start] in out:
            start += 1
        out += paragraphs[start:]
    return out


def _declared_canonical(page: Page) -> str | None:
    links = [link.href for link in page.head_links if "canonical" in link.rel.split()]
    return next(iter([*links, *page.meta.get("og:url", ())]), None)


def _dateline(paragraphs: list[str]) -> str | None:
    return next((place for p in paragraphs[:_DATELINE_WITHIN] if (place := read_dateline(p))), None)


def _kept(decisions: Iterable[Decision]) -> list[int]:
    return [d.block for d in decisions if d.kept and d.inside]


def _images(pages: list[_Read]) -> list[Image]:
    """Pictures of the bodies in page order, after the declared one where the page shows it outside its body."""
    shown = {image.url: image for page in pages for image in read_images(page.page, _kept(page.content.decisions))}
    first = pages[0]
    declared = absolute(first.page, first.metadata.image_url) if first.metadata.image_url else None
    if declared and declared not in shown:
        featured = image_of(first.page, declared)
        if featured is not None:
            return [featured, *shown.values()]
    return list(shown.values())


def _quality(text: str, pages: list[_Read], flags: list[str]) -> Quality:
    kept = [page.page.blocks[i] for page in pages for i in _kept(page.content.decisions)]
    chars = sum(len(block.text) for block in kept)
    removed = totals(d for page in pages for d in page.content.decisions)
    return Quality(
        chars=len(text),
        words=len(text.split()),
        link_density=round(sum(block.link_chars for block in kept) / chars, 3) if chars else 0.0,
        removed_chars=sum(r.chars for r in removed),
        flags=sorted(set(flags)),
    )


def clean(
    data: bytes | str,
    *,
    url: str | None = None,
    template: TemplateSnapshot | None = None,
    options: Options | None = None,
) -> Article:
    """Clean one document: HTML or plain text is told apart by itself.

    Never raises for what a document contains: a page without an article gives an empty text and a flag.
    """
    text = decode(data)[0] if isinstance(data, bytes) else data
    document = Document(body=text, kind="html" if _MARKUP.search(text) else "text", url=url, discovered_via="file")
    result = build([document], snapshot=template, options=options)
    if isinstance(result, Article):
        return result
    return Article(
        id=article_id(result.site, result.url) if result.url else content_hash("", "")[:32],
        site=result.site,
        url=result.url,
        canonical_url=result.url,
        discovered_via="file",
        extractor="none",
        extractor_version=__version__,
        content_hash=content_hash("", ""),
        quality=Quality(flags=[result.reason]),
    )
