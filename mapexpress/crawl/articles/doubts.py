"""Pages that may be no article's own: one text that several addresses give is none of theirs.

A page of maintenance or of an error with status 200 looks like an article until another address gives it too. So a
record is kept back where nothing says that it belongs to its address: it is stored when the run is at its end and
nothing else gave its text. What several addresses gave is remembered, for runs that meet it once.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mapexpress.crawl.refusals import REPEATED_TEXT
from mapexpress.dataset.near_duplicates.rule import RULE
from mapexpress.model.record import Article, Rejection
from mapexpress.record.canonical import names_another
from mapexpress.web.addresses import SLUG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mapexpress.dataset.state.frontier import Entry
    from mapexpress.dataset.state.tables import Known
    from mapexpress.dataset.store import SiteStore

MAX_HELD = 64  # records kept back: some 10 KB each; the oldest is stored when another one comes
MAX_TEXTS = 10_000  # of a run, the newest: 5 MB. An error that rarer pages than that show is none that a run meets
FEW = 2  # addresses that may share a text whose title is theirs: the same dispatch in two sections is common
_LIKE = 0.3  # share of three-letter pieces; headlines that a desk rewrote for the address keep half, others have .05
_KIN = 0.05  # share of word triples that a text and its revision have in common at least
_FEWEST_LETTERS = 10  # of an address, to say anything of a title
_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_REMEMBERED = timedelta(days=365)
_ENDING = re.compile(r"\.(?:html?|php|aspx?|shtml)$", re.IGNORECASE)

MIGRATIONS = (
    """
    CREATE TABLE repeated_texts (      -- that several addresses gave
        digest BLOB PRIMARY KEY,
        seen_at TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
)


@dataclass(slots=True)
class Doubts:
    """Of one run. Texts are known by digests: `exact`, and where a record is in doubt `loose`."""

    store: SiteStore
    _texts: OrderedDict[bytes, dict[str, str]] = field(default_factory=OrderedDict)  # record ids by place, by digest
    _held: OrderedDict[str, tuple[Entry, Article, bytes]] = field(default_factory=OrderedDict)  # by the entry's address
    _repeated: set[bytes] = field(default_factory=set)
    _given: dict[int, tuple[Entry, Article | Rejection]] = field(default_factory=dict)  # by the identity of the item

    def __post_init__(self) -> None:
        state, old = self.store.state, self.store.clock() - _REMEMBERED
        state.migrate("doubts", MIGRATIONS)
        state.write("DELETE FROM repeated_texts WHERE seen_at < ?", old.astimezone(UTC).isoformat(timespec="seconds"))
        self._repeated.update(bytes(row[0]) for row in state.all("SELECT digest FROM repeated_texts"))  # type: ignore[arg-type]

    def note(self, entry: Entry, record: Article) -> None:
        """Count an address to a text before its record is judged: that of a page that waits for the site's template."""
        self._note(entry, record, doubtful=self._is_doubtful(entry, record, self.store.known(record.id)))

    def _note(self, entry: Entry, record: Article, *, doubtful: bool) -> None:
        for digest in (exact(record.text), *([loose(record.text)] if doubtful else ())):
            self._places(digest)[place_of(entry.url)] = record.id

    def judge(self, entry: Entry, record: Article) -> list[Article | Rejection]:
        """What is stored now: the record, or the rejections of it and others, or nothing while it is kept back."""
        known = self.store.known(record.id)
        if known is not None and known.content_hash == record.content_hash:
            self._note(entry, record, doubtful=record.date_published is None)
            return [record]
        doubtful = self._is_doubtful(entry, record, known)
        self._note(entry, record, doubtful=doubtful)
        if doubtful:
            digest = loose(record.text)
            if self._others(entry, record, digest) or digest in self._repeated:
                self._repeats(digest)
                return [self._rejected(*held) for held in ((entry, record), *self._taken(digest))]
            self._held[entry.url] = entry, record, digest
            return [self._released()] if len(self._held) > MAX_HELD else []
        digest = exact(record.text)
        common = self._others(entry, record, digest) >= FEW and len(_WORD.findall(record.text)) >= RULE.min_words
        if common or digest in self._repeated:
            self._repeats(digest)
            return [self._rejected(entry, record)]
        return [record]

    def waiting(self) -> set[str]:
        """Addresses of the frontier whose records are kept back, or on their way into the store."""
        return {*self._held, *(entry.url for entry, _ in self._given.values())}

    def release(self) -> Iterator[tuple[Entry, Article]]:
        """What was kept back and nothing else gave, when nothing more comes."""
        while self._held:
            _, (entry, record, _) = self._held.popitem(last=False)
            self._give(entry, record)
            yield entry, record

    def entry_of(self, item: object) -> Entry | None:
        """The entry of an item that is given at another time than its page was read; once."""
        given = self._given.pop(id(item), None)
        return given[0] if given is not None else None

    def _released(self) -> Article:
        _, (entry, record, _) = self._held.popitem(last=False)
        self._give(entry, record)
        return record

    def _taken(self, loose: bytes) -> list[tuple[Entry, Article]]:
        """What is kept back with this text, no longer so."""
        found = [url for url, (_, _, digest) in self._held.items() if digest == loose]
        return [self._held.pop(url)[:2] for url in found]

    def _give(self, entry: Entry, item: Article | Rejection) -> None:
        self._given[id(item)] = entry, item  # which keeps it alive, so that its identity stays its own

    def _rejected(self, entry: Entry, record: Article) -> Rejection:
        rejection = Rejection(
            url=entry.url,
            stage="extract",
            reason=REPEATED_TEXT,
            detail="other addresses of the site give the same text",
            site=record.site,
            http_status=record.http_status,
            fetched_at=record.fetched_at,
            discovered_via=record.discovered_via,
            warc_record_id=record.warc_record_id,
        )
        self._give(entry, rejection)
        return rejection

    def _places(self, digest: bytes) -> dict[str, str]:
        places = self._texts.setdefault(digest, {})
        self._texts.move_to_end(digest)
        while len(self._texts) > MAX_TEXTS:
            self._texts.popitem(last=False)
        return places

    def _others(self, entry: Entry, record: Article, digest: bytes) -> int:
        """Other addresses that gave the text; one that the page itself names is none."""
        alias = names_another(record.url, record.canonical_url)
        own = place_of(entry.url)
        return sum(place != own and not (alias and name == record.id) for place, name in self._places(digest).items())

    def _repeats(self, digest: bytes) -> None:
        self._repeated.add(digest)
        now = self.store.clock().astimezone(UTC).isoformat(timespec="seconds")
        self.store.state.write("REPLACE INTO repeated_texts VALUES (?, ?)", digest, now)

    def _is_doubtful(self, entry: Entry, record: Article, known: Known | None) -> bool:
        """Whether nothing says that the page is the one that was asked for: its title, its text, its date."""
        if known is not None:
            dated = record.date_published is not None and known.date_published == record.date_published
            if dated and known.title == record.title:  # a notice in an article's place has neither, or not both
                return False
            last = self.store.latest(known)
            if last is not None and last.status == "active":
                return not _are_kin(last.text, record.text)
        if entry.title_hint and _are_alike(record.title, entry.title_hint):
            return False
        name = _name_in(entry.url, record.title)
        if name or entry.title_hint:
            return not (name and _are_alike(record.title, name))
        return record.date_published is None


def exact(text: str) -> bytes:
    """16 bytes that stand for a text."""
    return _digest(text)


def loose(text: str) -> bytes:
    """16 bytes that stand for a text without its words that hold a digit: the hour, the number of an error.

    >>> loose("It is 12:05 now. Come back.") == loose("It is 12:40 now. Come back.")
    True
    """
    words = text.casefold().split()
    plain = " ".join(word for word in words if word.isalpha() or not _DIGIT.search(word))
    # what is left of a text of figures, or of one without blanks, says too little
    return _digest(plain if 2 * len(plain) >= len(text) else " ".join(words))


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def place_of(url: str) -> str:
    """What tells an address from others of its site, whatever section or device it is for.

    >>> place_of("https://news.example/politics/storm-in-rabat.html?from=home")
    'storm-in-rabat'
    >>> place_of("https://news.example/read?story=5")
    'read?story=5'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    last = _ENDING.sub("", parts.path.rstrip("/").rpartition("/")[2])
    return last if SLUG.search(last) or not parts.query else f"{last}?{parts.query}"


def _name_in(url: str, title: str) -> str:
    """The words of an address; empty where it has hardly any, or other letters than the title."""
    name = "".join(c if c.isalpha() else " " for c in unquote(place_of(url).partition("?")[0]))
    letters, shown = _letters(name), _letters(title)
    if sum(map(str.isalpha, letters)) < _FEWEST_LETTERS:
        return ""
    return "" if letters.isascii() and sum(map(str.isascii, shown)) * 2 < len(shown) else name


def _are_alike(title: str, name: str) -> bool:
    """Whether two names have a good part of their letters in common, in order.

    >>> _are_alike("Pluie à Rabat : la ville sous l'eau", "pluie rabat ville sous eau")
    True
    >>> _are_alike("La Gazette", "pluie rabat ville sous eau")
    False
    """
    one, other = _pieces(title), _pieces(name)
    return bool(one and other) and len(one & other) >= _LIKE * min(len(one), len(other))


def _pieces(name: str) -> set[str]:
    letters = _letters(name)
    return {letters[i : i + 3] for i in range(max(1, len(letters) - 2))} if letters else set()


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum())


def _are_kin(one: str, other: str) -> bool:
    """Whether a text may be the other one after an edit: they share some runs of three words."""
    first, second = _triples(one), _triples(other)
    return not first or not second or len(first & second) >= _KIN * min(len(first), len(second))


def _triples(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    if len(words) * 20 < len(text):  # a script without blanks between words
        words = list("".join(words))
    return set(zip(words, words[1:], words[2:], strict=False))
