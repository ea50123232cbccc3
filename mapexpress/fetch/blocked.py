"""Answers that are no page of the site: refusals, challenges, captchas, walls, empty shells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, get_args

Blocked = Literal["forbidden", "too_many_requests", "captcha", "challenge", "consent", "login", "javascript", "robots"]
REASONS: tuple[Blocked, ...] = get_args(Blocked)

ADVICE: Mapping[str, str] = {
    "forbidden": "the site refuses this crawler (403); set MAPEXPRESS_CONTACT and ask its owner",
    "too_many_requests": "the site asks for fewer requests (429); raise DOWNLOAD_DELAY and come back later",
    "captcha": "the site shows a captcha; ask its owner for access or a feed",
    "challenge": "a protection service (Cloudflare and the like) answers in the site's place; ask its owner",
    "consent": "a consent wall stands before the articles; feeds or the REST interface may be open: -a via=feed,wp_api",
    "login": "the articles are behind a login",
    "javascript": "the pages are empty without JavaScript; feeds or the REST interface may be open: -a via=feed,wp_api",
    "robots": "robots.txt forbids these pages",
}

# What protection services write into the pages they serve in a site's place, documented by them or seen in answers:
# Cloudflare ("challenge-platform", "cf-chl-", header cf-mitigated), Imperva ("_Incapsula_Resource"), Akamai ("Reference
# #" on "Access Denied"), DataDome (captcha-delivery.com), PerimeterX ("px-captcha"), Sucuri, DDoS-Guard.
_CHALLENGE = re.compile(
    rb"/cdn-cgi/challenge-platform/|cf-chl-|cf_chl_opt|_Incapsula_Resource|sucuri_cloudproxy|"
    rb"<title>(?:Just a moment\.\.\.|Attention Required! \| Cloudflare|DDoS-Guard|Un instant\.\.\.)"
)
_CAPTCHA = re.compile(rb"captcha-delivery\.com|px-captcha|<form[^>]{0,300}captcha|id=[\"']captcha", re.IGNORECASE)
_CONSENT_HOST = re.compile(r"^https?://(?:consent|guce|privacy|cmp)\.")
_LOGIN_PATH = re.compile(r"/(?:wp-login\.php|log-?in|sign-?in|connexion|auth)(?:[/?.]|$)", re.IGNORECASE)
_HEAD = 60_000  # bytes looked at: challenge pages are small, and their marks stand in the head


def blocked_by(
    status: int, body: bytes, headers: Mapping[str, str], *, url: str = "", asked: str = ""
) -> Blocked | None:
    """Why an answer is not the page that was asked for; None when it may be.

    `headers` have lower-cased names, `url` is where redirects led from `asked`. A mark of a protection service counts
    on an error status or on a page too small to be an article: sites behind such a service carry its scripts
    everywhere.

    >>> blocked_by(403, b"", {}), blocked_by(429, b"", {}), blocked_by(200, b"<p>text", {})
    ('forbidden', 'too_many_requests', None)
    >>> blocked_by(503, b"<title>Just a moment...</title>", {"server": "cloudflare"})
    'challenge'
    >>> blocked_by(200, b"<p>x", {}, url="https://consent.news.example/?to=a", asked="https://news.example/a")
    'consent'
    """
    head = body[:_HEAD]
    small = len(body) < 20_000
    if headers.get("cf-mitigated") == "challenge" or ((status >= 400 or small) and _CHALLENGE.search(head)):
        return "challenge"
    if (status >= 400 or small) and _CAPTCHA.search(head):
        return "captcha"
    if status == 429:
        return "too_many_requests"
    if status in (401, 407):
        return "login"
    if status in (403, 451):
        return "forbidden"
    if status == 200 and url and asked and url != asked:
        if _CONSENT_HOST.match(url) and not _CONSENT_HOST.match(asked):
            return "consent"
        if _LOGIN_PATH.search(url) and not _LOGIN_PATH.search(asked):
            return "login"
    return None
