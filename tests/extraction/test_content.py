"""Whole pages of our own writing in the structure of real ones, through the chooser and the edges."""

import pytest

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


def test_a_line_of_date_name_and_section_below_the_headline_is_no_paragraph() -> None:
    line = "12 juin 2026 · Salma Benjelloun · Économie · #Larache"
    body = "".join(f"<p>{p}</p>" for p in BODY)
    html = (
        f"<html><body><article><h1>Larache inaugure sa criée</h1><p class=meta>{line}</p>{body}</article></body></html>"
    )
    dated = extract_content(parse(html), title="Larache inaugure sa criée", date="12 juin 2026")
    assert dated.paragraphs == BODY


@pytest.mark.parametrize(
    "line",
    ["<time>31 mars 2026</time>", "<p>mardi 31 mars 2026 à 10h00</p>", "31/03/2026 10:00", "<div>2026-03-31</div>",
     "<p>الثلاثاء 31 مارس 2026</p>", "<div>Nadia Cherkaoui</div><div>March 31, 2026</div>",
     '<time>30 mars 2026</time> · <a href="/sport/">Sport</a>'],
)  # fmt: skip
def test_lines_of_date_and_author_above_the_text_go_whoever_told_the_moment(line: str) -> None:
    body = "".join(f"<p>{p}</p>" for p in BODY)
    html = f"<body><article><h1>Larache inaugure sa criée</h1>{line}{body}</article></body>"
    content = extract_content(
        parse(html), title="Larache inaugure sa criée", day="2026-03-31T10:00:00+01:00", authors=["Nadia Cherkaoui"]
    )
    assert content.paragraphs == BODY


def test_numbers_of_pages_below_the_text_are_no_paragraph() -> None:
    pager = "<p>Page <b>1</b> <a href='a-2.htm'>2</a> <a href='a-3.htm'>3</a></p>"
    html = TAGDIV.replace(f"<p>{BODY[2]}</p>", f"<p>{BODY[2]}</p>{pager}")
    assert extract_content(parse(html), title="Larache inaugure sa criée").paragraphs == BODY


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


STANDFIRST = "Après trois ans de travaux, la criée de Larache vend de nouveau le poisson du jour aux yeux de tous."
APART = f"""<html lang="fr"><head><meta name="description" content="{STANDFIRST}"></head><body>
<header><a href="/">La Gazette</a></header><main><div class="tete"><h1>Larache inaugure sa criée</h1>
<h2>{STANDFIRST}</h2></div><div class="texte">{"".join(f"<p>{text}</p>" for text in BODY)}</div></main></body></html>"""


def test_a_standfirst_apart_from_the_body_is_an_option() -> None:
    page = parse(APART)
    assert extract_content(page, title="Larache inaugure sa criée").paragraphs == [STANDFIRST, *BODY]
    without = extract_content(page, title="Larache inaugure sa criée", options=Options(standfirst=False))
    assert without.paragraphs == BODY


def test_a_first_paragraph_that_is_the_description_is_no_standfirst() -> None:
    page = parse(APART.replace(f"<h2>{STANDFIRST}</h2>", "").replace(f'content="{STANDFIRST}', f'content="{BODY[0]}'))
    without = extract_content(page, title="Larache inaugure sa criée", options=Options(standfirst=False))
    assert without.paragraphs == BODY
