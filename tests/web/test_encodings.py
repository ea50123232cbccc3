"""What browsers do with bytes, and what they cannot."""

import codecs

import pytest

from mapexpress.web.encodings import decode, decode_noticing, detect

FRENCH = "<html><head><title>Économie</title></head><p>Les réserves en eau ont augmenté à l’été, près de Fès.</p>"
ARABIC = "<html><head><title>اقتصاد</title></head><p>أعلنت الوزارة اليوم عن نتائج الدورة الجديدة من البرنامج.</p>"
RUSSIAN = "<html lang='ru'><p>Сегодня министр рассказал о новых мерах поддержки сельских школ.</p>"


@pytest.mark.parametrize(
    ("text", "encoding", "header"),
    [
        (FRENCH, "utf-8", None),
        (FRENCH, "utf-8", "text/html"),
        (FRENCH, "utf-8", "text/html; charset=iso-8859-1"),  # declared Latin-1, is UTF-8
        (FRENCH, "cp1252", None),
        (FRENCH, "cp1252", "text/html; charset=UTF-8"),  # declared UTF-8, is not
        (FRENCH, "cp1252", "text/html; charset=ISO-8859-1"),  # browsers read Latin-1 as windows-1252
        (FRENCH, "cp1252", "text/html; charset=no-such-thing"),
        (ARABIC, "utf-8", None),
        (ARABIC, "cp1256", None),
        (ARABIC, "cp1256", "text/html; charset=windows-1256"),
        (ARABIC, "cp1256", "text/html; charset=utf-8"),
        (RUSSIAN, "cp1251", None),
        (RUSSIAN, "cp1251", "text/html; charset=utf-8"),
    ],
)
def test_text_survives(text: str, encoding: str, header: str | None) -> None:
    assert decode(text.encode(encoding), header) == (text, encoding)


@pytest.mark.parametrize("name", ["utf-8", "utf-16-le", "utf-16-be"])
def test_byte_order_mark_wins_over_the_header(name: str) -> None:
    bom = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}[name]
    assert decode(bom + FRENCH.encode(name), "text/html; charset=windows-1256") == (FRENCH, name)


def test_meta_is_believed_when_nothing_else_speaks() -> None:
    page = '<meta charset="windows-1251"><p>Привет, мир и люди</p>'
    assert decode(page.encode("cp1251")) == (page, "cp1251")


def test_a_page_cut_in_the_middle_of_a_character_is_still_utf8() -> None:
    assert detect(ARABIC.encode()[:-20]) == "utf-8"
    assert detect(("é" * 400).encode()[:-1], "text/html; charset=utf-8") == "utf-8"


def test_a_single_character_of_another_encoding_is_that_encodings() -> None:
    page = "<p>Fes, Meknes et Rabat, 20\xa0%.</p>"
    assert decode(page.encode("cp1252"), "text/html; charset=windows-1252") == (page, "cp1252")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_what_the_page_itself_writes_as_undecodable_is_no_fault_of_its_bytes(encoding: str) -> None:
    page = "<p>Près de F\ufffds, les réserves ont augmenté.</p>".encode(encoding)
    assert decode_noticing(page, f"text/html; charset={encoding}").flags == ()
    broken = b"<p>Pr\xc3\xa8s de F\xc3\xa8s</p>" * 9 + b"<p>F\xffs</p>"
    assert decode_noticing(broken).flags == ("undecodable",)


@pytest.mark.parametrize("data", [b"", b"\x00\x00\x00", b"\xff", bytes(range(256)) * 40])
def test_any_bytes_are_decoded(data: bytes) -> None:
    text, name = decode(data)
    assert isinstance(text, str)
    assert "\x00" not in text
    codecs.lookup(name)


@pytest.mark.parametrize("header", ["text/html; charset=iso-8859-1", "text/html; charset=windows-1252", None])
def test_what_is_not_ascii_is_looked_for_behind_a_long_ascii_head(header: str | None) -> None:
    page = f'<meta charset="iso-8859-1"><script>{"x" * 250_000}</script><p>Fès – « Le pont de l’oued »</p>'
    assert decode(page.encode(), header) == (page, "utf-8")
