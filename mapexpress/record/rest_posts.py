"""Posts of a WordPress REST answer as the documents that records are made from: one answer, up to a hundred records.

What an answer holds is not always what readers see: page builders, cut and protected texts, parts that the theme adds.
So some posts are never made from it (`why_page`), and a fixed sample of each answer is compared with its pages
(`disagreement`).
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib import resources
from typing import Any
from urllib.parse import unquote

from mapexpress.boilerplate.html.edges import folded
from mapexpress.model.document import Document
from mapexpress.model.record import Article, Rejection, Via
from mapexpress.model.rest_answer import RestPost

SAMPLE = 5  # of an answer's posts: a theme that adds or cuts does so on every page, one in twenty tells

_RULES = tomllib.loads(resources.files("mapexpress.record").joinpath("rest_posts.toml").read_text("utf-8"))
_BUILDERS = re.compile("|".join(map(re.escape, _RULES["builders"])))
_CUT = re.compile("|".join(map(re.escape, _RULES["cut"])))
# "[/vc_row]", "[et_pb_text admin_label=…]", "[gallery ids=…]": a plugin's, shown only where the plugin is switched on
_SHORTCODE = re.compile(r"\[/[a-z][\w-]*\]|\[[a-z]+_\w[^\[\]]*\]|\[[a-z][\w-]*\s+\w+=[^\[\]]*\]")
_TAG = re.compile(r"<[^<>]*>")


def post_document(
    post: RestPost,
    *,
    url: str | None,
    fetched_at: str | None,
    discovered_via: Via | None,
    warc_record_id: str | None,
) -> Document | None:
    """A post as a document at the article's own address; `warc_record_id` is that of the whole answer.

    None where it cannot be written, as half a character.

    The answer's headers stay out: its validators and dates are the collection's, not the article's.
    """
    body = post.body
    if body is None:
        return None
    return Document(
        body=body,
        kind="wp_post",
        url=url,
        content_type="application/json",
        status=200,
        fetched_at=fetched_at,
        discovered_via=discovered_via,
        warc_record_id=warc_record_id,
        source_id=post.id,
    )


def why_page(row: Mapping[str, Any]) -> str | None:
    """Why the post's page must be fetched whatever the sample says; None when the answer may hold all of it.

    >>> why_page({"content": {"rendered": "<p>Il pleut.</p>", "protected": False}})
    >>> why_page({"content": {"rendered": "<p>Il pleut.</p><!--nextpage--><p>Encore."}})
    'pages'
    >>> why_page({"content": {"rendered": "[rt_box]Il pleut.[/rt_box]"}})
    'shortcodes'
    >>> why_page({"id": 7, "slug": "my-blog", "link": "https://n.example/rain/", "content": {"rendered": "<p>Sun."}})
    'link'
    """
    if not _is_own_link(row):
        return "link"
    content = row["content"]
    rendered = content.get("rendered")
    if content.get("protected"):
        return "protected"
    if not isinstance(rendered, str) or not _TAG.sub("", rendered).strip():
        return "empty"
    if "<!--nextpage-->" in rendered:
        return "pages"
    if _BUILDERS.search(rendered):
        return "page_builder"
    if _CUT.search(rendered):
        return "cut"
    return "shortcodes" if _SHORTCODE.search(_TAG.sub("", rendered)) else None


def _is_own_link(row: Mapping[str, Any]) -> bool:
    """Whether a post's `link` names the post: plugins let its writer give any, another article's for one.

    WordPress makes it of the slug or the id, whatever the site's permalinks are. Where no slug is told every link is.

    >>> _is_own_link({"id": 7, "slug": "%d9%85%d8%b7%d8%b1", "link": "https://n.example/2026/مطر/"})
    True
    >>> _is_own_link({"id": 7, "slug": "rain", "link": "https://n.example/?p=7"})
    True
    """
    slug, link = row.get("slug"), row.get("link")
    if not isinstance(slug, str) or not isinstance(link, str) or not slug:
        return True
    address = unquote(link)
    named = {part.partition(".")[0] for part in re.split(r"[/?&=#]", address)}
    return unquote(slug) in named or str(row.get("id")) in re.findall(r"\d+", address)


def _same_day(one: str, other: str) -> bool:
    """Whether two ISO 8601 dates name one day, or one instant in two zones."""
    if one[:10] == other[:10]:
        return True
    try:
        first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
    except ValueError:
        return False
    return first.tzinfo is not None and second.tzinfo is not None and first == second


def sample(ids: Iterable[str], count: int = SAMPLE) -> list[str]:
    """The ids with the smallest hashes: the same ones on every machine, spread over the answer.

    >>> sample(["1", "2", "3"], 2)
    ['3', '1']
    """
    return sorted(ids, key=lambda i: hashlib.sha256(i.encode()).digest())[:count]


def _agree_on_authors(page: Article, rest: Article) -> bool:
    shown, given = ({folded(a) for a in record.authors} for record in (page, rest))
    own = {folded(name).replace(" ", "") for name in (page.publisher or "", page.site, page.site.rpartition(".")[0])}
    return not shown or shown == given or (not given and {a.replace(" ", "") for a in shown} <= own)


def disagreement(page: Article, rest: Article | Rejection) -> str | None:
    """What a page says otherwise than the REST answer: the reason to fetch all pages of the answer; None for nothing.

    A page that reserves rights or is sold disagrees too, for REST answers say neither. A page may name nobody: REST
    gives the account that wrote. It may be signed by the site itself: REST leaves such accounts out.
    """
    if isinstance(rest, Rejection):
        return rest.reason
    if page.tdm_reserved:
        return "rights"
    if page.is_free is False:
        return "paywall"
    if len(page.page_urls) > 1:
        return "pages"
    if folded(page.title) != folded(rest.title):
        return "title"
    if not _agree_on_authors(page, rest):
        return "authors"
    if page.date_published and not _same_day(page.date_published, rest.date_published or ""):
        return "date"
    return None if page.text.split() == rest.text.split() else "text"
