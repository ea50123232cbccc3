"""A log line belongs to us: no title begins one or moves the cursor."""

import io
import logging

from mapexpress.crawl.extensions.plain_log import OneLine

FORGED = "Titre\r\n2026-01-01 00:00:00 [root] ERROR: forged\x1b[2J\x9b31m\u2028x"


def logged(message: str, *arguments: object, error: Exception | None = None) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    handler.addFilter(OneLine())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    logger.warning(message, *arguments, exc_info=error)
    return stream.getvalue()


def test_no_message_and_no_traceback_forges_a_line() -> None:
    try:
        raise ValueError(FORGED)
    except ValueError as error:
        text = logged("rejected %s", FORGED, error=error)
    assert not any(c in text for c in "\x1b\x9b\r\u2028")
    assert not [line for line in text.split("\n")[:3] if line.startswith("2026")]


def test_what_is_harmless_is_left_as_it_is() -> None:
    assert logged("%d articles de %s à 100 %%", 3, "Fès") == "WARNING: 3 articles de Fès à 100 %\n"
