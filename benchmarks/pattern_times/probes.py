"""Texts that may drive an expression into its worst case, taken from its own parse tree.

What an expression repeats is what makes it slow: each sign and each group of it, alone and in pairs, is repeated,
behind what brings the engine to a repetition and before what makes the match fail at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, permutations

# the parser of `re`: it has no public name
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

# Of tables with hundreds of words some are tried: their words only differ in letters. `thorough` takes several times as
# long as what the suite has time for; of 398 expressions it told one more slow than a quick trial
MOST_ATOMS = {False: 14, True: 40}
MOST_PAIRED = {False: 6, True: 14}  # atoms that are tried in pairs
MOST_LEADS = {False: 3, True: 8}
# nothing; a sign that no expression names; lines that end
TAILS = ("", "\x01", "\n\n")
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_OF_CATEGORY = {
    sre.CATEGORY_DIGIT: "1",
    sre.CATEGORY_NOT_DIGIT: "a -",
    sre.CATEGORY_SPACE: " \n\u00a0",
    sre.CATEGORY_NOT_SPACE: "a1-",
    sre.CATEGORY_WORD: "a1_é",
    sre.CATEGORY_NOT_WORD: " -\n",
}
_ORDINARY = 'a 1-A\n,/"é'  # what a negated set or a dot is tried with, as far as they match it


@dataclass(frozen=True, slots=True)
class Probe:
    """A text of any length: `lead`, then `unit` again and again, then `tail`."""

    lead: str
    unit: str
    tail: str

    def text(self, length: int) -> str:
        return self.lead + self.unit * max(1, length // len(self.unit)) + self.tail


def probes(pattern: re.Pattern[str] | re.Pattern[bytes], *, thorough: bool) -> Iterator[Probe]:
    """Texts to try an expression with, those of single atoms first."""
    raw = pattern.pattern
    tree = parser.parse(raw, pattern.flags if isinstance(raw, str) else pattern.flags & ~re.UNICODE)
    atoms = _some(_unique(_atoms(tree)), MOST_ATOMS[thorough])
    leads = _some(["", *_unique(_leads(tree, ""))], MOST_LEADS[thorough])
    for unit in atoms:
        for lead in leads:
            for tail in TAILS:
                yield Probe(lead, unit, tail)
    few = _some(atoms, MOST_PAIRED[thorough])
    for unit in _unique([*(lead + a for lead in leads for a in few), *(a + b for a, b in permutations(few, 2))]):
        for tail in TAILS[:2]:
            yield Probe("", unit, tail)


def _unique(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]


def _some(texts: list[str], most: int) -> list[str]:
    """At most so many, spread over all: the first ones are the simplest."""
    if len(texts) <= most:
        return texts
    return texts[: most // 2] + texts[most // 2 :: -(-(len(texts) - most // 2) // (most - most // 2))]


def _atoms(tree: Any) -> Iterator[str]:
    for literal, signs in groupby(tree, key=lambda item: item[0] is sre.LITERAL):
        if literal:
            yield _shortest(signs)  # a word
    for op, value in tree:
        if op is sre.BRANCH:
            for branch in value[1]:
                yield _shortest(branch)
                yield from _atoms(branch)
        elif op in _REPEATS:
            yield _shortest(value[2])
            yield from _atoms(value[2])
        elif op is sre.SUBPATTERN:
            yield _shortest(value[3])
            yield from _atoms(value[3])
        elif op is sre.ATOMIC_GROUP:
            yield from _atoms(value)
        elif op in (sre.ASSERT, sre.ASSERT_NOT) or op is sre.GROUPREF_EXISTS:
            yield from _atoms(value[1])
        else:
            yield from _signs(op, value)
    whole = _shortest(tree)
    if whole:
        yield whole


def _leads(tree: Any, before: str) -> Iterator[str]:
    """What the shortest match has before each repetition, and with one round of it."""
    for op, value in tree:
        if op in _REPEATS:
            yield before
            yield from _leads(value[2], before)
        elif op is sre.SUBPATTERN:
            yield from _leads(value[3], before)
        elif op is sre.ATOMIC_GROUP:
            yield from _leads(value, before)
        elif op is sre.BRANCH:
            for branch in value[1][:6]:
                yield from _leads(branch, before)
        before += _shortest([(op, value)])


def _shortest(tree: Any) -> str:
    """The shortest text that an expression matches, about."""
    out = ""
    for op, value in tree:
        if op in _REPEATS:
            out += _shortest(value[2]) * min(value[0], 40)
        elif op is sre.SUBPATTERN:
            out += _shortest(value[3])
        elif op is sre.ATOMIC_GROUP:
            out += _shortest(value)
        elif op is sre.BRANCH:
            out += min((_shortest(branch) for branch in value[1]), key=len)
        elif op not in (sre.AT, sre.ASSERT, sre.ASSERT_NOT, sre.GROUPREF, sre.GROUPREF_EXISTS):
            out += next(_signs(op, value), "")
    return out


def _signs(op: Any, value: Any) -> Iterator[str]:
    """Signs that one place of an expression matches: a few that stand for all."""
    if op is sre.LITERAL:
        yield chr(value)
    elif op in (sre.ANY, sre.NOT_LITERAL):
        yield from (c for c in _ORDINARY if op is sre.ANY or ord(c) != value)
    elif op is sre.IN and value[0][0] is sre.NEGATE:
        yield from (c for c in _ORDINARY if not any(_holds(c, item) for item in value[1:]))
        yield from (chr(v) for o, v in value[1:] if o is sre.LITERAL)  # where it ends
    elif op is sre.IN:
        for kind, what in value:
            if kind is sre.LITERAL:
                yield chr(what)
            elif kind is sre.RANGE:
                yield from (chr(what[0]), chr(what[1]))
            elif kind is sre.CATEGORY:
                yield from _OF_CATEGORY[what]


def _holds(sign: str, item: tuple[Any, Any]) -> bool:
    kind, what = item
    if kind is sre.LITERAL:
        return ord(sign) == what
    if kind is sre.RANGE:
        return bool(what[0] <= ord(sign) <= what[1])
    named = {sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_SPACE: r"\s", sre.CATEGORY_WORD: r"\w"}
    named |= {sre.CATEGORY_NOT_DIGIT: r"\D", sre.CATEGORY_NOT_SPACE: r"\S", sre.CATEGORY_NOT_WORD: r"\W"}
    return re.match(named[what], sign) is not None
