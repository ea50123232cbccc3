"""What a record's fields may hold, whoever wrote them: harmless characters, bounded lengths, web addresses."""

from __future__ import annotations

from dataclasses import fields

from mapexpress.limits import DEFAULTS, Limits
from mapexpress.model.record import Article, Image
from mapexpress.text.characters import harmless
from mapexpress.web.addresses import host_key
from mapexpress.web.lookalikes import lookalike

_ADDRESSES = ("http://", "https://")
_LEFT_ALONE = frozenset({"schema_version", "id", "text", "content_hash", "previous_hash", "status"})
_BOUNDED = tuple(field.name for field in fields(Article) if field.name not in _LEFT_ALONE)


def bound(article: Article, most: Limits = DEFAULTS) -> str | None:
    """Make every string of a record harmless and cut what is out of bounds, in place; a cut leaves a flag.

    Returns the reason why the record may not be stored: a text over the limit is cut too, and no article.
    """
    article.text = harmless(article.text)
    flags = ["mixed_script_host"] if article.url and lookalike(host_key(article.url)) else []
    problem = None
    if len(article.text) > most.text:
        problem = "text_too_long"
        article.text = article.text[: most.text].rstrip()
        flags.append(problem)
    cut = False
    for name in _BOUNDED:
        value = getattr(article, name)
        if isinstance(value, str):
            cut |= len(value) > most.field
            setattr(article, name, _text(value, most.field))
        elif isinstance(value, list) and value and isinstance(value[0], str):
            cut |= len(value) > most.values
            kept = (_text(v, most.field) for v in value[: most.values])
            setattr(article, name, [v for v in kept if v])
    if article.image_url is not None and not article.image_url.startswith(_ADDRESSES):
        article.image_url = None
    cut |= len(article.images) > most.values
    article.images = [_image(i, most.field) for i in article.images[: most.values] if i.url.startswith(_ADDRESSES)]
    if cut:
        flags.append("field_cut")
    article.quality.flags = list(dict.fromkeys([*article.quality.flags, *flags]))
    return problem


def _text(value: str, most: int) -> str:
    return harmless(value) if len(value) <= most else harmless(value[:most]).rstrip()


def _image(image: Image, most: int) -> Image:
    optional = [None if v is None else _text(v, most) for v in (image.caption, image.credit)]
    return Image(url=_text(image.url, most), caption=optional[0], credit=optional[1])
