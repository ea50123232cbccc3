"""Who wrote the article: names of persons and agencies, without roles, prefixes and the publisher's own name."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from mapexpress.blocks import Anchor
from mapexpress.extraction.metadata.publisher import site_names
from mapexpress.extraction.metadata.sources import Sources, fold, plain, types_of, words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

META = (
    "author article:author parsely-author sailthru.author dc.creator dcterms.creator dc.contributor byl byline "
    "cxenseparse:author creator citation_author og:article:author authors"
).split()
_NOT_A_NAME = re.compile(r"https?:|www\.|\.(?:com|org|net)\b|[<>{}=]|\d{3}", re.IGNORECASE)
_EMAIL = re.compile(r"[(<\[]?\s*[\w.+-]+@[\w-]+\.[\w.-]+\s*[)>\]]?")
_HANDLE = re.compile(r"(?<!\w)@\w+")
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
# a name of more words is a sentence, a list or a job ("Juan Carlos María de la Cruz Hernández" has seven)
MOST_WORDS = 7
_BYLINE_CLASS = re.compile(r"author|byline|auteur|autor|writer|signature|redact", re.IGNORECASE)
_NO_BYLINE = re.compile(r"bio|avatar|image|photo|comment|related|social|follow|box|more|desc", re.IGNORECASE)
_COMMENT = re.compile(r"(?:^|[\s_-])comments?(?:$|[\s_-])|commentlist|respond", re.IGNORECASE)
_AUTHOR_PATH = re.compile(
    r"/(?:author|auteur|auteurs|authors|autor|autores|autoren|journalist|journalistes?|profile|byline|by|redacteur|writers?|people|reporter)s?/[^/?]",
    re.IGNORECASE,
)


def read_authors(sources: Sources, *, headline: int | None) -> tuple[list[str], str]:
    """Names in the page's order, and their source; ([], "") where the page names nobody but itself."""
    names = site_names(sources)
    for values, source in _candidates(sources, headline):
        people = clean_names(values, names)
        if people:
            return people, source
    own = clean_names(_namesakes(sources), set())
    return (own, "json-ld:author, a person") if own else ([], "")


def _namesakes(sources: Sources) -> list[str]:
    """Declared persons after whom the site is named ("Jane Doe" on janedoe.example): their name is no publisher's.

    An account that carries a company's name is declared a person too, so the site may not call itself by that name
    as an organization.
    """
    firms = {
        words(plain(node.get("name")))
        for node in sources.nodes
        if any("organization" in kind or "company" in kind for kind in types_of(node))
    }
    found: list[str] = []
    for article in sources.articles[:1]:
        value = article.get("author")
        for one in value if isinstance(value, list) else [value]:
            node = sources.resolve(one)
            if isinstance(node, dict) and ("person" in types_of(node) or "/person/" in str(node.get("@id"))):
                name = plain(node.get("name"))
                if len(name.split()) > 1 and words(name) not in firms:
                    found.append(name)
    return found


def _candidates(sources: Sources, headline: int | None) -> list[tuple[list[str], str]]:
    found: list[tuple[list[str], str]] = []
    for node in sources.articles[:2]:
        found += [(_people(sources, node.get(key)), f"json-ld:{key}") for key in ("author", "creator")]
    found += [([v for v, _ in sources.meta(name)], f"meta:{name}") for name in META]
    marked = [el for el in sources.itemprops.get("author", []) if not _in_comment(el)]
    found.append(([_text(el) for el in marked[:4]], "itemprop:author"))
    found.append((_linked(sources.anchors_near(headline)), "rel=author"))
    found.append((_bylines(sources, headline), "byline"))
    return found


def _people(sources: Sources, value: object) -> list[str]:
    out: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        node = sources.resolve(one)
        if isinstance(node, dict):
            name = node.get("name")
            out += [plain(n) for n in (name if isinstance(name, list) else [name])]
        else:
            out.append(plain(node))
    return [name for name in out if name]


def _text(el: HtmlElement) -> str:
    inner = el.xpath('.//*[@itemprop="name"]')
    target = inner[0] if inner else el
    return fold(target.get("content") or target.text_content())


def _in_comment(el: HtmlElement) -> bool:
    """Whether an author is a reader's: of a schema.org Comment, or inside an element named so."""
    for up in el.iterancestors():
        if "Comment" in up.get("itemtype", "") or _COMMENT.search(f"{up.get('class', '')} {up.get('id', '')}"):
            return True
    return False


def _linked(anchors: list[Anchor]) -> list[str]:
    rel = [a for a in anchors if "author" in a.rel.split()]
    chosen = rel or [a for a in anchors if _AUTHOR_PATH.search(a.href)]
    return list(dict.fromkeys(fold(a.text) for a in chosen if a.text.strip()))


def _bylines(sources: Sources, headline: int | None) -> list[str]:
    """Names in blocks near the headline that say they are a byline: by their class or by a prefix."""
    out: list[str] = []
    for block in sources.near(headline):
        if not 3 <= len(block.text) <= 160:
            continue
        classes = " ".join(
            f"{el.get('class', '')} {el.get('id', '')}"
            for el in (block.element, *list(block.element.iterchildren())[:3], block.element.getparent())
            if el is not None
        )
        lines = block.text.split("\n")
        for line in (_date_tail().sub("", line).strip() for line in lines):
            bare, prefixed = strip_prefix(line)
            if prefixed and _looks_like_name(bare):
                out.append(bare)
            elif _BYLINE_CLASS.search(classes) and not _NO_BYLINE.search(classes) and _looks_like_name(line):
                out.append(line)
    return out


def _looks_like_name(text: str) -> bool:
    head = re.split(r"[,|(–•·]| - ", text)[0].strip()
    parts = head.split()
    if not 1 <= len(parts) <= MOST_WORDS:
        return False
    return all(not p[0].islower() or len(p) <= 4 for p in parts) and any(
        p[0].isupper() or p[0] > "\u0500" for p in parts
    )


def clean_names(values: list[str], site: set[str]) -> list[str]:
    """Split, trim and drop until only names are left.

    >>> clean_names(["Par Jean Dupont et Anne Lévy, journaliste (avec AFP)"], set())
    ['Jean Dupont', 'Anne Lévy']
    >>> clean_names(["ALLIN ONE on Jan 22, 2026", "Val RileyOctober 20, 2025", "April May Jones"], set())
    ['Allin One', 'Val Riley', 'April May Jones']
    >>> clean_names(["MAP Express", "admin", "https://a.example/author/x"], {"map express"})
    []
    """
    out: dict[str, str] = {}
    for value in values:
        for name in _split(_date_tail().sub("", value)):
            name = _trim(name)
            key = words(name)
            if not key or key in site or key in _list("nobody") or key in out:
                continue
            if len(name) < 2 or len(name.split()) > MOST_WORDS or len(name) > 70 or _NOT_A_NAME.search(name):
                continue
            if name.isascii() and name.islower() and " " not in name:
                continue  # a login
            out[key] = name
    return list(out.values())


def _split(value: str) -> list[str]:
    if _NOT_A_NAME.match(value):
        return []
    value = _BRACKETS.sub("", _HANDLE.sub(" ", _EMAIL.sub(" ", fold(value))))
    value = strip_prefix(value)[0]
    parts = re.split(r"\s*(?:[;|/•·\n،]|&| [–—-] )\s*", value)
    out: list[str] = []
    for part in parts:
        pieces = re.split(r"\s*,\s*", part)
        # "Dupont, Jean": one word on each side is one name turned round, unless more names follow
        for i, piece in enumerate(pieces):
            if i and is_role(piece):
                continue
            out += _joints().split(piece)
    return [p for p in (p.strip(" ,.:-–—\"'«»*") for p in out) if p and not is_role(p)]


def is_role(text: str) -> bool:
    """Whether a part of a byline is a job, not a name.

    >>> is_role("envoyée spéciale à Rabat"), is_role("Anne Lévy")
    (True, False)
    """
    parts = words(text).split()
    return any(p in _list("roles") for p in parts) and len(parts) <= 8


def strip_prefix(text: str) -> tuple[str, bool]:
    """Take "Par", "By", "بقلم:" off a byline, and say whether one was there.

    >>> strip_prefix("Propos recueillis par Anne Lévy"), strip_prefix("Parker Jones")
    (('Anne Lévy', True), ('Parker Jones', False))
    """
    found = False
    while match := _prefix().match(text):
        text, found = text[match.end() :].strip(), True
    return text, found


def _trim(name: str) -> str:
    name = strip_prefix(name.strip(" ,.:-–—\"'«»*"))[0]
    if name.isupper() and len(name.split()) > 1:
        name = " ".join(p.capitalize() if len(p) > 1 else p for p in name.split())
    return name.strip()


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(resources.files(__package__).joinpath("authors.toml").read_text("utf-8"))


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(words(w) for w in _table()[name]["words"])


@cache
def _prefix() -> re.Pattern[str]:
    every = sorted({w for ws in _table()["prefixes"].values() for w in ws}, key=len, reverse=True)
    return re.compile(r"^\s*(?:" + "|".join(map(re.escape, every)) + r")(?:\s*:\s*|\s+)(?=\S)", re.IGNORECASE)


@cache
def _date_tail() -> re.Pattern[str]:
    """The date behind a name in a byline, and all that follows it: "Jane Doe on March 3", "Jane DoeMarch 3, 2026"."""
    dates = tomllib.loads(resources.files(__package__).joinpath("dates.toml").read_text("utf-8"))
    months = sorted({name for row in dates["months"].values() for names in row for name in names.split()}, key=len)
    month = "|".join(re.escape(m) for m in reversed(months) if len(m) > 2)
    return re.compile(
        rf"\s*(?:\b(?:on|le|el|am|il|em)\s+)?(?:(?<![^\W\d_A-Z])|(?<=[a-z])(?=[A-Z]))"
        rf"(?:(?i:{month})\.?\s+\d{{1,2}}\b|\d{{1,2}}\.?\s+(?i:{month})\b|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}).*$",
        re.DOTALL,
    )


@cache
def _joints() -> re.Pattern[str]:
    return re.compile(r"\s+(?:" + "|".join(map(re.escape, dict.fromkeys(_table()["joints"]["words"]))) + r")\s+")
