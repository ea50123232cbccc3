"""Records in other vocabularies: that of zyte-common-items, and schema.org."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeAlias

from mapexpress.model.record import Article
from mapexpress.model.schema import Json, arrow_schema, to_dict

if TYPE_CHECKING:
    import pyarrow

Shape = Literal["mapexpress", "zyte", "schema.org"]
Row: TypeAlias = "dict[str, Json]"


def shape(article: Article, name: Shape) -> Row:
    """The record in another vocabulary: that of zyte-common-items' Article, or schema.org NewsArticle."""
    return _SHAPES[name](article)


def _zyte(a: Article) -> Row:
    row: Row = {
        "url": a.url,
        "canonicalUrl": a.canonical_url,
        "headline": a.title,
        "articleBody": a.text,
        "description": a.description,
        "datePublished": a.date_published,
        "datePublishedRaw": a.date_published_raw,
        "dateModified": a.date_modified,
        "authors": [{"name": name} for name in a.authors],
        "breadcrumbs": [{"name": a.section}] if a.section else [],
        "inLanguage": a.language,
        "mainImage": {"url": a.image_url} if a.image_url else None,
        "images": [{"url": image.url} for image in a.images],
    }
    return row


def _schema_org(a: Article) -> Row:
    row: Row = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "identifier": a.id,
        "url": a.canonical_url or a.url,
        "headline": a.title,
        "description": a.description,
        "articleBody": a.text,
        "articleSection": a.section,
        "keywords": list(a.tags),
        "author": [{"@type": "Person", "name": name} for name in a.authors],
        "publisher": {"@type": "Organization", "name": a.publisher} if a.publisher else None,
        "datePublished": a.date_published,
        "dateModified": a.date_modified,
        "dateline": a.dateline,
        "inLanguage": a.language,
        "isAccessibleForFree": a.is_free,
        "image": [image.url for image in a.images],
    }
    return row


_SHAPES: dict[Shape, Callable[[Article], Row]] = {"mapexpress": to_dict, "zyte": _zyte, "schema.org": _schema_org}

# Types of the two other vocabularies: a name of Arrow's, a list of one, a structure.
_NAMED = {"name": "string"}
_ADDRESSED = {"url": "string"}
_ZYTE_TYPES: dict[str, object] = {
    **dict.fromkeys(("url", "canonicalUrl", "headline", "articleBody", "description"), "string"),
    **dict.fromkeys(("datePublished", "datePublishedRaw", "dateModified"), "string"),
    "authors": [_NAMED],
    "breadcrumbs": [_NAMED],
    "inLanguage": "string",
    "mainImage": _ADDRESSED,
    "images": [_ADDRESSED],
}
_OF_TYPE = {"@type": "string", "name": "string"}
_SCHEMA_ORG_TYPES: dict[str, object] = {
    **dict.fromkeys(("@context", "@type", "identifier", "url", "headline", "description"), "string"),
    **dict.fromkeys(("articleBody", "articleSection"), "string"),
    "keywords": ["string"],
    "author": [_OF_TYPE],
    "publisher": _OF_TYPE,
    **dict.fromkeys(("datePublished", "dateModified", "dateline", "inLanguage"), "string"),
    "isAccessibleForFree": "bool",
    "image": ["string"],
}


def arrow_types(name: Shape) -> pyarrow.Schema:
    """Arrow schema of a shape, the same for all rows. Raises ImportError without pyarrow."""
    import pyarrow as pa

    if name == "mapexpress":
        return arrow_schema()
    types = _ZYTE_TYPES if name == "zyte" else _SCHEMA_ORG_TYPES
    return pa.schema([pa.field(column, _arrow(kind)) for column, kind in types.items()])


def _arrow(kind: object) -> pyarrow.DataType:
    import pyarrow as pa

    if isinstance(kind, list):
        return pa.list_(_arrow(kind[0]))
    if isinstance(kind, dict):
        return pa.struct([pa.field(name, _arrow(inner)) for name, inner in kind.items()])
    return {"string": pa.string(), "bool": pa.bool_()}[str(kind)]
