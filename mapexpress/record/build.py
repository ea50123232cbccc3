"""From documents to a record: the only way in.

Spiders, `scrapy clean`, `reclean` and `mapexpress.clean()` all come through `explain`, of which `build` is a view; a
record is a pure function of (documents, template snapshot, site file, options, code version).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Literal

from mapexpress import __version__
from mapexpress.boilerplate.plain.clean import clean_text
from mapexpress.extraction.blocked import detect_block
from mapexpress.extraction.content import Content, extract_content
from mapexpress.extraction.kinds.page_kind import classify
from mapexpress.limits import DEFAULTS, Limits
from mapexpress.metadata.dateline import read_dateline
from mapexpress.metadata.images import image_of, read_images
from mapexpress.metadata.language import detect, read_language
from mapexpress.metadata.page_metadata import Metadata, read_metadata
from mapexpress.metadata.source_id import read_source_id
from mapexpress.metadata.sources import Sources
from mapexpress.model.document import Document as Document
from mapexpress.model.facts import Facts
from mapexpress.model.options import Options
from mapexpress.model.page import Page
from mapexpress.model.record import Article, Image, Rejection, content_hash
from mapexpress.model.verdict import Chooser, Decision, totals
from mapexpress.page.memory import uncollected
from mapexpress.page.parse import parse
from mapexpress.record.bounds import bound
from mapexpress.record.canonical import choose_canonical
from mapexpress.record.rest_page import read_wp_post
from mapexpress.text.characters import noticed, visible
from mapexpress.web.addresses import article_id, host_key, is_address
from mapexpress.web.encodings import is_binary

if TYPE_CHECKING:
    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.extraction.scorer.scorer import Seen
    from mapexpress.sites import SiteConfig

_FEWEST_LETTERS = 4  # a stray mark or an entity that no parser knows is no article; 北京下雪 is one
_DETAIL = 300  # characters: one line for a person


@dataclass(slots=True, kw_only=True)
class Explanation:
    """A record with all that led to it. `article` is what the documents give when nobody judges their kind.

    `refusal` is the reason why a crawl does not store it (None for an article), `decisions` speak on every block of
    every page (of `pages[n]` in `decisions[n]`; plain text has decisions and no page). `page_key` is the article's name
    among the pages of its site's template: its canonical address, or the document's own id. `chooser` is what chose the
    main content of the first page, if anything did.
    """

    article: Article
    refusal: Rejection | None
    metadata: Metadata
    pages: list[Page]
    decisions: list[list[Decision]]
    page_key: str = ""
    chooser: Chooser | None = None

    @property
    def record(self) -> Article | Rejection:
        """What `build` gives."""
        return self.refusal or self.article


@uncollected()
def build(
    documents: Sequence[Document],
    *,
    site: SiteConfig | None = None,
    snapshot: TemplateSnapshot | None = None,
    options: Options | None = None,
) -> Article | Rejection:
    """Make one record of an article's pages, in order; a page that is none gives a `Rejection` with its reason."""
    return explain(documents, site=site, snapshot=snapshot, options=options).record


@uncollected()
def explain(
    documents: Sequence[Document],
    *,
    site: SiteConfig | None = None,
    snapshot: TemplateSnapshot | None = None,
    options: Options | None = None,
) -> Explanation:
    """Make the record of an article's pages, in order, and keep everything that decided."""
    first, options = documents[0], options or Options()
    if first.kind == "text":
        return _explain_text(first, site, snapshot, options)
    page, metadata, source_id, problem = _read(first, site, snapshot, options.limits)
    article = _frame(first, site, snapshot)
    article.source_id = source_id
    article.canonical_url = _canonical(first, page)
    key = article.canonical_url or first.source_id or ""
    pages = [page, *(read_page(document, options.limits) for document in documents[1:])]
    facts = metadata.facts
    contents = [extract_content(p, facts, site=site, snapshot=snapshot, options=options, key=key) for p in pages]
    _put_metadata(article, metadata)
    if article.tdm_reserved is None:
        article.tdm_reserved = first.tdm_reserved
    _put_text(article, pages, contents, Sources(page, site=site, headers=first.headers))
    if first.kind == "wp_post":
        article.extractor = "rest" if contents[0].extractor == "platform:rest" else f"rest+{contents[0].extractor}"
    article.quality.flags.extend(metadata.flags)
    article.quality.flags.extend(p.cut for p in pages if p.cut)
    article.quality.flags.extend(flag for p in pages for flag in p.flags)
    out_of_bounds = bound(article, options.limits)
    _finish(article, [d for content in contents for d in content.decisions])
    _identify(article, documents)
    return Explanation(
        article=article,
        refusal=_refusal(
            first, article, page, problem or _unreadable(documents, pages) or out_of_bounds, contents[0].seen, facts
        ),
        metadata=metadata,
        pages=pages,
        decisions=[content.decisions for content in contents],
        page_key=key,
        chooser=contents[0].chooser,
    )


def _read(
    document: Document, site: SiteConfig | None, snapshot: TemplateSnapshot | None, limits: Limits
) -> tuple[Page, Metadata, str | None, str | None]:
    """The page, its metadata, the site's own id of it, and what is wrong with the bytes."""
    if document.kind == "wp_post":
        post = read_wp_post(document.read().text, url=document.url, site=site, limits=limits)
        if post is None:
            return parse("", url=document.url), Metadata(), None, "bad_rest_answer"
        page, metadata, source_id = post
        return page, metadata, source_id or None, None
    page = read_page(document, limits)
    fetched_on = date.fromisoformat(document.fetched_at[:10]) if document.fetched_at else None
    metadata = read_metadata(page, site=site, headers=document.headers, fetched_on=fetched_on, snapshot=snapshot)
    return page, metadata, read_source_id(page, snapshot), None


def read_page(document: Document, limits: Limits = DEFAULTS) -> Page:
    """The parsed page of an HTML document: parsed once, whoever asks first."""
    if document.page is not None:
        return document.page
    if isinstance(document.body, bytes) and is_binary(document.body):
        return parse("", url=document.url)
    read = document.read()
    verbatim = isinstance(document.body, bytes) and read.verbatim  # its bytes need not be made once more
    page = parse(document.body if verbatim else read.text, url=document.url, encoding="utf-8", limits=limits)
    page.flags = read.flags
    return page


def _frame(document: Document, site: SiteConfig | None, snapshot: TemplateSnapshot | None) -> Article:
    """A record with all that does not come from the page's content."""
    return Article(
        site=site.key if site is not None else host_key(document.url) if document.url else "",
        url=document.url,
        discovered_via=document.discovered_via,
        fetched_at=document.fetched_at,
        http_status=document.status,
        etag=document.headers.get("etag"),
        last_modified=document.headers.get("last-modified"),
        warc_record_id=document.warc_record_id,
        extractor_version=__version__,
        template_id=snapshot.id if snapshot is not None else None,
    )


def _put_metadata(article: Article, metadata: Metadata) -> None:
    article.title = metadata.title
    article.description = metadata.description
    article.authors = list(metadata.authors)
    article.section = metadata.section
    article.tags = list(metadata.tags)
    article.date_published = metadata.date_published
    article.date_modified = metadata.date_modified
    article.date_precision = metadata.date_precision
    article.date_source = metadata.sources.get("date_published")
    article.date_published_raw = metadata.date_published_raw
    article.publisher = metadata.publisher
    article.image_url = metadata.image_url
    article.is_free = metadata.is_free
    article.tdm_reserved = metadata.tdm_reserved


def _put_text(article: Article, pages: Sequence[Page], contents: Sequence[Content], sources: Sources) -> None:
    paragraphs: list[str] = []
    images: dict[str, Image] = {}
    linked = shown = 0
    raw = [pages[0].title_tag]
    for page, content in zip(pages, contents, strict=True):
        own = content.paragraphs
        if paragraphs:
            # a pager repeats the standfirst above each page
            while own and own[0] in paragraphs:
                own = own[1:]
        paragraphs += own
        kept = [d.block for d in content.decisions if d.reason is None]
        blocks = [page.blocks[i] for i in kept]
        raw.extend(block.text for block in blocks)
        for image in read_images(page, kept):
            images.setdefault(image.url, image)
        linked += sum(block.link_chars for block in blocks)
        shown += sum(len(block.text) for block in blocks)
    article.text = "\n\n".join(paragraphs)
    featured = image_of(pages[0], article.image_url) if article.image_url and article.image_url not in images else None
    article.images = [*([featured] if featured else []), *images.values()]
    article.extractor = contents[0].extractor
    article.language = (read_language(sources, article.text) or (None, ""))[0]
    article.quality.flags = list(dict.fromkeys(flag for content in contents for flag in content.flags))
    article.quality.flags += noticed("\n".join(raw))
    if article.text and "no_text" in article.quality.flags:
        article.quality.flags.remove("no_text")
    article.quality.link_density = round(linked / shown, 4) if shown else 0.0


def _finish(article: Article, decisions: Sequence[Decision]) -> None:
    """What follows from title and text."""
    first, *rest = article.text.split("\n\n", 2)
    # a dispatch starts after its standfirst
    article.dateline = read_dateline(first) or (read_dateline(rest[0]) if rest else None)
    article.removed = totals(decisions)
    article.content_hash = content_hash(article.title, article.text)
    article.quality.chars = len(article.text)
    article.quality.words = len(article.text.split())
    article.quality.removed_chars = sum(r.chars for r in article.removed)


def _canonical(document: Document, page: Page) -> str | None:
    declared = next((link.href for link in page.head_links if "canonical" in link.rel.split()), None)
    if document.url:
        return choose_canonical(document.url, declared)
    if declared and declared.startswith(("http://", "https://")) and is_address(declared):
        return choose_canonical(declared, None)
    return None


def _identify(article: Article, documents: Sequence[Document]) -> None:
    """What is derived from the addresses; a document without any is known by its content."""
    article.page_urls = [d.url for d in documents if d.url]
    article.id = article_id(article.site, article.canonical_url or f"content:{article.content_hash}")


def _unreadable(documents: Sequence[Document], pages: Sequence[Page]) -> str | None:
    """Why the bytes are no pages, or pages that were not read to their end: what is missing may be the article."""
    if any(isinstance(d.body, bytes) and d.kind == "html" and is_binary(d.body) for d in documents):
        return "not_html"
    return next((page.cut for page in pages if page.cut), None)


def _refusal(
    document: Document, article: Article, page: Page, problem: str | None, seen: Seen | None, facts: Facts
) -> Rejection | None:
    """Why a crawl does not store what the page gave."""
    stage: Literal["page", "extract"] = "page"
    detail: str | None = None
    reason = problem
    if reason is None and document.kind == "html":
        blocked = detect_block(page, status=document.status or 200)
        if blocked is not None:
            reason, detail = blocked.kind, blocked.evidence
        else:
            kind = classify(page, seen, facts)
            if not kind.is_article and kind.kind != "empty":
                reason, detail = kind.kind, kind.evidence
    if reason is None and not _has_words(article.text):
        stage, reason, detail = "extract", "no_text", "no paragraph of its own on the page"
    if reason is None:
        return None
    return Rejection(
        url=document.url,
        stage=stage,
        reason=reason,
        detail=visible(detail)[:_DETAIL] if detail else None,  # it may quote the page
        site=article.site,
        http_status=document.status,
        fetched_at=document.fetched_at,
        discovered_via=document.discovered_via,
        warc_record_id=document.warc_record_id,
    )


def _has_words(text: str) -> bool:
    """Whether there is anything to read: no sentence of any language has fewer letters.

    >>> _has_words("雪が降った"), _has_words("Il neige."), _has_words("- | &j; 12")
    (True, True, False)
    """
    return sum(1 for _ in islice(filter(str.isalpha, text), _FEWEST_LETTERS)) == _FEWEST_LETTERS


def _explain_text(
    document: Document, site: SiteConfig | None, snapshot: TemplateSnapshot | None, options: Options
) -> Explanation:
    publisher = site.publisher if site is not None else None
    article = _frame(document, site, snapshot)
    article.source_id = document.source_id
    article.canonical_url = choose_canonical(document.url, None) if document.url else None
    key = article.canonical_url or document.source_id or ""
    read = document.read()
    result = clean_text(
        read.text,
        title=document.title,
        site=publisher,
        snapshot=snapshot if options.listens_to("template") else None,
        id=key,
        phrases=options.listens_to("phrases"),
    )
    article.title = result.title
    article.text = result.text
    article.extractor = "text"
    article.publisher = publisher
    found = detect(result.text) if options.detects_language else None
    article.language = found[0] if found else None
    article.quality.flags.extend(read.flags)
    if not article.text:
        article.quality.flags.append("no_text")
    problem = bound(article, options.limits)
    _finish(article, result.decisions)
    _identify(article, [document])
    refusal = None
    if problem or not article.text:
        refusal = Rejection(
            url=document.url,
            stage="extract",
            reason=problem or "no_text",
            site=article.site,
            fetched_at=document.fetched_at,
        )
    sources = {"title": "text: headline"} if result.title else {}
    metadata = Metadata(title=result.title, language=article.language, sources=sources)
    return Explanation(
        article=article, refusal=refusal, metadata=metadata, pages=[], decisions=[list(result.decisions)], page_key=key
    )
