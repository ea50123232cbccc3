"""The block scorer: its numbers are finite on every page, its trees say the same everywhere, its choice is a set."""

import json
from importlib import resources

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.extraction.kinds.page_kind import row_of
from mapexpress.extraction.scorer.features import View
from mapexpress.extraction.scorer.name_groups import GROUP_NAMES, name_bits
from mapexpress.extraction.scorer.scorer import Forest, context, decode, load_model, see
from mapexpress.model.facts import Facts
from mapexpress.page.parse import parse

SENTENCE = "Le conseil communal a voté mardi soir le budget de la voirie, après deux heures de débat. "
ARTICLE = f"""<html><head><title>Le budget est voté - Gazette</title></head><body>
<nav><ul>{"".join(f'<li><a href="/r{i}">Rubrique {i}</a></li>' for i in range(9))}</ul></nav>
<main><article><h1>Le budget est voté</h1><div class="entry-content">
{"".join(f"<p>{SENTENCE * 3}Alinéa {i}.</p>" for i in range(6))}</div></article>
<div class="related"><h3>À lire aussi</h3><ul>
{"".join(f'<li><a href="/a{i}">Un autre titre de la gazette numéro {i}</a></li>' for i in range(6))}</ul></div></main>
<footer><p>© Gazette, tous droits réservés. Mentions légales</p></footer></body></html>"""


def test_the_article_is_kept_and_the_frame_is_not() -> None:
    page = parse(ARTICLE)
    seen = see(page)
    assert seen is not None
    kept, confidence = seen.chosen, seen.confidence
    texts = [page.blocks[i].text for i in sorted(kept)]
    assert [t for t in texts if t.startswith("Le conseil")] == texts
    assert len(texts) == 6
    assert 0.8 < confidence <= 1


def test_the_same_page_gives_the_same_scores() -> None:
    first, again = see(parse(ARTICLE)), see(parse(ARTICLE))
    assert first is not None
    assert again is not None
    assert first.chances.tolist() == again.chances.tolist()


def test_a_page_without_blocks_has_no_scores() -> None:
    page = parse("")
    assert see(page) is None
    assert decode(page, []) == (set(), 1.0)


def test_the_model_asks_only_for_features_that_exist() -> None:
    version, first, second = load_model()
    view = View(parse(ARTICLE))
    rows = view.matrix()
    assert first.features.max() < rows.shape[1]
    assert second.features.max() < rows.shape[1] + context(view, first.predict(rows)).shape[1]
    record = json.loads(resources.files("mapexpress.extraction.scorer").joinpath("scorer.json").read_text("utf-8"))
    assert record["version"] == version
    assert record["features"] == view.names


def test_a_tree_is_read_level_by_level() -> None:
    forest = Forest.of(
        features=np.array([[0, 1]], np.int16),
        borders=np.array([[0.5, 0.5]], np.float32),
        leaves=np.array([[-4.0, -2.0, 2.0, 4.0]], np.float32),
        bias=0.0,
    )
    rows = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
    odds = np.array([-4.0, -2.0, 2.0, 4.0])
    assert forest.predict(rows) == pytest.approx(1 / (1 + np.exp(-odds)))
    assert forest.predict(np.tile(rows, (3000, 1)))[-4:] == pytest.approx(1 / (1 + np.exp(-odds)))


def test_short_stems_are_whole_words_of_a_name() -> None:
    groups = {g for i, g in enumerate(GROUP_NAMES) if name_bits("header-loading") >> i & 1}
    assert groups == {"header"}
    assert "ads" in {g for i, g in enumerate(GROUP_NAMES) if name_bits("top-ad-slot") >> i & 1}


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="<>/pdivuלאع漢 .a\u2028\U0001f600", max_size=120), st.booleans())
def test_every_page_has_finite_features_and_chances(soup: str, wrapped: bool) -> None:
    page = parse(f"<article class='x'><p>{soup}</p></article>" if wrapped else soup)
    if page.blocks:
        assert np.isfinite(View(page).matrix()).all()
        seen = see(page)
        assert seen is not None
        assert all(0 <= chance <= 1 for chance in seen.chances)
        assert seen.chosen <= set(range(len(page.blocks)))
        assert 0 <= seen.confidence <= 1
        row = row_of(page, seen, Facts())
        assert row is None or np.isfinite(row).all()
