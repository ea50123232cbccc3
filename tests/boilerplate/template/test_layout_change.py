"""A redesign is named by what is gone; sections that differ and single lost boxes are none."""

from dataclasses import replace

from mapexpress.boilerplate.template.layout_change import LEAST_PAGES, LEAST_STRANGERS, Layout
from mapexpress.boilerplate.template.sample import Sketch, Trace
from mapexpress.boilerplate.template.snapshot import learn_template

OLD, NEW = "site file: div.body.single_act", "scorer"


def page(number: int, *, found_by: str = OLD, boxes: range = range(6), kept: int = 300) -> Sketch:
    own = [Trace(mark=f"{number:015x}a", place="p", chars=kept, example=f"Le bac {number} traverse.")]
    theme = [Trace(mark=f"box{n}", place="div", chars=50, example=f"Encadré {n}", own=False) for n in boxes]
    return Sketch(page=str(number), traces=(*own, *theme), found_by=found_by)


SNAPSHOT = learn_template(page(n) for n in range(40))


def changes(pages: list[Sketch]) -> list[str]:
    layout = Layout(SNAPSHOT)
    for sketch in pages:
        layout.see(sketch)
    return layout.changes()


def test_the_selector_that_is_gone_is_named_with_its_pages() -> None:
    pages = [page(100 + n, found_by=OLD if n < 2 else NEW) for n in range(42)]
    assert changes(pages) == ["`div.body.single_act` no longer found on 40 of 42 pages"]


def test_blocks_that_are_gone_are_named_with_an_example() -> None:
    told = changes([page(100 + n, boxes=range(10, 16)) for n in range(20)])
    assert told == ['6 of 6 blocks of the template no longer at their places on 20 pages, such as "Encadré 0"']


def test_blocks_that_say_the_same_in_other_elements_are_gone_from_their_places() -> None:
    pages = [page(100 + n) for n in range(20)]
    moved = [replace(s, traces=tuple(replace(t, place=f"{t.place}.neu") for t in s.traces)) for s in pages]
    assert changes(moved) == [
        '6 of 6 blocks of the template no longer at their places on 20 pages, such as "Encadré 0"'
    ]


def test_a_shift_of_what_is_kept_is_told() -> None:
    assert changes([page(100 + n, kept=30) for n in range(20)]) == ["9% of a page is kept as text, 50% before"]


def test_the_same_layout_is_no_change() -> None:
    assert changes([page(100 + n, boxes=range(5)) for n in range(20)]) == []


def test_a_few_pages_say_nothing_unless_all_are_strangers() -> None:
    strangers = [page(100 + n, found_by=NEW, boxes=range(0)) for n in range(LEAST_PAGES - 1)]
    assert changes(strangers[: LEAST_STRANGERS - 1]) == []
    assert changes([page(200), *strangers[1:]]) == []
    assert len(changes(strangers[:LEAST_STRANGERS])) == 2


def test_a_page_is_a_stranger_that_lacks_half_of_what_all_pages_have() -> None:
    layout = Layout(SNAPSHOT)
    assert [layout.is_stranger(page(100, boxes=range(n))) for n in (6, 3, 2, 0)] == [False, False, True, True]
    assert not Layout().is_stranger(page(100, boxes=range(0)))
    bare = Layout(learn_template(page(n, boxes=range(1)) for n in range(40)))
    assert not bare.is_stranger(page(100, boxes=range(0))), "one block may be an advertisement that ended"


def test_a_selector_of_the_site_file_that_never_matches_is_told_without_a_template() -> None:
    layout = Layout(selectors=("div.body.single_act",))
    for number in range(9):
        layout.see(page(number, found_by=NEW))
    assert layout.changes() == ["`div.body.single_act` no longer found on 9 of 9 pages"]
