"""A site file has the last word on single blocks of its template."""

from dataclasses import replace

from mapexpress.boilerplate.template.snapshot import learn_template
from mapexpress.boilerplate.template.units import units_of_page
from mapexpress.record.build import Document, explain
from mapexpress.record.lesson import sketch_article
from mapexpress.sites import SiteConfig

SITE = SiteConfig.for_url("https://fleuve.example/")
BOX = "Chaque samedi le carnet du fleuve raconte une crue ancienne de la région."
NAMES = ("Aloès", "Brise", "Crique", "Dune", "Embrun", "Falaise", "Galet", "Houle")


def document(number: int) -> Document:
    name = NAMES[number]
    body = "".join(
        f"<p>Le bac {name} du quai {'ab' * n} traverse le fleuve avant la nuit, dit {name}.</p>" for n in range(1, 5)
    )
    text = f"<div class=texte>{body}<div class=x>{BOX}</div></div>"
    return Document(
        body=f"<article><h1>Le bac {name} reprend la traversée</h1>{text}</article>",
        url=f"https://fleuve.example/{number}/",
    )


def mark() -> str:
    page = explain([document(0)]).pages[0]
    return next(unit.mark for unit in units_of_page(page, {}) if unit.text == BOX)


def test_a_block_is_pinned_without_a_template() -> None:
    assert BOX in explain([document(0)], site=SITE).article.text
    pinned = explain([document(0)], site=replace(SITE, template_remove=(mark(),))).article
    assert BOX not in pinned.text
    assert [(r.reason, r.blocks) for r in pinned.removed if r.reason == "template"] == [("template", 1)]


def test_a_block_is_spared_by_the_template() -> None:
    snapshot = learn_template(sketch_article(explain([document(n)])) for n in range(8))
    assert BOX not in explain([document(0)], site=SITE, snapshot=snapshot).article.text
    spared = replace(SITE, template_keep=(mark(),))
    assert BOX in explain([document(0)], site=spared, snapshot=snapshot).article.text


def test_a_line_that_is_one_link_is_pinned_by_its_words() -> None:
    promo = "Tous nos récits de fleuves à lire cet été"

    def linked() -> Document:
        link = f"<p><a href='/recits/'>{promo}</a></p><p>Le pont du quai reste"
        return replace(document(0), body=str(document(0).body).replace("<p>Le bac", f"{link} fermé.</p><p>Le bac", 1))

    page = explain([linked()]).pages[0]
    words = next(unit.worded for unit in units_of_page(page, {}) if unit.text == promo)
    pinned = explain([linked()], site=replace(SITE, template_remove=(words,))).article
    assert promo in explain([linked()], site=SITE).article.text
    assert promo not in pinned.text
    assert "reste fermé" in pinned.text
