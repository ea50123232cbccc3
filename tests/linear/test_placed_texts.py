"""A text without end costs no more than its length, wherever a stranger puts it in a page or a home."""

from __future__ import annotations

import signal
from itertools import islice

import pytest

from benchmarks.placed_texts.places import HOME, HOME_PLACES, PAGE, PAGE_PLACES, REPEATED, filled, repeated
from benchmarks.placed_texts.reading import plan, read, seconds
from benchmarks.placed_texts.texts import FEW

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer of CPU time to end a reading")

LENGTH = 100_000  # characters; what takes a second and grows with the square of it took minutes
MOST = 5.0  # CPU seconds, where one is aimed at: a busy machine doubles them
EACH = 2  # texts for a place: each place has others, and all are met many times

PLAN = plan()
PLACED = [
    (place, text)
    for n, place in enumerate((*PAGE_PLACES, *HOME_PLACES))
    for text in islice([*FEW, *FEW], n * EACH % len(FEW), n * EACH % len(FEW) + EACH)
]


@pytest.fixture(scope="module", autouse=True)
def first_page() -> None:
    """What the first page of a process pays for."""
    read("", PAGE, PLAN)
    read(HOME_PLACES[0], HOME, PLAN)


@pytest.mark.parametrize(("place", "text"), PLACED)
def test_a_long_text(place: str, text: str) -> None:
    assert seconds(place, filled(place, text * (LENGTH // len(text))), PLAN, most=MOST) < MOST


@pytest.mark.parametrize("place", REPEATED)
def test_many_elements(place: str) -> None:
    assert seconds(place, repeated(place, LENGTH), PLAN, most=MOST) < MOST


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("paragraph with a link", "0522 12 34 56 78 / "),
        ("paragraph with a link", "1"),
        ("title", "»"),
        ("end of title", " | News Example"),
        ("og:title", "- "),
        ("class and id", "a"),
        ("address of a link", "a"),
        ("address of a link", "a-1/"),
        ("absolute address of a link", "amp/"),
        ("absolute address of a link", "日"),
        ("before JSON-LD", "<!-- "),
        ("before JSON-LD", "//"),
        ("byline", "(a"),
        ("byline", "a.b"),
        ("paragraphs of 600", "ظهرت المقالة a أولاً على a "),
        ("paragraphs of 600", "Cet article a est apparu en premier sur b. "),
        ("paragraphs of 90", "12 34 "),
        ("pre", " "),
        ("picture", "© "),
    ],
)
def test_what_was_slow(place: str, text: str) -> None:
    assert seconds(place, filled(place, text * (LENGTH // len(text))), PLAN, most=MOST) < MOST
