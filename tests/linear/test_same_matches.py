"""Expressions that were made linear match what their plain forms match, which say more simply what is meant."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mapexpress.boilerplate import lines
from mapexpress.boilerplate.html import edges
from mapexpress.boilerplate.phrases import feed_footers
from mapexpress.boilerplate.plain import head
from mapexpress.boilerplate.template import units
from mapexpress.discovery import address_kinds, listings, xml
from mapexpress.extraction import next_pages
from mapexpress.metadata import images, titles
from mapexpress.metadata.authors import bylines, names
from mapexpress.metadata.authors import words as name_words
from mapexpress.model.page import _LINE, _unwrapped

PAIRS = [
    # plain form, linear form, signs and words that texts are made of
    (units._CUT, r"\s*\[?(?:\.\.\.|…)\]?\s*$", [".", "...", "…", "[", "]", " ", "\n", "a"]),
    (lines._CUT, r"(?:\.\.\.|…)\s*(?:\[\s*\+?\s*\]|\]|\))?$", [".", "...", "…", "[", "]", "+", ")", " ", "a"]),
    (bylines._BARS, r"\s*[|•·]\s*", ["|", "•", " ", "\t", "a"]),
    (titles._SEPARATOR, r"\s+[|\-–—•·»«›‹:/>~]+\s+|\s*[|»]\s*|\s+::\s+", ["|", "-", "»", ":", "::", " ", "a", "b"]),
    (titles._KICKER, r"\s*:\s+|\s+[|\-–—•·»>/~]+\s+", [":", "|", "-", "»", " ", "a", "b"]),
    (names._BRACKETS, r"\s*[(\[][^)\]]*[)\]]", ["(", ")", "[", "]", " ", "a"]),
    (names._PARTS, r"\s*(?:[;|/•·\n،]|&| [–—-] )\s*", [";", "|", "&", "-", "–", " ", "a"]),
    (names._COMMA, r"\s*,\s*", [",", " ", "a"]),
    (
        names._EMAIL,
        r"[(<\[]?\s*[\w.+-]+@[\w-]+\.[\w.-]+\s*[)>\]]?",
        ["(", "<", ")", " ", "a", "b.c", "@", "a@b.c", "-"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("linear", "plain", "signs"), PAIRS, ids=[plain for _, plain, _ in PAIRS])
def test_it_finds_and_parts_the_same(linear: re.Pattern[str], plain: str, signs: list[str]) -> None:
    simple = re.compile(plain, linear.flags)

    @settings(max_examples=400, deadline=None)
    @given(st.lists(st.sampled_from(signs), max_size=14).map("".join))
    def compared(text: str) -> None:
        found = [m.span() for m in linear.finditer(text) if linear is not names._BRACKETS or m[0][-1] in ")]"]
        assert found == [m.span() for m in simple.finditer(text)]

    compared()


def joined(*signs: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(signs), max_size=14).map("".join)


@settings(max_examples=1000, deadline=None)
@given(joined("1", "12", "1234", " ", "-", "Page", "é", "a", "_", "…", "/"))
@example("1" * 64)
@example("Page 1 2 3 … 12 »")
def test_a_pager(text: str) -> None:
    simple = re.compile(r"\W*(?:[^\W\d]{2,10}\W+)?(?:\d{1,3}\W*){2,60}")
    assert edges.is_pager(text[:40]) == (simple.fullmatch(text[:40]) is not None)


@pytest.mark.parametrize(("length", "is_one"), [(1, False), (2, True), (180, True), (181, False)])
def test_a_pager_has_at_most_sixty_numbers(length: int, is_one: bool) -> None:
    assert edges.is_pager("1" * length) is is_one
    assert edges.is_pager("1 " * (length // 3)) is (2 <= length // 3 <= 60)


@settings(max_examples=1000, deadline=None)
@given(joined("/", "a", "rain", "2", "12", "page", "p", "-", "_", ",", ".html", ".php", "."))
def test_the_page_of_an_address(path: str) -> None:
    plain = r"(?P<stem>.*[^\d/][^/]*)"
    segment = re.compile(plain + r"/(?:(?:page|p|seite|slide|pagina)[/-])?(?P<number>\d{1,3})/?", re.I)
    file = re.compile(plain + r"[-_,](?:page[-_]?|p|seite)?(?P<number>\d{1,3})(?P<end>\.s?html?|\.php|\.aspx?)", re.I)
    for linear, simple in ((next_pages._SEGMENT, segment), (next_pages._FILE, file)):
        found, meant = linear.fullmatch(path), simple.fullmatch(path)
        assert (found and (found.span("stem"), found.span("number"))) == (
            meant and (meant.span("stem"), meant.span("number"))
        )


@settings(max_examples=500, deadline=None)
@given(joined("a", "é", "12", "1", "_", "-", ".html", "."))
def test_what_names_an_article(text: str) -> None:
    simple = re.compile(r"(?:[^-_\W]+[-_]){4}|\d{4,}|\.(?:s?html?|php|aspx?)$")
    assert (address_kinds._NAME.search(text) is None) is (simple.search(text) is None)
    numbered = re.compile(r"\d.*\.(?:s?html?|php|aspx?)$", re.I)
    assert (listings._ARTICLE_FILE.match(text) is None) is (numbered.search(text) is None)


@settings(max_examples=500, deadline=None)
@given(joined("&", "id", "a", "=", "1", "news", "p", "art", "article", "_"))
def test_what_names_an_article_by_query(query: str) -> None:
    simple = re.compile(r"(?:^|&)(?:\w*id\w*=|(?:p|story|news|post)=|art(?:icle)?=?)\d+(?:&|$)", re.I)
    assert (listings._NAMED_BY_QUERY.search(query) is None) is (simple.search(query) is None)


@settings(max_examples=500, deadline=None)
@given(joined("1", "2026", ".", "-", " ", "a"))
def test_a_day(line: str) -> None:
    assert head._names_day(line) is (re.search(r"\d.*\d{4}|\d{4}.*\d", line) is not None)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(["a", "post-12", "b3", "٣", " ", "\t", "\u00a0", "x-y"]), max_size=12).map("".join))
def test_what_names_a_place(names: str) -> None:
    simple = ".".join(["div", *re.sub(r"\S*\d\S*", "", names).split()[:3]])
    assert units._step("div", names) == simple


@settings(max_examples=500, deadline=None)
@given(joined("<![CDATA[", "]]>", "&", "<a>", "x", " "))
def test_ampersands_outside_cdata_are_mended(text: str) -> None:
    parts = re.split(r"(<!\[CDATA\[.*?\]\]>)", text, flags=re.DOTALL)
    parts[::2] = [part.replace("&", "&amp;") for part in parts[::2]]
    assert xml._repair(text) == "".join(parts)


@settings(max_examples=1000, deadline=None)
@given(joined('"', ":", ",", " ", "\t", "\r", "\n", "a", '"a": "'))
def test_a_line_of_json_ld(text: str) -> None:
    simple = re.compile(r'^([ \t]*"[@\w:.-]+"[ \t]*:[ \t]*")(.*)("[ \t]*,?[ \t\r]*)$', re.MULTILINE)
    assert [m.groups() for m in _LINE.finditer(text)] == [m.groups() for m in simple.finditer(text)]


@settings(max_examples=500, deadline=None)
@given(joined("//", "/*", "*/", "<![CDATA[", "]]>", "<!--", "-->", "{}", " ", "\n"))
def test_what_wraps_json_ld(block: str) -> None:
    simple = re.compile(r"^\s*(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)\s*(?:\*/)?|(?://|/\*)?\s*(?:\]\]>|-->)\s*(?:\*/)?\s*$")
    assert _unwrapped(block).strip() == simple.sub("", block).strip()


@settings(max_examples=1000, deadline=None)
@given(joined("|", "(", ")", "©", "photo:", "Photo", " ", ":", "Anne Lévy", "a", "ph.", "Le port."))
def test_a_credit_of_folded_text(text: str) -> None:
    simple = re.compile(
        r"\s*(?:[|/]\s*)?[(\[]?\s*(?:©|\(c\)|(?:crédits?(?: photos?)?|photo(?:graphe)?|photo credit|credit|foto|bild"
        r"|source|الصورة|تصوير|(?<!\w)ph\.?)\s*:)\s*(?P<who>[^|\n]{2,80}?)\s*[)\]]?\s*$",
        re.I,
    )
    folded = " ".join(text.split())
    found = simple.search(folded)
    meant = (folded[: found.start()].strip() or None, found["who"].strip()) if found else (folded or None, None)
    assert images.split_credit(folded) == meant


@settings(max_examples=500, deadline=None)
@given(joined("Jane Doe", " ", "  ", "on", "le", "March", "mars", "3", ",", "2026", "Updated", ":", "12/03/2026", "."))
def test_the_date_behind_a_name(text: str) -> None:
    linear = name_words.date_tail()
    plain = (
        linear.pattern.replace(r"(?:(?<!\s)\s++)?", r"\s*")
        .replace(r"(?:\s*+:)?", r"\s*:?")
        .replace("++", "+")
        .replace("*+", "*")
    )
    assert linear.sub("", text) == re.sub(plain, "", text, flags=linear.flags)


@settings(max_examples=500, deadline=None)
@given(joined("Anne", " ", "  ", "et", "and", "&", "و"))
def test_the_words_that_join_names(text: str) -> None:
    words = "|".join(map(re.escape, dict.fromkeys(name_words._table()["joints"]["words"])))
    assert name_words.joints().split(text) == re.split(rf"\s*&\s*|\s+(?:{words})\s+", text)


def plain_footer(text: str, footer: feed_footers._Footer, start: int) -> tuple[str, str] | None:
    """What a footer's slots are by one expression for all of it."""

    def loose(words: str) -> str:
        return feed_footers._loose(words).replace("++", "+")

    template = next(t for t, f in TEMPLATES if f is footer)
    opening, rest = template.split("{title}")
    middle, closing = rest.split("{site}")
    closing = closing.strip().rstrip(".。।").strip()
    title = r"(?P<title>\S.{0,500}?)" if opening.strip() else r"(?P<title>\S.{0,500})"
    before = (loose(opening) + (r"\s+" if opening.endswith(" ") else r"\s*")) if opening.strip() else ""
    gap, after = (r"\s+" if s else r"\s*" for s in (middle.startswith(" "), middle.endswith(" ")))
    between = gap + loose(middle) + after if middle.strip() else r"\s+"
    tail = r"\s*" + loose(closing) if closing else ""
    whole = rf"{before}{title}{between}(?P<site>[^\n]{{1,100}}?){tail}\s*[.。।!]?\s*$"
    found = re.compile(whole, re.IGNORECASE | re.DOTALL).match(text, start)
    return (found["title"].strip(), found["site"].strip()) if found else None


def _templates() -> list[tuple[str, feed_footers._Footer]]:
    entries = feed_footers.tomllib.loads(
        feed_footers.resources.files("mapexpress.boilerplate.phrases").joinpath("feed_footers.toml").read_text("utf-8")
    )
    return list(zip(dict.fromkeys(e["template"] for e in entries["footer"]), feed_footers._footers(), strict=True))


TEMPLATES = _templates()


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_a_footer(data: st.DataObject) -> None:
    template, footer = data.draw(st.sampled_from(TEMPLATES))
    words = ["Pluie à Rabat", "MAP", ".", " ", "  ", "\n", "est", "!", footer.opening, footer.middle, footer.closing]
    parts = [data.draw(st.lists(st.sampled_from(words), max_size=6).map("".join)) for _ in range(3)]
    site = parts[2] if parts[2].strip() else parts[2].replace("\n", " ")  # one without a name on a line of its own
    text = (parts[0] + template.format(title=parts[1], site=site)).strip()
    endings = footer.endings(text)
    for start in {0, len(parts[0])}:
        slots, plain = footer.slots(text, start, endings), plain_footer(text, footer, start)
        if plain and not plain[1]:  # nothing but white space where the site's name stands
            continue
        assert (slots and (slots[0].strip(), slots[1].strip())) == plain
