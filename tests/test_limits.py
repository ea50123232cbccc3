"""The table of limits says what the code does."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from mapexpress import settings
from mapexpress.addon import SETTINGS
from mapexpress.article import Document, build, clean

ROWS = re.findall(
    r"^\| [^|]+ \| (\d+) \| `([\w.]+)` \|",
    (Path(__file__).parents[1] / "docs/limits.md").read_text("utf-8"),
    re.MULTILINE,
)


def test_the_table_was_read() -> None:
    assert len(ROWS) >= 15


@pytest.mark.parametrize(("number", "name"), ROWS)
def test_each_default_is_the_code_s(number: str, name: str) -> None:
    if "." in name:
        module, _, constant = name.rpartition(".")
        value = getattr(import_module(module), constant)
    else:
        value = SETTINGS[name] if name in SETTINGS else getattr(settings, name)
    assert value == int(number)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<p>a</p>" * 30_000, "too_many_elements"),
        (b"<div>" * 300 + b"fond", "too_deep"),
        (b"<p>" + b"a" * (8 << 20), "too_large"),
        (b'<a href="/x/">a</a>' * 10_001, "too_many_links"),
        (b"%PDF-1.7 text of a kind" * 50, "not_html"),
        (bytes(range(256)) * 40, "not_html"),
    ],
)
def test_a_page_that_was_not_read_to_its_end_is_no_record(body: bytes, reason: str) -> None:
    record = build([Document(body=body, url="https://news.example/a/")])
    assert getattr(record, "reason", None) == reason


def test_clean_says_that_it_did_not_read_all() -> None:
    assert "too_many_elements" in clean("<p>" + "<b>a</b>" * 30_000).quality.flags
