"""Sites of our own writing: a template around articles, with real sentences that recur planted among them."""

import random

import pytest

from mapexpress.boilerplate.plain.clean import clean_text, sketch_text
from mapexpress.boilerplate.template.sample import Sketch, merge, sketch_page
from mapexpress.boilerplate.template.snapshot import MIN_PAGES, TemplateSnapshot, from_data, learn_template, to_data
from mapexpress.boilerplate.template.units import units_of_page
from mapexpress.boilerplate.template.verdicts import judge
from mapexpress.page.parse import parse

STANDING = "Le prochain bulletin de la station sera publié demain à l'aube, comme chaque jour de la saison."
SIGNATURE = "(Agence)"
BOX = "Rejoignez sept mille lecteurs sur notre fil de messagerie du soir"
LAST = "Retrouvez chaque samedi le cahier du fleuve dans tous les kiosques de la région."


def words(number: int, count: int) -> str:
    rng = random.Random(number)
    syllables = ["ka", "lo", "mi", "ter", "van", "sou", "pel", "dri", "na", "gou", "ri", "tes"]
    return " ".join("".join(rng.choices(syllables, k=3)) for _ in range(count))


def paragraphs(number: int) -> list[str]:
    body = [f"{words(number * 10 + i, 14).capitalize()}." for i in range(4)]
    if number % 3 == 0:
        body.insert(2, STANDING)
    return [*body, SIGNATURE]


def html(number: int) -> str:
    body = "".join(f"<p>{p}</p>" for p in paragraphs(number))
    other = f"Titre {words(number + 1 if number < 39 else 0, 5)}"
    return (
        f"<html><body><h1>Titre {words(number, 5)}</h1><article class='corps'>{body}"
        f"<div class='boite'>{BOX}</div><p>{LAST}</p><p><a href='/x'>{other}</a></p></article></body></html>"
    )


def sketch(number: int) -> Sketch:
    return sketch_page(parse(html(number)), id=f"https://fleuve.example/{number}", title=f"Titre {words(number, 5)}")


def clean(number: int, snapshot: TemplateSnapshot) -> list[str]:
    units = [u for u in units_of_page(parse(html(number)), {}) if not u.text.startswith("Titre") or u.link_share]
    verdicts = judge(units, snapshot, page=f"https://fleuve.example/{number}")
    return [u.text for u in units if u.index not in verdicts]


def test_template_goes_and_recurring_sentences_stay() -> None:
    snapshot = learn_template(sketch(i) for i in range(40))
    for number in (0, 1, 3, 7, 38):
        assert clean(number, snapshot) == paragraphs(number)


def test_few_pages_change_nothing() -> None:
    for count in range(1, MIN_PAGES):
        snapshot = learn_template(sketch(i) for i in range(count))
        units = units_of_page(parse(html(0)), {})
        assert judge(units, snapshot, page="https://fleuve.example/0") == {}


def test_a_page_with_nothing_of_its_own_is_left_to_the_page_level() -> None:
    snapshot = learn_template(sketch(i) for i in range(40))
    units = [u for u in units_of_page(parse(html(0)), {}) if u.text in (BOX, LAST)]
    assert judge(units, snapshot, page="elsewhere") == {}


def test_order_and_grouping_of_pages_never_matter() -> None:
    sketches = [sketch(i) for i in range(30)]
    whole = learn_template(sketches)
    shuffled = sketches[:]
    random.Random(5).shuffle(shuffled)
    assert learn_template(shuffled) == whole
    assert learn_template([*merge(sketches[:11]), *merge(sketches[11:]), sketches[3]]) == whole


def test_the_sample_is_bounded_and_mergeable() -> None:
    sketches = [sketch(i) for i in range(30)]
    assert merge(sketches, size=10) == merge([*merge(sketches[:15], size=10), *merge(sketches[15:], size=10)], size=10)


def test_near_copies_count_once() -> None:
    copies = [
        sketch_page(parse(html(1)), id=f"https://fleuve.example/copy-{i}", title=f"Titre {words(1, 5)}")
        for i in range(30)
    ]
    snapshot = learn_template([*copies, sketch(2)])
    assert snapshot.pages == 2
    assert not snapshot.is_learned


def test_a_snapshot_is_named_by_what_it_holds_and_survives_writing() -> None:
    snapshot = learn_template(sketch(i) for i in range(12))
    assert from_data(to_data(snapshot)) == snapshot
    assert snapshot.id != learn_template(sketch(i) for i in range(13)).id


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"entries": 3}'])
def test_what_is_no_snapshot_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_data(data)


def test_metadata_that_never_varies_is_the_themes() -> None:
    pages = [
        Sketch(
            page=str(i),
            traces=(),
            metadata={
                "article:published_time": "2020-01-01",
                "og:title": f"Titre {i}",
                "author": "Rédaction" if i else "Ana",
            },
        )
        for i in range(12)
    ]
    snapshot = learn_template(pages)
    assert snapshot.is_constant("article:published_time", "2020-01-01")
    assert not snapshot.is_constant("article:published_time", "2024-05-05")
    assert not snapshot.is_constant("og:title", "Titre 3")
    assert snapshot.is_constant("author", "Rédaction")


def dirty(number: int) -> str:
    other = paragraphs(number + 1)[0][:60].rsplit(" ", 1)[0]
    return "\n\n".join([f"Titre {words(number, 5)}", *paragraphs(number)[:-1], LAST, f"{other}..."])


def test_texts_teach_their_site_as_well() -> None:
    snapshot = learn_template(sketch_text(dirty(i), id=str(i)) for i in range(30))
    for number in (0, 4, 9):
        assert clean_text(dirty(number), snapshot=snapshot, id=str(number)).paragraphs == paragraphs(number)[:-1]
    assert LAST in clean_text(dirty(0)).paragraphs


def page_with(number: int, inside: str, below: str) -> str:
    body = "".join(f"<p>{words(number * 10 + i, 14).capitalize()}.</p>" for i in range(4))
    return f"<html><body><main><article class='corps'>{body}{inside}</article>{below}</main></body></html>"


def kept_of(page: str, id: str, snapshot: TemplateSnapshot) -> list[str]:
    units = units_of_page(parse(page), {})
    verdicts = judge(units, snapshot, page=id)
    return [unit.text for unit in units if unit.index not in verdicts]


def test_a_line_that_is_one_link_goes_when_every_page_says_the_same_in_it() -> None:
    invitation = "<p><a href='/canal'>Suivez le journal du fleuve sur notre canal du soir</a></p>"
    pages = {
        f"https://fleuve.example/{n}": page_with(
            n, f"<p><a href='/{n}'>{words(n + 500, 6).capitalize()}</a></p>{invitation}" if n % 2 else invitation, ""
        )
        for n in range(20)
    }
    snapshot = learn_template(sketch_page(parse(html), id=id) for id, html in pages.items())
    for number, (id, page) in enumerate(pages.items()):
        kept = kept_of(page, id, snapshot)
        assert "Suivez le journal du fleuve sur notre canal du soir" not in kept
        # a link that only this page has is no template's: its own evidence decides on it
        assert (words(number + 500, 6).capitalize() in kept) == (number % 2 == 1)


def test_a_lead_cut_off_after_few_words_goes_where_the_site_cuts_off_leads() -> None:
    def below(number: int) -> str:
        few = f"{words(number + 800, 1).capitalize()}, {number + 1} juin…"
        lead = few if number % 4 == 0 else f"{words(number + 900, 9)}…"
        return f"<div class='resume'>{lead}</div>"

    pages = {f"https://fleuve.example/{n}": page_with(n, "", below(n)) for n in range(20)}
    snapshot = learn_template(sketch_page(parse(html), id=id) for id, html in pages.items())
    for number, (id, page) in enumerate(pages.items()):
        assert kept_of(page, id, snapshot) == [f"{words(number * 10 + i, 14).capitalize()}." for i in range(4)]
    # among the paragraphs a sentence that trails off is the article's
    assert "Safi, 7 juin…" in kept_of(page_with(99, "<p>Safi, 7 juin…</p>", ""), "https://fleuve.example/99", snapshot)


def test_a_slogan_is_no_box_where_bare_divs_are_the_paragraphs() -> None:
    slogan = "<p class='citation'>« Un fleuve pour tous », dit l'affiche de la campagne sur chaque quai.</p>"

    def page(number: int) -> str:
        html = page_with(number, slogan if number % 4 == 0 else "", "<div class='pied'>Fleuve du soir, à Safi</div>")
        return html.replace("<p>", "<div>").replace("</p>", "</div>").replace("quai.</div>", "quai.</p>")

    pages = {f"https://fleuve.example/{n}": page(n) for n in range(20)}
    snapshot = learn_template(sketch_page(parse(html), id=id) for id, html in pages.items())
    kept = kept_of(page(4), "https://fleuve.example/4", snapshot)
    assert len(kept) == 5
    assert kept[-1].startswith("« Un fleuve")
