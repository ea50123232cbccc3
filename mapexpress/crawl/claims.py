"""Pages that name another address as their own: whose record they are, as the page at that address tells.

Whoever writes a page can name any address in it. So an address that is named is asked, unless what the page says is
what is stored under it already; it is believed where the page there says the same, or names itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from mapexpress.model.record import Article
from mapexpress.record.canonical import names_another, under_own_name
from mapexpress.web.addresses import article_id, identity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mapexpress.dataset.store import SiteStore
    from mapexpress.model.document import Document

Verdict = Literal["believed", "own", "ask"]
MAX_DENIED = 10_000  # addresses of a run that were asked in vain: 1 MB of memory


@dataclass(slots=True, frozen=True, kw_only=True)
class Claim:
    """The record of a page that names `address`, while that is asked; `pages` are the addresses it was made of."""

    address: str
    record: Article
    pages: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class Claims:
    """Judges the canonical addresses of one run's records by what is stored and what the pages there say."""

    store: SiteStore
    _denied: set[str] = field(default_factory=set)  # identities

    def verdict(self, record: Article) -> Verdict:
        """Whether a record may have the address that its page names, has its own, or the other one is to be asked.

        A page that is stored under its own address stays there.
        """
        if not record.url or not record.canonical_url or not names_another(record.url, record.canonical_url):
            return "believed"
        mine = self.store.known(article_id(record.site, record.url))
        if mine is not None and not names_another(record.url, mine.url):
            return "own"
        known = self.store.known(record.id)
        if known is not None and (known.content_hash, known.status) == (record.content_hash, record.status):
            return "believed"
        return "own" if identity(record.canonical_url) in self._denied else "ask"

    def settle(self, claim: Claim, answer: Article, *, names_itself: bool) -> Article:
        """The record that an entry gives whose page names another address, after the `answer` of the page there.

        `names_itself`: that page declares the address that it was asked at.
        """
        if _says_the_same(answer, claim.record):
            return answer if self._is_stored_from_itself(claim.record) else claim.record
        if names_itself and not names_another(answer.url, claim.address):
            return answer
        return self.deny(claim)

    def missed(self, claim: Claim) -> Article | None:
        """The record under its own address where there is no page at the other one; None where one is stored from it.

        That one may be away for an hour: its other addresses are no articles of their own meanwhile.
        """
        return None if self._is_stored_from_itself(claim.record) else self.deny(claim)

    def deny(self, claim: Claim) -> Article:
        """The record under its own address: the page at the other one says something else, or there is none."""
        if len(self._denied) < MAX_DENIED:
            self._denied.add(identity(claim.address))
        return under_own_name(claim.record)

    def forgo(self, claim: Claim, *, answered: Sequence[str | None] = ()) -> None:
        """Note that responses of a claim have no outcome of their own: those of the page and of the one it names."""
        for url in (*claim.pages, claim.address, *answered):
            if url and self.store.outcome(url) is None:
                self.store.leave(url)

    def _is_stored_from_itself(self, record: Article) -> bool:
        known = self.store.known(record.id)
        return known is not None and not names_another(known.url, record.canonical_url)


def claim_of(record: Article, documents: Sequence[Document]) -> Claim:
    """What a record's page claims, to be kept while the address that it names is asked."""
    pages = tuple(document.url for document in documents if document.url)
    return Claim(address=record.canonical_url or "", record=replace(record), pages=pages)


def _says_the_same(one: Article, other: Article) -> bool:
    return one.text.split() == other.text.split()
