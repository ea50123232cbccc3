"""Pages that a site sends instead of what was asked for: challenges, walls, empty shells, errors with status 200.

What gives each away is data (`blocked.toml`). Evidence counts only on a page with little text of its own.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mapexpress.blocks import Page

BlockKind = Literal["challenge", "refused", "consent", "login", "javascript", "soft_404", "error"]

_RULES = tomllib.loads(resources.files(__package__).joinpath("blocked.toml").read_text("utf-8"))
_SHELL_IDS = frozenset(_RULES["shell"]["ids"])
_SHELL_TEXTS: tuple[str, ...] = tuple(_RULES["shell"]["texts"])

# Interstitials say a few sentences; the shortest of 609 article pages has 439 characters of paragraphs.
_LITTLE = 1500  # characters of text in the whole page where a title or heading says what is wrong
_NEARLY_NONE = 200  # characters of a page that scripts have yet to build
_BY_STATUS: dict[int, BlockKind] = {
    401: "login", 402: "login", 403: "refused", 407: "refused", 429: "refused", 451: "refused"
}  # fmt: skip


@dataclass(slots=True, frozen=True, kw_only=True)
class Blocked:
    """Why a page is none of the site's own: the reason that is counted, the evidence, and what can be done."""

    kind: BlockKind
    evidence: str

    @property
    def advice(self) -> str:
        """One line for the summary that says what can be done."""
        return cast("str", _RULES["advice"][self.kind])

    @property
    def by_site(self) -> bool:
        """Whether the site keeps readers like us out, as against a page that is only gone or broken."""
        return self.kind in ("challenge", "refused", "consent", "login", "javascript")


def detect_block(page: Page, *, status: int = 200) -> Blocked | None:
    """What was sent instead of the page, or None. A status that refuses is evidence of its own. Never raises."""
    text = " ".join(block.text for block in page.blocks)
    little = len(text) < _LITTLE
    heads = [page.title_tag, *(b.text for b in page.blocks if b.tag in ("h1", "h2"))]
    loud = " ".join(heads).casefold()
    for rule in _RULES["rule"]:
        kind = cast("BlockKind", rule["kind"])
        # a long page is only taken for an error when its title or headings say so and its status too
        where = f"{loud} {text.casefold()}" if little else loud if status >= 400 else ""
        said = next((t for t in rule["texts"] if t in where), None) if where else None
        marked = _mark(page, rule["marks"]) if little and rule.get("marks") else None
        if marked and (kind == "challenge" or said) and (said or len(text) < _NEARLY_NONE):
            return Blocked(kind=kind, evidence=f"{kind}: {marked}")
        if said and _speaks_for_itself(kind, said, loud, text):
            return Blocked(kind=kind, evidence=f"{kind}: “{said}”")
    if status in _BY_STATUS:
        return Blocked(kind=_BY_STATUS[status], evidence=f"HTTP status {status}")
    return _shell(page, text)


def _speaks_for_itself(kind: str, said: str, loud: str, text: str) -> bool:
    """A phrase in the title or a heading decides; in the text only where there is hardly anything else."""
    return said in loud or len(text) < (3 * _NEARLY_NONE if kind != "soft_404" else 2 * _NEARLY_NONE)


def _mark(page: Page, marks: list[str]) -> str | None:
    for value in _attributes(page):
        lower = value.lower()
        found = next((mark for mark in marks if mark in lower), None)
        if found:
            return found
    return None


def _attributes(page: Page) -> Iterator[str]:
    for el in page.root.iter("script", "iframe", "form", "div", "body"):
        for name in ("src", "action", "id", "class"):
            if value := el.get(name):
                yield value
        if el.tag == "script" and not el.get("src") and el.text:
            yield el.text[:2000]


def _shell(page: Page, text: str) -> Blocked | None:
    if len(text) >= _NEARLY_NONE:
        return None
    mount = next((el for el in page.root.iter("div") if el.get("id") in _SHELL_IDS and not len(el)), None)
    noscript = " ".join(el.text_content() for el in page.root.iter("noscript")).casefold()
    said = next((t for t in _SHELL_TEXTS if t in noscript or t in text.casefold()), None)
    scripts = sum(1 for el in page.root.iter("script") if el.get("src"))
    if mount is not None and scripts:
        return Blocked(kind="javascript", evidence=f"javascript: empty #{mount.get('id')}")
    if said and scripts:
        return Blocked(kind="javascript", evidence=f"javascript: “{said}”")
    return None
