"""Types of the record, derived from the one definition in `record`: JSON in and out, JSON Schema, Arrow, features.

Nothing here repeats a field name except the invariants that a type cannot say.
"""

from __future__ import annotations

import re
import types
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar, cast, get_args, get_origin, get_type_hints

import orjson

from mapexpress.model.record import SCHEMA_VERSION, Article, Image, Quality, Rejection, Removal, content_hash

if TYPE_CHECKING:
    import datasets
    import pyarrow

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Record = Article | Rejection
R = TypeVar("R", Article, Rejection, Image, Removal, Quality)


@dataclass(slots=True, frozen=True)
class Kind:
    """Type of one key: a scalar name, an enumeration, a structure (a dataclass) or a list of another kind."""

    base: Literal["str", "int", "float", "bool", "struct", "list"]
    nullable: bool = False
    choices: tuple[str, ...] = ()
    item: Kind | None = None
    struct: type | None = None


@cache
def kinds(cls: type) -> Mapping[str, Kind]:
    """The kind of each field of a record class, in the order of the file.

    >>> kinds(Removal)["chars"]
    Kind(base='int', nullable=False, choices=(), item=None, struct=None)
    """
    hints = get_type_hints(cls)
    return types.MappingProxyType({f.name: _kind(hints[f.name]) for f in fields(cls)})


def _kind(hint: object) -> Kind:
    if isinstance(hint, types.UnionType) or str(get_origin(hint)) == "typing.Union":
        inner = [a for a in get_args(hint) if a is not types.NoneType]
        kind = _kind(inner[0])
        return Kind(kind.base, True, kind.choices, kind.item, kind.struct)
    if get_origin(hint) is Literal:
        return Kind("str", choices=get_args(hint))
    if get_origin(hint) is list:
        return Kind("list", item=_kind(get_args(hint)[0]))
    if isinstance(hint, type) and is_dataclass(hint):
        return Kind("struct", struct=hint)
    return Kind(cast("Literal['str', 'int', 'float', 'bool']", cast("type", hint).__name__))


def to_json(record: Record) -> bytes:
    """One line of the dataset, without its newline: UTF-8, keys in the order of the definition, no white space.

    Raises ValueError when a string cannot be UTF-8 (a lone surrogate).

    >>> to_json(Rejection(url=None, stage="page", reason="no_text"))[:50]
    b'{"url":null,"stage":"page","reason":"no_text","det'
    """
    try:
        return orjson.dumps(record)
    except orjson.JSONEncodeError as error:
        raise ValueError(str(error)) from None


def to_dict(record: Record) -> dict[str, Json]:
    """The record as plain JSON values, all the way down."""
    return cast("dict[str, Json]", orjson.loads(to_json(record)))


def from_json(line: bytes | str, cls: type[R]) -> R:
    """Read one line of today's version or an earlier one. Raises ValueError as `from_dict` does."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None
    return from_dict(value, cls)


def from_dict(value: object, cls: type[R]) -> R:
    """Build a record from plain JSON values, strictly: exactly the keys of its version, each of its type.

    What an earlier version did not have has its default; a newer version is refused by name.

    >>> from_dict({"reason": "ads", "blocks": 1, "chars": "2"}, Removal)
    Traceback (most recent call last):
    ValueError: chars: not int
    >>> from_dict({"schema_version": "99"}, Article)
    Traceback (most recent call last):
    ValueError: schema_version: 99 is newer than the 1 that this version reads; install a newer mapexpress
    """
    return cast("R", _struct(value, cls, "", earlier=cls is not Article or _is_earlier(value)))


def _is_earlier(value: object) -> bool:
    """Whether a record is of an earlier version than today's. Raises ValueError for a newer one or none."""
    version = value.get("schema_version") if isinstance(value, dict) else None
    if not isinstance(version, str):
        return False  # what is wrong with it is told with the other fields
    if not (version.isascii() and version.isdecimal() and len(version) < 6 and version > "0"):
        raise ValueError(f"schema_version: {version[:20]!r} is no version")
    if int(version) > int(SCHEMA_VERSION):
        raise ValueError(
            f"schema_version: {version} is newer than the {SCHEMA_VERSION} that this version reads; "
            "install a newer mapexpress"
        )
    return int(version) < int(SCHEMA_VERSION)


@cache
def _defaults(cls: type) -> Mapping[str, Callable[[], object]]:
    """What makes the value of each field that need not be given."""
    found: dict[str, Callable[[], object]] = {}
    for field in fields(cls):
        if field.default is not MISSING:
            found[field.name] = partial(_same, field.default)
        elif field.default_factory is not MISSING:
            found[field.name] = field.default_factory
    return found


def _same(value: object) -> object:
    return value


def _struct(value: object, cls: type, path: str, *, earlier: bool) -> object:
    """A structure; of an `earlier` version it may lack what has a default (rejections do not tell their version)."""
    if not isinstance(value, dict):
        raise ValueError(f"{path or cls.__name__}: not an object")
    known = kinds(cls)
    made = {}
    if value.keys() != known.keys():
        missing, extra = sorted(known.keys() - value.keys()), sorted(map(str, value.keys() - known.keys()))
        if earlier:
            made = {name: _defaults(cls)[name]() for name in missing if name in _defaults(cls)}
            missing = [name for name in missing if name not in made]
        if missing or extra:
            raise ValueError(
                "; ".join(
                    f"{path}{word} {', '.join(names)}" for word, names in (("no", missing), ("unknown", extra)) if names
                )
            )
    for name, kind in known.items():
        if name not in made:
            made[name] = _value(value[name], kind, f"{path}{name}", earlier=earlier)
    if earlier and "schema_version" in made:
        made["schema_version"] = SCHEMA_VERSION  # what it is written as from now on
    return cls(**made)


_SCALARS: dict[str, type | tuple[type, ...]] = {"str": str, "int": int, "float": (int, float), "bool": bool}


def _value(value: object, kind: Kind, path: str, *, earlier: bool) -> object:
    if value is None:
        if kind.nullable:
            return None
        raise ValueError(f"{path}: null")
    if kind.base == "list":
        if not isinstance(value, list):
            raise ValueError(f"{path}: not a list")
        item = cast("Kind", kind.item)
        return [_value(v, item, f"{path}[{n}]", earlier=earlier) for n, v in enumerate(value)]
    if kind.base == "struct":
        return _struct(value, cast("type", kind.struct), f"{path}.", earlier=earlier)
    if not isinstance(value, _SCALARS[kind.base]) or (isinstance(value, bool) and kind.base != "bool"):
        raise ValueError(f"{path}: not {kind.base}")
    if kind.choices and value not in kind.choices:
        raise ValueError(f"{path}: {value!r} is none of {', '.join(kind.choices)}")
    return float(cast("float", value)) if kind.base == "float" else value


# ISO 8601 as precise as the page says: a day, a local time, or an instant with its offset.
DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def problems(article: Article) -> list[str]:
    """What the types cannot say and the record breaks, one line each; empty when it may be stored.

    >>> problems(Article(id="1", site="s", title="T", text="A\\x00", content_hash=content_hash("T", "A\\x00")))
    ['text: control character']
    """
    found = [f"{name}: empty" for name in ("id", "site") if not getattr(article, name)]
    if article.schema_version != SCHEMA_VERSION:
        return [*found, f"schema_version: {article.schema_version!r} is not {SCHEMA_VERSION!r}"]
    found += [f"{name}: null or of a wrong type" for name in _mistyped(article)]
    if found:
        return found
    for name in ("title", "text"):
        value = getattr(article, name)
        if _CONTROL.search(value):
            found.append(f"{name}: control character")
        elif not unicodedata.is_normalized("NFC", value):
            found.append(f"{name}: not NFC")
    if article.status == "active" and not article.text.strip():
        found.append("text: empty")
    found += [
        f"{name}: {value!r} is not an ISO 8601 date"
        for name in ("date_published", "date_modified")
        if (value := getattr(article, name)) is not None and not DATE.fullmatch(value)
    ]
    found += [
        f"{name}: not an http or https address"
        for name in ("url", "canonical_url", "image_url")
        if (value := getattr(article, name)) is not None and not value.startswith(("http://", "https://"))
    ]
    if (article.date_published is None) != (article.date_precision is None):
        found.append("date_precision: must be given exactly when date_published is")
    if article.content_hash != content_hash(article.title, article.text):
        found.append("content_hash: not that of title and text")
    if article.revision < 1 or (article.revision == 1) != (article.previous_hash is None):
        found.append("revision: starts at 1, and only later ones have a previous_hash")
    return found


def _mistyped(article: Article) -> list[str]:
    try:
        from_dict(to_dict(article), Article)
    except ValueError as error:
        return [str(error).partition(":")[0]]
    return []


def json_schema(cls: type = Article) -> dict[str, Json]:
    """JSON Schema (2020-12) of a record; the file shipped with the package is exactly this."""
    schema: dict[str, Json] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"mapexpress {cls.__name__.lower()}, version {SCHEMA_VERSION}",
    }
    return schema | cast("dict[str, Json]", _schema_struct(cls))


def _schema_struct(cls: type) -> Json:
    known = kinds(cls)
    properties = {name: _schema_kind(kind) for name, kind in known.items()}
    if "schema_version" in properties:
        properties["schema_version"] = {"type": "string", "const": SCHEMA_VERSION}  # a file of this version says so
    return {
        "type": "object",
        "properties": properties,
        "required": list(known),
        "additionalProperties": False,
    }


_SCHEMA_NAMES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}


def _schema_kind(kind: Kind) -> Json:
    if kind.base == "struct":
        return _schema_struct(cast("type", kind.struct))
    if kind.base == "list":
        return {"type": "array", "items": _schema_kind(cast("Kind", kind.item))}
    name = _SCHEMA_NAMES[kind.base]
    out: dict[str, Json] = {"type": [name, "null"] if kind.nullable else name}
    if kind.choices:
        out["enum"] = [*kind.choices, None] if kind.nullable else list(kind.choices)
    return out


def arrow_schema(cls: type = Article) -> pyarrow.Schema:
    """Arrow schema of a record. Raises ImportError without pyarrow, which only Parquet needs."""
    import pyarrow as pa

    return pa.schema([pa.field(n, _arrow(k), nullable=k.nullable) for n, k in kinds(cls).items()])


def _arrow(kind: Kind) -> pyarrow.DataType:
    import pyarrow as pa

    if kind.base == "struct":
        return pa.struct([pa.field(n, _arrow(k)) for n, k in kinds(cast("type", kind.struct)).items()])
    if kind.base == "list":
        return pa.list_(_arrow(cast("Kind", kind.item)))
    return {"str": pa.string(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}[kind.base]


def features(cls: type = Article) -> datasets.Features:
    """Hugging Face features of a record. Raises ImportError without `datasets`."""
    import datasets

    return datasets.Features.from_arrow_schema(arrow_schema(cls))


_FEATURE_NAMES = {"str": "string", "int": "int64", "float": "float64", "bool": "bool"}


def feature_yaml(cls: type = Article, indent: int = 2) -> str:
    """The `features:` block of a dataset card, as `datasets` writes it; needs no library.

    >>> print(feature_yaml(Removal))
      - name: reason
        dtype: string
      - name: blocks
        dtype: int64
      - name: chars
        dtype: int64
    """
    pad = " " * indent
    lines = []
    for name, kind in kinds(cls).items():
        lines.append(f"{pad}- name: {name}")
        if kind.base == "struct":
            lines += [f"{pad}  struct:", feature_yaml(cast("type", kind.struct), indent + 2)]
        elif kind.base == "list":
            item = cast("Kind", kind.item)
            if item.base == "struct":
                lines += [f"{pad}  list:", feature_yaml(cast("type", item.struct), indent + 2)]
            else:
                lines.append(f"{pad}  list: {_FEATURE_NAMES[item.base]}")
        else:
            lines.append(f"{pad}  dtype: {_FEATURE_NAMES[kind.base]}")
    return "\n".join(lines)


def _ship() -> None:
    """Write the schema files that the package ships, beside this module."""
    for cls in (Article, Rejection):
        path = Path(__file__).with_name(f"{cls.__name__.lower()}.schema.json")
        path.write_bytes(orjson.dumps(json_schema(cls), option=orjson.OPT_INDENT_2) + b"\n")


if __name__ == "__main__":
    _ship()
