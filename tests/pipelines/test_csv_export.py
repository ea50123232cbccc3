"""CSV feeds hold no formulas, whatever an article says."""

import csv
import io

import pytest

from mapexpress.dataset.export.export import cell
from mapexpress.model.record import Article, Image
from mapexpress.pipelines.csv_export import SpreadsheetSafeExporter

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\u3000=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_a_feed_is_safe_and_keeps_structures() -> None:
    out = io.BytesIO()
    exporter = SpreadsheetSafeExporter(out, encoding="utf-8")
    exporter.start_exporting()
    image = Image(url="https://news.example/a.jpg", caption="=cmd()")
    exporter.export_item(Article(title="=HYPERLINK(1)", tags=["a", "=b"], images=[image], text='x"\n=1,2'))
    exporter.finish_exporting()
    (row,) = csv.DictReader(io.StringIO(out.getvalue().decode(), newline=""))
    assert row["title"] == "'=HYPERLINK(1)"
    assert row["tags"] == '["a","=b"]'
    assert row["text"] == "x\"\n'=1,2"  # at a line, too: some part cells there
    assert '"caption":"=cmd()"' in row["images"]
