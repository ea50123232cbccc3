"""Generated sites: what is left of the template, and what is lost of the articles, against the pages seen.

    python benchmarks/template_curves.py [SITES]

Each site has its own words (five scripts), its own layout and boxes, and planted traps: a standing sentence inside a
third of the articles, a dateline, a short signature, a slogan that a fifth of the articles quote. The whole article
container is taken as kept, so nothing but the template removes.
"""

from __future__ import annotations

import random
import sys

from mapexpress.blocks import parse
from mapexpress.boilerplate.masks import units_of_page
from mapexpress.boilerplate.sample import sketch_page
from mapexpress.boilerplate.template import learn_template
from mapexpress.boilerplate.template_verdicts import judge

SEEN = (1, 2, 5, 10, 20, 50, 200)
JUDGED = 25  # pages of each site that are judged, seen or not
ALPHABETS = (
    ("ka", "lo", "mi", "ter", "van", "sou", "pel", "dri"),
    ("ба", "ле", "ни", "тор", "ве", "со", "при", "ка"),
    ("با", "لي", "من", "تو", "سا", "ري", "كم", "دو"),
    ("λα", "τε", "νο", "σι", "ρα", "μο", "κυ", "πε"),
    ("ka", "shi", "no", "ra", "mu", "te", "yo", "wa"),
)


class Site:
    """A site of generated words: the same seed gives the same site."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.syllables = ALPHABETS[seed % len(ALPHABETS)]
        self.paragraph = self.rng.choice(["p", "div"])
        self.boxes = [(f"boite-{'abcdefgh'[i]}", self.sentence(self.rng, 9)) for i in range(self.rng.randint(2, 5))]
        self.footer = self.sentence(self.rng, 12)
        self.standing = self.sentence(self.rng, 13)
        self.slogan = self.sentence(self.rng, 8)
        self.signature = f"({self.word(self.rng)})"
        self.place = self.word(self.rng).capitalize()

    def word(self, rng: random.Random) -> str:
        return "".join(rng.choices(self.syllables, k=rng.randint(2, 4)))

    def sentence(self, rng: random.Random, count: int) -> str:
        return " ".join(self.word(rng) for _ in range(count)).capitalize() + "."

    def title(self, number: int) -> str:
        return self.sentence(random.Random(f"{self.place}{number}"), 7).rstrip(".")

    def article(self, number: int) -> list[str]:
        rng = random.Random(f"{self.place}{number}body")
        body = [self.sentence(rng, rng.randint(14, 40)) for _ in range(rng.randint(3, 8))]
        body[0] = f"{self.place} – {body[0]}"
        if number % 3 == 0:
            body.insert(len(body) // 2, self.standing)
        if number % 5 == 0:
            body.insert(1, self.slogan)
        return [*body, self.signature]

    def page(self, number: int) -> tuple[str, list[str], list[str]]:
        """HTML, the article's blocks, the template's blocks."""
        tag, body = self.paragraph, self.article(number)
        head = [f'<div class="{name}">{text}</div>' for name, text in self.boxes[:1]]
        tail = [f'<div class="{name}">{text}</div>' for name, text in self.boxes[1:]]
        inside = "".join([*head, *(f"<{tag}>{p}</{tag}>" for p in body), f"<{tag}>{self.footer}</{tag}>", *tail])
        page = f"<html><body><article><h1>{self.title(number)}</h1><section class='texte'>{inside}</section></article>"
        return page, body, [*(text for _, text in self.boxes), self.footer]


def curve(sites: int) -> None:
    print(f"{'pages seen':>10} {'template blocks left':>22} {'article blocks lost':>20} {'traps lost':>11}")
    for seen in SEEN:
        left = template = lost = content = traps = 0
        for seed in range(sites):
            site = Site(seed)
            sketches = []
            for number in range(seen):
                html, body, _ = site.page(number)
                sketches.append(sketch_page(parse(html), id=str(number), title=site.title(number), lead=body[0]))
            snapshot = learn_template(sketches)
            for number in range(JUDGED):
                html, body, boxes = site.page(number)
                title = site.title(number)
                units = [u for u in units_of_page(parse(html), {"title": title}) if u.text != title]
                gone = {u.text for u in units if u.index in judge(units, snapshot, page=str(number))}
                template += len(boxes)
                left += sum(box not in gone for box in boxes)
                content += len(body)
                lost += sum(text in gone for text in body)
                traps += sum(trap in gone for trap in (site.standing, site.slogan, site.signature, body[0]))
        print(f"{seen:>10} {left:>14} of {template:<5} {lost:>13} of {content:<5} {traps:>9}")


if __name__ == "__main__":
    curve(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
