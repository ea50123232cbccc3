"""JSON-LD with the slips that templates make is read; what cannot be read costs nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapexpress.model.page import read_jsonld

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "block",
    [
        '{"headline": "Le pont", "tags": ["a", "b"]}',
        '<!--\n{"headline": "Le pont", "tags": ["a", "b"]}\n-->',
        '//<![CDATA[\n{"headline": "Le pont", "tags": ["a", "b"]}\n//]]>',
        '{"headline": "Le pont", "tags": ["a", "b"]};',
        '{"headline": "Le pont", "tags": ["a", "b", ],}',
        '{"headline": "Le pont", "tags": ["a", "b"]}\n},\n// vide\n"description": "x"}',
        '{\n  // vide\n  "headline": "Le pont", // le titre\n  "tags": ["a", "b"]\n}',
    ],
)
def test_a_block_with_a_slip(block: str) -> None:
    assert read_jsonld([block]) == [{"headline": "Le pont", "tags": ["a", "b"]}]


def test_quotation_marks_inside_a_text() -> None:
    block = '{\n  "headline": "Le "pont" ouvre",\n  "url": "https://a.example/b"\n}'
    assert read_jsonld([block]) == [{"headline": 'Le "pont" ouvre', "url": "https://a.example/b"}]


@pytest.mark.parametrize("block", ["", "Le pont", "{", '{"a": ', "[" * 100_000, '"texte"', "12"])
def test_what_cannot_be_read_is_left_out(block: str) -> None:
    assert read_jsonld([block, '{"headline": "Le pont"}']) == [{"headline": "Le pont"}]


@given(VALUES)
def test_sound_json_is_read_as_it_is(value: object) -> None:
    node = {"headline": "Le pont", "value": value}
    assert read_jsonld([json.dumps(node)]) == [node]


@given(st.text())
def test_any_text_gives_nodes_or_none(text: str) -> None:
    assert all(isinstance(node, dict) for node in read_jsonld([text]))
