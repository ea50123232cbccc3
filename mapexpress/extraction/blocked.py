"""Answers that are no page of the site's own: challenges, walls, empty shells, errors with status 200.

What gives each away is data (`blocked.toml`), for answers as they come and for parsed pages alike. A site behind a
protection service carries its scripts on every page: they count only where there is little text, or a refusal.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mapexpress.model.page import Page

Refusal = Literal[
    "forbidden", "too_many_requests", "captcha", "challenge", "consent", "login", "javascript", "robots", "parked"
]  # fmt: skip
BlockKind = Literal[Refusal, "soft_404", "error"]

_RULES = tomllib.loads(resources.files(__package__).joinpath("blocked.toml").read_text("utf-8"))
ADVICE: Mapping[str, str] = _RULES["advice"]  # by kind: one line that says what can be done
_SHELL_IDS = frozenset(_RULES["shell"]["ids"])
_SHELL_TEXTS: tuple[str, ...] = tuple(_RULES["shell"]["texts"])
_CONSENT_HOSTS: tuple[str, ...] = tuple(_RULES["redirects"]["consent_hosts"])
_LOGIN_PATH = re.compile(rf"/(?:{'|'.join(map(re.escape, _RULES['redirects']['login_paths']))})(?:[/?.]|$)", re.I)

# Interstitials say a few sentences; the shortest of 609 article pages has 439 characters of paragraphs.
_LITTLE = 1500  # characters of text in the whole page where a title or heading says what is wrong
_NEARLY_NONE = 200  # characters of a page that scripts have yet to build
_HEAD = 60_000  # bytes of an answer looked at: interstitials are small, and their marks stand in the head
_SMALL = 20_000  # bytes of the largest interstitial seen, with its inline scripts
_BY_STATUS: dict[int, Refusal] = {
    401: "login", 402: "login", 403: "forbidden", 407: "login", 429: "too_many_requests", 451: "forbidden"
}  # fmt: skip
# A service that shuts readers out answers with these; a 404 of a site behind it is only a 404
_REFUSING = frozenset({*_BY_STATUS, 202, 405, 503})


@dataclass(slots=True, frozen=True, kw_only=True)
class Blocked:
    """Why a page is none of the site's own: the reason that is counted, the evidence, and what can be done."""

    kind: BlockKind
    evidence: str

    @property
    def advice(self) -> str:
        """One line for the summary that says what can be done."""
        return ADVICE[self.kind]


def detect_refusal(
    status: int, body: bytes, headers: Mapping[str, str], *, url: str = "", asked: str = ""
) -> Refusal | None:
    """Why an answer is not what was asked for, before it is parsed; None when it may be.

    `headers` have lower-cased names, `url` is where redirects led from `asked`.

    >>> detect_refusal(403, b"", {}), detect_refusal(429, b"", {}), detect_refusal(200, b"<p>text", {})
    ('forbidden', 'too_many_requests', None)
    >>> detect_refusal(503, b"<title>Just a moment...</title>", {"server": "cloudflare"})
    'challenge'
    >>> detect_refusal(200, b"<p>x", {}, url="https://consent.news.example/?to=a", asked="https://news.example/a")
    'consent'
    """
    if status in _REFUSING or len(body) < _SMALL:
        text = body[:_HEAD].decode("utf-8", "replace").lower()
        title = text.partition("<title")[2].partition("</title")[0]
        for service in _RULES["service"]:
            kind = cast("Refusal", service["kind"])
            if any(headers.get(name) == value for name, value in service.get("headers", {}).items()):
                return kind
            if any(mark in text for mark in service["marks"]):
                return kind
            said = any(phrase in title for phrase in service["texts"])
            script = any(mark in text for mark in service["scripts"])
            if (said or script) and (status in _REFUSING or (said and script)):
                return kind
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status == 200 and url and asked and url != asked:
        if _is_consent_host(url) and not _is_consent_host(asked):
            return "consent"
        if _LOGIN_PATH.search(url) and not _LOGIN_PATH.search(asked):
            return "login"
    return None


def _is_consent_host(url: str) -> bool:
    return (urlsplit(url).hostname or "").startswith(_CONSENT_HOSTS)


def detect_block(page: Page, *, status: int = 200) -> Blocked | None:
    """What was sent instead of the page, or None. A status that refuses is evidence of its own. Never raises."""
    text = " ".join(block.text for block in page.blocks)
    heads = [page.title_tag, *(b.text for b in page.blocks if b.tag in ("h1", "h2"))]
    loud = " ".join(heads).casefold()
    little = len(text) < _LITTLE
    # a long page is only taken for an error when its title or headings say so and its status too
    where = f"{loud} {text.casefold()}" if little else loud if status >= 400 else ""
    return (
        (_service(page, text, where) if little else None)
        or _says(page, text, loud, where, little=little)
        or _by_status(status)
        or _shell(page, text)
    )


def _service(page: Page, text: str, where: str) -> Blocked | None:
    """A protection service's interstitial, on a page with little text."""
    values = [value.lower() for value in _attributes(page)]
    for service in _RULES["service"]:
        said = next((phrase for phrase in service["texts"] if phrase in where), None)
        mark = _first(values, service["marks"])
        script = _first(values, service["scripts"]) if said or len(text) < _NEARLY_NONE else None
        if mark or script:
            return Blocked(kind=service["kind"], evidence=f"{service['name']}: {mark or script}")
        if said and len(text) < 3 * _NEARLY_NONE:
            return Blocked(kind=service["kind"], evidence=f"{service['name']}: “{said}”")
    return None


def _says(page: Page, text: str, loud: str, where: str, *, little: bool) -> Blocked | None:
    """A page that says itself what it is: in its title or a heading, or in the text where there is hardly any other."""
    for rule in _RULES["says"] if where else ():
        said = next((phrase for phrase in rule["texts"] if phrase in where), None)
        if said is None:
            continue
        kind = cast("BlockKind", rule["kind"])
        mark = _first([v.lower() for v in _attributes(page)], rule["marks"]) if little and rule.get("marks") else None
        if mark:
            return Blocked(kind=kind, evidence=f"{kind}: {mark}")
        if said in loud or len(text) < (2 if kind == "soft_404" else 3) * _NEARLY_NONE:
            return Blocked(kind=kind, evidence=f"{kind}: “{said}”")
    return None


def _by_status(status: int) -> Blocked | None:
    kind = _BY_STATUS.get(status)
    return Blocked(kind=kind, evidence=f"HTTP status {status}") if kind else None


def _first(values: list[str], marks: list[str]) -> str | None:
    return next((mark for value in values for mark in marks if mark in value), None)


def _attributes(page: Page) -> Iterator[str]:
    for el in page.root.iter("script", "iframe", "form", "div", "body", "a"):
        for name in ("src", "action", "id", "class") if el.tag != "a" else ("href",):
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
