"""What goes to the confined process and comes back: bytes and JSON, never pickle.

A message is the length of its JSON head (8 bytes, big-endian), the head, and the bodies whose lengths the head names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

import orjson

from mapexpress.boilerplate.template.snapshot import TemplateSnapshot, from_data, to_data
from mapexpress.limits import DEFAULTS, Limits
from mapexpress.model.document import Document
from mapexpress.model.link import Found, Link
from mapexpress.model.options import Options
from mapexpress.model.record import Article, Rejection
from mapexpress.model.schema import from_dict, to_dict
from mapexpress.sites import Edition, SiteConfig

Task = Literal["article", "feed", "sitemap"]
LENGTH = 8
MOST_REPLY = 64 * 1024 * 1024  # bytes; the largest honest one is a sitemap of 50,000 addresses, 15 MB


@dataclass(slots=True, frozen=True, kw_only=True)
class Asked:
    """One piece of work: an article's pages in order, or one document of a way in."""

    task: Task
    documents: tuple[Document, ...]
    site: SiteConfig | None = None
    snapshot: TemplateSnapshot | None = None
    options: Options | None = None

    @property
    def limits(self) -> Limits:
        """How much of the documents is read."""
        return self.options.limits if self.options is not None else DEFAULTS


@dataclass(slots=True, frozen=True, kw_only=True)
class Reading:
    """What came of it. An article gives `record` and the pages that may follow it, a way in gives `found`."""

    record: Article | Rejection | None = None
    pages: tuple[str, ...] = ()
    found: Found | None = None
    problem: str = ""  # the rejection reason where the limits were met


def write_asked(asked: Asked) -> bytes:
    """The message for the confined process."""
    bodies = [d.body if isinstance(d.body, bytes) else d.body.encode("utf-8", "replace") for d in asked.documents]
    documents = [
        {f.name: getattr(d, f.name) for f in fields(Document) if f.name not in ("body", "headers", "page")}
        | {"headers": dict(d.headers), "is_text": isinstance(d.body, str), "length": len(body)}
        for d, body in zip(asked.documents, bodies, strict=True)
    ]
    head: dict[str, object] = {"task": asked.task, "documents": documents}
    if asked.site is not None:
        head["site"] = asdict(asked.site)
    if asked.snapshot is not None:
        head["snapshot"] = to_data(asked.snapshot).decode("utf-8")
    if asked.options is not None:
        head["options"] = asdict(asked.options) | {"without": sorted(asked.options.without)}
    packed = orjson.dumps(head)
    return b"".join((len(packed).to_bytes(LENGTH, "big"), packed, *bodies))


def read_asked(head: Mapping[str, Any], bodies: Sequence[bytes]) -> Asked:
    """The work that a message holds."""
    documents = []
    for values, body in zip(head["documents"], bodies, strict=True):
        given = {k: v for k, v in values.items() if k not in ("is_text", "length")}
        documents.append(Document(body=body.decode("utf-8") if values["is_text"] else body, **given))
    snapshot = head.get("snapshot")
    return Asked(
        task=head["task"],
        documents=tuple(documents),
        site=_site(head["site"]) if "site" in head else None,
        snapshot=from_data(snapshot.encode("utf-8")) if snapshot else None,
        options=_options(head["options"]) if "options" in head else None,
    )


def _options(values: Mapping[str, Any]) -> Options:
    return Options(**{**values, "without": frozenset(values["without"]), "limits": Limits(**values["limits"])})


def _site(values: Mapping[str, Any]) -> SiteConfig:
    editions = tuple(Edition(**_tuples(edition)) for edition in values["editions"])
    return SiteConfig(**_tuples(values) | {"editions": editions})


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}


def write_reading(reading: Reading) -> bytes:
    """The answer of the confined process."""
    value: dict[str, object] = {"pages": reading.pages, "problem": reading.problem}
    if reading.record is not None:
        value["article" if isinstance(reading.record, Article) else "rejection"] = to_dict(reading.record)
    if reading.found is not None:
        value["found"] = asdict(reading.found)
    packed = orjson.dumps(value)
    return len(packed).to_bytes(LENGTH, "big") + packed


def read_reading(data: bytes) -> Reading:
    """Checked against the record's types: what a hostile page made of the process is not believed.

    Raises ValueError.
    """
    value = orjson.loads(data)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    record: Article | Rejection | None = None
    if "article" in value:
        record = from_dict(value["article"], Article)
    elif "rejection" in value:
        record = from_dict(value["rejection"], Rejection)
    found = value.get("found")
    return Reading(
        record=record,
        pages=tuple(map(str, value["pages"])),
        found=_found(found) if found is not None else None,
        problem=str(value["problem"]),
    )


def _found(value: Mapping[str, Any]) -> Found:
    return Found(**_tuples(value) | {"links": tuple(Link(**link) for link in value["links"])})
