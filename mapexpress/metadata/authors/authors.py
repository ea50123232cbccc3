"""Who wrote the article: names of persons and agencies, without roles, prefixes and the publisher's own name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from mapexpress.metadata.authors.bylines import above_text, below_text, in_comment, near_headline
from mapexpress.metadata.authors.names import clean_names, is_agency, others_work, split_joined
from mapexpress.metadata.publisher import site_names
from mapexpress.metadata.sources import Sources, fold, plain, types_of, words
from mapexpress.model.page import HEADER, LIST, NAV

if TYPE_CHECKING:
    from lxml.html import HtmlElement

META = (
    "citation_authors citation_author author article:author parsely-author sailthru.author dc.creator dcterms.creator "
    "dc.contributor byl byline cxenseparse:author creator og:article:author authors"
).split()
_MAYBE_FN = etree.XPath("//@class[contains(., 'fn')]/..")  # a third of the cost of XPath's whole words
_SHOWN = frozenset({"itemprop:author", "rel=author", "hcard", "byline"})  # what readers see; the rest is only declared
_AUTHOR_PATH = re.compile(
    r"/(?:author|auteur|auteurs|authors|autor|autores|autoren|journalist|journalistes?|profile|byline|by|redacteur|writers?|people|reporter)s?/[^/?]",
    re.IGNORECASE,
)


def read_authors(sources: Sources, *, headline: int | None) -> tuple[list[str], str]:
    """Names in the page's order, and their source; ([], "") where the page names nobody.

    Metadata often name the first author only: a byline that joins theirs with others has the last word. Who is declared
    on every page of the site gives way to whom a page shows, and counts only as a person: a blog has one author, a desk
    or a company is the theme's.
    """
    names = site_names(sources)
    lines = near_headline(sources, headline)
    candidates: list[tuple[list[str], str]] = []
    constant: list[tuple[list[str], str]] = []
    for values, source in _candidates(sources, headline):
        candidates.append((values, source))
        people = clean_names(values, names)
        if source.startswith("meta:"):
            people = [name for name in people if not _is_section(name, sources)]
        if people and sources.is_constant(source, statement(values)):
            constant.append((people, source))
        elif people:
            more = next(
                (m for line in [*lines, _addresses(sources, headline)] if (m := _co_signed(line, people, names))), None
            )
            return (more, "byline") if more else (people, source)
    marked, platform = sources.of_platform("author")
    if people := clean_names(marked[:4], names):
        return people, platform
    persons = clean_names(_declared_persons(sources), names) if constant else []
    if persons:
        return persons, "json-ld:author, a person"
    for people, source in constant:
        if source in _SHOWN:
            return people, source
    if people := above_text(sources, headline, names):
        return people, "line above the text"
    if people := clean_names(below_text(sources, headline), names):
        return people, "byline below the text"
    own = clean_names(_namesakes(sources), set())
    return (own, "json-ld:author, a person") if own else _signed_by_site(sources, [(marked[:4], platform), *candidates])


def _signed_by_site(sources: Sources, candidates: list[tuple[list[str], str]]) -> tuple[list[str], str]:
    """The site's own name where the page shows it as the one who wrote ("Par Comoresnews"); ([], "") else.

    Only when nobody else is named, and only what is marked as a byline: what is but declared names the publisher.
    """
    site = site_names(sources)
    for values, source in candidates:
        if source not in _SHOWN and not source.startswith("platform:"):
            continue
        names = [name for name in clean_names(values, set()) if words(name) in site]
        if names:
            return names[:1], source
    return [], ""


def _is_section(name: str, sources: Sources) -> bool:
    """Whether one word that is declared as author is an entry of a menu: templates fill the author with the section."""
    if " " in name or is_agency(name):
        return False
    blocks = sources.page.blocks
    return any(
        a.text == name and a.block >= 0 and blocks[a.block].node.flags & (NAV | HEADER | LIST) and "author" not in a.rel
        for a in sources.page.anchors
    )


def _addresses(sources: Sources, headline: int | None) -> str:
    """The texts of `<address>` blocks near the headline as one line: HTML's element for who is to be asked."""
    return " & ".join(block.text for block in sources.near(headline) if block.tag == "address")


def _co_signed(line: str, people: list[str], site: set[str]) -> list[str]:
    """All names of a line that joins `people` with other full names ("Anne Lévy et Jean Dupont"); else none."""
    parts = split_joined(line)
    if len(parts) < 2:
        return []
    found = clean_names([line], site)
    known, all_named = {words(name) for name in people}, {words(name) for name in found}
    return found if known < all_named and all(" " in name for name in all_named) else []


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
    return [name for name in _declared_persons(sources) if len(name.split()) > 1 and words(name) not in firms]


def _declared_persons(sources: Sources) -> list[str]:
    found: list[str] = []
    for article in sources.articles[:1]:
        value = article.get("author")
        for one in value if isinstance(value, list) else [value]:
            node = sources.resolve(one)
            if isinstance(node, dict) and ("person" in types_of(node) or "/person/" in str(node.get("@id"))):
                found.append(plain(node.get("name")))
    return found


def statement(names: Sequence[str]) -> str:
    """Names as one value, for telling whether they are the same on all pages."""
    return ", ".join(names)


def author_statements(sources: Sources, *, headline: int | None) -> Iterator[tuple[str, str]]:
    """(names as one value, source) of every way in which the page names its author, declared or shown."""
    for values, source in _candidates(sources, headline):
        if values:
            yield statement(values), source


def _candidates(sources: Sources, headline: int | None) -> Iterator[tuple[list[str], str]]:
    """Names with their source, what is declared first: most pages need no look at what they show."""
    for node in sources.articles[:2]:
        yield from ((_people(sources, node.get(key)), f"json-ld:{key}") for key in ("author", "creator"))
    for name in META:
        yield [v for v, _ in sources.meta(name)], f"meta:{name}"
    marked = [el for el in sources.itemprops.get("author", []) if not in_comment(el)]
    yield [_text(el) for el in marked[:4]], "itemprop:author"
    yield _linked(sources, headline), "rel=author"
    yield _cards(sources, headline), "hcard"
    yield near_headline(sources, headline), "byline"


def _cards(sources: Sources, headline: int | None) -> list[str]:
    """Names in the `fn` of an hCard of the class `author` near the headline, as WordPress themes mark them."""
    out: list[str] = []
    if not sources.page.holds("fn"):
        return out
    blocks = {block.element for block in sources.near(headline)}
    maybe: list[HtmlElement] = _MAYBE_FN(sources.page.root)  # type: ignore[assignment]
    for el in maybe:
        if "fn" not in el.get("class", "").split():
            continue
        ups = [el, *islice(el.iterancestors(), 6)]
        marked = any({"author", "vcard"} & set((up.get("class") or "").split()) for up in ups[:3])
        if marked and not blocks.isdisjoint(ups) and not in_comment(el):
            out.append(fold(el.text_content()))
    return list(dict.fromkeys(out))


def _people(sources: Sources, value: object) -> list[str]:
    out: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        node = sources.resolve(one)
        if isinstance(node, list):
            out += _people(sources, [inner for inner in node if not isinstance(inner, list)])
        elif isinstance(node, dict):
            name = node.get("name")
            out += [plain(n) for n in (name if isinstance(name, list) else [name])]
        else:
            out.append(plain(node))
    return [name for name in out if name]


def _text(el: HtmlElement) -> str:
    inner = el.xpath('.//*[@itemprop="name"]')
    target = inner[0] if inner else el
    return fold(target.get("content") or target.text_content())


def _linked(sources: Sources, headline: int | None) -> list[str]:
    """Texts of links to authors, those left out that a label tells to have edited or reviewed."""
    anchors = sources.anchors_near(headline)
    rel = [a for a in anchors if "author" in a.rel.split()]
    chosen = rel or [a for a in anchors if _AUTHOR_PATH.search(a.href)]
    blocks = sources.page.blocks
    wrote = [a for a in chosen if a.block < 0 or not others_work(blocks[a.block].text)]
    return list(dict.fromkeys(fold(a.text) for a in wrote if a.text.strip()))
