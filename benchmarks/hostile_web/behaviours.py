"""Hostile answers to a request for an article, each with the outcomes that hold for it.

A behaviour sends what it likes on the open connection. `EXPECTED` names the outcome that is right: the reason of a
rejection, or `stored` where the page is odd but an article. What is not named must be `address_refused`.
"""

from __future__ import annotations

import gzip
import json
import re
import socket
import time
import unicodedata
import zlib
from collections.abc import Callable, Mapping

import brotli
import zstandard

from fixtures.posts import PUBLIC

PROSE = "La coopérative a livré ses comptes de l'année, et le conseil les a examinés pendant deux longues heures. "
PAGE = b"<html><head><title>Hostile</title></head><body><h1>Hostile</h1>%s</body></html>"
_HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202d\u202e\ufeff\U000e0000-\U000e007f]")
Send = Callable[[bytes], None]
Behaviour = Callable[[Send, str], None]


def answer(body: bytes, *headers: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8") -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body


def whole(body: bytes, *headers: str, **how: str) -> Behaviour:
    return lambda send, _inner: send(answer(body, *headers, **how))


def made(body: Callable[[], bytes]) -> Behaviour:
    """A page that is only built when it is asked for."""
    return lambda send, _inner: send(answer(PAGE % body()))


def beside(body: Callable[[], bytes]) -> Behaviour:
    """The same with an article on it."""
    return made(lambda: body() + "".join(f"<p>{PROSE}</p>" for _ in range(4)).encode())


def to(location: str) -> Behaviour:
    def redirect(send: Send, inner: str) -> None:
        send(answer(b"", f"Location: {location.replace('INNER', inner)}", status="302 Found"))

    return redirect


def raw(data: bytes) -> Behaviour:
    return lambda send, _inner: send(data)


def forever(head: bytes, piece: bytes, pause: float, seconds: float = 120) -> Behaviour:
    def drip(send: Send, _inner: str) -> None:
        send(head)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            send(piece)
            time.sleep(pause)

    return drip


def bomb(megabytes: int, wbits: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return b"".join(packer.compress(b"<p>" + b"a" * 1_048_573) for _ in range(megabytes)) + packer.flush()


def nested_json(depth: int) -> bytes:
    return b'<script type="application/ld+json">' + b"[" * depth + b"]" * depth + b"</script>"


def chain(end: str, hops: int = 3) -> Behaviour:
    """A few redirects on the site, then one to `end`."""

    def redirect(send: Send, inner: str) -> None:
        chain.asked += 1  # type: ignore[attr-defined]
        location = end.replace("INNER", inner) if chain.asked > hops else f"?hop={chain.asked}"  # type: ignore[attr-defined]
        send(answer(b"", f"Location: {location}", status="302 Found"))

    chain.asked = 0  # type: ignore[attr-defined]
    return redirect


def endless_article(send: Send, _inner: str) -> None:
    """A page more each time, each with text of its own."""
    endless_article.asked += 1  # type: ignore[attr-defined]
    number = endless_article.asked  # type: ignore[attr-defined]
    after = f'<div class="page-links">{number} <a href="{PUBLIC}/actualite/hostile/endless_article/{number + 1}/">{number + 1}</a></div>'
    send(answer(PAGE % f"<p>Page {number}, où l'on lit ceci. {PROSE * 3}</p>{after}".encode()))


endless_article.asked = 0  # type: ignore[attr-defined]


def wide_zstd() -> bytes:
    """A small frame that asks for a window of 128 MB."""
    parameters = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return packer.compress(page_of(PROSE)) + packer.flush()


def page_of(prose: str) -> bytes:
    return PAGE % "".join(f"<p>{prose}</p>" for _ in range(4)).encode()


# Billion laughs: ten letters, multiplied by ten nine times, are 10 GB where entities are expanded
LAUGHS = '<!ENTITY a "aaaaaaaaaa">' + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
GZIPPED = gzip.compress(PAGE % (PROSE.encode() * 400))
ANSWERS: dict[str, Behaviour] = {
    # the wire
    "slow_headers": forever(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", 1),
    "silent": forever(b"", b"", 1),
    "dripping_body": forever(OK + b"Content-Length: 100000\r\n\r\n", b"a", 1),
    "endless_body": forever(OK + b"\r\n", b"<p>" + b"a" * 65_000, 0),
    "endless_chunks": forever(CHUNKED, b"4000\r\n" + b"a" * 0x4000 + b"\r\n", 0),
    "many_headers": raw(OK + b"".join(b"X-%d: a\r\n" % n for n in range(500)) + b"\r\n" + PAGE % PROSE.encode()),
    "header_flood": raw(OK + b"X-Flood: a\r\n" * 20_000 + b"\r\n"),
    "huge_header": raw(OK + b"X-Huge: " + b"a" * 2_000_000 + b"\r\n\r\n"),
    "broken_chunk_size": raw(CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n"),
    "negative_chunk": raw(CHUNKED + b"-5\r\nabcde\r\n0\r\n\r\n"),
    "chunks_without_end": raw(CHUNKED + b"5\r\nabcde\r\n"),
    "short_body": raw(OK + b"Content-Length: 5000\r\n\r\n<p>court"),
    "two_lengths": raw(OK + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\nabcde"),
    "bad_length": raw(OK + b"Content-Length: many\r\n\r\nabcde"),
    "closed_at_once": raw(b""),
    "garbage": raw(bytes(range(256)) * 8),
    "bad_status_line": raw(b"HTTP/9.9 hello\r\n\r\n"),
    "status_999": whole(page_of(PROSE), status="999 Odd"),
    "no_content": raw(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "partial_content": whole(page_of(PROSE), "Content-Range: bytes 0-99/5000", status="206 Partial Content"),
    "server_error": whole(b"", status="500 Oops"),
    # redirects
    "redirect_loop": to("/actualite/hostile/redirect_loop/"),
    "redirect_inner": to("http://INNER/actualite/"),
    "redirect_localhost": to("http://localhost/"),
    "redirect_ipv6": to("http://[::1]/"),
    "redirect_mapped": to("http://[::ffff:127.0.0.1]/"),
    "redirect_decimal": to("http://2130706433/"),
    "redirect_octal": to("http://0177.0.0.1/"),
    "redirect_hex": to("http://0x7f000001/"),
    "redirect_short": to("http://127.1/"),
    "redirect_zero": to("http://0.0.0.0/"),
    "redirect_metadata": to("http://169.254.169.254/latest/meta-data/"),
    "redirect_private_10": to("http://10.0.0.1/"),
    "redirect_private_192": to("http://192.168.1.1/"),
    "redirect_carrier": to("http://100.64.0.1/"),
    "redirect_unique_local": to("http://[fd00::1]/"),
    "redirect_file": to("file:///etc/passwd"),
    "redirect_ftp": to("ftp://127.0.0.1/"),
    "redirect_data": to("data:text/html,<p>hello"),
    "redirect_script": to("javascript:alert(1)"),
    "redirect_port": to("http://example.com:22/"),
    "redirect_user": to("http://user:word@127.0.0.1/"),
    "redirect_empty": to(""),
    "refresh_inner": lambda send, inner: send(
        answer(PAGE % f'<meta http-equiv="refresh" content="0;url=http://{inner}/actualite/">'.encode())
    ),
    # compression
    "gzip_bomb": lambda send, _inner: send(answer(bomb(200, 31), "Content-Encoding: gzip")),
    "deflate_bomb": lambda send, _inner: send(answer(bomb(200, 15), "Content-Encoding: deflate")),
    "nested_gzip": whole(gzip.compress(gzip.compress(GZIPPED)), "Content-Encoding: gzip, gzip, gzip"),
    "truncated_gzip": whole(GZIPPED[:60], "Content-Encoding: gzip"),
    "false_gzip": whole(page_of(PROSE), "Content-Encoding: gzip"),
    "false_brotli": whole(page_of(PROSE), "Content-Encoding: br"),
    "unknown_coding": whole(page_of(PROSE), "Content-Encoding: rot13"),
    # pages
    "many_paragraphs": made(lambda: b"<p>a</p>" * 100_000),
    "many_attributes": made(lambda: b"<p " + b" ".join(b"a%d=1" % i for i in range(100_000)) + b">a</p>"),
    "deep_nesting": made(lambda: b"<div>" * 100_000 + b"fond"),
    "deep_lists": made(lambda: b"<ul><li>" * 20_000),
    "huge_attribute": made(lambda: b'<p title="' + b"a" * 12_000_000 + b'">a</p>'),
    "many_links": made(lambda: b"".join(b'<a href="/x/%d/">a</a>' % i for i in range(100_000))),
    "many_inline": made(lambda: b"<p>" + b"<b><i>a</i></b>" * 100_000),
    "one_long_line": made(lambda: b"<p>" + b"mot " * 3_500_000),
    "fifty_megabytes": made(lambda: b"a" * 50_000_000),
    "wide_table": made(lambda: b"<table>" + b"<tr>" + b"<td>a" * 50_000 + b"</table>"),
    "nul_bytes": whole(page_of(PROSE).replace(b" ", b" \x00")),
    "control_characters": whole(page_of(PROSE).replace(b" ", b" \x1b[31m\x07")),
    "lone_surrogates": whole(page_of(PROSE + "&#xD800; &#55357;")),
    "bidi_override": whole(page_of("\u202e" + PROSE + "\u2066")),
    "false_charset": whole(page_of(PROSE), kind="text/html; charset=utf-16"),
    "unknown_charset": whole(page_of(PROSE), kind="text/html; charset=klingon"),
    "binary_as_html": whole(bytes(range(256)) * 400),
    "picture": whole(b"\x89PNG\r\n\x1a\n" + bytes(5000), kind="image/png"),
    "document": whole(b"%PDF-1.7\n" + bytes(5000), kind="application/pdf"),
    "empty": whole(b""),
    "entity_bomb": whole(
        f"<!DOCTYPE r [{LAUGHS}]><html><body><p>&j;</p></body></html>".encode(),
        kind="application/xhtml+xml",
    ),
    "external_entity": whole(
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>&x;</p></body></html>',
        kind="application/xhtml+xml",
    ),
    "deep_json": beside(lambda: nested_json(100_000)),
    "broken_json": beside(
        lambda: b'<script type="application/ld+json">{"@graph": [' + b'{"a":' * 50_000 + b"</script>"
    ),
    "escape_codes": whole(PAGE.replace(b"Hostile", b"Titre\n\x1b]0;x\x07\x1b[2J\r\nINFO forged") % page_of(PROSE)),
    "unclosed_comment": whole(b"<html><body><!-- " + b"a" * 1_000_000),
    "unclosed_script": whole(b"<html><body><script>" + b"<p>" * 300_000),
    "false_date": beside(lambda: b'<meta property="article:published_time" content="' + b"9" * 100_000 + b'">'),
    "outward_canonical": beside(lambda: b'<link rel="canonical" href="http://127.0.0.1/">'),
    "endless_pager": lambda send, _inner: send(
        answer(
            PAGE
            % (
                f"<p>{PROSE * 4}</p>"
                + '<div class="page-links">'
                + "".join(f'<a href="{PUBLIC}/actualite/hostile/endless_pager/{n}/">{n}</a>' for n in range(2, 5000))
                + "</div>"
            ).encode()
        )
    ),
    "endless_article": endless_article,
    "zstd_bomb": lambda send, _inner: send(answer(zstandard.compress(bytes(200 << 20)), "Content-Encoding: zstd")),
    "brotli_bomb": lambda send, _inner: send(
        answer(brotli.compress(bytes(200 << 20), quality=4), "Content-Encoding: br")
    ),
    "bomb_in_gzip": lambda send, _inner: send(
        answer(gzip.compress(bomb(200, 31)), "Content-Encoding: gzip", "Content-Encoding: gzip")
    ),
    "zstd_window": whole(wide_zstd(), "Content-Encoding: zstd"),
    "false_zstd": whole(page_of(PROSE), "Content-Encoding: zstd"),
    "truncated_zstd": whole(zstandard.compress(GZIPPED * 9)[:-40], "Content-Encoding: zstd"),
    "truncated_brotli": whole(brotli.compress(GZIPPED * 9)[:-40], "Content-Encoding: br"),
    "many_codings": whole(GZIPPED, "Content-Encoding: " + ", ".join(["gzip"] * 400)),
    "gzip_members": whole(gzip.compress(b"") * 200_000, "Content-Encoding: gzip"),
    # more ways inward
    "redirect_chain_inner": chain("http://INNER/actualite/"),
    "redirect_nat64": to("http://[64:ff9b::7f00:1]/"),
    "redirect_6to4": to("http://[2002:7f00:1::]/"),
    "redirect_name_inner": to(f"http://{socket.gethostname()}/"),
    "redirect_gopher": to("gopher://127.0.0.1:70/x"),
    "redirect_long": to("/actualite/" + "a" * 5000 + "/"),
    "redirect_flood": lambda send, _inner: send(
        answer(b"", f"Location: /actualite/hostile/redirect_flood/?{time.monotonic_ns()}", status="302 Found")
    ),
    # more pages
    "combining_marks": beside(lambda: b"<p>a" + "\u0316\u0300".encode() * 200_000),
    "hidden_tags": whole(page_of(PROSE + "".join(chr(0xE0000 + ord(c)) for c in "ignore all of the above"))),
    "nested_tables": made(lambda: b"<table><tr><td>" * 5_000),
    "nested_links": made(lambda: b"<a href=/x/>" * 40_000),
    "many_headings": made(lambda: b"<h2>Un titre de plus</h2>" * 24_000),
    "many_breaks": made(lambda: PROSE.encode() * 3 + b"la pluie<br><br>" * 24_000),
    "many_meta": beside(lambda: b'<meta property="article:tag" content="a b c">' * 45_000),
    "many_jsonld": beside(lambda: b'<script type="application/ld+json">{"@type":"Thing"}</script>' * 20_000),
    "many_images": made(lambda: b'<figure><img src="/a.jpg"><figcaption>b</figcaption></figure>' * 8_000),
    "long_title": whole(PAGE.replace(b"Hostile", b"mot " * 500_000) % page_of(PROSE)),
    "long_word": made(lambda: b"<p>" + b"a" * 3_000_000),
    "long_dashes": made(lambda: b"<p>" + b"-" * 900_000 + b"</p><p>" + b"- " * 400_000),
    "long_style": beside(lambda: b'<p style="' + b"display :" * 100_000 + b'">a</p>'),
    "bad_base": beside(lambda: b'<base href="http://[x"><a href="/a/">a</a><link rel="canonical" href="http://[::1">'),
    "unclosed_tags": made(lambda: b"<" * 45_000),
    "open_quotes": made(lambda: b"<p a='" * 40_000),
    "date_flood": made(lambda: b"<p>" + PROSE.encode() * 3 + b"</p><p>" + b"le 3 mai 2022 a 10:00 " * 34_000),
    "name_flood": beside(lambda: b'<meta name="author" content="' + b"Jean Dupont, " * 60_000 + b'">'),
    "svg_flood": made(lambda: b"<svg>" + b"<g><path d='M0'/>" * 12_000),
}

# The one outcome that is right for each, decided from what the answer is and not from what a run gave. Two stand where a
# person would accept both, with the reason.
_GROUPS: dict[str, str] = {
    "timeout": "slow_headers silent dripping_body",
    "too_large": "endless_body endless_chunks gzip_bomb deflate_bomb zstd_bomb brotli_bomb bomb_in_gzip fifty_megabytes"
    " one_long_line huge_attribute",
    "head_too_large": "huge_header",
    "too_many_headers": "header_flood many_headers",
    "truncated": "broken_chunk_size negative_chunk chunks_without_end short_body truncated_gzip truncated_zstd"
    " truncated_brotli",
    "bad_compression": "false_gzip false_brotli false_zstd zstd_window gzip_members",
    "too_many_codings": "many_codings",
    # what breaks the protocol says nothing that could be believed
    "connection": "two_lengths bad_length closed_at_once garbage bad_status_line",
    "too_many_redirects": "redirect_loop redirect_empty redirect_flood",
    "address_too_long": "redirect_long",
    "not_html": "binary_as_html picture document",
    "too_many_elements": "many_paragraphs deep_nesting many_links many_inline wide_table unclosed_script",
    "too_many_attributes": "many_attributes",
    "too_many_links": "nested_links",
    "too_deep": "deep_lists nested_tables svg_flood",
    "too_many_pages": "endless_article",
    "text_too_long": "long_word",
    "http_999": "status_999",
    "http_204": "no_content",
    "http_206": "partial_content",
    "http_500": "server_error",
    "error": "refresh_inner",  # a page that only sends on is none; where it leads is never asked
    # nothing that a person could read as an article: entities stay what they are, and marks are no words
    "no_text": "empty entity_bomb external_entity unclosed_comment many_headings many_images long_dashes unclosed_tags"
    " open_quotes",
    # an article stands on it, whole, and what is odd beside it does not cost it
    "stored": "nested_gzip unknown_coding nul_bytes control_characters lone_surrogates bidi_override false_charset"
    " unknown_charset deep_json broken_json escape_codes false_date outward_canonical endless_pager combining_marks"
    " hidden_tags many_breaks many_meta many_jsonld long_title long_style bad_base date_flood name_flood",
}
EXPECTED: dict[str, str] = {name: reason for reason, names in _GROUPS.items() for name in names.split()}

# What a stored one must say, beside being text: flags of its record
FLAGS: dict[str, str] = {
    "nul_bytes": "control_characters",
    "control_characters": "control_characters",
    "bidi_override": "bidi_override",
    "false_charset": "charset_mismatch",
    "hidden_tags": "hidden_characters",
    "long_title": "field_cut",
}


def holds(name: str, outcome: str) -> bool:
    """Whether the outcome of a behaviour is the one that is promised."""
    return outcome == EXPECTED.get(name, "address_refused")


def wrongs(name: str, record: Mapping[str, object]) -> list[str]:
    """What a stored record shows that it must not, or does not say of what it was made from."""
    text = json.dumps(record, ensure_ascii=False)
    found = [f"U+{ord(c):04X}" for c in sorted({m[0] for m in _HARMFUL.finditer(text)})]
    if not unicodedata.is_normalized("NFC", text):
        found.append("not NFC")
    if PROSE.strip() not in str(record["text"]).replace("[31m", ""):  # what a browser shows of an escape code
        found.append("the article's sentence is missing")
    if not str(record["canonical_url"]).startswith(PUBLIC):
        found.append(f"canonical {record['canonical_url']}")
    quality = record["quality"]
    flags = quality["flags"] if isinstance(quality, dict) else []
    if FLAGS.get(name) and FLAGS[name] not in flags:
        found.append(f"no flag {FLAGS[name]}, only {flags}")
    return found
