import dataclasses
import json
from importlib import resources

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.model import schema
from mapexpress.model.record import SCHEMA_VERSION, Article, Image, Rejection, Removal, content_hash
from mapexpress.model.schema import from_dict, from_json, json_schema, kinds, problems, to_dict, to_json

VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def full() -> Article:
    return Article(
        id="a" * 32,
        site="news.example",
        url="https://news.example/a/",
        title="Pluie à Rabat",
        text="Il pleut.",
        date_published="2026-11-24T10:00:00+01:00",
        date_precision="instant",
        images=[Image(url="https://news.example/a.jpg")],
        removed=[Removal(reason="related", blocks=2, chars=80)],
        content_hash=content_hash("Pluie à Rabat", "Il pleut."),
    )


def test_the_shipped_schemas_are_the_ones_of_the_definition():
    for cls, name in ((Article, "article"), (Rejection, "rejection")):
        shipped = resources.files("mapexpress.model").joinpath(f"{name}.schema.json").read_text("utf-8")
        assert json.loads(shipped) == json_schema(cls), "run python -m mapexpress.model.schema"


def test_a_record_survives_its_line():
    line = to_json(full())
    assert b"\n" not in line
    assert from_json(line, Article) == full()
    assert list(json.loads(line)) == [f.name for f in dataclasses.fields(Article)]
    assert VALIDATOR.is_valid(json.loads(line))
    assert problems(full()) == []


@settings(max_examples=50, deadline=None)
@given(
    name=st.sampled_from(sorted(kinds(Article))),
    value=st.one_of(
        st.none(), st.booleans(), st.integers(-3, 3), st.floats(allow_nan=False), st.text(max_size=5),
        st.just([]), st.just({}), st.just(["a"]), st.just([{"url": "u"}]),
    ),
)  # fmt: skip
def test_reading_is_as_strict_as_the_json_schema(name, value):
    changed = to_dict(full()) | {name: value}
    # JSON Schema takes 1.0 for an integer and any number for a number; a file we write never holds the former.
    if isinstance(value, float) and value.is_integer():
        return
    try:
        from_dict(changed, Article)
        read = True
    except ValueError:
        read = False
    assert read == VALIDATOR.is_valid(changed)


def test_missing_and_unknown_keys_are_named():
    record = to_dict(full())
    del record["dateline"]
    record["extra"] = 1
    with pytest.raises(ValueError, match=r"no dateline; unknown extra"):
        from_dict(record, Article)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": ""}, "id: empty"),
        ({"text": "", "content_hash": content_hash("Pluie à Rabat", "")}, "text: empty"),
        ({"text": "e\u0301", "content_hash": content_hash("Pluie à Rabat", "e\u0301")}, "text: not NFC"),
        ({"url": "file:///etc/passwd"}, "url: not an http or https address"),
        ({"date_published": "hier"}, "date_published: 'hier' is not an ISO 8601 date"),
        ({"date_precision": None}, "date_precision: must be given exactly when date_published is"),
        ({"content_hash": "0"}, "content_hash: not that of title and text"),
        ({"revision": 2}, "revision: starts at 1, and only later ones have a previous_hash"),
        ({"authors": None}, "authors: null or of a wrong type"),
        ({"schema_version": "0"}, f"schema_version: '0' is not '{SCHEMA_VERSION}'"),
    ],
)  # fmt: skip
def test_invariants_are_named(change, problem):
    assert problems(dataclasses.replace(full(), **change)) == [problem]


def test_a_lone_surrogate_is_refused():
    with pytest.raises(ValueError, match="surrogates"):
        to_json(dataclasses.replace(full(), text="\ud800"))


def test_arrow_types_do_not_depend_on_the_rows():
    pa = pytest.importorskip("pyarrow", reason="Parquet needs pyarrow")
    from mapexpress.model.schema import arrow_schema

    schema = arrow_schema()
    empty = pa.Table.from_pylist([to_dict(Article())], schema=schema)
    assert empty.schema.equals(pa.Table.from_pylist([to_dict(full())], schema=schema).schema)
    assert schema.field("images").type.value_type.num_fields == 3


@dataclasses.dataclass(slots=True, kw_only=True)
class Later(Article):
    """The record as a next version may be: one more field, and one more of an inner structure."""

    spans: list[str] = dataclasses.field(default_factory=list)


def test_a_record_of_an_earlier_version_is_read_and_filled(monkeypatch: pytest.MonkeyPatch):
    old = to_dict(full())
    monkeypatch.setattr(schema, "SCHEMA_VERSION", "2")
    monkeypatch.setattr(schema, "Article", Later)
    read = from_dict(old, Later)
    assert (read.spans, read.title, read.schema_version) == ([], "Pluie à Rabat", "2")
    assert read.spans is not from_dict(old, Later).spans
    with pytest.raises(ValueError, match="unknown extra"):
        from_dict(old | {"extra": 1}, Later)
    with pytest.raises(ValueError, match="no spans"):
        from_dict(old | {"schema_version": "2"}, Later)
    del old["url"]
    assert from_dict(old, Later).url is None


@pytest.mark.parametrize(
    ("version", "says"),
    [
        (str(int(SCHEMA_VERSION) + 1), f"{int(SCHEMA_VERSION) + 1} is newer than the {SCHEMA_VERSION}"),
        ("10", "10 is newer"),
        ("", "no version"),
        ("one", "no version"),
        ("١", "no version"),
    ],
)
def test_a_version_that_is_not_known_is_refused_by_name(version: str, says: str):
    with pytest.raises(ValueError, match=says):
        from_dict(to_dict(full()) | {"schema_version": version, "later": 1}, Article)


def test_a_rejection_may_lack_what_was_added_since():
    read = from_dict({"url": None, "stage": "page", "reason": "no_text"}, Rejection)
    assert read == Rejection(url=None, stage="page", reason="no_text")
    with pytest.raises(ValueError, match="no reason"):
        from_dict({"url": None, "stage": "page"}, Rejection)
