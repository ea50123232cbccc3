import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapexpress.fetch.tdm_reservation import is_reserved, parse_reservations


def rules(*given: tuple[str, object]) -> bytes:
    return json.dumps([{"location": place, "tdm-reservation": value} for place, value in given]).encode()


@pytest.mark.parametrize(
    ("file", "path", "said"),
    [
        (rules(("/", 1)), "/a/", True),
        (rules(("/", 0)), "/a/", False),
        (rules(("/", "1")), "/a/", True),  # seen as text in files that others wrote
        (rules(("/ar/", 1)), "/fr/", None),
        (rules(("/*.html$", 1)), "/a.html", True),
        (rules(("/*.html$", 1)), "/a.html?page=2", None),
        (rules(("*/video/", 1)), "/ar/video/7", True),
        (rules(("/", 1), ("/libre/", 0)), "/libre/a", False),
        (rules(("/libre/", 0), ("/", 1)), "/libre/a", False),
        (rules(("/a", 0), ("/a", 1)), "/a", True),  # of two that say opposite things, the careful one
    ],
)
def test_the_most_specific_location_speaks(file: bytes, path: str, said: bool | None) -> None:
    assert is_reserved(parse_reservations(file), path) is said


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"<html>404</html>",
        b"null",
        b"[1, null, []]",
        rules(("actualite/", 1)),
        rules(("/", 2)),
        rules(("/", None)),
    ],
)
def test_what_breaks_the_protocol_reserves_nothing(broken: bytes) -> None:
    assert is_reserved(parse_reservations(broken), "/actualite/") is None


@given(st.lists(st.sampled_from("ab/*"), max_size=8), st.booleans(), st.text("ab/", max_size=12))
def test_patterns_mean_what_the_regular_expression_means(letters: list[str], end: bool, path: str) -> None:
    location = "/" + "".join(letters) + ("$" if end else "")
    expression = ".*".join(re.escape(part) for part in location.removesuffix("$").split("*")) + ("$" if end else "")
    said = is_reserved(parse_reservations(rules((location, 1))), "/" + path)
    assert (said is True) == bool(re.match(expression, "/" + path))
