"""Each page of the fixture site gives the record written by hand beside it."""

import pytest

from fixtures.pages import article_page
from fixtures.posts import Case, Post, load_cases, load_posts, newest_first
from mapexpress.model.record import Article, Rejection
from mapexpress.model.schema import to_dict
from mapexpress.record.build import Document, build
from mapexpress.sites import SiteConfig, load_site
from mapexpress.web.addresses import canonicalize

# what a case says beside the record's fields
NOT_FIELDS = {"paragraphs", "later", "rejected", "crawl_rejects", "site_post"}
CASES = load_cases()
POSTS = load_posts()


@pytest.fixture(scope="module")
def site() -> SiteConfig:
    return load_site("mapexpress")


def documents(case: Case, post: Post | None, posts: list[Post]) -> list[Document]:
    """What a crawl would hand over for a case: the pages of its post, or its text."""
    if post is None:
        return [Document(body=case.text, kind="text", discovered_via="file")]
    return [
        Document(
            body=article_page(post, posts, number).encode(),
            url=canonicalize(post.url if number == 1 else f"{post.url}{number}/"),
            content_type="text/html; charset=UTF-8",
            status=200,
            headers={"tdm-reservation": "1"} if post.tdm == "header" else {},
        )
        for number in range(1, len(post.pages) + 1)
    ]


def differences(record: Article, expected: dict[str, object], text: str) -> dict[str, tuple[object, object]]:
    """Fields that are not as expected: (got, wanted)."""
    wanted = {key: value for key, value in expected.items() if key not in NOT_FIELDS} | {"text": text}
    got = to_dict(record)
    return {key: (got[key], value) for key, value in wanted.items() if got[key] != value}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_page_gives_its_expected_record(case: Case, site: SiteConfig) -> None:
    result = build(documents(case, case.post, POSTS), site=site if case.post else None)
    if "rejected" in case.expected:
        assert isinstance(result, Rejection)
        assert (result.reason, result.url) == (case.expected["rejected"], case.expected["url"])
    else:
        assert isinstance(result, Article)
        assert differences(result, case.expected, case.paragraphs) == {}


@pytest.mark.parametrize("case", [c for c in CASES if "later" in c.expected], ids=lambda case: case.name)
def test_an_edited_page_gives_its_later_record(case: Case, site: SiteConfig) -> None:
    assert case.post is not None
    edited = case.post.edited()
    posts = newest_first(edited if p.name == case.name else p for p in POSTS)
    result = build(documents(case, edited, posts), site=site)
    assert isinstance(result, Article)
    later = case.expected | case.expected["later"]
    assert differences(result, later, "\n\n".join(later["paragraphs"])) == {}


@pytest.mark.parametrize("case", [c for c in CASES if c.post and "rejected" not in c.expected], ids=lambda c: c.name)
def test_a_site_file_is_not_needed_for_the_text(case: Case) -> None:
    """Of the live theme only a few selectors are known: title and text must come out right without the site file."""
    result = build(documents(case, case.post, POSTS))
    assert isinstance(result, Article)
    assert (result.title, result.text) == (case.expected["title"], case.paragraphs)
