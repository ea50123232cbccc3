"""The headline as the page shows it, without the site's suffix."""

from __future__ import annotations

import re

from mapexpress.extraction.metadata.publisher import site_names
from mapexpress.extraction.metadata.sources import Sources, fold, plain, words

_SEPARATOR = re.compile(r"\s+[|\-–—•·»«:/>~]+\s+|\s*[|»]\s*|\s+::\s+")
# an h1 that shares less than half of its words with every declared title is a logo, a section or a slogan
_AGREE = 0.5


def read_title(sources: Sources) -> tuple[str, str]:
    """The headline and its source; ("", "") for a page that names none.

    What is shown as h1 wins where a declared title agrees with it: declared titles are cut for search engines,
    and pages have further h1 elements for their logo and their boxes.
    """
    names = site_names(sources)
    headings = [h for h in sources.headings if len(h) <= 400 and words(h) and words(h) not in names]
    declared = [(strip_site(t, headings, names), s) for t, s in _declared(sources)]
    declared = [(t, s) for t, s in declared if words(t) and words(t) not in names]
    best: tuple[float, str] | None = None
    for heading in headings:
        agreement = max((similarity(heading, t) for t, _ in declared), default=0.0)
        if agreement >= _AGREE and (best is None or agreement > best[0]):
            best = (agreement, heading)
    if best is not None:
        # an h1 may hold the kicker too: "Météo : la pluie revient à Rabat" beside a declared "La pluie revient à Rabat"
        shown = words(best[1])
        for text, source in declared:
            if len(words(text).split()) >= 3 and shown.endswith(" " + words(text)):
                return text, source
        return best[1], "h1"
    if declared:
        return declared[0]
    if headings:
        return headings[0], "h1"
    tag = strip_site(sources.page.title_tag, [], names)
    return (tag, "title") if tag else ("", "")


def _declared(sources: Sources) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for node in sources.articles[:1]:
        text = plain(node.get("headline")) or plain(node.get("name"))
        if text:
            found.append((text, "json-ld:headline"))
    found += sources.meta(
        "og:title", "twitter:title", "dc.title", "dcterms.title", "headline", "title", "sailthru.title"
    )
    if sources.page.title_tag:
        found.append((fold(sources.page.title_tag), "title"))
    return found


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
    shown = {words(h): h for h in headings}
    cuts = list(_SEPARATOR.finditer(title))
    for cut in cuts:  # the longest head that is the headline, the shortest tail that is
        for part in (title[: cut.start()], title[cut.end() :]):
            if words(part) in shown:
                return part.strip()
    for cut in reversed(cuts):
        if words(title[cut.end() :]) in names:
            return strip_site(title[: cut.start()], headings, names)
    for cut in cuts:
        if words(title[: cut.start()]) in names:
            return strip_site(title[cut.end() :], headings, names)
    return title


def similarity(one: str, other: str) -> float:
    """Share of words in common, 0 to 1, counted on the longer of the two.

    >>> similarity("Pluie à Rabat", "Pluie à Salé")
    0.6666666666666666
    """
    a, b = set(words(one).split()), set(words(other).split())
    return len(a & b) / max(len(a), len(b)) if a and b else 0.0
