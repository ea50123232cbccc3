"""The compiled walk gives what the Python one gives, on any page, and is left out where it does not fit."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from mapexpress.limits import DEFAULTS, Limits
from mapexpress.model.page import Page
from mapexpress.page import compiled, oversize, walk
from mapexpress.page import parse as parsing
from mapexpress.page.parse import parse

ROOT = Path(__file__).parents[3]
needed = pytest.mark.skipif(
    compiled.WHY_NOT is not None, reason=f"the compiled half is not used here: {compiled.WHY_NOT}"
)

_TAGS = (
    "a a a b strong i em span font u time img br br button svg script noscript video iframe textarea o:p x-y p p p div "
    "div section article main nav menu aside footer header form figure figcaption h1 h2 li li ul ol dl table tr td th "
    "pre pre blockquote body head html dialog search template title amp-ad center"
).split()
_VALUES = st.sampled_from(
    "|#|/a|/a#b|//h/a|http://h/a#b |https://#|https://h/x y# z|"
    "a/../b?c#d|http://[|https://h/\u00e9|mailto:x|nofollow NOOPENER|true|until-found|S:1a|navigation|"
    " Main |display : none|DISPLAY:NONE|visibility:hidden|color:red|sr-only|Visually-Hidden x|visuallyhidden|x-sr-only|"
    "screen-reader-text|\u017fr-only|a &amp; b|\u00a0|news\n\tbody|\u0130|a&#0;b".split("|")
)
_NAMES = st.sampled_from(
    "class class id role style hidden aria-hidden href href rel itemprop data-qa data-x CLASS xml:lang on:x".split()
)
_WORDS = st.sampled_from(
    "mot|\u0645\u0627\u0631\u0633|\u4e2d\u6587| |\n|\t|\u00a0|\u2003|\u3000|\u1680|\u200b|\x0b|\x1c|\x85|\u2028|&nbsp;|"
    "&#8195;|&lt;|&unknown;|&#xD800;|&#0;|<!-- c -->|<?php x ?>|<![CDATA[x]]>|&|<|\x00|</p>|</div>|</a>".split("|")
)
_TEXT = st.one_of(st.lists(_WORDS, max_size=6).map("".join), st.text(max_size=8))


def _element(tag: str, attributes: list[tuple[str, str]], inside: list[str], closed: bool) -> str:
    said = "".join(f' {name}="{value}"' for name, value in attributes)
    return f"<{tag}{said}>{''.join(inside)}{f'</{tag}>' if closed else ''}"


_MARKUP = st.recursive(
    _TEXT,
    lambda inner: st.builds(
        _element,
        st.sampled_from(_TAGS),
        st.lists(st.tuples(_NAMES, _VALUES), max_size=4),
        st.lists(inner, max_size=5),
        st.sampled_from([True, True, True, False]),
    ),
    max_leaves=40,
)


def _both(markup: str | bytes, **how: Any) -> tuple[Page, Page]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsing, "walk_page", walk.walk_page)
        plain = parse(markup, **how)
        from mapexpress.page.compiled.walk import walk_page

        patch.setattr(parsing, "walk_page", walk_page)
        return plain, parse(markup, **how)


def _assert_same(markup: str | bytes, limits: Limits = DEFAULTS) -> None:
    plain, fast = _both(markup, url="https://site.example/a/b?c=d", limits=limits)
    assert compiled.contents(fast) == compiled.contents(plain)
    assert fast.cut == plain.cut


@pytest.mark.slow
@needed
@settings(max_examples=400, deadline=None)
@given(st.lists(_MARKUP, max_size=6).map("".join))
@example("<p>a<b hidden>b<i>c</i></b>d</b>e <b>f <b style='display:none'>g</b> h</b> i</p>")
@example("<p><a href=/a>a<p>b<a href=/b>c</a></p>d</a><img>e<br><img><br>f")
@example("<button><main><p>a</p></main></button><button><svg><g/></svg></button><p>b")
@example("<pre>a\n\n b<br>c\r\nd</pre><p hidden=until-found>e<p hidden>f<div hidden id=S:1>g")
def test_any_markup_gives_the_same(markup: str) -> None:
    _assert_same(markup)


@needed
@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "iso-8859-1", "utf-16"]))
def test_any_bytes_give_the_same(data: bytes, encoding: str | None) -> None:
    how = {} if encoding is None else {"encoding": encoding}
    plain, fast = _both(b"<p>a<a href='x'>b</a>" + data, **how)
    assert compiled.contents(fast) == compiled.contents(plain)


@needed
@pytest.mark.parametrize("path", sorted((ROOT / "fixtures").rglob("*.html")), ids=lambda path: path.stem)
def test_fixtures_give_the_same(path: Path) -> None:
    _assert_same(path.read_bytes())


@needed
@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 3000 + "a" + "</div>" * 3000,
        "<b>" * 3000 + "a",
        "<svg>" * 300 + "<h1>a",
        "<p>" + "mot " * 400_000,
        "<p class='" + "x " * 200_000 + "'>a",
        "<p>" + "<a href='/x'>y</a> " * 300,
        "".join(f"<t{n} a{n}=b>x</t{n}>" for n in range(3000)),
        "",
        "<frameset><frame src=a></frameset>",
    ],
    ids=lambda markup: markup[:12],
)
def test_hostile_pages_give_the_same(markup: str) -> None:
    _assert_same(markup, limits=Limits(links=100))


@pytest.mark.slow
@needed
@settings(max_examples=1000)
@given(
    st.lists(st.sampled_from("<|>|<a |<Zb |<!|x| |x=y |='|\"|/|xxxxxxxx".split("|")), max_size=30), st.integers(1, 6)
)
def test_tags_with_too_many_attributes_are_seen(pieces: list[str], attributes: int) -> None:
    """What the compiled half lets through, the Python half looks through and leaves as it is."""
    data = "".join(pieces).encode()
    from mapexpress.page.compiled.oversize import measure_tags

    tags, words = measure_tags(data, 2 * attributes)
    assert tags == data.count(b"<")
    if words <= attributes:
        assert oversize._fewer_attributes(data, attributes, 2 * attributes) == (data, None)


@needed
def test_a_tree_made_by_hand_gives_the_same() -> None:
    """What the parser never leaves: comments, instructions, entities in attributes, names in a namespace."""
    root = etree.fromstring(
        "<!DOCTYPE html [<!ENTITY e 'x'>]><html><body>a<p>b<!-- c -->d<?e f?>gh<i xmlns='urn:x' class='y'>i</i>j</p>"
        "<![CDATA[k]]>l<a href='&e;/m' rel='n&e;'>o</a></body></html>",
        etree.XMLParser(resolve_entities=False),
    )
    pages = [Page(None, "https://site.example/", root, "utf-8") for _ in range(2)]
    from mapexpress.page.compiled.walk import walk_page

    walk_page(pages[0])
    walk.walk_page(pages[1])
    assert compiled.contents(pages[0]) == compiled.contents(pages[1])


def _said(**environment: str) -> str:
    command = [sys.executable, "-m", "mapexpress.page.compiled"]
    env = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout


def test_it_can_be_switched_off() -> None:
    assert _said(MAPEXPRESS_COMPILED="0") == (
        "the slower Python half is used, and everything works: MAPEXPRESS_COMPILED is 0\n"
    )


@needed
def test_another_lxml_than_it_was_built_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAPEXPRESS_COMPILED", raising=False)
    assert compiled._why_not() is None
    monkeypatch.setattr("mapexpress.page.compiled.walk.BUILT_FOR", ("5.0.0", "2.10.3"))
    found = ".".join(map(str, etree.LIBXML_VERSION))
    assert compiled._why_not() == (
        f"it was built for lxml 5.0.0 with libxml2 2.10.3, found {etree.__version__} with {found}"
    )


@needed
def test_what_reads_a_page_in_another_way_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mapexpress.page.compiled.walk.walk_page", lambda _page: None)
    assert compiled._why_not() == "it reads a page in another way"


def test_what_is_not_built_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAPEXPRESS_COMPILED", raising=False)
    monkeypatch.delattr(compiled, "walk", raising=False)
    monkeypatch.setitem(sys.modules, "mapexpress.page.compiled.walk", None)
    assert compiled._why_not() == "it is not built: `make install` does where a C compiler is there"
