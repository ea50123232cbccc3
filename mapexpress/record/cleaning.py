"""One document in, its record out: what `mapexpress.clean`, `mapexpress.explain` and `scrapy clean` do with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mapexpress.model.document import Document, kind_of
from mapexpress.record import build

if TYPE_CHECKING:
    from mapexpress.boilerplate.template.snapshot import TemplateSnapshot
    from mapexpress.model.options import Options
    from mapexpress.model.record import Article
    from mapexpress.record.build import Explanation

_ADDRESS = re.compile(r"\s*https?://\S+\s*")


def clean(
    data: bytes | str,
    *,
    url: str | None = None,
    snapshot: TemplateSnapshot | None = None,
    options: Options | None = None,
) -> Article:
    """Clean one document: HTML or plain text is told apart by itself.

    `url` is its address, to which relative ones are resolved; `snapshot` what its site's pages have in common. Never
    raises for what a document contains: one without an article gives an empty text, and a flag that says why. Raises
    ValueError for an address in the place of a document.

    >>> clean("Pluie à Rabat\\n\\nIl a plu toute la nuit sur la capitale.\\n\\nPartager l'article:").text
    'Il a plu toute la nuit sur la capitale.'
    """
    return cleaned(explain(data, url=url, snapshot=snapshot, options=options))


def explain(
    data: bytes | str,
    *,
    url: str | None = None,
    snapshot: TemplateSnapshot | None = None,
    options: Options | None = None,
) -> Explanation:
    """What `clean` makes of a document, with all that decided: each block's verdict, each value's source.

    >>> found = explain("Pluie à Rabat\\n\\nIl a plu toute la nuit sur la capitale.\\n\\nPartager l'article:")
    >>> [(d.reason, d.text) for d in found.decisions[0] if not d.kept]
    [('title', 'Pluie à Rabat'), ('share', "Partager l'article:")]
    """
    if isinstance(data, str) and _ADDRESS.fullmatch(data):
        raise ValueError(f"{data.strip()[:100]}: an address is no document; give what it answers, and url= the address")
    document = Document(body=data, kind=kind_of(data), url=url)
    return build.explain([document], snapshot=snapshot, options=options)


def cleaned(explanation: Explanation) -> Article:
    """The record of a document that is cleaned whatever it is: why a crawl would refuse it is a flag of it."""
    build = explanation.article
    if explanation.refusal is not None and explanation.refusal.reason not in build.quality.flags:
        build.quality.flags.append(explanation.refusal.reason)
    return build
