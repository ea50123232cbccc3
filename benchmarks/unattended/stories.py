"""The articles of a simulated site: when each comes out, what changes in it, and when it is taken away.

All follows from the seed and the site's habits; nothing of it depends on what a crawl asks.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.generated_sites.site import LANGUAGES, Site
from benchmarks.unattended.lives import START, Life

SECTIONS = 3
# Hours after publication at which editors correct: most within the day, some days later
EDIT_AFTER = (1.5, 5, 11, 26, 50, 100)
REMOVE_AFTER, RETURN_AFTER = timedelta(days=4), timedelta(days=5)
ARCHIVE_STEP = timedelta(hours=31)  # between the articles that are there when the first run begins
BACKFILL_YEARS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An article's text from a moment on; `told` whether the site's dates of change say so."""

    at: datetime
    standfirst: str
    paragraphs: tuple[str, ...]
    told: bool

    @property
    def lines(self) -> tuple[str, ...]:
        """What a record's text holds, in order."""
        return (self.standfirst, *self.paragraphs) if self.standfirst else self.paragraphs


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article. `shown` is when it stands on the site, `published` the date that it bears."""

    number: int
    path: str
    title: str
    author: str
    section: int
    published: datetime
    shown: datetime
    versions: tuple[Version, ...]
    removed: datetime | None = None
    returned: datetime | None = None
    only_in_sitemap: bool = False

    def at(self, now: datetime) -> Version:
        """The version that stands at a moment."""
        place = bisect_right([v.at for v in self.versions], now)
        return self.versions[max(0, place - 1)]

    def is_there(self, now: datetime) -> bool:
        """Whether its page answers with it."""
        if now < self.shown:
            return False
        return self.removed is None or now < self.removed or (self.returned is not None and now >= self.returned)

    def modified(self, now: datetime) -> datetime:
        """The date of change that the site gives at a moment."""
        told = [v.at for v in self.versions if v.told and v.at <= now]
        return told[-1] if told else self.published


@dataclass(slots=True)
class Writer:
    """Writes the articles of one life in its language."""

    life: Life
    seed: int
    days: int
    words: Site = field(init=False)

    def __post_init__(self) -> None:
        codes = sorted(LANGUAGES)
        self.words = Site(codes.index(self.life.lang) + len(codes) * (1 + self.seed))

    def write(self) -> tuple[Story, ...]:
        """All articles of the life, oldest first."""
        told: list[tuple[datetime, datetime, bool]] = []  # published, shown, whether only a sitemap has it
        archive = [START - ARCHIVE_STEP * (n + 1) for n in range(self.life.archive)]
        told += [(day, day, False) for day in reversed(archive)]
        rng = random.Random(f"{self.seed} moments")
        for day in range(self.days):
            begin = START + timedelta(days=day)
            count = int(self.life.per_day) + (rng.random() < self.life.per_day % 1)
            moments = sorted(rng.uniform(0, 24) for _ in range(count))
            for moment in (begin + timedelta(hours=hour) for hour in moments):
                if not self.life.during("silence", moment):
                    told.append((moment, moment, rng.random() < self.life.only_in_sitemap))
        for fill in self.life.of("backfill"):
            shown = START + fill.at
            span = timedelta(days=365 * BACKFILL_YEARS) / fill.count
            told += [(shown - timedelta(days=400) - span * n, shown, True) for n in range(fill.count)]
        told.sort(key=lambda moments: moments[1])
        return tuple(self._story(number, *moments) for number, moments in enumerate(told))

    def _story(self, number: int, published: datetime, shown: datetime, only_in_sitemap: bool) -> Story:
        rng = random.Random(f"{self.seed} story {number}")
        published = published.replace(second=0, microsecond=0)
        title = self.words.sentence(rng, rng.randint(6, 9), stop=False)
        first = Version(
            at=shown,
            standfirst=self._paragraph(rng, 2) if self.life.standfirst else "",
            paragraphs=tuple(self._paragraph(rng, rng.randint(2, 4)) for _ in range(rng.randint(4, 7))),
            told=True,
        )
        later = published >= START
        edit = later and rng.random() < self.life.edits
        versions = [first]
        if edit:
            at = shown + timedelta(hours=rng.choice(EDIT_AFTER))
            changed = list(first.paragraphs)
            changed[rng.randrange(len(changed))] = self._paragraph(rng, 3)
            versions.append(
                Version(at=at, standfirst=first.standfirst, paragraphs=tuple(changed), told=self.life.edits_told)
            )
        removed = shown + REMOVE_AFTER if later and rng.random() < self.life.removals else None
        returned = removed + RETURN_AFTER if removed and rng.random() < self.life.returns else None
        return Story(
            number=number,
            path=self.life.permalink.format(year=published.year, month=f"{published.month:02}", id=4100 + 3 * number),
            title=title,
            author=self.words.authors[number % len(self.words.authors)],
            section=number % SECTIONS,
            published=published,
            shown=shown,
            versions=tuple(versions),
            removed=removed,
            returned=returned,
            only_in_sitemap=only_in_sitemap,
        )

    def _paragraph(self, rng: random.Random, sentences: int) -> str:
        return " ".join(self.words.sentence(rng, rng.randint(9, 16)) for _ in range(sentences))


def there(stories: Sequence[Story], now: datetime) -> list[Story]:
    """Those that stand on the site at a moment, the newest of publication first."""
    return sorted((s for s in stories if s.is_there(now)), key=lambda s: (s.published, s.number), reverse=True)
