"""Generated sites: what is left of the template, and what is lost of the articles, against the pages seen.

    python -m benchmarks.generated_sites [SITES] [product] [template-alone] [lost-HTML] [--seen=20,50] [-v]

Each site has its own language (thirteen, nine scripts), layout, boxes (some on every page, some that take turns, some
with nothing that tells them from paragraphs) and habits: standing first and last sentences, slogans, datelines,
signatures, corrections, press releases' boilerplate, live-blog times, figures that differ each day. A fifth of the
pages seen are near-copies of others. Three rows for each number of pages: the whole product on HTML, the template
alone on HTML (all visible blocks are text, nothing else is heard), the text that has lost its HTML.

Counted on 20 pages a site: lines of the theme that are still in the text, lines of the article that are not, and lines
of the article that the page level alone had kept and the template lost, recurring ones ("traps") apart. In text that
has lost its HTML what themes print between two paragraphs, or in turns among them, is not judged: nothing but
repetition speaks against it, as it does against a standing sentence.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable

from benchmarks.generated_sites.site import Made, Site
from mapexpress.boilerplate.plain.clean import PlainText, learn_texts
from mapexpress.boilerplate.template.sample import Sketch
from mapexpress.boilerplate.template.snapshot import TemplateSnapshot, learn_template
from mapexpress.model.options import Options
from mapexpress.record.build import Document, Explanation, explain
from mapexpress.record.lesson import sketch_article

SEEN = (1, 2, 5, 10, 20, 50, 200)
HOW = ("product", "template alone", "lost HTML")
JUDGED = 20  # pages of a site that are judged, seen or not
COPIES = 5  # every fifth page seen is a near-copy of the one before it
ALONE = Options(without=frozenset({"phrases", "platforms", "structure", "candidates"}))


def read(made: Made, how: str, snapshot: TemplateSnapshot | None) -> Explanation:
    options = ALONE if how == "template alone" else None
    document = (
        Document(body=made.text, kind="text", url=made.url)
        if how == "lost HTML"
        else Document(body=made.html, url=made.url)
    )
    return explain([document], snapshot=snapshot, options=options)


def learn(pages: list[Made], how: str, sketches: list[Sketch]) -> TemplateSnapshot:
    if how == "lost HTML":
        return learn_texts([PlainText(id=made.url, text=made.text) for made in pages])
    return learn_template(sketches[: len(pages)])


def seen(site: Site, count: int) -> list[Made]:
    return [site.page(n - 1, copy=1) if n % COPIES == COPIES - 1 else site.page(n) for n in range(count)]


def lines(explanation: Explanation) -> Counter[str]:
    found = (line.removeprefix("- ") for line in explanation.article.text.split("\n"))
    return Counter(" ".join(line.split()) for line in found)


def judge(
    judged: list[tuple[Made, Counter[str]]], how: str, snapshot: TemplateSnapshot, told: Callable[[str, str], None]
) -> Counter[str]:
    """Counts over pages, each with the lines that the page level alone keeps of it."""
    counts: Counter[str] = Counter()
    for made, page in judged:
        text = lines(read(made, how, snapshot))
        unjudged = set(made.untold) if how == "lost HTML" else set()
        for line in made.theme:
            if line in unjudged:
                counts["untold"] += 1
                continue
            counts["theme"] += 1
            if text[" ".join(line.split())]:
                counts["left"] += 1
                told("left", line)
        for line in made.body:
            line = " ".join(line.split())
            counts["body"] += 1
            counts["missing"] += not text[line]
            if page[line] and not text[line]:
                kind = "trap" if line in made.traps else "lost"
                counts[kind] += 1
                told(kind, line)
            elif not page[line]:
                told("page", line)
        counts["other"] += any(page.values()) and not any(text.values())
    return counts


def main() -> None:
    sites = int(next((a for a in sys.argv[1:] if a.isdigit()), "26"))
    asked = next((a.removeprefix("--seen=") for a in sys.argv if a.startswith("--seen=")), "")
    numbers = tuple(map(int, asked.split(","))) if asked else SEEN
    rows = [how for how in HOW if how.replace(" ", "-") in sys.argv] or HOW
    shown: Counter[tuple[str, str, int, str, str]] = Counter()
    print(
        f"{'':15} {'pages seen':>10} {'template lines left':>26} {'article lines missing':>24} {'lost':>5} {'traps':>6}"
    )
    for how in rows:
        totals: dict[int, Counter[str]] = {count: Counter() for count in numbers}
        for seed in range(sites):
            site = Site(seed)
            pages = seen(site, max(numbers))
            sketches = [] if how == "lost HTML" else [sketch_article(read(made, how, None)) for made in pages]
            judged = [(made, lines(read(made, how, None))) for made in map(site.page, range(JUDGED))]
            for count in numbers:
                totals[count] += judge(
                    judged,
                    how,
                    learn(pages[:count], how, sketches),
                    lambda kind, line, key=(how, count, f"{site.code}{seed}"): shown.update([(*key, kind, line)]),
                )
        for count, c in totals.items():
            left, missing = c["left"] / c["theme"], c["missing"] / c["body"]
            print(
                f"{how:15} {count:>10} {c['left']:>8} of {c['theme']:<6} {left:>6.2%} {c['missing']:>8} of"
                f" {c['body']:<6} {missing:>6.2%} {c['lost']:>4} {c['trap']:>6} {c['untold']:>11}",
                flush=True,
            )
    if "-v" in sys.argv:
        for (how, count, site_name, kind, line), times in sorted(shown.items()):
            if kind in ("trap", "lost") or (kind == "left" and count >= 20) or (kind == "page" and count == 1):
                print(f"{how:15} {count:4} {site_name:5} {kind:5} {times:3} {line[:110]}")


if __name__ == "__main__":
    main()
