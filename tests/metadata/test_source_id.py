"""The site's own number of an article."""

import pytest

from mapexpress.metadata.source_id import read_source_id
from mapexpress.page.parse import parse


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<body class="single postid-412 wp-theme">', "412"),
        ('<link rel="shortlink" href="https://lejour.example/?p=87"><body>', "87"),
        ('<link rel="shortlink" href="https://lejour.example/?p=x"><body>', None),
        ('<body class="not-postid-9">', None),
    ],
)
def test_source_id(page: str, expected: str | None) -> None:
    assert read_source_id(parse(f"<html>{page}<p>Texte.</p></body></html>", url="https://lejour.example/a")) == expected
