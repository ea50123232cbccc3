"""What is read of an article's answers, from their bytes on: values in, values out, for a thread of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mapexpress.crawl.articles.judging import is_another
from mapexpress.model.record import Article, Rejection
from mapexpress.record.canonical import names_itself
from mapexpress.record.rest_posts import disagreement

if TYPE_CHECKING:
    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.crawl.articles.judging import Articles
    from mapexpress.crawl.requests.plan import Plan
    from mapexpress.dataset.state.frontier import Entry
    from mapexpress.model.document import Document
    from mapexpress.record.build import Explanation
    from mapexpress.record.lesson import Lesson


@dataclass(slots=True, kw_only=True)
class ReadArticle:
    """What an article's answers give: the address that is to be asked before there is a record, or the record.

    `full` is the page that an AMP page is the twin of, `further` the next page of the pager, with the `documents` that
    come before it. `names_itself`: the first page declares its own address. `disagreement` is what the record says
    otherwise than a REST answer. `page_key` and `window` are the page's name and month in the template's sample,
    `lesson` what it teaches, where that was wanted beforehand.
    """

    full: str | None = None
    further: str | None = None
    documents: tuple[Document, ...] = ()
    record: Article | Rejection | None = None
    names_itself: bool = False
    disagreement: str | None = None
    page_key: str = ""
    window: str = ""
    lesson: Lesson | None = None
    _explanation: Explanation | None = None

    def finish(self, *, teaches: bool) -> Lesson | None:
        """Give back the page's memory, after a look at what it teaches where that is wanted."""
        from mapexpress.record.lesson import Lesson

        explanation, self._explanation = self._explanation, None
        return Lesson.of(explanation) if teaches and explanation is not None else None


def read_article(
    articles: Articles,
    entry: Entry,
    documents: tuple[Document, ...],
    *,
    snapshot: TemplateSnapshot | None,
    ended: bool = False,
    may_be_twin: bool = False,
    may_be_another: bool = False,
    post: Document | None = None,
    teaches: bool = False,
) -> ReadArticle:
    """Read the last of an article's documents, and where no other is to be asked make its record of all of them.

    `ended`: the last one was read before, and nothing follows. `may_be_twin`: its full page was not asked.
    `may_be_another`: the last one is known as an article by itself, and is left out where its headline says so too.
    `post` is what a REST answer says of the article.
    """
    # a tenth of a run's start, which it does not pay before it has a page
    from mapexpress.extraction.next_pages import article_pages
    from mapexpress.record.build import explain, read_page
    from mapexpress.record.lesson import publication_window

    if not ended:
        page = read_page(documents[-1], articles.plan.limits)
        documents = (*documents[:-1], replace(documents[-1], page=page))
        if may_be_another and is_another(page, read_page(documents[0], articles.plan.limits)):
            documents, ended = documents[:-1], True
    if not ended:
        full = articles.full_page(page) if may_be_twin else None
        if full:
            return ReadArticle(full=full)
        following = articles.following(entry, article_pages(page, first=documents[0].url), documents)
        if isinstance(following, Rejection):
            return ReadArticle(record=following)
        if following:
            return ReadArticle(further=following, documents=documents)
    plan = articles.plan
    explanation = explain(documents, site=plan.site, snapshot=snapshot, options=plan.options)
    record = explanation.record
    if not isinstance(record, Article):
        return ReadArticle(record=record)
    read = ReadArticle(
        record=record,
        names_itself=names_itself(explanation.pages[0]),
        disagreement=compare(plan, record, post, snapshot) if post is not None else None,
        page_key=explanation.page_key,
        window=publication_window(explanation),
        _explanation=explanation,
    )
    if teaches:
        read.lesson = read.finish(teaches=True)
    return read


def compare(plan: Plan, page: Article, post: Document, snapshot: TemplateSnapshot | None) -> str | None:
    """What a page's record says otherwise than the REST answer's, made with the same snapshot; None for nothing."""
    return disagreement(page, read_post(post, plan=plan, snapshot=snapshot))


def read_post(post: Document, *, plan: Plan, snapshot: TemplateSnapshot | None) -> Article | Rejection:
    """The record that a REST answer gives."""
    from mapexpress.record.build import build

    return build([post], site=plan.site, snapshot=snapshot, options=plan.options)
