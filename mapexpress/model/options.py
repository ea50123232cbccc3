"""What counts as text, by which evidence, and how much is read: the dataset's policy, each part of which can be set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from mapexpress.errors import UsageError
from mapexpress.limits import DEFAULTS, Limits

Evidence = Literal["platforms", "structure", "candidates", "phrases", "template"]
EVIDENCE: frozenset[str] = frozenset(get_args(Evidence))


@dataclass(slots=True, frozen=True, kw_only=True)
class Options:
    """The defaults are the dataset's policy: standfirst in, captions and credits out.

    `credits` keeps the lines that say who made a picture, where these stand by themselves; one inside a caption is part
    of it.
    `detects_language`: whether the language is also read from the text itself; without, a page's own word is taken.
    `without` names evidence that is not listened to, for measuring what the rest finds by itself: without platforms
    and candidates every visible block is text until something speaks against it.
    """

    standfirst: bool = True
    captions: bool = False
    credits: bool = False
    detects_language: bool = True
    without: frozenset[str] = frozenset()
    limits: Limits = DEFAULTS

    def __post_init__(self) -> None:
        unknown = sorted(self.without - EVIDENCE)
        if unknown:
            raise UsageError(f"unknown evidence {unknown[0]!r}; there is {', '.join(sorted(EVIDENCE))}")

    def listens_to(self, evidence: Evidence) -> bool:
        """Whether this evidence is heard."""
        return evidence not in self.without


def options_without(
    names: Iterable[str], *, detects_language: bool = True, limits: Limits = DEFAULTS
) -> Options | None:
    """The policy without some evidence, None for the whole policy; raises UsageError for an unknown name."""
    found = frozenset(name.strip() for name in names if name.strip())
    options = Options(without=found, detects_language=detects_language, limits=limits)
    return None if options == Options() else options
