import re
from pathlib import Path

from mapexpress.records import Article, Rejection
from mapexpress.schema import kinds

DOCS = (Path(__file__).parents[1] / "docs" / "record.md").read_text("utf-8")


def test_every_field_is_documented():
    named = {
        name for cell in re.findall(r"^\| (`[^|]*`) \|", DOCS, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)
    }
    assert named == set(kinds(Article)) | set(kinds(Rejection))
