import csv
import json

import pytest

from mapexpress.dataset.store import SiteStore
from tests import forked

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path, article):
    with SiteStore.open(tmp_path, "news.example", run="r1") as store:
        for n in range(3):
            store.write(
                article(n, date_published=f"2026-11-0{n + 1}", date_precision="day", language="ar" if n else "fr-MA")
            )
        store.seal()
    with SiteStore.open(tmp_path, "news.example", run="r2") as store:
        store.write(
            article(
                0, '=1+1 "Il neige",\nà Ifrane.', date_published="2026-11-01", date_precision="day", language="fr-MA"
            )
        )
        store.seal()
    return tmp_path


def export(data, *options, check=True):
    done = forked.scrapy("export", "--data", str(data), *options)
    assert "Traceback" not in done.stderr
    if check:
        assert done.returncode == 0, done.stderr
    return done


def test_every_revision_or_the_latest(data):
    every = [json.loads(line) for line in export(data).stdout.splitlines()]
    latest = [json.loads(line) for line in export(data, "--latest").stdout.splitlines()]
    assert [(r["title"], r["revision"]) for r in every] == [
        ("Dépêche 0", 1), ("Dépêche 1", 1), ("Dépêche 2", 1), ("Dépêche 0", 2),
    ]  # fmt: skip
    assert [(r["title"], r["revision"]) for r in latest] == [("Dépêche 1", 1), ("Dépêche 2", 1), ("Dépêche 0", 2)]


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        (("--since", "2026-11-02"), ["Dépêche 1", "Dépêche 2"]),
        (("--until", "2026-11-02", "--latest"), ["Dépêche 1", "Dépêche 0"]),
        (("--lang", "fr", "--latest"), ["Dépêche 0"]),
    ],
)
def test_filters(data, options, titles):
    assert [json.loads(line)["title"] for line in export(data, *options).stdout.splitlines()] == titles


def test_csv_is_safe_for_spreadsheets_and_parquet_has_the_types(data):
    pq = pytest.importorskip("pyarrow.parquet", reason="Parquet needs pyarrow")
    from mapexpress.model.schema import arrow_schema

    export(data, "--latest", "--format", "csv", "-o", data / "out.csv")
    with (data / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[2]["text"] == '\'=1+1 "Il neige",\nà Ifrane.'
    export(data, "--latest", "--format", "parquet", "-o", data / "out.parquet")
    table = pq.read_table(data / "out.parquet")
    assert table.schema.equals(arrow_schema())
    assert table.num_rows == 3


def test_other_vocabularies(data):
    zyte = json.loads(export(data, "--latest", "--schema", "zyte").stdout.splitlines()[0])
    assert (zyte["headline"], zyte["articleBody"]) == ("Dépêche 1", "Il pleut sur Rabat.")
    schema_org = json.loads(export(data, "--latest", "--schema", "schema.org").stdout.splitlines()[0])
    assert (schema_org["@type"], schema_org["inLanguage"]) == ("NewsArticle", "ar")


@pytest.mark.parametrize("name", ["mapexpress", "zyte", "schema.org"])
def test_a_shape_has_the_same_columns_in_every_format(data, name):
    pq = pytest.importorskip("pyarrow.parquet", reason="Parquet needs pyarrow")
    rows = [json.loads(line) for line in export(data, "--schema", name).stdout.splitlines()]
    (header, *_) = csv.reader(export(data, "--schema", name, "--format", "csv").stdout.splitlines())
    export(data, "--schema", name, "--format", "parquet", "-o", data / "out.parquet")
    assert header == list(rows[0]) == pq.read_schema(data / "out.parquet").names
    assert pq.read_table(data / "out.parquet").to_pylist() == rows


def test_the_card_names_types_languages_and_sites(data):
    export(data, "--card")
    card = (data / "dataset" / "README.md").read_text("utf-8")
    assert "- name: dateline\n    dtype: string" in card
    assert "language:\n- ar\n- fr" in card
    assert "| news.example | 3 |" in card


def test_bad_input_is_one_line_and_status_2(data):
    for options in (("--since", "hier"), ("--format", "parquet"), ("-o", data / "no" / "x.jsonl"), ("--site", "other")):
        done = export(data, *options, check=False)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr


def test_by_month_groups_by_publication_and_a_later_export_replaces_it(data, article):
    out = data / "by-month"
    with SiteStore.open(data, "news.example", run="r3") as store:
        store.write(article(7, date_published="2015-01-31T23:00:00+01:00", date_precision="instant"))
        store.write(article(8))
        store.seal()
    for _ in range(2):
        export(data, "--latest", "--by", "month", "-o", out)
    found = {path.parent.name: path.read_text("utf-8").splitlines() for path in out.rglob("*.jsonl")}
    assert {name: len(lines) for name, lines in found.items()} == {
        "published=2015-01": 1, "published=2026-11": 3, "published=__HIVE_DEFAULT_PARTITION__": 1,
    }  # fmt: skip
    whole = export(data, "--latest").stdout.splitlines()
    assert sorted(line for lines in found.values() for line in lines) == sorted(whole)
    assert sorted(path.name for path in data.iterdir()) == ["by-month", "dataset", "sites"]
    export(data, "--latest", "--by", "year", "--format", "parquet", "-o", out)
    ds = pytest.importorskip("pyarrow.dataset", reason="Parquet needs pyarrow")
    table = ds.dataset(out, partitioning="hive").to_table()
    assert sorted(table["published"].to_pylist(), key=str) == [2015, 2026, 2026, 2026, None]


def test_by_month_does_not_replace_what_is_no_export(data):
    for options in (("--by", "month"), ("--by", "month", "-o", data), ("--by", "month", "-o", data / "no" / "out")):
        done = export(data, *options, check=False)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert (data / "dataset").is_dir()


def test_pyarrow_reads_the_parts_as_one_with_the_types_it_is_given(data):
    ds = pytest.importorskip("pyarrow.dataset", reason="Parquet needs pyarrow")
    from mapexpress.model.schema import arrow_schema

    export(data, "--card")
    parts = ds.dataset(data / "dataset", format="json", schema=arrow_schema(), exclude_invalid_files=True)
    table = parts.to_table()
    assert [value is None for value in table["previous_hash"].to_pylist()].count(False) == 1  # of the second part
    assert (table.num_rows, table.schema) == (4, arrow_schema())
