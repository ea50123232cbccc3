"""Extractors to compare ours with: each takes a page's bytes and address and gives text, title, date and authors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

from mapexpress.boilerplate.template.sample import Sketch
from mapexpress.boilerplate.template.snapshot import learn_template
from mapexpress.model.options import Options
from mapexpress.record.build import Document, explain
from mapexpress.record.lesson import sketch_article
from mapexpress.web.addresses import host_key
from mapexpress.web.encodings import decode

Prediction = dict[str, object]
Extractor = Callable[[bytes, str | None], Prediction]


def ours(options: Options | None) -> Extractor:
    def run(body: bytes, url: str | None) -> Prediction:
        article = explain([Document(body=body, url=url)], options=options).article
        # a gold file has one date for a page; where a page shows only that of its last change, it is that
        date = article.date_published or article.date_modified
        return {"text": article.text, "title": article.title, "date": date, "authors": article.authors}

    return run


def site_level(gold: Sequence[dict], bodies: Mapping[str, bytes], options: Options | None) -> Extractor:
    """Ours with what the pages of each site of the dataset teach: as a crawl of those pages would clean them."""
    pages: dict[str, list[Sketch]] = {}
    for row in gold:
        if url := row.get("url"):
            sketch = sketch_article(explain([Document(body=bodies[row["id"]], url=url)], options=options))
            pages.setdefault(host_key(url), []).append(sketch)
    snapshots = {host: learn_template(sketches) for host, sketches in pages.items()}

    def run(body: bytes, url: str | None) -> Prediction:
        snapshot = snapshots.get(host_key(url)) if url else None
        article = explain([Document(body=body, url=url)], snapshot=snapshot, options=options).article
        date = article.date_published or article.date_modified
        return {"text": article.text, "title": article.title, "date": date, "authors": article.authors}

    return run


def trafilatura(**kwargs: bool) -> Extractor:
    from trafilatura import bare_extraction

    def run(body: bytes, url: str | None) -> Prediction:
        found = bare_extraction(body, url=url, include_comments=False, with_metadata=True, **kwargs)
        if found is None:
            return {}
        authors = [a.strip() for a in (found.author or "").split(";") if a.strip()]
        return {"text": found.text or "", "title": found.title, "date": found.date, "authors": authors}

    return run


def readability() -> Extractor:
    from lxml.html import fromstring
    from readability import Document as Readable

    def run(body: bytes, _url: str | None) -> Prediction:
        page = Readable(decode(body)[0])
        return {"text": str(fromstring(page.summary()).text_content()), "title": page.short_title()}

    return run


def newspaper() -> Extractor:
    from newspaper import Article

    def run(body: bytes, url: str | None) -> Prediction:
        article = Article(url or "https://page.example/", fetch_images=False)  # else it asks the page's hosts for them
        article.download(input_html=decode(body)[0])
        article.parse()
        date = article.publish_date
        day = date.isoformat() if hasattr(date, "isoformat") else date
        return {"text": str(article.text), "title": article.title, "date": day, "authors": list(article.authors)}

    return run


def resiliparse() -> Extractor:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda body, _url: {"text": str(extract_plain_text(decode(body)[0], main_content=True))}


def justext() -> Extractor:
    import justext as peer

    stops = frozenset().union(*(peer.get_stoplist(n) for n in ("English", "French", "German", "Spanish", "Arabic")))

    def run(body: bytes, _url: str | None) -> Prediction:
        paragraphs = peer.justext(decode(body)[0], stops)
        return {"text": "\n\n".join(p.text for p in paragraphs if not p.is_boilerplate)}

    return run


MAKERS: dict[str, Callable[[], Extractor]] = {
    "trafilatura": trafilatura,
    "trafilatura precision": lambda: trafilatura(favor_precision=True),
    "trafilatura fast": lambda: trafilatura(fast=True),
    "readability-lxml": readability,
    "newspaper4k": newspaper,
    "resiliparse": resiliparse,
    "jusText": justext,
}


def peers() -> dict[str, Extractor]:
    """Every peer that is installed; the others are named."""
    found = {}
    for name, make in MAKERS.items():
        try:
            found[name] = make()
        except ImportError as error:
            print(f"{name}: left out, {error}; pip install -r benchmarks/requirements.txt")
    return found


def predict(extract: Extractor, body: bytes, url: str | None) -> Prediction:
    """The extractor's prediction; one that raises on a page has none for it."""
    try:
        return extract(body, url)
    except Exception as error:
        logging.info("%r", error)
        return {}
