"""The headline as the page shows it, without the site's suffix."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from urllib.parse import unquote, urlsplit

from mapexpress.metadata.publisher import site_names
from mapexpress.metadata.sources import Sources, fold, plain, words
from mapexpress.model.page import Block
from mapexpress.text.characters import normalize

_SEPARATOR = re.compile(r"(?<!\s)\s++[|\-–—•·»«›‹:/>~]++\s++|(?:(?<!\s)\s++)?[|»]\s*+")
META = ("og:title", "twitter:title", "dc.title", "dcterms.title", "headline", "title", "sailthru.title")
# an h1 that shares less than half of its words with every declared title is a logo, a section or a slogan
_AGREE = 0.5
# a declared title of fewer words stands on other places of a page too
FEWEST_WORDS = 3
# a host's label of fewer letters ("bbc", "map") is part of other words by chance
SHORTEST_LABEL = 5
# a word of an address is looked for as the beginning of words: shorter ones begin any
SHORTEST_STEM = 4
# a block of more characters is no headline and no part of one
_NO_LINE = 1000
# characters by which a line may be longer than three times the words of the title that it shows, for a kicker and signs
_ROOM = 100
# A title in more parts, or a longer one, is not taken apart: each part is compared with every heading, for each name of
# the site again. Of 1,227 real ones the longest has 210 characters, the one with most parts six
_MOST_CUTS = 12
# each h1 is compared with each declared title: of 434 real pages none has more than 21 of the one, six of the other
_MOST_HEADINGS, _MOST_DECLARED = 200, 20
_HEADINGS = frozenset("h2 h3 h4".split())
_KICKER = re.compile(r"(?:(?<!\s)\s++)?:\s++|(?<!\s)\s++[|\-–—•·»>/~]++\s++")
# where editors put a headline; other meta elements hold standfirsts and sections as well
_EDITED = ("json-ld:headline", "meta:og:title", "meta:twitter:title")


def read_title(sources: Sources) -> tuple[str, str]:
    """The headline and its source; ("", "") for a page that names none.

    What is shown as h1 wins where a declared title agrees with it: declared titles are cut for search engines,
    and pages have further h1 elements for their logo and their boxes. An h1 in a breadcrumb is itself written for
    search engines: the headline then is a heading of another level that a declared title names.
    """
    names = site_names(sources)
    shown = islice((h for h in sources.headings if len(h) <= 400), _MOST_HEADINGS)
    headings = [_without_suffix(h, sources, names) for h in shown]
    headings = [h for h in headings if words(h) and words(h) not in names]
    parts = [*headings, *_parts_of_h1(sources)]
    said = _declared(sources)[:_MOST_DECLARED]
    declared = [(_without_suffix(strip_site(t, parts, names), sources, names), s) for t, s in said]
    declared = [(t, s) for t, s in declared if words(t) and words(t) not in names]
    best: tuple[float, str] | None = None
    for heading in headings:
        agreement = max((similarity(heading, t) for t, _ in declared), default=0.0)
        if agreement >= _AGREE and (best is None or agreement > best[0]):
            best = (agreement, heading)
    lower = _lower_headline(sources, headings, declared)
    if lower is not None:
        return lower
    if best is not None:
        return _written(best[1], declared) or _without_kicker(best[1], declared) or (best[1], "h1")
    return _disputed(sources, headings, parts, declared, names)


def _disputed(
    sources: Sources, headings: list[str], parts: list[str], declared: list[tuple[str, str]], names: set[str]
) -> tuple[str, str]:
    """The headline where no h1 and no declared title agree."""
    lines = {_letters(part) for part in parts}
    line = next((pair for pair in declared if _letters(pair[0]) in lines), None)
    if line is not None:
        return line
    named = next((h for h in headings if _named_by_address(h, declared, sources)), None)
    if named is not None:
        return named, "h1, address"
    marked = [] if headings else sources.of_platform("title")[0]
    for text in marked:  # Blogger's h3, where the declared title begins with the blog's name
        source = next((s for t, s in declared if words(text) and words(text) in words(t)), None)
        if source is not None:
            return text, source
    if declared:
        return _shown_part(strip_site(declared[0][0], _lower_headings(sources), names), sources), declared[0][1]
    if headings:
        marked, source = sources.of_platform("title") if len(headings) > 1 else ([], "")
        own = next((text for text in marked if text in headings), None)
        return (own, source) if own else (headings[0], "h1")
    tag = strip_site(sources.page.title_tag, [], names)
    return (tag, "title") if tag else ("", "")


def _parts_of_h1(sources: Sources) -> list[str]:
    """What an h1 shows in blocks of their own, where it has several."""
    nodes = [node for node in sources.page.nodes_tagged("h1") if node.end - node.start > 1][:_MOST_HEADINGS]
    return [fold(block.text) for node in nodes for block in sources.page.blocks[node.start : node.end]]


def _lower_headings(sources: Sources) -> list[str]:
    """Headings below h1: where one begins a declared title, what follows is the site's name."""
    texts = (fold(b.text) for b in sources.page.blocks if _is_heading(b))
    return [text for text in texts if len(words(text).split()) >= FEWEST_WORDS]


def _named_by_address(heading: str, declared: list[tuple[str, str]], sources: Sources) -> bool:
    """Whether an h1 that no declared title agrees with says most of the address's words, and more than any of these.

    "So sind Straßenbahnen vorbereitet" at /hitzeschaeden-strassenbahn beside "Verkehrschaos durch Hitze: …".
    """
    path = unquote(urlsplit(sources.page.url or "").path).rstrip("/")
    slug = {w for w in words(path.rpartition("/")[2].partition(".")[0]).split() if len(w) >= SHORTEST_STEM}
    said = _share_of(slug, heading)
    return len(slug) > 1 and said > 0.5 and all(said > _share_of(slug, text) for text, _ in declared)


def _share_of(slug: set[str], title: str) -> float:
    """Share of a slug's words that begin words of a title, umlauts and accents as addresses write them."""
    have = _ascii(title).split()
    return sum(any(w.startswith(s) for w in have) for s in slug) / len(slug) if slug else 0.0


def _ascii(text: str) -> str:
    text = words(text).replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ø", "o").replace("ł", "l")
    return "".join(c for c in normalize("NFKD", text) if not unicodedata.combining(c))


def _shown_part(title: str, sources: Sources) -> str:
    """The part of a declared title that the page shows as a line of its own, where no heading tells.

    "Pluie à Fès - Le Papier" over a page that begins with `<b>Pluie à Fès</b>`.
    """
    lines = {_letters(line) for b in sources.page.blocks if len(b.text) < 400 for line in b.text.split("\n")}
    for cut in _cuts(title):
        # names of sites stand behind more often, and have fewer words
        for part, fewest in ((title[: cut.start()], FEWEST_WORDS), (title[cut.end() :], 2 * FEWEST_WORDS)):
            if len(words(part).split()) >= fewest and _letters(part) in lines:
                return part.strip()
    return title


def _written(heading: str, declared: list[tuple[str, str]]) -> tuple[str, str] | None:
    """The declared form of a heading whose parts run together ("NATIONALThe vote is open") or that is in capitals."""
    for text, source in declared:
        if _letters(text) == _letters(heading) and (
            words(text) != words(heading) or (heading.isupper() and not text.isupper())
        ):
            return text, source
    return None


def _without_kicker(heading: str, declared: list[tuple[str, str]]) -> tuple[str, str] | None:
    """The declared title that an h1 ends with, behind its kicker; or the end that two different kickers share.

    "Météo : la pluie revient à Rabat" beside a declared "La pluie revient à Rabat" or "Orages : la pluie revient à
    Rabat".
    """
    shown = words(heading)
    for text, source in declared:
        if len(words(text).split()) >= FEWEST_WORDS and shown.endswith(" " + words(text)):
            return text, source
    kickers = {words(end): set(words(kicker).split()) for text, _ in declared for kicker, end in _kickers(text)}
    for kicker, end in _kickers(heading):
        other = kickers.get(words(end))
        if other is not None and not other & set(words(kicker).split()):
            return end, "h1"
    return None


def _kickers(title: str) -> list[tuple[str, str]]:
    """Each way to see a title as kicker and headline, the longest headline first."""
    pairs = [(title[: cut.start()], title[cut.end() :].strip()) for cut in _cuts(title, _KICKER)]
    return [(kicker, end) for kicker, end in pairs if len(words(end).split()) > FEWEST_WORDS]


def _lower_headline(sources: Sources, headings: list[str], declared: list[tuple[str, str]]) -> tuple[str, str] | None:
    """A declared title that no h1 shows and a lower heading does, whole or behind its kicker.

    Seen on stern.de, n-tv.de, waz.de and tagesanzeiger.ch: the h1 stands in the breadcrumb and repeats the page's
    title tag, the headline below it is an h2. Two blocks in a row that are the two parts of a declared "kicker:
    headline" are a headline too, whatever their tags (t-online.de).
    """
    shown = {words(h) for h in headings}
    told = {source: words(text) for text, source in declared if source in _EDITED}
    if {told.get(source) for source in _EDITED[:2]} <= shown:
        return None  # both say what an h1 says
    wanted = [
        (want, text, source)
        for text, source in declared
        if source in _EDITED
        and len((want := words(text)).split()) >= FEWEST_WORDS
        and not any(h == want or h.endswith(" " + want) for h in shown)
    ]
    most = min(_NO_LINE, 3 * max((len(want) for want, _, _ in wanted), default=0) + _ROOM)
    lines = [words(fold(b.text)) if len(b.text) <= most else "" for b in sources.page.blocks] if wanted else []
    for want, text, source in wanted:
        before = ""
        for block, have in zip(sources.page.blocks, lines, strict=True):
            linked = block.link_chars > len(block.text) // 2
            if not linked and (have == want or _behind_kicker(have, want)) and _is_heading(block):
                return text, f"heading, {source}"
            if not linked and before and have and f"{before} {have}" == want and len(have.split()) >= FEWEST_WORDS:
                return (fold(block.text), f"heading, {source}") if have not in shown else None
            before = have
    return None


def _is_heading(block: Block) -> bool:
    parent = block.element.getparent()
    return block.tag in _HEADINGS or (parent is not None and parent.tag in _HEADINGS)


def _behind_kicker(have: str, want: str) -> bool:
    return have.endswith(" " + want) and len(have) <= len(want) + 60


def _declared(sources: Sources) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for node in sources.articles[:1]:
        text = plain(node.get("headline")) or plain(node.get("name"))
        if text and not sources.is_constant("json-ld:headline", text):
            found.append((text, "json-ld:headline"))
    found += sources.meta(*META)
    if sources.page.title_tag:
        found.append((fold(sources.page.title_tag), "title"))
    return found


def _cuts(title: str, between: re.Pattern[str] = _SEPARATOR) -> list[re.Match[str]]:
    """What stands between the parts of a title; nothing for one that is taken as it is."""
    if len(title) > _NO_LINE:
        return []
    cuts = list(islice(between.finditer(title), _MOST_CUTS + 1))
    return cuts if len(cuts) <= _MOST_CUTS else []


def strip_site(title: str, headings: list[str], names: set[str]) -> str:
    """Take the site's name, or a part that the headline does not have, off a declared title's end or start.

    >>> strip_site("Pluie à Rabat - MAP Express", [], {"map express"})
    'Pluie à Rabat'
    >>> strip_site("Sport | Le match - le récit", ["Le match - le récit"], set())
    'Le match - le récit'
    >>> strip_site("Rabat - Salé : un pont", [], set())
    'Rabat - Salé : un pont'
    """
    title = fold(title)
    shown = {_letters(h) for h in headings}
    cuts = _cuts(title)
    for cut in cuts:  # the longest head that is the headline, the shortest tail that is
        head, tail = title[: cut.start()], title[cut.end() :]
        if _letters(head) in shown:
            return head.strip()
        if _letters(tail) in shown:  # a shorter one is the section or, in a logo, the site
            return (tail if len(tail) >= len(head) else head).strip()
    for cut in reversed(cuts):
        if words(title[cut.end() :]) in names:
            return strip_site(title[: cut.start()], headings, names)
    for cut in cuts:
        if words(title[: cut.start()]) in names:
            return strip_site(title[cut.end() :], headings, names)
    return title


def _without_suffix(title: str, sources: Sources, names: set[str]) -> str:
    """Take off the last parts that name the site in other words, or a section of the page's own address.

    "… | UC Davis Children's Hospital" on health.ucdavis.edu, "… | District" on bssnews.net/district/343604.
    """
    url = urlsplit(sources.page.url or "")
    labels = {_letters(p) for p in (url.hostname or "").split(".") if len(_letters(p)) >= SHORTEST_LABEL}
    path = {words(p) for p in unquote(url.path).split("/")[:-1] if p}
    while True:
        cuts = [c for c in _cuts(title) if ":" not in c[0] and "/" not in c[0]]
        if not cuts or len(words(title[: cuts[-1].start()]).split()) < FEWEST_WORDS:
            return title
        tail = title[cuts[-1].end() :]
        ours = any(label in _letters(tail) for label in labels) and len(tail) < cuts[-1].start()
        if not (ours or words(tail) in path or words(tail) in names):
            return title
        title = title[: cuts[-1].start()].strip()


def _letters(text: str) -> str:
    return words(text).replace(" ", "")


def similarity(one: str, other: str) -> float:
    """Share of words in common, 0 to 1, counted on the longer of the two.

    >>> similarity("Pluie à Rabat", "Pluie à Salé")
    0.6666666666666666
    """
    a, b = set(words(one).split()), set(words(other).split())
    return len(a & b) / max(len(a), len(b)) if a and b else 0.0
