"""Stories of a generated site: the truth that its pages are made from and its records are compared with."""

from __future__ import annotations

import random
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

WORDS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
SECTIONS = tuple(WORDS["fr"]["sections"])
NEWEST = datetime(2026, 6, 12, 16, 5, tzinfo=UTC)
COUNT = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article. `parts` are its paragraphs page by page; most have one page."""

    number: int  # 0 is the newest
    lang: str
    title: str
    parts: tuple[tuple[str, ...], ...]
    published: datetime
    author: str
    section: str
    tags: tuple[str, ...]

    @property
    def id(self) -> int:
        """The site's own number of it; newer stories have greater ones."""
        return 48210 - 7 * self.number

    @property
    def slug(self) -> str:
        return slug(self.title)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(p for part in self.parts for p in part)

    @property
    def lead(self) -> str:
        """What teasers show: the first paragraph, cut off."""
        return self.parts[0][0][:120].rsplit(" ", 1)[0] + " […]"

    @property
    def day(self) -> str:
        """As readers of the language see it."""
        name = WORDS[self.lang]["months"][self.published.month - 1]
        if self.lang == "en":
            return f"{name} {self.published.day}, {self.published.year}"
        return f"{self.published.day} {name} {self.published.year}"


def slug(text: str) -> str:
    """The name of a title in an address; Arabic letters stay.

    >>> slug("Safi : le musée du sel")
    'safi-le-musee-du-sel'
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return re.sub(r"[^\w]+", "-", plain).strip("-")


def write_stories(lang: str, *, seed: str, count: int = COUNT) -> tuple[Story, ...]:
    """`count` stories, the newest first, nineteen hours apart; the fourth and eleventh have three pages.

    The sixth is a brief of two paragraphs, the ninth a long read.
    """
    words = WORDS[lang]
    dice = random.Random(f"{seed} {lang}")
    pairs = [(p, s) for p in words["places"] for s in words["subjects"]]
    chosen = dice.sample(pairs, count)
    return tuple(_story(number, lang, place, subject, dice) for number, (place, subject) in enumerate(chosen))


def _story(number: int, lang: str, place: str, subject: str, dice: random.Random) -> Story:
    words = WORDS[lang]
    title = (
        f"{place} : {subject} {dice.choice(words['acts'])}"
        if lang == "fr"
        else f"{place}: {subject} {dice.choice(words['acts'])}"
    )
    pages = 3 if number in (3, 10) else 1
    length = 2 if number == 5 else 12 if number == 8 else 4 + number % 3
    parts = tuple(
        tuple(_paragraph(words, place, dice) for _ in range(length if page == 0 else 3)) for page in range(pages)
    )
    return Story(
        number=number,
        lang=lang,
        title=title,
        parts=parts,
        published=NEWEST - timedelta(hours=19 * number),
        author=words["authors"][number % 4],
        section=SECTIONS[number % 3],
        tags=(place, subject.split()[-1]),
    )


def _paragraph(words: dict[str, Any], place: str, dice: random.Random) -> str:
    chosen = dice.sample(words["sentences"], 3 - (dice.random() < 0.3))
    return " ".join(s.format(a=dice.randint(61, 980), b=dice.randint(11, 59), place=place) for s in chosen)
