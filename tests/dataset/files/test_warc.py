"""Responses on the disk: what came compressed is not compressed again, and comes back as it was."""

import gzip
import random
from pathlib import Path

from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.warc import Exchange, encode, read_at
from mapexpress.dataset.state.tables import Place

URL = "https://news.example/2026/06/pluie/"
WHEN = "2026-06-11T10:00:00+00:00"
# words that compress as those of pages do
PAGE = " ".join(
    random.Random(0).choices("pluie digue port école marché conseil budget saison".split(), k=4000)
).encode()
PACKED = gzip.compress(PAGE, mtime=0)


def stored(tmp_path: Path, body: bytes, *headers: tuple[str, str]) -> tuple[int, bytes]:
    """Bytes on the disk, and the body that is read from there."""
    record_id, data = encode(Exchange(url=URL, status=200, body=body, fetched_at=WHEN, headers=headers))
    layout = Layout(tmp_path, "news.example")
    layout.warc.mkdir(parents=True, exist_ok=True)
    (layout.warc / "run-0.warc.gz").write_bytes(data)
    place = Place(
        id=record_id,
        warc=0,
        position=0,
        length=len(data),
        url=URL,
        fetched_at=WHEN,
        http_status=200,
        content="article",
    )
    return len(data), read_at(layout, "run-0.warc.gz", place).body


def test_a_body_that_came_compressed_is_stored_as_it_came(tmp_path: Path) -> None:
    size, body = stored(tmp_path, PACKED, ("Content-Encoding", "gzip"))
    assert body == PAGE
    assert PACKED in encode_of(PACKED)
    assert size < len(PACKED) + 1500  # the two headers


def test_a_body_that_only_says_so_is_compressed(tmp_path: Path) -> None:
    size, body = stored(tmp_path, PAGE, ("Content-Encoding", "gzip"))
    assert body == PAGE
    assert size < len(PAGE) / 2


def test_a_plain_body_is_compressed(tmp_path: Path) -> None:
    size, body = stored(tmp_path, PAGE)
    assert body == PAGE
    assert size < len(PAGE) / 2


def encode_of(body: bytes) -> bytes:
    headers = (("Content-Encoding", "gzip"),)
    return encode(Exchange(url=URL, status=200, body=body, fetched_at=WHEN, headers=headers))[1]
