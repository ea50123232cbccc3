"""One generated site: its layout and boxes, its articles, and the real sentences that recur in them.

All follows from the seed. `Made` says which lines are the theme's and which the article's; the traps among these are
lines that return on other pages of the site and are real all the same.
"""

from __future__ import annotations

import html
import random
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LANGUAGES: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("languages.toml").read_text("utf-8"))
SPACELESS = {"ja", "th", "zh"}
AUTHORS = 4
SECTIONS = 4


@dataclass(slots=True, kw_only=True)
class Made:
    """A page: its HTML, the same as text that has lost it, and what stands on it."""

    url: str
    title: str
    html: str
    text: str
    body: list[str]
    traps: list[str]
    theme: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)  # those that text without HTML cannot tell from recurring sentences


class Site:
    """A site of its own language, layout, boxes and habits."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.code = sorted(LANGUAGES)[seed % len(LANGUAGES)]
        self.words = LANGUAGES[self.code]
        self.lexicon: list[str] = self.words["words"].split()
        rng = random.Random(f"site {seed}")
        self.host = f"site{seed}.example"
        self.name = f"{self.word(rng).title()} {self.word(rng).title()}"
        names = [f"{a}{b}" for a in ("zone", "bloc", "aire", "volet") for b in "abcdefgh"]
        rng.shuffle(names)
        self.names = iter(names)
        self.paragraph = rng.choice(["p", "p", "p", "p class='wp-block-paragraph'", "div"])
        self.container = rng.choice(["section class='texte'", "div class='entry'", "div class='story-text'", "div"])
        self.nested = rng.random() < 0.3  # the body's container has one of its own around it
        boxes: list[str] = list(self.words["boxes"])
        rng.shuffle(boxes)
        self.plain_last = boxes[0] if rng.random() < 0.6 else ""  # among the paragraphs, with nothing to tell it apart
        self.linked_last = boxes[1] if rng.random() < 0.4 else ""  # the same with a link
        self.always = [(box, next(self.names), rng.choice(["head", "middle", "tail"])) for box in boxes[2:5]]
        self.rotating = [(box, next(self.names), rng.choice(["middle", "tail"])) for box in boxes[5:8]]
        self.shape = {
            name: rng.choice(["div", "div", "aside", "section"]) for _, name, _ in self.always + self.rotating
        }
        self.teasers, self.footer, self.inline = (rng.random() < 0.7 for _ in range(3))
        self.minutes = f"{self.word(rng)} # {self.word(rng)}"
        self.by, self.heading = self.word(rng).title(), self.sentence(rng, 3, stop=False)
        self.first = f"{self.sentence(rng, 3, stop=False)}: "
        self.authors = [f"{self.word(rng).title()} {self.word(rng).title()}" for _ in range(AUTHORS)]
        self.sections = [self.word(rng).title() for _ in range(SECTIONS)]
        self.nav_lines = rng.random() < 0.5  # whether each entry of the menu is a line of the lost HTML
        self.nav = [self.word(rng).title() for _ in range(5)]
        # habits of its editors: how many of ten articles carry each real sentence that returns
        self.share = {trap: rng.choice([0, 1, 2, 3, 4]) for trap in ("last", "first", "correction", "about", "quoted")}
        self.share |= {"middle": rng.choice([0, 3, 6, 10]), "signature": rng.choice([0, 4, 10])}
        self.share |= {"dateline": rng.choice([0, 5, 10]), "day": rng.choice([0, 0, 3]), "live": rng.choice([0, 0, 2])}
        self.share |= {"figures": rng.choice([0, 3, 5]), "subheading": rng.choice([0, 5, 10])}
        self.share["quote"] = rng.choice([0, 3, 8, 10])
        self.quoted_in = rng.choice(["blockquote", "p class='citation'"])

    # Words.

    def word(self, rng: random.Random) -> str:
        return rng.choice(self.lexicon)

    def sentence(self, rng: random.Random, count: int, *, stop: bool = True) -> str:
        text = ("" if self.code in SPACELESS else " ").join(self.word(rng) for _ in range(count))
        return f"{text[0].upper()}{text[1:]}{self.words['stop'] if stop else ''}"

    def url(self, number: int) -> str:
        return f"https://{self.host}/2026/06/{number}/"

    def title(self, number: int) -> str:
        return self.sentence(random.Random(f"{self.seed} title {number}"), 6, stop=False)

    def place(self, number: int) -> str:
        return self.word(random.Random(f"{self.seed} place {number}")).title()

    def _has(self, trap: str, number: int) -> bool:
        return random.Random(f"{self.seed} {trap} {number}").randrange(10) < self.share[trap]

    # An article: (tag, text) in order, and the traps among them.

    def article(self, number: int) -> tuple[list[tuple[str, str]], list[str]]:  # noqa: C901  one habit after another
        rng = random.Random(f"{self.seed} body {number}")
        tag, words = self.paragraph, self.words
        body = [(tag, self._own(rng)) for _ in range(rng.randint(3, 8))]
        traps: list[str] = []

        def put(at: int, text: str, element: str = tag) -> None:
            body.insert(at, (element, text))
            traps.append(text)

        if self._has("dateline", number):
            body[0] = (tag, words["dateline"].format(place=self.place(number)) + body[0][1])
            traps.append(body[0][1])
        weather, slogan, closing, opening, correction = words["standing"]
        if self._has("middle", number):
            put(rng.randint(1, len(body) - 1), weather)
        if self._has("subheading", number):
            put(rng.randint(1, len(body) - 1), words["subheading"], "h2")
        if self._has("live", number):
            for at in range(len(body) - 1, 0, -1):
                put(at, f"{8 + at}:{rng.randint(10, 59)}", "h3")
        if self._has("figures", number):
            items = [words["figure"].format(place=self.word(rng).title(), n=rng.randint(90, 480)) for _ in range(3)]
            body.insert(rng.randint(1, len(body) - 1), ("ul", "\n".join(items)))
            traps.extend(items)
        if self._has("first", number):
            put(0, opening)
        if self._has("day", number):
            put(0, words["day"].format(place=self.place(number), d=1 + number % 28))
        if self._has("quoted", number):
            put(rng.choice([1, len(body)]), slogan, self.quoted_in)
        if self._has("quote", number):
            put(len(body), words["quote"].format(n=rng.randint(40, 900)))
        if self._has("about", number):
            for text in words["about"]:
                put(len(body), text)
        elif self._has("last", number):
            put(len(body), closing)
        if self._has("correction", number):
            put(len(body), correction)
        if self._has("signature", number):
            put(len(body), words["signature"])
        return body, traps

    def _own(self, rng: random.Random) -> str:
        return " ".join(self.sentence(rng, rng.randint(9, 18)) for _ in range(rng.randint(1, 3)))

    def page(self, number: int, *, copy: int = 0) -> Made:  # noqa: C901  from top to bottom
        """A page by its number; `copy` gives the same article under another address, with one paragraph changed."""
        body, traps = self.article(number)
        title, rng = self.title(number), random.Random(f"{self.seed} page {number}")
        if copy:
            changed = random.Random(f"{self.seed} copy {number} {copy}")
            own = [n for n, (_, text) in enumerate(body) if text not in traps and "\n" not in text]
            if len(own) > 3:
                body[own[-1]] = (self.paragraph, self._own(changed))
        others = [n for n in rng.sample(range(400), 6) if n != number][:4]
        theme: list[str] = []
        untold: list[str] = []
        text: list[str] = []
        out: list[str] = []

        def show(element: str, words: str, *, link: str = "") -> None:
            theme.append(words)
            text.append(words)
            out.append(_element(element, words, link))

        author, section = self.authors[number % AUTHORS], self.sections[number % SECTIONS]
        show("div class='fil'", f"{self.nav[0]} {section} {title}")
        text.append(title)
        out.append(f"<h1>{html.escape(title)}</h1>")
        show("div class='ligne'", f"{self.by} {author}")
        show("div class='jour'", f"{1 + number % 28}.06.2026 {8 + number % 12}:15")
        show("div class='duree'", self.minutes.replace("#", str(2 + number % 7)))
        turn = self.rotating[number % len(self.rotating)]
        boxes = [*self.always, turn]
        inner: list[str] = []
        lines: list[str] = []

        def box(at: str) -> None:
            for words, name, where in boxes:
                if where == at:
                    inner.append(f"<{self.shape[name]} class='{name}'>{html.escape(words)}</{self.shape[name]}>")
                    lines.append(words)
                    theme.append(words)
                    if at == "middle" or words == turn[0]:
                        untold.append(words)

        box("head")
        for n, (element, words) in enumerate(body):
            if n == 1:
                box("middle")
            if n == 2 and self.inline:
                other = self.title(others[3])
                theme.append(f"{self.first}{other}")
                untold.append(theme[-1])
                lines.append(theme[-1])
                inner.append(
                    f"<p>{html.escape(self.first)}<a href='{self.url(others[3])}'>{html.escape(other)}</a></p>"
                )
            if element == "ul":
                inner.append("<ul>" + "".join(f"<li>{html.escape(w)}</li>" for w in words.split("\n")) + "</ul>")
                lines.append("\n".join(f"- {w}" for w in words.split("\n")))
            else:
                inner.append(_element(element, words, ""))
                lines.append(words)
        last = [(self.plain_last, ""), (self.linked_last, "/abonnement")]
        if self.footer:
            last.append((f"{self.first}{title} – {self.name}.", ""))
        for words, link in last:
            if words:
                inner.append(_element(self.paragraph, words, link))
                lines.append(words)
                theme.append(words)
        box("tail")
        container = f"<{self.container}>{''.join(inner)}</{self.container.split()[0]}>"
        out.append(f"<div class='cadre'>{container}</div>" if self.nested else container)
        text += lines
        if self.teasers:
            show("h4", self.heading)
            for n in others[:3]:
                first = self.article(n)[0]
                lead = next(w for e, w in first if e == self.paragraph)
                show("h5", self.title(n), link=self.url(n))
                show("div class='resume'", f"{lead[:70].rsplit(' ', 1)[0]}…")
        menu = "".join(f"<li><a href='/{n}'>{html.escape(w)}</a></li>" for n, w in enumerate(self.nav))
        page = (
            f"<!DOCTYPE html><html lang='{self.code}'><head><title>{html.escape(title)} | {self.name}</title>"
            f"<meta property='og:title' content='{html.escape(title)}'><meta property='og:type' content='article'>"
            f"<meta name='author' content='{author}'></head><body><header><nav><ul>{menu}</ul></nav></header>"
            f"<main><article>{''.join(out)}</article></main><footer>{self.name} 2026</footer></body></html>"
        )
        return Made(
            url=self.url(number if not copy else 10_000 * copy + number),
            title=title,
            html=page,
            text="\n\n".join([("\n" if self.nav_lines else " ").join(self.nav), *text, f"{self.name} 2026"]),
            body=[line for _, words in body for line in words.split("\n")],
            traps=traps,
            theme=theme,
            untold=untold,
        )


def _element(element: str, words: str, link: str) -> str:
    inner = html.escape(words)
    if link:
        half = len(inner) // 2 if link == "/abonnement" else 0
        cut = inner.rfind(" ", 0, half) + 1 if half else 0
        inner = f"{inner[:cut]}<a href='{link}'>{inner[cut:]}</a>"
    return f"<{element}>{inner}</{element.split()[0]}>"
