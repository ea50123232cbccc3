"""Crawl a healthy site among hostile pages: `python benchmarks/hostile.py [--only NAME,…] [--timeout SECONDS]`.

One site has healthy articles and one article address for each hostile behaviour, all listed side by side. Held to:
every healthy article stored, the run ends by itself, peak memory under 400 MB, no request to an inner server, and
each hostile address has an outcome with its reason. Exit status 1 when one of these does not hold.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from fixtures.posts import PUBLIC, Post  # noqa: E402  the path is set above
from fixtures.scale import NEWEST, scaled_posts  # noqa: E402
from fixtures.server import SiteServer, serve  # noqa: E402
from fixtures.website import Website  # noqa: E402

HEALTHY = 20
MEMORY_LIMIT = 400  # MB, DESIGN's limit under attack
PROSE = "La coopérative a livré ses comptes de l'année, et le conseil les a examinés pendant deux longues heures. "
PAGE = b"<html><head><title>Hostile</title></head><body><h1>Hostile</h1>%s</body></html>"
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
    return lambda send, inner: send(answer(body, *headers, **how))


def made(body: Callable[[], bytes]) -> Behaviour:
    """A page that is only built when it is asked for."""
    return lambda send, inner: send(answer(PAGE % body()))


def to(location: str) -> Behaviour:
    def redirect(send: Send, inner: str) -> None:
        send(answer(b"", f"Location: {location.replace('INNER', inner)}", status="302 Found"))

    return redirect


def raw(data: bytes) -> Behaviour:
    return lambda send, inner: send(data)


def forever(head: bytes, piece: bytes, pause: float, seconds: float = 60) -> Behaviour:
    def drip(send: Send, inner: str) -> None:
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


def page_of(prose: str) -> bytes:
    return PAGE % "".join(f"<p>{prose}</p>" for _ in range(4)).encode()


# Billion laughs: ten letters, multiplied by ten nine times, are 10 GB where entities are expanded
LAUGHS = '<!ENTITY a "aaaaaaaaaa">' + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
GZIPPED = gzip.compress(PAGE % (PROSE.encode() * 400))
BEHAVIOURS: dict[str, Behaviour] = {
    # the wire
    "slow_headers": forever(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", 1),
    "silent": forever(b"", b"", 1),
    "dripping_body": forever(OK + b"Content-Length: 100000\r\n\r\n", b"a", 1),
    "endless_body": forever(OK + b"\r\n", b"<p>" + b"a" * 65_000, 0),
    "endless_chunks": forever(CHUNKED, b"4000\r\n" + b"a" * 0x4000 + b"\r\n", 0),
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
    "gzip_bomb": lambda send, inner: send(answer(bomb(200, 31), "Content-Encoding: gzip")),
    "deflate_bomb": lambda send, inner: send(answer(bomb(200, 15), "Content-Encoding: deflate")),
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
    "deep_json": made(lambda: nested_json(100_000)),
    "broken_json": made(lambda: b'<script type="application/ld+json">{"@graph": [' + b'{"a":' * 50_000 + b"</script>"),
    "escape_codes": whole(PAGE.replace(b"Hostile", b"Titre\n\x1b]0;x\x07\x1b[2J\r\nINFO forged") % page_of(PROSE)),
    "unclosed_comment": whole(b"<html><body><!-- " + b"a" * 1_000_000),
    "unclosed_script": whole(b"<html><body><script>" + b"<p>" * 300_000),
    "false_date": made(lambda: b'<meta property="article:published_time" content="' + b"9" * 100_000 + b'">'),
    "outward_canonical": made(lambda: b'<link rel="canonical" href="http://127.0.0.1/"><p>a</p>'),
    "endless_pager": lambda send, inner: send(
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
}
SITEMAPS = {
    "itself": f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{PUBLIC}/hostile-itself.xml'
    "</loc></sitemap></sitemapindex>",
    "inner": '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>file:///etc/passwd</loc></url>'
    "<url><loc>http://127.0.0.1:1/actualite/sports/un-article-interieur/</loc></url></urlset>",
    "entities": f"<!DOCTYPE r [{LAUGHS}]><urlset><url><loc>&j;</loc></url></urlset>",
    "broken": "<urlset><url><loc>" + "a" * 100_000,
}


def hostile_posts(names: list[str]) -> list[Post]:
    """One listed address for each behaviour, between the healthy ones."""
    return [
        Post(
            name=name,
            id=200_000 + n,
            path=f"/actualite/hostile/{name}/",
            title=f"Une dépêche hostile, la {n}e de sa série : {name}",
            published=NEWEST - timedelta(minutes=40 * (n % HEALTHY) + 7),
            theme="wordpress",
            section="sports",
            body=f"<p>{PROSE}</p>",
        )
        for n, name in enumerate(names)
    ]


def arm(server: SiteServer, names: list[str], inner: str) -> None:
    """Put the hostile behaviours before the site's own answers."""
    plain = server.httpd.RequestHandlerClass.do_GET

    def do_get(handler: object) -> None:
        path = handler.path  # type: ignore[attr-defined]
        parts = path.strip("/").split("/")
        body = ""
        if path == "/robots.txt":
            body = "User-agent: *\nDisallow:\n" + "".join(
                f"Sitemap: {PUBLIC}/hostile-{name}.xml\n" for name in SITEMAPS
            )
            body += f"Sitemap: {PUBLIC}/sitemap_index.xml\n"
        elif path.startswith("/hostile-"):
            body = SITEMAPS.get(path.removeprefix("/hostile-").removesuffix(".xml"), "")
        write = handler.wfile.write  # type: ignore[attr-defined]
        with suppress(OSError):
            if body:
                write(answer(body.encode(), kind="text/plain" if path == "/robots.txt" else "text/xml"))
            elif parts[:2] == ["actualite", "hostile"] and len(parts) > 2 and parts[2] in names:
                BEHAVIOURS[parts[2]](write, inner)
            else:
                plain(handler)
                return
        handler.close_connection = True  # type: ignore[attr-defined]

    server.httpd.RequestHandlerClass.do_GET = do_get  # type: ignore[attr-defined]


def crawl(server: SiteServer, data: Path, timeout: float) -> tuple[int | None, float, float, str]:
    """Exit status (None: had to be ended), seconds, peak memory in MB, last lines of the log."""
    settings = {
        "MAPEXPRESS_DATA": str(data),
        "MAPEXPRESS_ALLOW_HOSTS": server.host,
        "DOWNLOAD_DELAY": "0",
        "AUTOTHROTTLE_ENABLED": "0",
        "DOWNLOAD_TIMEOUT": "4",  # short, so that slow servers cost little; the shipped default is longer
        "RETRY_TIMES": "0",
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "scrapy", "crawl", "mapexpress", "-a", f"base_url={server.url}"]
    command += ["-a", "lang=fr", "-a", "since=all"]
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    start, peak = time.monotonic(), 0.0
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        while process.poll() is None and time.monotonic() - start < timeout:
            peak = max(peak, _memory(process.pid))
            time.sleep(0.05)
        ended = process.poll()
        if ended is None:
            process.kill()
            process.wait()
        log.seek(0)
        tail = log.read()[-3000:]
    return ended, time.monotonic() - start, peak, tail


def _memory(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def stored_lines(data: Path, pattern: str) -> Iterator[dict[str, object]]:
    for part in sorted(data.glob(pattern)):
        with gzip.open(part, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Crawl a healthy site among hostile pages.")
    parser.add_argument("--only", help="names of behaviours, separated by commas")
    parser.add_argument("--timeout", type=float, default=420, help="seconds after which the run counts as hung")
    options = parser.parse_args()
    names = options.only.split(",") if options.only else list(BEHAVIOURS)
    healthy = scaled_posts(HEALTHY)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Website(scaled_posts(2))) as inner,
        serve(Website([*healthy, *hostile_posts(names)])) as server,
    ):
        arm(server, names, inner.host)
        data = Path(folder)
        status, seconds, peak, log = crawl(server, data, options.timeout)
        records = {str(r["url"]) for r in stored_lines(data, "dataset/*/*/part-*.jsonl.gz")}
        reasons = {str(r["url"]): str(r["reason"]) for r in stored_lines(data, "sites/*/rejections/**/*.jsonl.gz")}
        reached = len(inner.hits)
    silent = 0
    for name in names:
        url = f"{PUBLIC}/actualite/hostile/{name}/"
        outcome = reasons.get(url) or ("stored" if url in records else "")
        silent += not outcome
        print(f"{name:24} {outcome or '- no outcome'}")
    lost = [p.url for p in healthy if p.url not in records]
    checks = {
        f"run ends by itself (status {status}, {seconds:.0f} s)": status is not None,
        f"healthy articles stored: {len(healthy) - len(lost)} of {len(healthy)}": not lost,
        f"peak memory {peak:.0f} MB, limit {MEMORY_LIMIT}": peak <= MEMORY_LIMIT,
        f"requests to the inner server: {reached}": reached == 0,
        f"hostile addresses with an outcome: {len(names) - silent} of {len(names)}": silent == 0,
    }
    print()
    for text, held in checks.items():
        print(f"{'ok  ' if held else 'FAIL'} {text}")
    if not all(checks.values()):
        print(log, file=sys.stderr)
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
