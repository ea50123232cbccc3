"""One plain text on its way: its lines, what is known of the article in it, and the verdicts so far."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from mapexpress.boilerplate.lines import Line
from mapexpress.model.verdict import Reason, Verdict

LISTS = frozenset({"related", "listing", "read_more", "pager"})  # labels that head lists of teasers
TITLE_WORDS = 4


@dataclass(slots=True, eq=False)
class Draft:
    """`verdicts` holds one for each removed line: the first, for nobody is asked about what is out.

    `first` is the first line of the body, `cut` the first line below the article, `title_line` where the headline
    stands, `names` the writers named above the article, folded.
    """

    lines: list[Line]
    known_title: str | None
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    group_sizes: Counter[int] = field(default_factory=Counter)
    first: int = 0
    cut: int = 0
    title: str = ""
    title_line: int | None = None
    names: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.group_sizes.update(line.group for line in self.lines)
        self.cut = len(self.lines)

    def remove(self, line: Line, reason: Reason, evidence: str) -> None:
        """Take a line out, unless it is out already."""
        self.verdicts.setdefault(line.index, Verdict(reason, evidence))

    def remove_phrase(self, line: Line, place: str) -> None:
        """Take a line out that a phrase and its place speak against."""
        assert line.phrase is not None
        self.remove(line, line.phrase.kind, f"phrase: {line.phrase.strength} {line.phrase.locale}, {place}")
