import re
from pathlib import Path

from mapexpress.model.record import Article, Rejection
from mapexpress.model.schema import kinds

DOCS = (Path(__file__).parents[2] / "docs" / "record.md").read_text("utf-8")
FIELDS = DOCS[: DOCS.index("## Reasons of removals")] + DOCS[DOCS.index("## Rejections") :]


def test_every_field_is_documented():
    named = {
        name for cell in re.findall(r"^\| (`[^|]*`) \|", FIELDS, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)
    }
    assert named == set(kinds(Article)) | set(kinds(Rejection))
