"""What kind of page it is, by its own evidence: an article, or something that is never stored.

Strong evidence is read first (what the platform writes on `<body>`, the address, schema.org types), then the
structure: prose of its own against teasers of other pages. Rules are data (`page_kind.toml`).
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urljoin

from mapexpress.discovery.address_kinds import kind_of_address
from mapexpress.extraction.kinds.prose import own_prose, sure_prose
from mapexpress.model.facts import Facts
from mapexpress.web.addresses import identity

if TYPE_CHECKING:
    from mapexpress.extraction.scorer.scorer import Seen
    from mapexpress.extraction.scorer.table import Array
    from mapexpress.model.page import Page

Kind = Literal["article", "listing", "home", "tag", "author", "search", "media", "page", "error", "empty"]

_RULES = tomllib.loads(resources.files(__package__).joinpath("page_kind.toml").read_text("utf-8"))
_JSONLD: dict[str, frozenset[str]] = {kind: frozenset(names) for kind, names in _RULES["jsonld"].items()}
_OG_ARTICLE = frozenset(_RULES["og"]["article"])
_OG_AUTHOR = frozenset(_RULES["og"]["author"])
_BY_ADDRESS: dict[str, Kind] = {
    "home": "home",
    "tag": "tag",
    "author": "author",
    "section": "listing",
    "calendar": "listing",
    "search": "search",
    "feed": "error",
    "media": "media",
    "account": "page",
    "info": "page",
}

# Own prose that makes an article where nothing else speaks: 0.5 % of 609 article pages have less, and it is more than
# what a section says of itself above its list.
_ENOUGH_PROSE = 400
# Teasers that make a listing of a page with little prose, and the prose of its own that each of them outweighs: of 58
# listings none had more than 300 characters, of 609 article pages with as many teasers four had less than 400.
_TEASERS = 6
_PROSE_PER_TEASER = 8
_PROSE_WITH_OG = 250  # og:type stands on articles, and on the listings of some sites
NO_FACTS = Facts()
_LONG = 800  # prose that outweighs an address or a WordPress page's own word


@dataclass(slots=True, frozen=True, kw_only=True)
class PageKind:
    """The kind of a page and the one line of evidence that decided; `names_itself`: what decided gave its address."""

    kind: Kind
    evidence: str
    names_itself: bool = False

    @property
    def is_article(self) -> bool:
        """Whether the page may become a record; every other kind is never stored."""
        return self.kind == "article"


def classify(page: Page, seen: Seen | None = None, facts: Facts = NO_FACTS) -> PageKind:
    """Tell an article from home, listing, term, author, search, media, information and error pages.

    What a platform writes decides first. Where the scorer chose, `seen` is what it saw, and the rest is learned; else
    prose of the page's own is weighed against its teasers. An article needs no markup. Never raises.
    """
    said = _said(page)
    if isinstance(said, PageKind):
        return said
    marked, typed, address = said
    if seen is not None:
        return _learned(page, seen, facts, said)
    if address is not None and address.kind in ("home", "search", "media", "error"):
        return address
    sure = sure_prose(page)
    if typed is not None and typed.is_article and sure >= _ENOUGH_PROSE and (marked is None or marked.kind != "page"):
        return typed
    if sure >= max(_LONG, _PROSE_PER_TEASER * len({anchor.href for anchor in page.anchors})):
        own, teasers = sure, 0  # however many of its links were teasers
    else:
        own, teasers = own_prose(page)
    if marked is not None and marked.kind == "page":
        return _wordpress_page(page, own) or marked
    if marked is not None and page.url and address is None and own >= _LONG:
        marked = None  # a home page is at the home address
    if typed is not None and typed.is_article and (own >= _ENOUGH_PROSE or _is_one(page, typed, own, teasers)):
        return typed
    if marked is not None:
        return marked
    if typed is not None and not typed.is_article and own < _LONG:
        return typed
    if address is not None and (own < _LONG or address.kind == "page" or _is_list(page, own, teasers)):
        return address
    return _by_structure(page, own, teasers)


class Said(NamedTuple):
    """What a page's platform, JSON-LD and address say of its kind."""

    marked: PageKind | None
    typed: PageKind | None
    address: PageKind | None


def _said(page: Page) -> PageKind | Said:
    """What decides by itself, else what is said."""
    if not page.blocks:
        return PageKind(kind="empty", evidence="no text")
    if target := _refresh(page):
        return PageKind(kind="error", evidence=f"sends on to {target}")
    marked, typed = _by_body(page), _by_jsonld(page)
    if marked is not None and marked.kind == "page" and typed is not None and typed.is_article:
        return typed  # a WordPress page that calls itself an article is one
    if marked is not None and marked.kind not in ("home", "page"):
        return marked
    address = _by_address(page)
    return address if address is not None and address.kind == "error" else Said(marked, typed, address)


def _learned(page: Page, seen: Seen, facts: Facts, said: Said) -> PageKind:
    """What pages with such evidence are; of one that is no article, its kind by who names one."""
    # its numpy takes a tenth of a second to import: a run without a page does not pay for it
    from mapexpress.extraction.kinds.learned import judge

    judged = judge(page, _row(page, seen, facts, said))
    home = said.address if said.address is not None and said.address.kind == "home" else None
    if home is not None and sum(seen.view.size[list(seen.chosen)]) < _ENOUGH_PROSE:
        return home  # a notice before a site opens: no short article is at a home address
    if judged.is_article:
        return PageKind(kind="article", evidence=judged.evidence)
    told = (said.address, said.marked, said.typed)
    kind = next((found.kind for found in told if found is not None and not found.is_article), None)
    return PageKind(kind=kind or ("listing" if judged.leads_on else "page"), evidence=judged.evidence)


def row_of(page: Page, seen: Seen, facts: Facts) -> Array | None:
    """The numbers that are learned from; None for a page whose kind is plain without them."""
    said = _said(page)
    return None if isinstance(said, PageKind) else _row(page, seen, facts, said)


def _row(page: Page, seen: Seen, facts: Facts, said: Said) -> Array:
    from mapexpress.extraction.kinds.facts import facts_of

    og = _og_type(page)
    return facts_of(
        page,
        seen,
        facts,
        declared={where: found.kind for where, found in said._asdict().items() if found is not None},
        og="article" if og in _OG_ARTICLE else og,
        names_itself=said.typed is not None and said.typed.names_itself,
    )


def _wordpress_page(page: Page, own: int) -> PageKind | None:
    """A long read that its editors made a WordPress page: dated, typed as an article, not named like the site's own."""
    body = page.root.find("body")
    names = (body.get("class") or "").split() if body is not None else []
    own_pages = any(kind_of_address(f"http://site/{name}/") in ("info", "account") for name in names)
    dated = bool(page.meta.get("article:published_time"))
    if own < _LONG or not dated or own_pages or _by_address(page) is not None or _og_type(page) not in _OG_ARTICLE:
        return None
    return PageKind(kind="article", evidence=f"og:type article with a date, {own} characters of prose")


def _refresh(page: Page) -> str | None:
    """The other address that a page sends its readers to at once."""
    for value in page.meta.get("refresh", ()):
        delay, _, target = value.partition(";")
        target = target.strip().partition("=")[2].strip(" '\"")
        if delay.strip() in ("0", "1", "") and target:
            there = _identity(page.base_url, target)
            return target if there not in _addresses(page) else None
    return None


def _by_structure(page: Page, own: int, teasers: int) -> PageKind:
    og = _og_type(page)
    if og in _OG_AUTHOR and own < _ENOUGH_PROSE:
        return PageKind(kind="author", evidence=f"og:type {og}")
    if _is_list(page, own, teasers):
        return _listing(own, teasers)
    if og in _OG_ARTICLE:
        return PageKind(kind="article", evidence=f"og:type {og}")
    if own >= _ENOUGH_PROSE or (own and teasers < _TEASERS):
        return PageKind(kind="article", evidence=f"{own} characters of prose, {teasers} teasers")
    if any(key in page.meta for key in ("article:published_time", "datepublished")):
        return PageKind(kind="article", evidence="a date of publication")
    return _listing(own, teasers) if teasers else PageKind(kind="empty", evidence="neither prose nor teasers")


def _is_list(page: Page, own: int, teasers: int) -> bool:
    enough = _PROSE_WITH_OG if _og_type(page) in _OG_ARTICLE else _ENOUGH_PROSE
    return teasers >= _TEASERS and own < max(enough, _PROSE_PER_TEASER * teasers)


def _is_one(page: Page, typed: PageKind, own: int, teasers: int) -> bool:
    """Whether a short page that calls itself an article is one: among many teasers it must say so twice.

    Themes put `Article` on their lists too.
    """
    named_twice = bool(own) and typed.names_itself and _og_type(page) in _OG_ARTICLE
    return named_twice or not _is_list(page, own, teasers)


def _listing(own: int, teasers: int) -> PageKind:
    return PageKind(kind="listing", evidence=f"{teasers} teasers, {own} characters of prose")


def _by_body(page: Page) -> PageKind | None:
    body = page.root.find("body")
    tokens = (body.get("class") or "").split() if body is not None else []
    if not tokens:
        return None
    for platform in _RULES["body"]:
        if not any(_match(sign, tokens) for sign in platform["signs"]):
            continue
        for pattern, kind in platform["kinds"]:
            if token := _match(pattern, tokens):
                return PageKind(kind=kind, evidence=f"{platform['platform']}: body class {token}")
    return None


def _match(pattern: str, tokens: list[str]) -> str | None:
    if pattern.endswith("*"):
        return next((t for t in tokens if t.startswith(pattern[:-1])), None)
    return pattern if pattern in tokens else None


def _by_jsonld(page: Page) -> PageKind | None:
    counts: Counter[str] = Counter()
    here = _addresses(page)
    for node in page.jsonld:
        names = node.get("@type")
        for name in names if isinstance(names, list) else [names]:
            if not isinstance(name, str):
                continue
            name = name.rpartition("/")[2]
            counts[name] += 1
            if name in _JSONLD["article"] and here & _node_addresses(node, page.base_url):
                return PageKind(kind="article", evidence=f"JSON-LD {name} of this address", names_itself=True)
    for kind in ("search", "author", "page", "listing"):
        found = next((n for n in counts if n in _JSONLD[kind]), None)
        # theme schemas put the site's `Blog` on every page: only without an article
        if found and not any(n in _JSONLD["article"] for n in counts):
            return PageKind(kind=kind, evidence=f"JSON-LD {found}")
    articles = [n for n in counts if n in _JSONLD["article"]]
    if articles and sum(counts[n] for n in articles) <= 2:
        return PageKind(kind="article", evidence=f"JSON-LD {articles[0]}")
    return None


def _node_addresses(node: dict[str, object], base: str) -> set[str]:
    values = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage")]
    texts = [v.get("@id") or v.get("url") if isinstance(v, dict) else v for v in values]
    return {_identity(base, t) for t in texts if isinstance(t, str) and t}


def _addresses(page: Page) -> set[str]:
    declared = [h.href for h in page.head_links if h.rel == "canonical"] + page.meta.get("og:url", [])
    return {_identity(page.base_url, u) for u in [page.url or "", *declared] if u}


def _identity(base: str, address: str) -> str:
    try:
        return identity(urljoin(base, address.partition("#")[0]))
    except ValueError:
        return address


def _by_address(page: Page) -> PageKind | None:
    address = page.url or next((h.href for h in page.head_links if h.rel == "canonical"), "")
    kind = kind_of_address(address) if address else None
    if kind is None or kind == "paging":  # `/slug/page/2/` is the second page of an article as well
        return None
    return PageKind(kind=_BY_ADDRESS[kind], evidence=f"address: {kind}")


def _og_type(page: Page) -> str:
    return next(iter(page.meta.get("og:type", ())), "").strip().lower()
