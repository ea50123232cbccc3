import json
import logging

from hypothesis import given
from hypothesis import strategies as st

from mapexpress.crawl.extensions.json_log import JsonFormatter


@given(st.text(st.characters()), st.text())
def test_a_line_is_one_json_object_whatever_a_title_holds(title: str, name: str) -> None:
    record = logging.LogRecord(name, logging.INFO, "f.py", 1, "rejected %s", (title,), None)
    record.summary = {f"section/{title}": 1, 3: None}
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line)["level"] == "INFO"


def test_a_traceback_is_inside_its_line() -> None:
    try:
        raise ValueError("a\nb")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    line = json.loads(JsonFormatter().format(logging.LogRecord("x", logging.ERROR, "f.py", 1, "failed", (), info)))
    assert "ValueError: a\nb" in line["error"]
