"""What counts as text: the dataset's policy, each part of which can be switched."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True, kw_only=True)
class Options:
    """The defaults are the dataset's policy: standfirst in, captions and credits out."""

    standfirst: bool = True
    captions: bool = False
    credits: bool = False
