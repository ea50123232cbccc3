"""Bytes to text as browsers do it, and what they cannot do: see through a declaration that lies.

Order: byte order mark, HTTP header, `<meta>`, then the bytes themselves. A declaration is only believed when the
bytes can be what it says; UTF-8 is recognised by itself, because no other encoding looks like it by chance.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import NamedTuple

from charset_normalizer import from_bytes
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
)

# Fallback by language of the HTML standard ("determining the character encoding", step 9), as Python names them
_BY_LANGUAGE = {
    "ar": "cp1256", "fa": "cp1256", "ur": "cp1256",
    "be": "cp1251", "bg": "cp1251", "kk": "cp1251", "ky": "cp1251", "mk": "cp1251", "ru": "cp1251", "sr": "cp1251",
    "uk": "cp1251", "cs": "cp1250", "hr": "cp1250", "hu": "iso8859-2", "pl": "iso8859-2", "sk": "cp1250",
    "sl": "iso8859-2", "el": "iso8859-7", "et": "cp1257", "lt": "cp1257", "lv": "cp1257", "he": "cp1255",
    "ja": "shift_jis", "ko": "cp949", "th": "cp874", "tr": "cp1254", "ku": "cp1254", "vi": "cp1258",
    "zh": "gb18030", "zh-tw": "big5hkscs", "zh-hk": "big5hkscs",
}  # fmt: skip
_LANG = re.compile(rb"<html\b[^<>]{0,2000}?\blang\s*=\s*[\"']?([A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?)", re.I)
_HIGH = re.compile(rb"[\x80-\xff]+")
_TAG = re.compile(rb"<[^>]*+(?:>|\Z)")  # or to the end, so that it is looked for once
# What XML forbids: parsers cut the document there, or turn it into U+FFFD and with it words into other words
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CONTROLS = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20)])
# How files begin that are no text, whatever their server calls them (WHATWG MIME Sniffing, section 6)
_FILES = (
    b"%PDF-", b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"PK\x03\x04", b"RIFF", b"\x1f\x8b\x08", b"ID3",
    b"OggS", b"\x1aE\xdf\xa3", b"wOFF", b"wOF2", b"\x00\x00\x01\x00", b"\x7fELF", b"MZ\x90", b"Rar!\x1a\x07",
    b"7z\xbc\xaf",
)  # fmt: skip
# Its "binary data byte"; a page with some of them is still a page, so markup has the last word
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|title|meta|p|div|article)\b", re.IGNORECASE)
_NO_PAGE = re.compile(r"\s*(?:image|video|audio|font|model)/|\s*application/(?:pdf|zip|msword|vnd\.|x-)", re.IGNORECASE)
# Bytes that are looked at: pages announce themselves early, and a whole archive page need not be scanned twice
_SAMPLE = 200_000
# A page cut in the middle of a character or with one pasted line in another encoding is still UTF-8
_BROKEN_SHARE = 0.02
# In scripts of their own (Arabic, Cyrillic, Greek) words are runs of high bytes; in French they stand alone
_OWN_SCRIPT_RUN = 2.5


def detect(data: bytes, content_type: str | None = None) -> str:
    """Name (as Python knows it) of the encoding to decode `data` with; `content_type` is the HTTP header.

    >>> detect("Économie à Rabat".encode("cp1252"), "text/html; charset=utf-8")
    'cp1252'
    >>> detect("الرباط - أعلن اليوم عن نتائج الدورة الجديدة".encode("cp1256"))
    'cp1256'
    >>> detect("الرباط".encode(), "text/html; charset=iso-8859-1")
    'utf-8'
    """
    return _detect(data, _sample(data), content_type)


def _detect(data: bytes, sample: bytes, content_type: str | None) -> str:
    bom, _ = read_bom(data[:4])
    if bom:
        return _python_name(bom)
    high = not sample.isascii()
    utf8 = not high or _looks_like_utf8(sample)
    declared = [name for name in (_header(content_type), _meta(sample)) if name]
    for name in declared:
        if name == "utf-8":
            if utf8 or not high:
                return name
        elif not (utf8 and high) and _decodes(sample, name):
            return name
    if utf8:
        return "utf-8"
    return _sniff(sample)


def _sample(data: bytes) -> bytes:
    """The bytes that tell an encoding: the first ones, and where these are ASCII those from the first other one on."""
    sample = data[:_SAMPLE]
    if sample.isascii() and (first := _HIGH.search(data, _SAMPLE)) is not None:
        return sample + data[first.start() : first.start() + _SAMPLE]
    return sample


def decode(data: bytes, content_type: str | None = None) -> tuple[str, str]:
    """Text of `data` and the encoding's name; what cannot be decoded becomes U+FFFD, control characters are dropped.

    >>> decode(b"<p>Fes\\x03</p>\\x00")
    ('<p>Fes</p>', 'utf-8')
    """
    read = decode_noticing(data, content_type)
    return read.text, read.encoding


class Decoded(NamedTuple):
    """Text, the name of its encoding, and what was wrong with the bytes: flags of a record's `quality`.

    `verbatim` tells that the text in UTF-8 is just these bytes, so that nobody need encode it again.
    """

    text: str
    encoding: str
    flags: tuple[str, ...]
    verbatim: bool = False


def decode_noticing(data: bytes, content_type: str | None = None) -> Decoded:
    """As `decode`, and what a record should say of it.

    `charset_mismatch`: what header or `<meta>` declare is not what the bytes are; `undecodable`: some are U+FFFD now;
    `control_characters`: some were dropped; `content_type`: the header calls it a picture, a film, a font, a document.

    >>> decode_noticing("<p>Fès\\x00</p>".encode(), "image/png; charset=utf-16").flags
    ('charset_mismatch', 'control_characters', 'content_type')
    """
    sample = _sample(data)
    name = _detect(data, sample, content_type)
    text = data.decode(name, "replace").removeprefix("\ufeff")
    flags: list[str] = []
    if not sample.isascii() and any(_contradicts(d, name) for d in (_header(content_type), _meta(sample))):
        flags.append("charset_mismatch")
    if "\ufffd" in text and not _is_whole(data, name):
        flags.append("undecodable")
    if _may_be_invalid(text, data if name == "utf-8" else text.encode("utf-8", "surrogatepass")):
        text = _INVALID.sub("", text)
        flags.append("control_characters")
    if content_type and _NO_PAGE.match(content_type):
        flags.append("content_type")
    changed = {"undecodable", "control_characters"}.intersection(flags) or data.startswith(codecs.BOM_UTF8)
    return Decoded(text, name, tuple(flags), name == "utf-8" and not changed)


def _is_whole(data: bytes, name: str) -> bool:
    """Whether the bytes are what the encoding writes, U+FFFD itself too."""
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _may_be_invalid(text: str, utf8: bytes) -> bool:
    """Whether a text may hold what XML forbids: most hold nothing, which bytes tell several times faster."""
    return len(utf8.translate(None, _CONTROLS)) < len(utf8) or "\ufffe" in text or "\uffff" in text


def is_binary(data: bytes) -> bool:
    """Whether a body is a picture, a document, an archive or noise rather than a page.

    >>> is_binary(b"%PDF-1.7 ..."), is_binary(bytes(range(256))), is_binary(b"<p>Fes\\x00</p>")
    (True, True, False)
    """
    if data.startswith(_FILES):
        return True
    head = data[:4096]
    if read_bom(head[:4])[0] or _MARKUP.search(head) or _MARKUP.search(head.replace(b"\0", b"")):
        return False
    return len(_BINARY.findall(head)) > 0.05 * len(head)


def _header(content_type: str | None) -> str | None:
    name = http_content_type_encoding(content_type) if content_type else None
    return _python_name(name) if name else None


def _contradicts(declared: str | None, name: str) -> bool:
    """Whether a declaration names another encoding; the byte order mark says which UTF-16 "utf-16" is."""
    return declared is not None and declared != name and not name.startswith(f"{declared}-")


def _meta(sample: bytes) -> str | None:
    return _declared_in(sample[:8192])


@lru_cache(maxsize=4)  # asked twice of each page
def _declared_in(start: bytes) -> str | None:
    try:
        name = html_body_declared_encoding(start)
    except (UnicodeError, LookupError):
        return None
    # A page that could be read to find "utf-16" in it is not UTF-16 (HTML standard, prescan)
    return None if name is None else "utf-8" if name.startswith("utf-16") else _python_name(name)


def _python_name(name: str) -> str:
    resolved = resolve_encoding(name) or "utf-8"
    return codecs.lookup(resolved).name


def _looks_like_utf8(sample: bytes) -> bool:
    # a character that the end cuts is left open, not counted as broken
    try:
        codecs.utf_8_decode(sample, "strict", False)
    except UnicodeDecodeError:
        text = codecs.getincrementaldecoder("utf-8")("replace").decode(sample)
    else:
        return True
    broken = text.count("\ufffd") - sample.count(b"\xef\xbf\xbd")
    if broken <= 0:
        return True
    # one broken character among others is a pasted one; the only one of a page is a character of another encoding
    runs = len(_HIGH.findall(sample))
    return (broken == 1 and runs > 2) or broken <= _BROKEN_SHARE * runs


def _decodes(sample: bytes, name: str) -> bool:
    return sample.decode(name, "replace").count("\ufffd") <= max(2, len(sample) // 1000)


def _sniff(sample: bytes) -> str:
    """Neither declared nor UTF-8: the page's language decides, then the look of its words."""
    match = _LANG.search(sample[:8192])
    language = match[1].decode("ascii").lower() if match else ""
    name = _BY_LANGUAGE.get(language) or _BY_LANGUAGE.get(language[:2])
    if name and _decodes(sample, name):
        return name
    high = _HIGH.findall(sample)
    if sum(map(len, high)) < _OWN_SCRIPT_RUN * len(high):
        return "cp1252"
    if _arabic(b"".join(high)):
        return "cp1256"
    best = from_bytes(_TAG.sub(_unclosed, sample)[:20_000]).best()
    return _python_name(best.encoding) if best is not None else "cp1252"


def _unclosed(tag: re.Match[bytes]) -> bytes:
    """What a tag leaves: nothing, or all of what is none because it has no end."""
    return b"" if tag[0].endswith(b">") else tag[0]


def _arabic(high: bytes) -> bool:
    """Whether bytes read as windows-1256 are nearly all Arabic letters, the commonest of them alef and lam.

    In Cyrillic and Greek encodings the same bytes are spread over letters; alef and lam are a quarter of Arabic text.
    """
    text = high.decode("cp1256", "replace")
    letters = sum("\u0621" <= c <= "\u06d3" or c in "\u060c\u061b\u061f\u200c\u200d\u200e\u200f" for c in text)
    return letters > 0.9 * len(text) and (text.count("\u0627") + text.count("\u0644")) > 0.15 * len(text)
