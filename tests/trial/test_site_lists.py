"""Lists of sites as people and feed readers write them."""

import pytest

from mapexpress.errors import UsageError
from mapexpress.trial.site_lists import ListedSite, read_list

OPML = """<?xml version="1.0" encoding="{charset}"?>
<opml version="2.0"><head><title>Presse & médias</title></head><body>
<outline text="Régions"><outline type="rss" text="Le Littoral" xmlUrl="https://littoral.example/feed/"
 htmlUrl="https://littoral.example/"/><outline text="صوت الوادي" XMLURL="https://wadi.example/rss.xml"/></outline>
<outline text="no feed" htmlurl=" https://plain.example/ar/ "/><outline text="an empty folder"/>
</body></opml>"""
LISTED = [
    ListedSite(home="https://littoral.example/", feeds=("https://littoral.example/feed/",)),
    ListedSite(home="https://wadi.example/", feeds=("https://wadi.example/rss.xml",)),
    ListedSite(home="https://plain.example/ar/"),
]


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-8-sig"])
def test_opml_of_any_depth_and_charset(charset: str) -> None:
    assert read_list(OPML.format(charset=charset).encode(charset), "x.opml") == LISTED


def test_lines_with_comments_marks_and_line_ends_of_any_system() -> None:
    text = "\ufeff# ours\r\nhttps://a.example/\r\n\r\n  b.example   # twice a day\r\n#c.example\r\nhttps://d.example/#top\r\n"
    assert [site.home for site in read_list(text.encode(), "urls.txt")] == [
        "https://a.example/",
        "b.example",
        "https://d.example/#top",
    ]


@pytest.mark.parametrize(
    "data", [b"", b"\n# nothing\n", b"<html><body>no list</body></html>", b"<opml><body/></opml>", b"<"]
)
def test_what_is_no_list_is_said_in_one_line(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"^urls\.txt: "):
        read_list(data, "urls.txt")


def test_an_opml_that_defines_entities_expands_none() -> None:
    bomb = b'<!DOCTYPE o [<!ENTITY a "https://evil.example/">]><opml><outline xmlUrl="https://a.example/f"/></opml>'
    assert read_list(bomb, "x.opml")[0].home == "https://a.example/"
