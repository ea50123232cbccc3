"""Where the article begins in plain text: its headline, and what stands above its first paragraph."""

from __future__ import annotations

import re
from itertools import combinations

from mapexpress.boilerplate.lines import Line
from mapexpress.boilerplate.phrases.widget_labels import fold, is_network, match_line
from mapexpress.boilerplate.plain.draft import TITLE_WORDS, Draft
from mapexpress.text.lengths import count_words
from mapexpress.text.sentences import FULL_STOPS, SENTENCE_ENDS, ends_in_word
from mapexpress.text.signatures import is_dateline

_CLOCK = re.compile(r"\d\s?[:h]\s?\d\d")
_DIGIT, _YEAR = re.compile(r"\d"), re.compile(r"\d{4}")
_EXCLAIMED = SENTENCE_ENDS - FULL_STOPS  # what headlines end in as well
_HEADLINE_CHARS = 200  # twice the longest headline that search engines show
_HEAD_LINES = 20  # headlines, trails and menus that stand above an article; teasers are longer lists
_HEAD_GROUP = 8  # lines of a byline with its date, counts and buttons
_MENU_RUN = 3  # that many lines of three words or fewer in a row are a menu


def first_of_body(draft: Draft) -> int:
    for shape in ("prose", "sentence", "cut"):
        for line in draft.lines:
            if line.shape == shape and line.index not in draft.verdicts:
                return _below_headline(draft, line)
    return len(draft.lines)


def _below_headline(draft: Draft, line: Line) -> int:
    """The first line of the body: `line`, or what follows when `line` is a headline that ends in "!", "?" or "…".

    Such a headline stands first, and a byline, a date or another short line below it.
    """
    if line.text[-1] not in _EXCLAIMED or line.size > _HEADLINE_CHARS or line.phrase is not None:
        return line.index
    if any(other.shape == "short" and other.words >= TITLE_WORDS for other in draft.lines[: line.index]):
        return line.index
    below = draft.lines[line.index + 1 :]
    if not below or below[0].shape not in ("label", "figure", "short", "prefix"):
        return line.index
    body = (other.index for other in below if other.shape in ("prose", "sentence", "cut"))
    return next(body, line.index)


def find_title(draft: Draft) -> int | None:
    """The headline: a line that is the known title or a footer's, else the first headline above the article."""
    lines = draft.lines
    above = lines[: draft.first + 1]
    for wanted in [draft.known_title, *(line.footer.title for line in lines if line.footer)]:
        folded = fold(wanted) if wanted else ""
        if folded:
            for line in above:
                if fold(line.text) == folded:
                    return line.index
    if draft.known_title:
        return None
    start = _after_menu(draft)
    candidates = [
        line
        for line in lines[start : draft.first]
        if line.shape in ("short", "sentence", "cut", "prose")
        and not line.is_item
        and 12 <= line.size <= _HEADLINE_CHARS
        and line.text[-1] not in FULL_STOPS
    ]
    if not candidates:
        return None
    # a menu on one line begins with the way home
    candidates = [line for line in candidates if not _is_menu(line)] or candidates
    long_enough = [line for line in candidates if line.words >= TITLE_WORDS] or candidates
    for trail, line in combinations(long_enough[:_HEAD_LINES], 2):
        if _is_trail(trail.text, line.text):
            return line.index
    return long_enough[0].index


def _is_menu(line: Line) -> bool:
    home = match_line(line.text.split(" ", 1)[0])
    return home is not None and home.kind == "navigation" and all(word[0].isupper() for word in line.text.split())


def _after_menu(draft: Draft) -> int:
    run = 0
    for line in reversed(draft.lines[: draft.first]):
        if line.shape == "short" and line.words < TITLE_WORDS:
            run += 1
            if run == _MENU_RUN:
                return line.index + _MENU_RUN
        else:
            run = 0
    return 0


def judge_footers(draft: Draft) -> None:
    """A footer is believed when its title is the article's; `find_tail` believes others by their place."""
    folded = fold(draft.title)
    for line in draft.lines:
        if line.footer is None or line.shape != "footer":
            continue
        if line.footer.title_matches or (folded and fold(line.footer.title) == folded):
            draft.remove(line, "feed_footer", f"phrase: footer {line.footer.locale}, title matches")
        elif not draft.title_line and not draft.title and line.index > draft.first:
            draft.title = line.footer.title
            draft.remove(line, "feed_footer", f"phrase: footer {line.footer.locale}, the text has no other title")


def judge_head(draft: Draft) -> None:
    lines, title = draft.lines, draft.title_line
    folded = fold(draft.title)
    if title is not None:
        draft.remove(lines[title], "title", "place: headline above the article")
    for line in lines[: draft.first]:
        if line.phrase is not None and line.shape in ("label", "prefix"):
            draft.remove_phrase(line, "above the article")
        elif line.shape == "figure" and not _opens_article(draft, line):
            draft.remove(line, "date", "shape: date, number or signs above the article")
        elif folded and line.index != title and (fold(line.text) == folded or _is_trail(line.text, draft.title)):
            draft.remove(line, "navigation", "title repeated above the article")
        elif title is not None and line.index < title and line.shape in ("short", "cut"):
            draft.remove(line, "header", "place: above the title")
    for line in lines[: draft.first]:
        if draft.verdicts.get(line.index - 1, ("", ""))[0] in ("share", "follow") and is_network(line.text):
            draft.remove(line, "share", "place: a network's name under a share label, above the article")
        _judge_byline(draft, line)
    for line in lines[(title if title is not None else draft.first) + 1 : draft.first]:
        if (
            line.shape == "short"
            and line.words <= TITLE_WORDS
            and {line.index - 1, line.index + 1} <= set(draft.verdicts)
        ):
            draft.remove(line, "header", "place: between widgets above the article")
    draft.names = frozenset(
        fold(lines[i].text) for i, (reason, _) in draft.verdicts.items() if reason == "byline" and not lines[i].phrase
    )


def _opens_article(draft: Draft, line: Line) -> bool:
    """Whether a date is the article's first line: a place before it, no clock, and the page's own date stands above."""
    between = draft.lines[line.index + 1 : draft.first]
    return (
        is_dateline(line.text)
        and not any(other.shape == "figure" for other in between)
        and _CLOCK.search(line.text) is None
        and any(other.shape == "figure" and _names_day(other.text) for other in draft.lines[: line.index])
    )


def _judge_byline(draft: Draft, line: Line) -> None:
    """A name above the article has no mark of its own: it stands beside a byline label, a date or a count."""
    if line.index in draft.verdicts or line.shape != "short" or line.words > 6:
        return
    before = draft.verdicts.get(line.index - 1, ("", ""))[0]
    after = draft.verdicts.get(line.index + 1, ("", ""))[0]
    previous = draft.lines[line.index - 1] if line.index else None
    labelled = before == "byline" and previous is not None and not (previous.phrase and previous.phrase.rest)
    small = draft.group_sizes[line.group] <= _HEAD_GROUP
    in_group = (
        small
        and "date" in (before, after)
        and any(
            other.group == line.group
            for other in draft.lines[max(0, line.index - 1) : line.index + 2]
            if other is not line
        )
    )
    beside_date = "date" in (before, after) and _is_signed(line.text)
    if labelled or beside_date or (in_group and line.words <= 4):
        draft.remove(line, "byline", "place: beside a byline, date or count above the article")


def _is_signed(text: str) -> bool:
    """Whether a line is a name behind one word: "By Amina Yusuf", "Von Amina El Yusuf".

    >>> _is_signed("By Amina Yusuf"), _is_signed("Rain in the north"), _is_signed("Rain")
    (True, False, False)
    """
    words = text.split()
    return 3 <= len(words) <= 6 and all(word[0].isupper() for word in words) and not text.isupper()


def _is_trail(text: str, title: str) -> bool:
    """Whether a line is a trail of breadcrumbs that ends in the title ("HomeNewsRain in June", "Home > Rain in June").

    >>> _is_trail("HomeNewsRain in June", "Rain in June"), _is_trail("Weather: Rain in June", "Rain in June")
    (True, False)
    >>> _is_trail("Habari Kijiji Mvua kubwa mjini leo", "Mvua kubwa mjini leo")
    True
    """
    text, title = text.replace("’", "'"), title.replace("’", "'")
    if len(text) <= len(title) or not title or not text.endswith(title):
        return False
    before = text[: -len(title)]
    if (ends_in_word(before) and not before[-1].isdigit()) or before.rstrip()[-1:] in set(">›»/|→"):
        return True
    if ends_in_word(before.rstrip()) and count_words(title) >= TITLE_WORDS and count_words(before) < TITLE_WORDS:
        return True
    home = match_line(before.split()[0])
    return home is not None and home.kind == "navigation"


def _names_day(line: str) -> bool:
    """Whether a line has a year and another digit, before or behind it."""
    return _YEAR.search(line) is not None and len(_DIGIT.findall(line)) > 4
