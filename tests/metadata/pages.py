"""Small pages for the readers of metadata."""

import json

from mapexpress.metadata.sources import Sources
from mapexpress.page.parse import parse

ADDRESS = "https://www.lejour.example/politique/conseil"
BODY = "<p>Le conseil s'est réuni jeudi dans la grande salle, et la séance a duré jusqu'au soir.</p>"


def sources_of(
    body: str = "", *, head: str = "", jsonld: object = None, url: str = ADDRESS, lang: str = "fr", **headers: str
) -> Sources:
    """The sources of a page with one h1 ("Le conseil se réunit"), what is given, and a paragraph."""
    ld = f'<script type="application/ld+json">{json.dumps(jsonld)}</script>' if jsonld is not None else ""
    page = parse(
        f'<html lang="{lang}"><head>{ld}{head}</head><body><h1>Le conseil se réunit</h1>{body}{BODY}</body></html>',
        url=url,
    )
    return Sources(page, headers={name.replace("_", "-"): value for name, value in headers.items()})


def headline_of(sources: Sources) -> int | None:
    return sources.headline_block("Le conseil se réunit")
