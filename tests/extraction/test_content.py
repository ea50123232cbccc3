"""Whole pages of our own writing in the structure of real ones, through the chooser and the edges."""

import numpy as np
import pytest

import mapexpress
from mapexpress.boilerplate.html.structure import structural
from mapexpress.extraction.content import extract_content
from mapexpress.extraction.scorer.scorer import decode, see
from mapexpress.model.facts import Facts
from mapexpress.model.options import Options
from mapexpress.page.parse import parse
from mapexpress.platforms.selectors import NodeIndex

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
    content = extract_content(parse(TAGDIV), Facts(title="Larache inaugure sa criée"))
    assert content.paragraphs == BODY
    assert content.extractor == "platform:tagdiv"
    assert content.flags == []


def test_every_block_has_its_decision_with_evidence() -> None:
    page = parse(TAGDIV)
    content = extract_content(page, Facts(title="Larache inaugure sa criée"))
    assert [d.block for d in content.decisions] == [b.index for b in page.blocks]
    assert all(d.evidence for d in content.decisions)
    ad = next(d for d in content.decisions if "Publicité" in d.text)
    assert (ad.reason, ad.kept) == ("ad", False)
    assert ".td-a-rec" in ad.evidence


def test_a_page_of_no_known_platform_is_decided_by_the_scorer() -> None:
    page = parse(TAGDIV.replace("td-post-content", "texte").replace("td-", "x-").replace("td_", "x_"))
    content = extract_content(page, Facts(title="Larache inaugure sa criée"))
    assert content.extractor == "scorer"
    assert content.paragraphs == BODY


def test_a_line_of_date_name_and_section_below_the_headline_is_no_paragraph() -> None:
    line = "12 juin 2026 · Salma Benjelloun · Économie · #Larache"
    body = "".join(f"<p>{p}</p>" for p in BODY)
    html = (
        f"<html><body><article><h1>Larache inaugure sa criée</h1><p class=meta>{line}</p>{body}</article></body></html>"
    )
    dated = extract_content(parse(html), Facts(title="Larache inaugure sa criée", date="12 juin 2026"))
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
        parse(html),
        Facts(title="Larache inaugure sa criée", day="2026-03-31T10:00:00+01:00", authors=("Nadia Cherkaoui",)),
    )
    assert content.paragraphs == BODY


def test_numbers_of_pages_below_the_text_are_no_paragraph() -> None:
    pager = "<p>Page <b>1</b> <a href='a-2.htm'>2</a> <a href='a-3.htm'>3</a></p>"
    html = TAGDIV.replace(f"<p>{BODY[2]}</p>", f"<p>{BODY[2]}</p>{pager}")
    assert extract_content(parse(html), Facts(title="Larache inaugure sa criée")).paragraphs == BODY


def test_a_page_without_text_gives_a_flag() -> None:
    for html in ("", "<html><body></body></html>", "<img src='a.jpg'>", "<p>?</p>"):
        content = extract_content(parse(html), Facts(title="Photo"))
        assert content.paragraphs == []
        assert "no_text" in content.flags


def test_captions_are_an_option() -> None:
    html = TAGDIV.replace(
        f"<p>{BODY[1]}</p>", f"<figure><img><figcaption>Le port, vu du fort.</figcaption></figure><p>{BODY[1]}</p>"
    )
    assert extract_content(parse(html), Facts(title="Larache inaugure sa criée")).paragraphs == BODY
    with_captions = extract_content(
        parse(html), Facts(title="Larache inaugure sa criée"), options=Options(captions=True)
    )
    assert with_captions.paragraphs == [BODY[0], "Le port, vu du fort.", *BODY[1:]]


def test_credits_are_an_option() -> None:
    page = parse(TAGDIV.replace(f"<p>{BODY[-1]}</p>", f"<p>{BODY[-1]}</p><p>Photo : Nadia Cherkaoui</p>"))
    facts = Facts(title="Larache inaugure sa criée")
    assert extract_content(page, facts).paragraphs == BODY
    with_credits = extract_content(page, facts, options=Options(credits=True))
    assert with_credits.paragraphs == [*BODY, "Photo : Nadia Cherkaoui"]


STANDFIRST = "Après trois ans de travaux, la criée de Larache vend de nouveau le poisson du jour aux yeux de tous."
APART = f"""<html lang="fr"><head><meta name="description" content="{STANDFIRST}"></head><body>
<header><a href="/">La Gazette</a></header><main><div class="tete"><h1>Larache inaugure sa criée</h1>
<h2>{STANDFIRST}</h2></div><div class="texte">{"".join(f"<p>{text}</p>" for text in BODY)}</div></main></body></html>"""


def test_a_standfirst_apart_from_the_body_is_an_option() -> None:
    page = parse(APART)
    assert extract_content(page, Facts(title="Larache inaugure sa criée")).paragraphs == [STANDFIRST, *BODY]
    without = extract_content(page, Facts(title="Larache inaugure sa criée"), options=Options(standfirst=False))
    assert without.paragraphs == BODY


def test_a_first_paragraph_that_is_the_description_is_no_standfirst() -> None:
    page = parse(APART.replace(f"<h2>{STANDFIRST}</h2>", "").replace(f'content="{STANDFIRST}', f'content="{BODY[0]}'))
    without = extract_content(page, Facts(title="Larache inaugure sa criée"), options=Options(standfirst=False))
    assert without.paragraphs == BODY


def placed(between: str) -> list[str]:
    page = parse(
        f"<html lang=fr><body><main><div class=tete><h1>Larache inaugure sa criée</h1>{between}</div>"
        f"<div class=texte>{''.join(f'<p>{text}</p>' for text in BODY)}</div></main></body></html>"
    )
    return extract_content(page, Facts(title="Larache inaugure sa criée")).paragraphs


def test_a_standfirst_that_no_description_repeats_is_known_by_its_name_or_its_place() -> None:
    assert placed(f"<div class=ligne>{STANDFIRST}</div>") == [STANDFIRST, *BODY]
    unfinished = STANDFIRST.removesuffix(".")
    assert placed(f"<div class='article__chapo'>{unfinished}</div>") == [unfinished, *BODY]


def test_what_else_stands_below_a_headline_is_no_standfirst() -> None:
    for name in ("author-bio", "newsletter", "credits", "hero-image", "paywall"):
        assert placed(f"<div class='{name}'><div class=ligne>{STANDFIRST}</div></div>") == BODY
    assert placed(f"<figure><img src=a.jpg><span>{STANDFIRST}</span></figure>") == BODY
    assert placed(f"<div class=photo><img src=a.jpg></div><div class=ligne>{STANDFIRST}</div>") == BODY
    assert placed(f"<div class=ligne><a href=/b>{STANDFIRST}</a></div>") == BODY
    assert placed(f"<div class=ligne hidden>{STANDFIRST}</div>") == BODY
    assert placed("<div class=ligne>Larache inaugure sa criée</div>") == BODY


NOTE = "<p>Votre abonnement du jour</p><p>Lisez tous nos articles et recevez le journal chaque matin.</p>"


def boxed(box: str) -> list[str]:
    html = f"<article><h1>Larache inaugure sa criée</h1><p>{BODY[0]}</p>{box}<p>{BODY[1]}</p><p>{BODY[2]}</p></article>"
    page = parse(f"<html lang=fr><body>{html}</body></html>")
    kept = structural(page, NodeIndex(page), page.nodes[0], {b.index for b in page.blocks})
    return [page.blocks[i].text for i in sorted(kept)]


def test_boxes_that_a_framework_does_not_show_are_no_text() -> None:
    said = ["Votre abonnement du jour", "Lisez tous nos articles et recevez le journal chaque matin."]
    assert boxed(f"<div class='offre hidden'>{NOTE}</div>") == said
    assert boxed(f"<div class='d-none'>{NOTE}</div>") == said
    for shown in ("hidden md:block", "d-none d-md-block", "overflow-hidden", "md:hidden"):
        assert boxed(f"<div class='{shown}'>{NOTE}</div>") == []


def test_a_box_of_facts_and_a_row_of_pictures_are_no_text_and_a_page_made_of_them_is() -> None:
    for name in ("infobox", "article-infobox__text", "fact-box", "CarouselSlide-info"):
        assert len(boxed(f"<div class='{name}'>{NOTE}</div>")) == 2
    page = parse(f"<html><body><div class=slideshow>{''.join(f'<p>{text}</p>' for text in BODY)}</div></body></html>")
    assert structural(page, NodeIndex(page), page.nodes[0], {b.index for b in page.blocks}) == {}


def test_a_scorer_that_is_sure_of_an_imprint_far_below_the_headline_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    links = "".join(f"<div class=lien><a href=/{n}>Rubrique {n}</a></div>" for n in range(40))
    imprint = "<div class=bas><p>Le service des lecteurs répond chaque jour ouvré de neuf heures à midi.</p></div>"
    text = "".join(f"<p>{text}</p>" for text in BODY)
    page = parse(
        f"<html lang=fr><body><h1>Larache inaugure sa criée</h1><div>{text}</div>{links}{imprint}</body></html>"
    )
    last = len(page.blocks) - 1
    seen = see(page)
    assert seen is not None
    seen.chances = np.array([0.01] * last + [0.99], np.float32)
    seen.chosen, seen.confidence = decode(page, seen.chances.tolist())
    monkeypatch.setattr("mapexpress.extraction.scorer.scorer.see", lambda _p: seen)
    content = extract_content(page, Facts(title="Larache inaugure sa criée"))
    assert content.extractor == "scorer+trafilatura"
    assert content.paragraphs[: len(BODY)] == BODY


@pytest.mark.parametrize("names", ["Nadia Cherkaoui", "Amina Yusuf, Nadia Cherkaoui", "سلمى العلوي"])
def test_a_line_of_the_records_authors_below_the_headline_opens_no_text(names: str) -> None:
    people = ", ".join(f'{{"@type":"Person","name":"{name}"}}' for name in names.split(", "))
    told = f'<script type="application/ld+json">{{"@type":"NewsArticle","author":[{people}]}}</script>'
    body = "".join(f"<p>{p}</p>" for p in BODY)
    article = mapexpress.clean(
        f"<html><head>{told}</head><body><article><h1>Larache inaugure sa criée</h1><p>{names}</p>{body}"
        "</article></body></html>"
    )
    assert article.authors == names.split(", ")
    assert article.text.split("\n\n") == BODY
