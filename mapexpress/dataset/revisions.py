"""What is a revision: a change of the article, never one of its page, its site's template or our code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mapexpress.dataset.state.recheck_schedule import ABSENT
from mapexpress.model.record import Article, Rejection

if TYPE_CHECKING:
    from mapexpress.dataset.state.tables import Known

GONE_STATUSES = ABSENT


def is_revision(known: Known, article: Article, rebuilt: Article | Rejection | None) -> bool:
    """Whether a fetched article differs from what is stored because its publisher changed it.

    `rebuilt` is what today's code makes of the response the stored revision came from, None when that is not kept:
    then a revision is declared only when extractor version and template snapshot are those of the stored one.
    A page and a REST answer of one article may differ by what the theme shows around it: between the two only a
    paragraph that is gone or changed is a revision.
    """
    if known.status != article.status:
        return True
    if known.content_hash == article.content_hash:
        return False
    if isinstance(rebuilt, Article):
        if _from_rest(rebuilt) != _from_rest(article):
            page, rest = (rebuilt, article) if _from_rest(article) else (article, rebuilt)
            return not _holds(page, rest)
        return rebuilt.content_hash != article.content_hash
    return (known.extractor_version, known.template_id) == (article.extractor_version, article.template_id)


def _from_rest(article: Article) -> bool:
    return article.extractor.partition("+")[0] == "rest"


def _holds(page: Article, rest: Article) -> bool:
    """Whether every paragraph of a REST answer's article stands on its page, under the same title."""
    shown, answered = ({" ".join(p.split()) for p in a.text.split("\n\n")} for a in (page, rest))
    return page.title.split() == rest.title.split() and answered <= shown


def tombstone(last: Article, rejection: Rejection) -> Article:
    """The revision that says an article is gone, with all that its last one held.

    `revision` and `previous_hash` are set when it is written.
    """
    return replace(
        last,
        status="gone",
        fetched_at=rejection.fetched_at,
        http_status=rejection.http_status,
        etag=None,
        last_modified=None,
        warc_record_id=rejection.warc_record_id,
    )
