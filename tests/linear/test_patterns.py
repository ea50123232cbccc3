"""Every regular expression of the package takes linear time, whatever text it meets."""

from __future__ import annotations

import re
import signal

import pytest

from benchmarks.pattern_times.finding import Found, found
from benchmarks.pattern_times.places import BOUNDED, SAMPLES, TRUSTED, expressions, shape
from benchmarks.pattern_times.timing import slowest

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer of CPU time to end a match")

# those of today; fewer found would mean that some are found no longer
KNOWN = 390

EVERY = expressions()
# of those that only differ in their words one is tried: forty templates of feed footers are one kind
TRIED = list({shape(one): one for one in EVERY}.values())
GROUPS = 12


def test_all_are_found() -> None:
    assert len(EVERY) >= KNOWN
    places = {one.where for one in EVERY}
    for kind in (
        "mapexpress.boilerplate.html.edges:_NUMBERS",  # a module's name
        "mapexpress.extraction.scorer.name_groups:_stems",  # built from a table by a function that keeps it
        "mapexpress.boilerplate.phrases.feed_footers:behind",  # a field of what a file is read into
        "mapexpress.platforms:recognises()",  # made by a function of its arguments
    ):
        assert kind in places
    assert any(re.fullmatch(r"mapexpress\.web\.addresses:\d+", place) for place in places)  # written where it is used


@pytest.mark.parametrize("group", range(GROUPS))
def test_each_takes_linear_time(group: int) -> None:
    slow = [(one.where, worst) for one in TRIED[group::GROUPS] if (worst := _slowest(one)) is not None]
    assert slow == []


def _slowest(one: Found) -> object:
    # twice, for a machine that does other things can make one measurement of thousands wrong
    most = BOUNDED.get(one.where)
    return slowest(one.expression, one.uses, thorough=False, most=most) and slowest(
        one.expression, one.uses, thorough=False, most=most
    )


@pytest.mark.parametrize(
    ("expression", "use"),
    [
        (r"\W*(?:[^\W\d]{2,10}\W+)?(?:\d{1,3}\W*){2,60}", "fullmatch"),  # exponential
        (r"(?:a+)+$", "match"),
        (r"(?:[a-z]+\s?)+\.", "match"),
        (r"\s*\|", "search"),  # quadratic: from each start to the end
        (r"\S*\d\S*", "finditer"),
        (r"<[^>]*>", "finditer"),
        (r"\[\[.*?\]\]", "search"),
        (r"^x\s*\s*y", "match"),  # quadratic at one start, behind what leads to it
        (r"key=\w*id\w*=", "match"),
        (r"(?:^|&)(?:\w*id\w*=)\d+", "search"),
        (r"(?P<stem>.*[^\d/][^/]*)/(\d{1,3})/?", "fullmatch"),
        (r"by [a-z ]+ for [a-z ]+ at [a-z ]+\.", "match"),  # the third power
    ],
)
def test_a_slow_one_is_known(expression: str, use: str) -> None:
    assert slowest(re.compile(expression), frozenset({use}), thorough=False) is not None


@pytest.mark.parametrize(
    ("expression", "use"),
    [
        (r"(?<!\s)\s++\|", "search"),
        (r"<[^<>]*>", "finditer"),
        (r"\d+x", "fullmatch"),
        (r"(?:[^,;]++[,;])*x", "match"),
        (r"a{0,200}b", "search"),
        (r"[àé]+|\w+", "finditer"),
    ],
)
def test_a_linear_one_is_not_taken_for_slow(expression: str, use: str) -> None:
    assert slowest(re.compile(expression), frozenset({use}), thorough=False) is None


def test_one_that_is_slow_within_its_bound_is_known() -> None:
    endless, square = re.compile(r"(?:a+)+$"), re.compile(r"\s*\|")
    assert slowest(endless, frozenset({"match"}), thorough=False, most=160) is not None
    assert slowest(square, frozenset({"search"}), thorough=False, most=160) is None
    assert BOUNDED.keys() <= {one.where for one in EVERY}


def test_one_that_nobody_finds_is_an_error() -> None:
    missing = dict(SAMPLES)
    del missing["mapexpress.text.lengths:characters"]
    with pytest.raises(LookupError, match=r"lengths:\d+: no way to the expression of re\.compile in characters"):
        found("mapexpress", missing, TRUSTED)
