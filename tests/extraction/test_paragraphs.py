"""Lists, tables, white space: one shape for every source."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.extraction.paragraphs import normalize, paragraphs
from mapexpress.page.parse import parse


def shaped(html: str) -> list[str]:
    page = parse(html)
    return paragraphs(page, range(len(page.blocks)))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Un<br>deux</p><p>trois</p>", ["Un\ndeux", "trois"]),
        ("<ul><li>pain</li><li>• sel</li></ul>", ["- pain\n- sel"]),
        ("<ul><li>pain<ul><li>blé</li></ul></li><li>sel</li></ul><p>fin</p>", ["- pain\n- blé\n- sel", "fin"]),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", ["- a", "- b"]),
        (
            "<table><tr><th>Ville</th><th>Pluie</th></tr><tr><td>Fès</td><td><p>12</p></td></tr></table>",
            ["Ville | Pluie\nFès | 12"],
        ),
        (
            "<table><tr><td><p>Tout un article.</p><p>Et sa suite.</p></td></tr></table>",
            ["Tout un article.", "Et sa suite."],
        ),
        (
            f"<table><tr><td><p>{'Le port a rouvert. ' * 5}</p><p>{'La mer est calme. ' * 5}</p></td><td><table><tr>"
            + "".join(f"<td>{day}</td>" for day in range(1, 13))
            + "</tr></table></td></tr></table>",
            [
                ("Le port a rouvert. " * 5).strip(),
                ("La mer est calme. " * 5).strip(),
                " | ".join(map(str, range(1, 13))),
            ],
        ),
        ("<blockquote><p>Dit-il.</p></blockquote>", ["Dit-il."]),
    ],
)
def test_shapes(html: str, expected: list[str]) -> None:
    assert shaped(html) == expected


def test_an_item_that_is_a_section_is_no_line_of_a_list() -> None:
    sections = "".join(f"<li><h3>Étape {n}</h3><p>{'mot ' * 90}</p><p>{'mot ' * 90}</p></li>" for n in (1, 2))
    assert [p.split()[0] for p in shaped(f"<ol>{sections}</ol>")] == ["Étape", "mot", "mot"] * 2


@settings(max_examples=50)
@given(st.text())
def test_normalize_is_idempotent_and_leaves_no_control_character(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once
    assert not any((c < " " and c != "\n") or "\x7f" <= c <= "\x9f" for c in once)
