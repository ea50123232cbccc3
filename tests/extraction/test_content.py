"""Whole pages of our own writing in the structure of real ones, through the chooser and the edges."""

from mapexpress.blocks import parse
from mapexpress.extraction.content import extract_content
from mapexpress.extraction.options import Options

BODY = [
    "La coopérative des pêcheurs de Larache a inauguré une criée rénovée, où les prix s'affichent en temps réel.",
    "Les premiers lots ont été vendus dès cinq heures du matin, sous le regard curieux d'une trentaine d'apprentis.",
    "« Nous attendions ce chantier depuis des années », a confié le doyen du port, balance à la main.",
]

TAGDIV = f"""<html lang="fr"><body class="single-post td-standard-pack">
<div class="td-header-menu-wrap"><ul><li><a href="/eco">Économie</a></li><li><a href="/sport">Sport</a></li></ul></div>
<h1 class="entry-title">Larache inaugure sa criée</h1>
<div class="td-post-sharing-top"><a href="#">Facebook</a> <a href="#">Twitter</a></div>
<div class="td-post-content"><p>{BODY[0]}</p>
<div class="td-a-rec td-a-rec-id-content_inline"><span class="td-adspot-title">- Publicité -</span></div>
<p>{BODY[1]}</p><p>{BODY[2]}</p></div>
<div class="td_block_related_posts"><h4>Lire aussi</h4><h3><a href="/a">Un autre port rouvre au nord</a></h3></div>
</body></html>"""


def test_a_known_platform_decides_with_its_container() -> None:
    content = extract_content(parse(TAGDIV), title="Larache inaugure sa criée")
    assert content.paragraphs == BODY
    assert content.extractor == "platform:tagdiv"
    assert content.flags == []


def test_every_block_has_its_decision_with_evidence() -> None:
    page = parse(TAGDIV)
    content = extract_content(page, title="Larache inaugure sa criée")
    assert [d.block for d in content.decisions] == [b.index for b in page.blocks]
    assert all(d.evidence for d in content.decisions)
    ad = next(d for d in content.decisions if "Publicité" in d.text)
    assert (ad.reason, ad.kept) == ("ad", False)
    assert ".td-a-rec" in ad.evidence


def test_a_page_of_no_known_platform_is_decided_by_the_scorer() -> None:
    page = parse(TAGDIV.replace("td-post-content", "texte").replace("td-", "x-").replace("td_", "x_"))
    content = extract_content(page, title="Larache inaugure sa criée")
    assert content.extractor == "scorer"
    assert content.paragraphs == BODY


def test_a_page_without_text_gives_a_flag() -> None:
    for html in ("", "<html><body></body></html>", "<img src='a.jpg'>", "<p>?</p>"):
        content = extract_content(parse(html), title="Photo")
        assert content.paragraphs == []
        assert "no_text" in content.flags


def test_captions_are_an_option() -> None:
    html = TAGDIV.replace(
        f"<p>{BODY[1]}</p>", f"<figure><img><figcaption>Le port, vu du fort.</figcaption></figure><p>{BODY[1]}</p>"
    )
    assert extract_content(parse(html), title="Larache inaugure sa criée").paragraphs == BODY
    with_captions = extract_content(parse(html), title="Larache inaugure sa criée", options=Options(captions=True))
    assert with_captions.paragraphs == [BODY[0], "Le port, vu du fort.", *BODY[1:]]
