"""Pages that somebody plants on a site to change another's article there: what they teach takes nothing from it."""

import random
from collections.abc import Callable, Iterable

import pytest

from mapexpress.boilerplate.plain.clean import PlainText, clean_text, learn_texts
from mapexpress.boilerplate.template.sample import Sketch, from_bytes, sketch_page, to_bytes
from mapexpress.boilerplate.template.snapshot import TemplateSnapshot, learn_template
from mapexpress.boilerplate.template.units import units_of_page
from mapexpress.boilerplate.template.verdicts import judge
from mapexpress.page.parse import parse

WORDS = "clocher verger halle scierie moulin canal écluse lavoir fournil tannerie grange digue pré sentier bief".split()
SITE = "https://veilleur.example"
STORY = [
    "La maire de Tessandre nie avoir signé le contrat de la digue avec l'entreprise.",
    "Le juge entendra trois témoins lundi, parmi lesquels l'ancien trésorier de la commune.",
    "Le vote sur la nouvelle aile de l'hôpital aura lieu mardi soir",
    "Une réunion publique est prévue jeudi dans la salle des fêtes du bourg",
]


def words(seed: object, count: int) -> str:
    return " ".join(random.Random(str(seed)).choices(WORDS, k=count)).capitalize()


def own(number: int) -> list[str]:
    return [f"{words((number, i), 16)}." for i in range(4)]


def title(number: int) -> str:
    return words(("title", number), 7)


def page(paragraphs: Iterable[str], *, tail: str = "", heading: str = "") -> str:
    body = "".join(p if p.startswith("<") else f"<p>{p}</p>" for p in paragraphs)
    return f"<html><body><h1>{heading}</h1><div class='texte'>{body}{tail}</div></body></html>"


def sketch(
    number: int, html: str = "", *, heading: str = "", lead: str = "", author: str = "", day: str = ""
) -> Sketch:
    made = sketch_page(
        parse(html or page(own(number))),
        id=f"{SITE}/{number}/",
        title=heading or title(number),
        lead=lead or own(number)[0],
        author=author or f"writer {number % 4}",
        day=day or f"2026-11-{number % 9 + 10}",
    )
    return from_bytes(to_bytes(made))  # as a run keeps it


def site(*planted: Sketch, pages: int = 24) -> TemplateSnapshot:
    return learn_template([*(sketch(n) for n in range(pages)), *planted])


def kept(html: str, snapshot: TemplateSnapshot) -> list[str]:
    parsed = parse(html, url=f"{SITE}/victim/")
    units = [u for u in units_of_page(parsed, {}) if u.place.split(" ")[0] != "h1"]

    def targets(block: int) -> list[str]:
        return [anchor.href for anchor in parsed.anchors if anchor.block == block]

    gone = judge(units, snapshot, page=f"{SITE}/victim/", leads_to=targets)
    return [u.text for u in units if u.index not in gone]


VICTIM = [*own(100), *STORY]


def test_headlines_that_are_an_article_s_paragraphs_take_none_of_them() -> None:
    """With a full stop and without, at the end and at the beginning."""
    snapshot = site(*(sketch(70 + n, heading=line) for n, line in enumerate(STORY)))
    assert kept(page(VICTIM), snapshot) == VICTIM
    assert kept(page([*STORY, *own(100)]), snapshot) == [*STORY, *own(100)]


@pytest.mark.parametrize("tag", ["li", "h3", "blockquote", "p"])
def test_nor_its_items_subheadings_and_quotations(tag: str) -> None:
    lines = [line.rstrip(".") for line in STORY]
    inner = "".join(f"<{tag}>{line}</{tag}>" for line in lines)
    tail = f"<ul>{inner}</ul>" if tag == "li" else inner
    snapshot = site(*(sketch(70 + n, heading=line) for n, line in enumerate(lines)))
    assert kept(page(own(100), tail=tail), snapshot) == [*own(100), *lines]


def test_leads_that_go_on_from_a_cut_off_paragraph_take_nothing() -> None:
    ending = "Et pourtant, la nuit du samedi, la digue de Tessandre cédait…"
    lead = ending.rstrip("…") + " devant les habitants du bourg, qui regardaient l'eau monter sans rien pouvoir faire."
    snapshot = site(sketch(70, lead=lead))
    assert kept(page([*own(100), ending]), snapshot) == [*own(100), ending]
    middle = [*own(100)[:2], ending, *own(100)[2:]]
    assert kept(page(middle), snapshot) == middle


def test_a_link_between_paragraphs_goes_only_where_it_leads_to_the_article_of_that_headline() -> None:
    label = "<div class='aussi'>À lire dans le journal</div>"
    labelled = [sketch(n, page([*own(n)[:2], label, *own(n)[2:]])) for n in range(24)]
    snapshot = learn_template([*labelled, sketch(70, heading="Le rapport complet de la chambre régionale")])
    for target, goes in ((f"{SITE}/70/?utm_source=home", True), ("https://chambre.example/rapport.pdf", False)):
        link = f"<p><a href='{target}'>Le rapport complet de la chambre régionale</a></p>"
        assert len(kept(page([*own(100)[:2], label, link, *own(100)[2:]]), snapshot)) == (4 if goes else 5)


def test_teasers_that_are_links_or_stand_apart_still_go() -> None:
    linked = "".join(f"<h4><a href='/{n}/'>{title(n)}</a></h4>" for n in (3, 4))
    apart = f"<div class='aussi'><p>{title(5)}</p><p>{' '.join(own(6)[0].split()[:9])}…</p></div>"
    assert kept(page(own(100), tail=linked + apart), site()) == own(100)


def test_where_the_html_is_lost_sentences_stay_and_headlines_go() -> None:
    texts = [PlainText(id=str(n), text="\n\n".join([title(n), *own(n)]), title=title(n)) for n in range(24)]
    planted = [PlainText(id=f"p{n}", text="\n\n".join(own(70 + n)), title=line) for n, line in enumerate(STORY[:2])]
    snapshot = learn_texts([*texts, *planted])
    story = [*own(100), *STORY[:2]]
    assert clean_text(
        "\n\n".join([title(100), *story]), title=title(100), snapshot=snapshot, id="v"
    ).text == "\n\n".join(story)
    teased = "\n\n".join([title(100), *own(100), title(3), title(4)])
    assert clean_text(teased, title=title(100), snapshot=snapshot, id="v").text == "\n\n".join(own(100))


BOX = "<div class='encadre'><p>Tout ce que la maire a dit au juge, mot pour mot et dans l'ordre.</p></div>"


@pytest.mark.parametrize(
    ("voice", "is_taken"),
    [
        (lambda n: {"author": "un lecteur", "day": f"2026-11-{n % 20 + 1:02}"}, False),
        (lambda n: {"author": f"lecteur {n}", "day": "2026-11-29"}, False),
        (lambda n: {"author": f"writer {n % 4}", "day": f"2026-11-{n % 9 + 10}"}, True),
    ],
)
def test_a_box_that_one_author_or_one_day_repeats_is_no_template(
    voice: Callable[[int], dict[str, str]], is_taken: bool
) -> None:
    """Ten pages of forty would be enough, at the edge and between paragraphs, were they of several."""
    planted = [sketch(n, page(own(n), tail=BOX), **voice(n)) for n in range(200, 210)]
    snapshot = site(*planted, pages=30)
    assert (len(kept(page(own(100), tail=BOX), snapshot)) == 4) is is_taken
    assert (len(kept(page([*own(100)[:2], BOX, *own(100)[2:]]), snapshot)) == 4) is is_taken


def test_what_is_on_all_pages_is_template_whoever_wrote_most_of_them() -> None:
    pages = [
        sketch(n, page(own(n), tail=BOX), author="rédaction" if n % 5 else "agence", day=f"2026-11-{10 + n // 15}")
        for n in range(30)
    ]
    assert kept(page(own(100), tail=BOX), learn_template(pages)) == own(100)


FOOTER = "<p>Abonnez-vous au Veilleur dès {} euros par mois, et lisez tout le journal chez vous.</p>"


def test_a_planted_price_does_not_spare_the_footer() -> None:
    """Neither another number in it, nor its place between the paragraphs of one author's pages."""
    theirs = [sketch(n, page(own(n), tail=FOOTER.format(4))) for n in range(30)]
    priced = [sketch(n, page(own(n), tail=FOOTER.format(n))) for n in range(200, 202)]
    placed = [
        sketch(n, page([*own(n)[:2], FOOTER.format(4), *own(n)[2:]]), author="un lecteur") for n in range(300, 305)
    ]
    for planted in (priced, placed):
        assert kept(page(own(100), tail=FOOTER.format(4)), learn_template([*theirs, *planted])) == own(100)


def test_a_section_s_trail_with_the_page_s_title_goes_though_one_author_writes_the_section() -> None:
    def trailed(n: int) -> str:
        return page(own(n), tail=f"<div class='fil'>Accueil Village {title(n)}</div>")

    pages = [
        sketch_page(parse(trailed(n) if n % 4 == 0 else page(own(n))), id=str(n), title=title(n), author=f"w{n % 4}")
        for n in range(40)
    ]
    units = units_of_page(parse(trailed(100)), {"title": title(100)})
    gone = judge(units, learn_template(pages), page="100")
    assert [u.text for u in units if u.index in gone] == [f"Accueil Village {title(100)}"]


def test_a_value_is_the_theme_s_only_where_nine_of_ten_pages_declare_it() -> None:
    """Twenty pages that declare a victim's writer and day take neither from it."""

    def declaring(n: int, **values: str) -> Sketch:
        return sketch_page(parse(page(own(n))), id=str(n), title=title(n), metadata=values)

    theirs = [declaring(n, author=f"writer {n % 4}", date=f"2026-11-{n % 9 + 10}") for n in range(10)]
    planted = [declaring(200 + n, author="Ada Vidal", date="2026-11-20") for n in range(20)]
    snapshot = learn_template([*theirs, *planted])
    assert not snapshot.is_constant("author", "Ada Vidal")
    assert not snapshot.is_constant("date", "2026-11-20")
