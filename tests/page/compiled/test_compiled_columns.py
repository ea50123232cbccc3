"""What features and trees are made of comes out of the compiled half as it comes out of the Python one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.extraction.scorer import columns as plain
from mapexpress.extraction.scorer import forest as plain_forest
from mapexpress.extraction.scorer.characters import char_classes
from mapexpress.extraction.scorer.features import _TAGS, View
from mapexpress.extraction.scorer.name_groups import name_bits
from mapexpress.page import compiled
from mapexpress.page.parse import parse

if compiled.WHY_NOT is not None:
    pytest.skip(f"the compiled half is not used here: {compiled.WHY_NOT}", allow_module_level=True)

from mapexpress.page.compiled import columns as fast
from mapexpress.page.compiled import forest as fast_forest

ROOT = Path(__file__).parents[3]
NAMES = ("count_in", "read_blocks", "read_characters", "read_nodes", "read_paths", "sharing")

_TEXT = st.text(
    st.sampled_from("abAB 09_.,;!?\n\u00e9\u00df\u0130\u0660\u4e2d\u3042\u2019\u00ab|\U0001f600\U00020000\ud800"),
    min_size=1,
    max_size=30,
)
_LONG = st.text(st.sampled_from("ab\u00e9\u4e2d\U0001f600"), max_size=40)


@pytest.mark.parametrize("path", sorted((ROOT / "fixtures").rglob("*.html")), ids=lambda path: path.stem)
def test_fixtures_have_the_same_features(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = parse(path.read_bytes())
    quick = View(page).matrix()
    for name in NAMES:
        monkeypatch.setattr(f"mapexpress.extraction.scorer.features.{name}", getattr(plain, name))
    assert np.array_equal(View(page).matrix(), quick)


@given(st.lists(_TEXT, min_size=1, max_size=8))
def test_characters_are_counted_alike(texts: list[str]) -> None:
    for ours, reference in zip(
        fast.read_characters(texts, char_classes()), plain.read_characters(texts, char_classes()), strict=True
    ):
        assert ours.dtype == reference.dtype
        assert np.array_equal(ours, reference)


_PIECES = "<p>|<div class=body>|</div>|<li>|<a href=x>a b|</a>|<b class=time>|c|<img>|<h2 id=ad>".split("|")


@given(st.lists(st.sampled_from(_PIECES), max_size=30))
def test_blocks_and_nodes_are_read_alike(pieces: list[str]) -> None:
    page = parse("".join(pieces) + "<p>fin")
    other = len(_TAGS)
    assert np.array_equal(
        fast.read_blocks(page.blocks, _TAGS, other, name_bits), plain.read_blocks(page.blocks, _TAGS, other, name_bits)
    )
    nodes = fast.read_nodes(page.nodes, name_bits)
    assert np.array_equal(nodes, plain.read_nodes(page.nodes, name_bits))
    for every in (2, 3):
        chain = (np.arange(len(page.nodes)) % every == 0).astype(np.uint8)
        assert np.array_equal(fast.read_paths(nodes[0], chain, nodes[5]), plain.read_paths(nodes[0], chain, nodes[5]))


@settings(max_examples=300)
@given(
    _LONG, _LONG, st.lists(_LONG, max_size=6), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 60)), max_size=12)
)
def test_parts_are_found_alike(start: str, end: str, parts: list[str], cuts: list[tuple[int, int]]) -> None:
    for whole in (start + end, start + "ba" * 150 + end, start + "".join(map(chr, range(97, 397))) + end + start):
        wanted = [*parts, start, end, whole, whole + "a", *(whole[at : at + size] for at, size in cuts)]
        assert fast.count_in(whole, wanted) == plain.count_in(whole, wanted)


@given(st.lists(_TEXT, max_size=8), st.sets(_TEXT.map(str.casefold), max_size=5), st.integers(0, 30))
def test_texts_that_share_a_word_are_the_same(texts: list[str], words: set[str], longest: int) -> None:
    words |= {word for text in texts[:2] for word in text.casefold().split()[:1]}
    assert fast.sharing(texts, words, longest) == plain.sharing(texts, words, longest)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 600), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_leaves_add_up_alike(rows: int, levels: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    columns = random.normal(size=(7, rows + 3)).astype(np.float32)[:, 2 : rows + 2]
    columns[random.random(columns.shape) < 0.05] = np.nan
    features = random.integers(0, 7, 30)
    borders = random.normal(size=30).astype(np.float32)
    asked = random.integers(0, 30, (25, levels))
    leaves = random.normal(size=(25, 1 << levels)).astype(np.float32)
    for layout in (columns, np.asfortranarray(columns)):
        ours = fast_forest.sum_leaves(layout, features, borders, asked, leaves)
        assert np.array_equal(ours, plain_forest.sum_leaves(columns, features, borders, asked, leaves))


def test_what_does_not_fit_is_refused() -> None:
    columns, borders = np.zeros((2, 3), np.float32), np.zeros(1, np.float32)
    features, asked, leaves = np.zeros(1, np.int64), np.zeros((1, 1), np.int64), np.zeros((1, 2), np.float32)
    assert fast_forest.sum_leaves(columns, features, borders, asked, leaves).tolist() == [0, 0, 0]
    for wrong in (
        (columns, features + 2, borders, asked, leaves),
        (columns, features, borders, asked - 1, leaves),
        (columns, features, borders, asked, np.zeros((1, 4), np.float32)),
    ):
        with pytest.raises(ValueError, match="not"):
            fast_forest.sum_leaves(*wrong)
    with pytest.raises(ValueError, match="parent"):
        fast.read_paths(np.array([-1, 1]), np.array([1, 0], np.uint8), np.array([0, 0]))
