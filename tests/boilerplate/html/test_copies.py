"""What a page says twice is kept once, and what an author repeats on purpose stays."""

from mapexpress.boilerplate.html.copies import copies
from mapexpress.extraction.content import extract_content
from mapexpress.model.facts import Facts
from mapexpress.page.parse import parse

PARAGRAPHS = [
    f"Le {n}e jour, les {n} pêcheurs du port ont rentré {n * 7} caisses de sardines, selon le carnet du capitaine, "
    "et la criée a fermé plus tôt que de coutume faute d'acheteurs venus de l'intérieur des terres."
    for n in range(2, 8)
]


def removed(body: str) -> dict[str, str]:
    page = parse(f"<html><body><article>{body}</article></body></html>")
    return {page.blocks[i].text: why[0] for i, why in copies(page, {b.index for b in page.blocks}).items()}


def test_the_text_once_more_in_one_block_goes_and_its_paragraphs_stay() -> None:
    whole = " ".join(PARAGRAPHS)
    text = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    assert removed(f"{text}<div>{whole}</div>") == {whole: "repeated"}
    assert removed(f"<div>{whole}</div>{text}") == {whole: "repeated"}


def test_a_pull_quote_goes_and_a_quotation_of_its_own_stays() -> None:
    pulled = "la criée a fermé plus tôt que de coutume"
    own = "Nous reviendrons avec la prochaine lune, quoi qu'il arrive"
    body = f"<p>{PARAGRAPHS[0]}</p><blockquote>« {pulled} »</blockquote><blockquote>« {own} »</blockquote>"
    assert removed(body) == {f"« {pulled} »": "repeated"}


def test_questions_asked_again_and_again_stay() -> None:
    question = "Qu'est-ce qui vous a donné l'envie de prendre la mer, et que diriez-vous à ceux qui commencent ?"
    assert removed("".join(f"<p>{question}</p><p>{p}</p>" for p in PARAGRAPHS)) == {}


def test_a_box_that_stands_there_for_each_embed_goes() -> None:
    box = "<div><p>Contenu externe</p><p>Vos réglages empêchent l'affichage de ce contenu du réseau.</p></div>"
    text = [f"<p>{p}</p>" for p in PARAGRAPHS]
    assert removed(box.join(text[:4])) == {
        "Contenu externe": "repeated",
        "Vos réglages empêchent l'affichage de ce contenu du réseau.": "repeated",
    }
    assert removed(box.join(text[:3])) == {}  # twice may be the author's
    recipe = "<ul><li>Deux sardines grillées</li><li>Une poignée de persil, de l'ail et du citron</li></ul>"
    assert removed(recipe.join(text)) == {}


def test_comments_longer_than_the_article_go() -> None:
    said = "".join(f"<li class='comment-body'><p>Moi je pense que {p}</p></li>" for p in PARAGRAPHS * 3)
    text = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    page = parse(
        f"<html><body><main><h1>Le carnet du capitaine</h1><div class='entry-content'>{text}</div>"
        f"<ul class='comments-list'>{said}</ul></main></body></html>"
    )
    assert extract_content(page, Facts(title="Le carnet du capitaine")).paragraphs == PARAGRAPHS
