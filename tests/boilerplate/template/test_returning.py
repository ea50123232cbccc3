"""What returns on a site's pages and is real all the same, and what is template though no two pages word it alike."""

import random

import pytest

from mapexpress.boilerplate.plain.clean import PlainText, clean_text, learn_texts
from mapexpress.boilerplate.template.sample import Sketch, sketch_page
from mapexpress.boilerplate.template.snapshot import TemplateSnapshot, learn_template
from mapexpress.boilerplate.template.units import units_of_page
from mapexpress.boilerplate.template.verdicts import judge
from mapexpress.page.parse import parse

WORDS = (
    "bandari soko shule gati kazi kijiji wavuvi mradi barabara mji mkoa msimu maji bajeti ujenzi mashua daraja".split()
)


def words(number: int, count: int) -> str:
    rng = random.Random(number)
    return " ".join(rng.choices(WORDS, k=count)).capitalize()


def title(number: int) -> str:
    return words(9000 + number, 6)


def own(number: int) -> list[str]:
    return [f"{words(number * 50 + i, 16)}." for i in range(4)]


def page(number: int, head: str = "", inside: str = "", tail: str = "") -> str:
    first, *rest = (f"<p>{p}</p>" for p in own(number))
    return (
        f"<html><body><h1>{title(number)}</h1><div class='mwili'>{head}{first}{inside}{''.join(rest)}{tail}</div>"
        "</body></html>"
    )


def sketch(number: int, html: str) -> Sketch:
    return sketch_page(parse(html), id=str(number), title=title(number), lead=own(number)[0])


def kept(number: int, html: str, snapshot: TemplateSnapshot) -> list[str]:
    units = [u for u in units_of_page(parse(html), {"title": title(number)}) if u.text != title(number)]
    gone = judge(units, snapshot, page=str(number))
    return [u.text for u in units if u.index not in gone]


@pytest.mark.parametrize(
    ("share", "tail"),
    [
        (10, "<p>(KMT)</p>"),
        (10, "<p>Shirika KMT</p>"),
        (4, "<p>Taarifa ijayo ya kituo itatolewa kesho alfajiri kama kila siku.</p>"),
        (4, "<blockquote>Mto kwa wote, ndiyo kauli mbiu ya kampeni ya mwaka huu.</blockquote>"),
        (
            2,
            "<p>Kuhusu Karakana: familia tatu za ukingo wa kaskazini.</p><p>Inaajiri maseremala na wanagenzi.</p>",
        ),
    ],
)
def test_what_some_articles_end_with_stays(share: int, tail: str) -> None:
    pages = {n: page(n, tail=tail if n % 10 < share else "") for n in range(60)}
    for seen in (6, 10, 20, 60):
        snapshot = learn_template(sketch(n, pages[n]) for n in range(seen))
        for number in (0, 1, 55):
            assert kept(number, pages[number], snapshot)[4:] == kept(number, pages[number], TemplateSnapshot(id=""))[4:]


def test_a_last_sentence_with_other_figures_each_day_stays() -> None:
    sentence = "Biashara ya siku ilifikia tani {} za samaki katika soko la mji."
    pages = {n: page(n, tail=f"<p>{sentence.format(100 + n * 7)}</p>") for n in range(30)}
    snapshot = learn_template(sketch(n, html) for n, html in pages.items())
    assert kept(3, pages[3], snapshot)[-1] == sentence.format(121)


def test_lists_of_figures_stay_though_their_items_return() -> None:
    def figures(n: int) -> str:
        return (
            "<ul>" + "".join(f"<li>{place}: sentimita {90 + n * k}</li>" for k, place in enumerate(WORDS[:3])) + "</ul>"
        )

    pages = {n: page(n, inside=figures(n)) for n in range(30)}
    snapshot = learn_template(sketch(n, html) for n, html in pages.items())
    assert len(kept(5, pages[5], snapshot)) == 4 + 3


def test_a_line_that_announces_another_article_goes_whichever_it_is() -> None:
    pages = {n: page(n, inside=f"<p>Soma pia: <a href='/x{n}'>{title(500 + n)}</a></p>") for n in range(30)}
    snapshot = learn_template(sketch(n, html) for n, html in pages.items())
    assert kept(40, page(40, inside=f"<p>Soma pia: <a href='/y'>{title(900)}</a></p>"), snapshot) == own(40)


def test_teasers_of_articles_nobody_has_seen_go_by_their_place() -> None:
    def teasers(n: int) -> str:
        return "".join(
            f"<h4><a href='/{m}'>{title(m)}</a></h4><div class='dondoo'>{words(m, 11)}…</div>"
            for m in (700 + n, 800 + n)
        )

    pages = {n: page(n, tail=teasers(n)) for n in range(30)}
    snapshot = learn_template(sketch(n, html) for n, html in pages.items())
    assert kept(40, page(40, tail=teasers(40)), snapshot) == own(40)


def test_a_footer_in_a_script_without_spaces_is_template() -> None:
    def chinese(n: int) -> str:
        rng = random.Random(n)
        signs = "港口堤坝市场学校码头工程渔民项目公路城市地区季节用水预算议会学生工地船只河岸大桥"
        return "".join(f"<p>{''.join(rng.choices(signs, k=40))}。</p>" for _ in range(4))

    def html(n: int) -> str:
        return f"<html><body><article>{chinese(n)}<p>从今天起支持独立报道</p></article></body></html>"

    snapshot = learn_template(sketch_page(parse(html(n)), id=str(n)) for n in range(20))
    units = units_of_page(parse(html(3)), {})
    assert [u.text for u in units if u.index in judge(units, snapshot, page="3")] == ["从今天起支持独立报道"]


def dirty(number: int) -> str:
    menu, box = "Nyumbani Michezo Utamaduni Uchumi Habari", "Jiunge na kituo chetu usikose habari yoyote"
    teasers = "\n\n".join(f"{title(m)}\n\n{words(m, 11)}..." for m in (700 + number, 800 + number))
    parts = [menu, f"Habari {title(number)}", title(number), *own(number), box, "Habari nyingine", teasers]
    return "\n\n".join(parts)


def test_a_text_finds_its_headline_below_a_menu_and_its_end_above_labels_in_no_list() -> None:
    snapshot = learn_texts([PlainText(id=str(n), text=dirty(n)) for n in range(30)])
    result = clean_text(dirty(40), snapshot=snapshot, id="40")
    assert (result.title, result.paragraphs) == (title(40), own(40))


def test_few_texts_teach_nothing() -> None:
    for count in range(1, 6):
        snapshot = learn_texts([PlainText(id=str(n), text=dirty(n)) for n in range(count)])
        assert clean_text(dirty(0), snapshot=snapshot, id="0") == clean_text(dirty(0))


def test_the_name_of_a_writer_in_what_every_page_says_makes_it_no_less_template() -> None:
    footer = "Soma zaidi kutoka Habari Leo kila siku"

    def read(number: int) -> tuple[str, dict[str, str]]:
        return page(number, tail=f"<p>{footer}</p>"), {"author": "Habari Leo" if number % 2 else words(number, 2)}

    def sketched(number: int) -> Sketch:
        html, slots = read(number)
        return sketch_page(parse(html), id=str(number), title=title(number), lead=own(number)[0], slots=slots)

    snapshot = learn_template(map(sketched, range(20)))
    for number in (40, 41):
        html, slots = read(number)
        units = [u for u in units_of_page(parse(html), {**slots, "title": title(number)}) if not u.titled]
        gone = judge(units, snapshot, page=str(number))
        assert [u.text for u in units if u.index in gone] == [footer]
