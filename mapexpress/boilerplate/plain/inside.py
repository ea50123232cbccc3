"""What goes from between an article's paragraphs in plain text: nothing on a phrase alone."""

from __future__ import annotations

import re

from mapexpress.boilerplate.lines import Line
from mapexpress.boilerplate.phrases.widget_labels import fold
from mapexpress.boilerplate.plain.draft import LISTS, TITLE_WORDS, Draft
from mapexpress.text.lengths import count_words
from mapexpress.text.sentences import FULL_STOPS

_STOPS = FULL_STOPS | frozenset(",;:،؛、，；：")  # no headline ends in one
_CREDIT = re.compile(r"\([^()]{3,60}\)$")


def judge_inside(draft: Draft) -> None:
    for line in draft.lines[draft.first + 1 : draft.cut]:
        if line.index in draft.verdicts or line.phrase is None:
            continue
        if line.shape == "label":
            _judge_label(draft, line)
        elif line.shape == "prefix" and line.phrase.kind == "related" and line.phrase.separated:
            rest = line.phrase.rest
            if count_words(rest) >= TITLE_WORDS and rest[-1] not in _STOPS and not rest[0].islower():
                draft.remove_phrase(line, "announces a headline on a line of its own")


def judge_captions(draft: Draft) -> None:
    """A picture leaves its alternative text and its caption: two lines of one group that say the same.

    The caption must end in a credit, for a subheading and its paragraph say the same too.
    """
    lines = draft.lines
    for i, line in enumerate(lines[:-1]):
        caption = lines[i + 1]
        if draft.group_sizes[line.group] != 2:
            continue
        if line.group == caption.group and line.text == caption.text and line.shape == "short":
            draft.remove(line, "caption", "structure: a picture's text, then the same as its caption")
            draft.remove(caption, "caption", "structure: a caption that repeats its picture's text")
        if line.shape != "short" or caption.group != line.group or not _CREDIT.search(caption.text):
            continue
        words, others = set(fold(line.text).split()), set(fold(caption.text).split())
        if len(words & others) >= max(2, 0.4 * len(words)):
            draft.remove(line, "caption", "structure: alternative text above its caption")
            draft.remove(caption, "caption", "structure: caption with a credit under its alternative text")


def _judge_label(draft: Draft, line: Line) -> None:
    phrase = line.phrase
    assert phrase is not None
    following = draft.lines[line.index + 1 : draft.cut]
    before = draft.lines[line.index - 1]
    if phrase.strength == "notice":
        draft.remove_phrase(line, "wording that no article has")
    elif (following and following[0].shape == "label") or (before.shape == "label"):
        draft.remove_phrase(line, "in a run of labels")
    if phrase.kind not in LISTS:
        return
    listed: list[Line] = []
    for other in following:
        if other.shape not in ("short", "cut", "figure"):
            break
        listed.append(other)
    headlines = [other for other in listed if other.words >= TITLE_WORDS]
    if len(headlines) >= 2 and (len(headlines) > 2 or any(other.shape == "cut" for other in listed)):
        draft.remove_phrase(line, "heads a list of teasers")
        last_cut = max((i for i, other in enumerate(listed) if other.shape == "cut"), default=len(listed) - 1)
        for other in listed[: last_cut + 1]:
            draft.remove(other, phrase.kind, f"structure: teaser under {line.text!r}")
