"""The site template: what returns on dissimilar pages of one site."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True, kw_only=True)
class TemplateSnapshot:
    """A frozen template with its id; records name the snapshot they were made with."""

    id: str
