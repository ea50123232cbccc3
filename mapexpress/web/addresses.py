"""Addresses: one form for each, when two of them are the same article, and which canonical is believed.

What is only tracking, a session or a twin for another device is data (`web/addresses.toml`).
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import deque
from contextlib import suppress
from functools import lru_cache
from importlib import resources
from urllib.parse import quote, urlsplit, urlunsplit

from mapexpress.text.characters import normalize

_RULES = tomllib.loads(resources.files("mapexpress.web").joinpath("addresses.toml").read_text("utf-8"))
_TRACKING = frozenset(_RULES["query"]["tracking"])
_SESSIONS = frozenset(_RULES["query"]["session"])
_TRACKING_PREFIXES = tuple(_RULES["query"]["tracking_prefixes"])
_TWINS = frozenset(_RULES["query"]["twin"])
_TWIN_VALUES = frozenset(_RULES["query"]["twin_values"])
_SWITCHES = frozenset(_RULES["query"]["switches"])
_INDEX_FILES = frozenset(_RULES["path"]["index_files"])
_TWIN_SEGMENTS = frozenset(_RULES["path"]["twin_segments"])
_TWIN_LABELS = frozenset(_RULES["host"]["twin_labels"])

DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-zA-Z0-9._-]+")
_CONTROL = re.compile(r"[\x00-\x20\x7f\ud800-\udfff]+")  # what no address has: controls, blanks, lone surrogates
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "%/:@!$&'()*+,;=-._~|"
_QUERY_SAFE = "%/:@!$'()*+,;?-._~|[]"
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*", re.IGNORECASE)
_AMP_FILE = re.compile(r"\.amp(?=\.html?$|$)", re.IGNORECASE)
# an article's own name: several words, or a number of five digits or more (identifiers; four digits are a year)
# (the look-behind gives one start a run: without it a long run is tried from each of its characters)
SLUG = re.compile(r"(?<![^-_])[^-_]{2,}[-_][^-_]|\d{5,}")
_DATE_IN_PATH = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])(?:[/-](0?[1-9]|[12]\d|3[01]))?(?=[/-]|$)")
# What most links of most pages are: nothing to lower, decode, sort or leave out. Such an address is its own canonical
# form unless its first or last segment says that it is a twin or an index file.
_PLAIN = re.compile(
    r"https?://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?P<path>(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*)(?P<slash>/?)"
)
# Default documents that answer by a query: the server may have another one (`/` is then not `/index.php`)
_SCRIPT = re.compile(r"(?<=/)(?:index\.(?:php|aspx?|jsp)|default\.aspx?)$", re.IGNORECASE)
_SESSION_VALUE = re.compile(r"[0-9A-Za-z,_-]{16,}")  # `sid=12` is a story of PHP-Nuke, a session is long and random


def canonicalize(url: str) -> str:
    """One spelling of an address that is fetched and stored; idempotent, and never another page's.

    Lower-case scheme and host (IDNA), no default port, no fragment, no user; NFC and upper-case percent-encoding,
    nothing encoded that need not be; dot segments, double slashes and directory indexes gone, but a script that a query
    is for stays; tracking and session parameters gone, the others sorted; AMP and print twins lead to the page itself.
    Scheme, `www.` and the trailing slash stay as they are, for only the server knows them: `identity` folds them. What
    is no http(s) address is given back stripped.

    >>> canonicalize("HTTPS://News.Example:443/a/../b//c/index.html?utm_source=x&b=2&a=1#top")
    'https://news.example/b/c/?a=1&b=2'
    >>> canonicalize("https://news.example/actualité/%d8%a7%D9%84/") == canonicalize(
    ...     "https://news.example/actualite\\u0301/\\u0627\\u0644/")
    True
    >>> canonicalize("https://news.example/2026/06/storm-in-rabat/amp/?amp=1")
    'https://news.example/2026/06/storm-in-rabat/'
    >>> canonicalize("http://news.example?p=12&fbclid=abc")
    'http://news.example/?p=12'
    """
    if (plain := _plain(url)) is not None:
        return url if plain["path"] or plain["slash"] else f"{url}/"
    text = _CONTROL.sub("", url).strip()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # a bracketed host or a port that is no number
        return text
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS or not host:
        return text
    netloc = _ascii_host(host)
    if port is not None and port != DEFAULT_PORTS[scheme]:
        netloc = f"{netloc}:{port}"
    query = _query(parts.query)
    return urlunsplit((scheme, netloc, _path(parts.path, asked=bool(query)), query, ""))


def identity(url: str) -> str:
    """What two addresses of one article have in common: no scheme, no `www.` or `m.`, no trailing slash.

    >>> identity("http://www.news.example/a/b") == identity("https://m.news.example/a/b/?utm_medium=rss")
    True
    >>> identity("https://news.example/?p=1") == identity("https://news.example/?p=2")
    False
    >>> identity("https://news.example/index.php?p=1") == identity("https://news.example/?p=1")
    True
    """
    if (plain := _plain(url)) is not None:
        return _bare_host(plain["host"]) + plain["path"]
    canonical = canonicalize(url)
    try:
        parts = urlsplit(canonical)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # no address at all: its own text
        return canonical
    path = (_SCRIPT.sub("", parts.path) if parts.query else parts.path).rstrip("/")
    host = host_key(parts.hostname or "")
    return f"{host}{port}{path}" + (f"?{parts.query}" if parts.query else "")


def article_id(site_key: str, canonical_url: str) -> str:
    """32 hexadecimal digits, the same on every machine, under http or https, with `www.` or without.

    >>> article_id("mapexpress", "http://news.example/a/") == article_id("mapexpress", "https://www.news.example/a")
    True
    """
    return hashlib.sha256(f"{site_key}\n{identity(canonical_url)}".encode()).hexdigest()[:32]


def host_key(host_or_url: str) -> str:
    """The host of an address (or a bare host) without the labels that serve the same pages; no port.

    >>> host_key("https://WWW.News.example:8080/x"), host_key("m.news.example"), host_key("m.ma")
    ('news.example', 'news.example', 'm.ma')
    """
    return _bare_host(_host_of(host_or_url) if "/" in host_or_url else _ascii_host(host_or_url.partition(":")[0]))


@lru_cache(maxsize=4096)
def _bare_host(host: str) -> str:
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in _TWIN_LABELS:
        labels = labels[1:]
    return ".".join(labels)


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are on one host, `www.` and the like aside; ports count.

    >>> same_site("http://www.news.example/", "https://news.example/a"), same_site("http://a.example", "http://b.example")
    (True, False)
    """
    return host_and_port(one) == host_and_port(other)


def is_twin_host(url: str) -> bool:
    """Whether an address is on a host for small devices, whose pages may differ from the site's own.

    >>> is_twin_host("https://amp.news.example/a"), is_twin_host("https://www.news.example/a")
    (True, False)
    """
    labels = _host_of(url).split(".")
    return len(labels) > 2 and labels[0] in _TWIN_LABELS and labels[0] != "www"


def is_address(url: str) -> bool:
    """Whether a text can be taken apart as an address at all: pages hold links such as `http://[preferences]/`.

    >>> is_address("https://news.example/"), is_address("a/b.html"), is_address("http://[preferences]/")
    (True, True, False)
    >>> is_address("http:s//news.example/")
    False
    """
    if _PLAIN.fullmatch(url):
        return True
    try:
        parts = urlsplit(_CONTROL.sub("", url))
        return (parts.port is None or parts.port >= 0) and (bool(parts.hostname) or parts.scheme not in DEFAULT_PORTS)
    except ValueError:
        return False


def is_index_file(name: str) -> bool:
    """Whether the last segment of a path is a web server's default document.

    >>> is_index_file("index.html"), is_index_file("story.html")
    (True, False)
    """
    return name.lower() in _INDEX_FILES


def day_in_path(url: str) -> str | None:
    """The date written in an address (`YYYY-MM-DD`, or `YYYY-MM`): a hint, never data.

    >>> day_in_path("https://news.example/2026/6/1/storm/"), day_in_path("https://news.example/2026/06/storm")
    ('2026-06-01', '2026-06')
    """
    try:
        found = _DATE_IN_PATH.search(urlsplit(url).path)
    except ValueError:
        return None
    if not found:
        return None
    year, month, day = found.groups()
    return f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")


@lru_cache(maxsize=4096)
def _ascii_host(host: str) -> str:
    host = host.lower().rstrip(".")
    if host.isascii():
        return f"[{host}]" if ":" in host else host
    with suppress(UnicodeError):
        # nameprep makes a blank and a mark of letters such as U+02DB: what no host has is no host's spelling
        if _HOST.fullmatch(spelled := host.encode("idna").decode("ascii").rstrip(".")):
            return spelled
    return quote(host, safe="", errors="replace").lower()


def _host_of(url: str) -> str:
    try:
        return _ascii_host(urlsplit(url if "//" in url else f"//{url}").hostname or "")
    except ValueError:
        return ""


def host_and_port(url: str) -> str:
    """What addresses of one site have in common: `host_key`, and the port where it is not the scheme's own.

    >>> host_and_port("https://www.news.example/a"), host_and_port("http://127.0.0.1:8000/")
    ('news.example', '127.0.0.1:8000')
    """
    if plain := _PLAIN.fullmatch(url):
        return _bare_host(plain["host"])
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    key = host_key(url)
    return f"{key}:{port}" if port and port != DEFAULT_PORTS.get(parts.scheme.lower()) else key


def _plain(url: str) -> re.Match[str] | None:
    """The parts of an address that has nothing to change; None for every other."""
    found = _PLAIN.fullmatch(url)
    if found is None or not found["path"]:
        return found
    segments = found["path"].lower().split("/")
    last = segments[-1]
    if segments[1] in _TWIN_SEGMENTS or last in _TWIN_SEGMENTS or last in _INDEX_FILES or ".amp" in last:
        return None
    return found


def _encode(text: str, safe: str) -> str:
    """Decode what need not be encoded, encode the rest as UTF-8, NFC, upper-case hexadecimal.

    Sequences that are UTF-8 are decoded before composing, so raw and encoded slugs become one; other bytes
    (a windows-1256 slug, say) keep their encoding.
    """
    text = _STRAY.sub("%25", text)  # before anything is decoded that would be its digits
    text = _PERCENT.sub(lambda m: chr(int(m[1], 16)) if chr(int(m[1], 16)) in _UNRESERVED else f"%{m[1].upper()}", text)
    decoded = re.sub(r"(?:%[89A-F][0-9A-F])+", _decode_utf8, text)
    composed = _STRAY.sub("%25", normalize("NFC", decoded))  # composing may have taken a digit
    return quote(composed, safe=safe)


def _decode_utf8(found: re.Match[str]) -> str:
    try:
        text = bytes.fromhex(found[0].replace("%", "")).decode("utf-8")
    except UnicodeDecodeError:
        return found[0].upper()
    # white space and controls beyond ASCII stay encoded: `strip` and the like would eat them
    return text if text.isprintable() and not any(c.isspace() for c in text) else found[0].upper()


def _path(path: str, *, asked: bool) -> str:
    path = _SESSION_IN_PATH.sub("", path)
    out: list[str] = []
    segments = _encode(path, _PATH_SAFE).split("/")
    for segment in segments:
        if segment == "..":
            del out[-1:]
        elif segment not in ("", "."):
            out.append(segment)
    slash = segments[-1] in ("", ".", "..") if segments else True
    left = deque(out)
    changed = True
    while changed:  # `/a-b/amp/index.html` takes two steps
        changed = _drop_twin(left)
        if left and left[-1].lower() in _INDEX_FILES and not (asked and _SCRIPT.search(f"/{left[-1]}")):
            left.pop()
            slash = changed = True
    return "/" + "/".join(left) + ("/" if slash and left else "")


def _drop_twin(segments: deque[str]) -> bool:
    """Take off what says that an address is another's twin, and say whether anything did; each step is a short one."""
    before = len(segments)
    if before > 1 and segments[-1].lower() in _TWIN_SEGMENTS and _is_slug(segments[-2]):
        segments.pop()
    if len(segments) > 1 and segments[0].lower() in _TWIN_SEGMENTS and _is_slug(segments[-1]):
        segments.popleft()
    if segments and ".amp" in segments[-1].lower() and _is_slug(segments[-1]):
        last = segments.pop()
        bare = _AMP_FILE.sub("", last)
        if bare:
            segments.append(bare)
        return bare != last or len(segments) < before
    return len(segments) < before


@lru_cache(maxsize=64)  # a step that changes the first segment asks of the last again
def _is_slug(segment: str) -> bool:
    return SLUG.search(segment) is not None


def _query(query: str) -> str:
    if not query:
        return ""
    kept: list[str] = []
    for pair in query.split("&"):
        if not pair:
            continue
        name, equals, value = pair.partition("=")
        name, value = _encode(name, _QUERY_SAFE), _encode(value, _QUERY_SAFE + "=")  # what is compared is spelt one way
        key = name.lower()
        if key in _TRACKING or key.startswith(_TRACKING_PREFIXES):
            continue
        if key in _SESSIONS and _SESSION_VALUE.fullmatch(value):
            continue
        if (key in _TWINS and value.lower() in _TWIN_VALUES) or (key in _SWITCHES and value in ("", "0", "1")):
            continue
        kept.append(name + equals + value)
    return "&".join(sorted(kept))
