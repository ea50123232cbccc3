"""The line that feed plugins put under an article, in 40 locales: "The post T appeared first on S."

The data is `feed_footers.toml`. Republishers paste the line into the body, on a line of its own or glued to the last
paragraph. Some wordings are ordinary sentences too ("L'articolo 12 proviene da ..."): whoever removes one looks at
`FooterMatch.title_matches` or at its place.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from mapexpress.boilerplate.phrases.widget_labels import fold

LONGEST_FOOTER = (
    700  # characters of a text's end that are looked at: a headline of 500, a blog's name and the words fit
)
_TITLE = 501  # characters of a title
_SITE = 100  # characters of a site's name; beyond it stands a sentence
_OUTER = " \t\n\"'“”«»„‘’‹›[]()"


@dataclass(slots=True, frozen=True)
class FooterMatch:
    """A feed footer: `text[start:end]` is the whole of it, `title` and `site` are its slots as written.

    `title_matches` is None when the caller gave none to compare with; a footer may have cut its title off, so a
    beginning of four words or more matches too.
    """

    locale: str
    title: str
    site: str
    start: int
    end: int
    title_matches: bool | None = None


@dataclass(slots=True, frozen=True)
class _Footer:
    locale: str
    opening: str  # words before the title, "" when the title comes first
    middle: str  # words between the title and the site's name
    closing: str  # words after the site's name, without the full stop
    before: re.Pattern[str]  # up to the title
    between: re.Pattern[str]  # what ends the title
    behind: re.Pattern[str]  # from there to the end of the text, with the site's name

    def endings(self, window: str) -> list[tuple[int, str]]:
        """Where a title may end, and the name of the site that follows then, in the order of the text."""
        found: list[tuple[int, str]] = []
        between = self.between.search(window)
        while between is not None:
            if behind := self.behind.match(window, between.end()):
                found.append((between.start(), behind["site"]))
            between = self.between.search(window, between.start() + 1)
        return found

    def slots(self, window: str, start: int, endings: list[tuple[int, str]]) -> tuple[str, str] | None:
        """Title and site of a footer that begins at `start`; without opening words the longest title counts."""
        before = self.before.match(window, start)
        if before is None:
            return None
        first = before.end()
        fitting = [(end, site) for end, site in endings if first < end <= first + _TITLE]
        if not fitting:
            return None
        end, site = fitting[0 if self.opening else -1]
        return window[first:end], site


def _loose(words: str) -> str:
    """A pattern for a template's words: any white space, any apostrophe, any case."""
    escaped = re.escape(words.strip())
    escaped = re.sub(r"(?:\\ )+", r"\\s++", escaped)
    return re.sub(r"['’]", "['’ʼ`]", escaped)


def _compile(locale: str, template: str) -> _Footer:
    opening, rest = template.split("{title}")
    middle, closing = rest.split("{site}")
    closing = closing.strip().rstrip(".。।").strip()
    before = (_loose(opening) + (r"\s++" if opening.endswith(" ") else r"\s*+")) if opening.strip() else ""
    # the look-behind gives one start a run of spaces
    gap = r"(?<!\s)\s++" if middle.startswith(" ") else r"(?:(?<!\s)\s++)?"
    # one space, or none, where the site has no name
    after = r"(?:\s++|\s)" if middle.endswith(" ") else r"(?:\s++|)"
    if not middle.strip():
        gap, after = r"(?<!\s)\s", r"(?:\s++|)"
    tail = (r"\s*+" + _loose(closing)) if closing else ""
    behind = f"{after}(?P<site>[^\\n]{{1,{_SITE}}}?){tail}\\s*+[.。।!]?\\s*+$"
    patterns = (before + r"(?=\S)", gap + _loose(middle), behind)
    return _Footer(locale, opening.strip(), middle.strip(), closing, *(re.compile(p, re.IGNORECASE) for p in patterns))


@lru_cache(maxsize=1)
def _footers() -> tuple[_Footer, ...]:
    table = tomllib.loads(resources.files(__package__).joinpath("feed_footers.toml").read_text("utf-8"))
    seen: dict[str, _Footer] = {}
    for entry in table["footer"]:
        seen.setdefault(entry["template"], _compile(entry["locale"], entry["template"]))
    return tuple(seen.values())


@lru_cache(maxsize=1)
def _keys() -> tuple[tuple[str, _Footer], ...]:
    """For each footer the words without which it cannot be there: a plain search that costs next to nothing."""
    return tuple((_plain(f.middle or f.closing), f) for f in _footers())


def _plain(text: str) -> str:
    if text.isascii():
        return " ".join(text.casefold().split())
    return " ".join(text.replace("’", "'").replace("ʼ", "'").replace("\xa0", " ").casefold().split())


def may_hold_footer(text: str, *, signs: str | None = None) -> bool:
    """Whether the words of any footer stand in a document: one cheap look before its lines are matched.

    `signs` are the different characters of the text, where they are known.

    >>> may_hold_footer("It rained. The post Rain appeared first on MAP."), may_hold_footer("It rained first.")
    (True, False)
    """
    folded = text.casefold()
    signs = (text if signs is None else signs).casefold()
    words, wordless = _needles()
    found = words.keys() & set(folded.split())
    if found:
        plain = _plain(text)
        if any(key in plain for word in found for key in words[word]):
            return True
    return any(sign in signs and key in folded for sign, key in wordless)


@lru_cache(maxsize=1)
def _needles() -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """The keys by a word that stands between two others of theirs, and the keys without such a word by a letter.

    The letter is one that no accent is part of: it stands in the text however its accents were written.

    A text's words are split at white space, so a word at a key's end may have a neighbour's letters on it.
    """
    by_word: dict[str, list[str]] = {}
    wordless: list[tuple[str, str]] = []
    for key in dict.fromkeys(key for key, _ in _keys()):
        inner = key.split()[1:-1]
        if inner:
            by_word.setdefault(max(inner, key=len), []).append(key)
        else:
            wordless.append((max(sign for sign in key if not unicodedata.decomposition(sign)), key))
    return by_word, wordless


def match_footer(text: str, *, title: str | None = None, site: str | None = None) -> FooterMatch | None:
    """Find a feed footer at the very end of a line or paragraph, also glued to its last sentence.

    >>> match_footer("Cet article Pluie à Rabat est apparu en premier sur MAP Express.", title="Pluie à Rabat")
    FooterMatch(locale='fr_FR', title='Pluie à Rabat', site='MAP Express', start=0, end=64, title_matches=True)
    >>> match_footer("The bill passed. The post Budget vote appeared first on Daily News.").start
    17
    >>> match_footer("The post office appeared first in 1871, on the square.") is None
    True
    """
    offset = max(0, len(text) - LONGEST_FOOTER)
    window = text[offset:]
    plain = _plain(window)
    best: FooterMatch | None = None
    for key, footer in _keys():
        if key not in plain:
            continue
        endings = footer.endings(window)
        for start in _starts(window, footer, title) if endings else ():
            slots = footer.slots(window, start, endings)
            if slots is None:
                continue
            if not footer.middle:
                slots = _divide(f"{slots[0]} {slots[1]}", title, site)
            found = FooterMatch(
                footer.locale,
                slots[0].strip(_OUTER),
                slots[1].strip().rstrip(".").strip(_OUTER),
                offset + start,
                len(text),
                _same(slots[0], title),
            )
            if best is None or (found.title_matches and not best.title_matches):
                best = found
            if best.title_matches:
                return best
    return best


def _starts(window: str, footer: _Footer, title: str | None) -> list[int]:
    """Where a footer may begin: its opening words, at the start of the text or of a sentence, the last first."""
    if footer.opening:
        opening = re.compile(_loose(footer.opening) + r"(?!\w)", re.IGNORECASE)
        return [m.start() for m in opening.finditer(window) if _begins(window, m.start())][::-1]
    starts = []
    if title and (at := window.rfind(title)) > 0:
        starts.append(at)
    breaks = [m.end() for m in re.finditer(r"\n\s*|[.!?…。！？]\s*", window) if m.end() < len(window)]
    return [*starts, *reversed(breaks), 0]


def _begins(window: str, at: int) -> bool:
    before = window[:at].rstrip(" \t\xa0")
    return not before or before[-1] in ".!?…。！？؟۔\n\"'”»’)]:;" or not window[at - 1].isspace()


def _divide(both: str, title: str | None, site: str | None) -> tuple[str, str]:
    """Title and site of a template that puts nothing between them (Turkish, 2015): where the known one ends."""
    if title and both.startswith(title):
        return title, both[len(title) :]
    if site and both.endswith(site):
        return both[: -len(site)], site
    head, _, tail = both.rpartition(" ")
    return head, tail


def _same(found: str, known: str | None) -> bool | None:
    if not known:
        return None
    left, right = fold(found), fold(known)
    if not left or not right:
        return False
    if left == right:
        return True
    short, long = sorted((left, right), key=len)
    return len(short.split()) >= 4 and long.startswith(short)
