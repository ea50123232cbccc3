from __future__ import annotations

import pytest
from lxml import etree

from mapexpress.extraction.trafilatura_vote import consult_trafilatura
from mapexpress.model.page import Page
from mapexpress.page.parse import parse

BODY = "".join(
    f"<p>Les pêcheurs de Larache ont attendu {n} ans que la criée rouvre ses quais, a dit leur coopérative.</p>"
    for n in range(2, 9)
)
MENU = "".join(f"<li><a href=/{n}>Rubrique {n}</a></li>" for n in range(30))
PAGE = (
    f"<body><nav><ul>{MENU}</ul></nav>après le menu<main><h1>La criée</h1>{BODY}</main><footer>Mentions</footer></body>"
)


def _kept(page: Page, *, framed: bool) -> list[str]:
    return [page.blocks[i].text for i in sorted(consult_trafilatura(page, framed=framed))]


@pytest.mark.parametrize("framed", [True, False])
def test_it_keeps_the_paragraphs_and_leaves_the_tree_as_it_was(framed: bool) -> None:
    page = parse(PAGE)
    before = etree.tostring(page.root)
    kept = _kept(page, framed=framed)
    assert len([text for text in kept if text.startswith("Les pêcheurs")]) == 7
    assert not any("Rubrique" in text for text in kept)
    assert etree.tostring(page.root) == before


def test_without_the_frame_it_never_sees_what_the_page_marks_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr("trafilatura.bare_extraction", lambda root, **_: seen.append(root.text_content()))
    page = parse(PAGE)
    consult_trafilatura(page)
    consult_trafilatura(page, framed=False)
    assert "Rubrique 7" in seen[0]
    assert "Mentions" in seen[0]
    assert "Rubrique 7" not in seen[1]
    assert "Mentions" not in seen[1]
    assert "après le menu" in seen[1]


def test_a_form_around_the_whole_article_is_no_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr("trafilatura.bare_extraction", lambda root, **_: seen.append(root.text_content()))
    consult_trafilatura(parse(f"<body><form>{BODY}</form></body>"), framed=False)
    assert "attendu 8 ans" in seen[0]


def test_the_tree_is_whole_again_where_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_root: object, **_: object) -> None:
        raise ValueError("no tree")

    monkeypatch.setattr("trafilatura.bare_extraction", fails)
    page = parse(PAGE)
    before = etree.tostring(page.root)
    assert consult_trafilatura(page, framed=False) == set()
    assert etree.tostring(page.root) == before
