"""The language of the text, as a BCP 47 tag: what the letters say, checked against what the page declares."""

from __future__ import annotations

import re
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mapexpress.metadata.sources import Sources
from mapexpress.system.disk import storage_errors
from mapexpress.text.lengths import worth

if TYPE_CHECKING:
    from collections.abc import Callable

_TAG = re.compile(r"^[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*$", re.IGNORECASE)
# py3langid was right on 10 of 10 languages of our fixtures from 120 Latin letters on, wrong now and then below; on 1278
# stretches of 30 characters of Chinese, Japanese and Korean news it was always right
ENOUGH = 120
# what is looked at: more text changes no answer and costs time
SAMPLE = 1500
# what confirms a declared language: on 901 real pages a look twice as long says nothing else
CONFIRMING = 200
# above this the classifier's answer stands against a declared language (a theme's default); both were measured on
# news pages whose `lang` is right
SURE = 0.95


def normal_tag(value: str | None) -> str | None:
    """A declared language in BCP 47 form, None for what is none.

    >>> normal_tag("fr_FR"), normal_tag("AR"), normal_tag("zh-hant-tw"), normal_tag("français")
    ('fr-FR', 'ar', 'zh-Hant-TW', None)
    """
    if not value or not _TAG.match(value.strip()):
        return None
    first, *rest = re.split(r"[-_]", value.strip())
    case = {2: str.upper, 4: str.title}
    return "-".join([first.lower(), *(case.get(len(part), str.lower)(part) for part in rest)])


def declared_language(sources: Sources) -> tuple[str, str] | None:
    """The language that the page names: JSON-LD inLanguage, `<html lang>`, og:locale, content-language."""
    found: list[tuple[str | None, str]] = []
    for node in sources.articles[:1]:
        value = node.get("inLanguage")
        found.append((value if isinstance(value, str) else None, "json-ld:inLanguage"))
    found.append((sources.page.lang, "html lang"))
    found += sources.meta("og:locale", "content-language", "dc.language", "language")
    return next(((tag, source) for value, source in found if (tag := normal_tag(value))), None)


def read_language(sources: Sources, text: str) -> tuple[str, str] | None:
    """The language of `text` (the article's own), region kept where the page declares one of that language.

    A missing or wrong `lang` does not matter where the text is long enough to speak for itself.
    """
    declared = declared_language(sources)
    base = declared[0].split("-")[0] if declared else None
    if base is not None:
        seen = detect(text[:CONFIRMING])
        if seen is not None and (seen[0] == base or _same_macro(base, seen[0])):
            return declared
    seen = detect(text)
    if seen is None:
        return declared
    language, share = seen
    if declared is not None and (base == language or share < SURE or _same_macro(base, language)):
        return declared
    return language, "text"


def detect(text: str) -> tuple[str, float] | None:
    """The language of a text and how sure (0 to 1); None when it is too short to say.

    >>> detect("قال الوزير إن الأشغال ستنطلق في الأسبوع المقبل بمدينة الرباط")
    ('ar', 0.96)
    """
    sample = text[:SAMPLE]
    letters = sum(map(str.isalpha, sample))
    arabic = 0 if sample.isascii() else len(_ARABIC.findall(sample))
    if letters >= 30 and arabic > 0.6 * letters and not _PERSIAN_URDU.search(sample):
        return "ar", 0.96
    if letters + worth(sample) - len(sample) < ENOUGH:
        return None
    language, probability = _classifier()(sample)
    return language, probability


_ARABIC = re.compile("[\u0600-\u06ff]")
# letters that Arabic does not write: peh, tcheh, jeh, gaf, Farsi yeh, keheh, tteh, ddal, yeh barree
_PERSIAN_URDU = re.compile("[پچژگیکٹڈے]")


@cache
def _classifier() -> Callable[[str], tuple[str, float]]:
    """Loaded with the first page that needs it (0.7 s). Raises StorageError: the model passes a temporary file."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    with storage_errors(Path(tempfile.gettempdir())):
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def classify(text: str) -> tuple[str, float]:
        language, probability = identifier.classify(text)
        alike = {name for pair in _ALIKE if language in pair for name in pair} - {language}
        if alike:  # what it cannot tell apart it is sure of together: Indonesian is no English, where it may be Malay
            probability += sum(share for name, share in identifier.rank(text) if name in alike)
        return str(language), float(probability)

    return classify


# languages that the classifier cannot tell apart, or knows under another code
_ALIKE = tuple(set(pair.split()) for pair in ("nb no", "nn no", "hr sr", "bs sr", "bs hr", "id ms", "zh wuu", "zh yue"))


def _same_macro(declared: str | None, seen: str) -> bool:
    return {declared, seen} in _ALIKE
