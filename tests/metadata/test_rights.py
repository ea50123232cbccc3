"""Free to read, free to mine: only what the page or its headers say."""

import pytest

from mapexpress.metadata.rights import read_is_free, read_tdm_reserved
from tests.metadata.pages import sources_of


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, False), ("False", False), ("http://schema.org/True", True), ("0", False), ("perhaps", None)],
)
def test_is_free(value: object, expected: bool | None) -> None:
    found = read_is_free(sources_of(jsonld={"@type": "NewsArticle", "isAccessibleForFree": value}))
    assert (found[0] if found else None) is expected


def test_a_content_tier_tells_it_too() -> None:
    assert read_is_free(sources_of(head='<meta name="article:content_tier" content="locked">')) == (
        False,
        "meta:article:content_tier",
    )


@pytest.mark.parametrize(
    ("head", "headers", "expected"),
    [
        ("", {}, None),
        ('<meta name="tdm-reservation" content="1">', {}, True),
        ('<meta name="tdm-reservation" content="1">', {"tdm_reservation": "0"}, False),
        ("", {"x_robots_tag": "noai, noimageai"}, True),
        ('<meta name="robots" content="index, noai">', {}, True),
        ('<meta name="robots" content="noindex">', {}, None),
    ],
)
def test_tdm_reserved(head: str, headers: dict[str, str], expected: bool | None) -> None:
    found = read_tdm_reserved(sources_of(head=head, **headers))
    assert (found[0] if found else None) is expected
