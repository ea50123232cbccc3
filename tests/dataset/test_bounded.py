"""Small files that unpack to much cost their limit, and are one line."""

import gzip
import json
import zlib

import pytest

from mapexpress.boilerplate.template.sample import from_bytes
from mapexpress.dataset.between_runs.templates import current_snapshot
from mapexpress.dataset.export.export import Wanted, records
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.parts import read_part
from mapexpress.dataset.files.warc import encode, read_at
from mapexpress.dataset.repair.verify import verify
from mapexpress.dataset.state.database import State
from mapexpress.dataset.store import SiteStore
from mapexpress.errors import StorageError
from mapexpress.limits import Limits
from mapexpress.system.bounded import TooLargeError, lines, most_bytes, read_json, read_whole, unpack

SITE = "news.example"
MOST = 80_000
SMALL = Limits(stored_bytes=MOST, page_bytes=MOST // 8, json_values=1000, header_bytes=4096)


@pytest.fixture
def layout(tmp_path, article, exchange):
    with SiteStore.open(tmp_path, SITE, run="20261124T000000Z-aaaa", limits=SMALL) as store:
        store.write(article(0, warc_record_id=store.capture(exchange(0))))
        store.seal()
    return Layout(tmp_path, SITE, SMALL)


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_stream_is_unpacked_up_to_its_limit(pack):
    assert unpack(pack(b"a" * MOST), "x", SMALL) == b"a" * MOST
    with pytest.raises(TooLargeError, match=r"x holds more than 80000 bytes.*MAPEXPRESS_MAX_STORED_BYTES"):
        unpack(pack(b"a" * (MOST + 1)), "x", SMALL)
    with pytest.raises(ValueError, match="cut off"):
        unpack(pack(b"a" * MOST)[:-9], "x", SMALL)
    with pytest.raises(ValueError, match="incorrect"):
        unpack(b"no", "x", SMALL)


@pytest.mark.parametrize("size", [1, 7, 2**18])
def test_lines_are_the_same_however_they_come(size):
    body = b"a\n\nbc\n" + b"d" * MOST + b"\n"
    assert list(lines((body[n : n + size] for n in range(0, len(body), size)), "x", SMALL)) == [
        b"a",
        b"",
        b"bc",
        b"d" * MOST,
    ]
    with pytest.raises(TooLargeError, match="a line of x"):
        list(lines(iter([b"a\n", b"d" * MOST, b"d"]), "x", SMALL))
    with pytest.raises(StorageError, match="torn"):
        list(lines([b"a\nb"], "x", SMALL))


def test_memory_is_not_taken_for_what_is_promised(tmp_path):
    sparse = tmp_path / "sparse"
    with sparse.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(TooLargeError):
        read_whole(sparse, SMALL)


def bomb(path, line):
    path.write_bytes(gzip.compress(line))


@pytest.mark.parametrize(
    "line", [b"a" * 10 * MOST, b'{"text":"' + b"a" * 10 * MOST + b'"}\n', b"[" + b"[]," * 9999 + b"1]\n"]
)
def test_a_part_with_a_line_that_is_a_bomb(layout, line):
    (part,) = layout.dataset.glob("*/*.gz")
    bomb(part, line)
    with pytest.raises(TooLargeError, match="which is the limit"):
        list(read_part(part, SMALL))
    assert any("which is the limit" in fault for fault in verify(layout).faults)
    with pytest.raises(StorageError, match="which is the limit"):
        list(records(layout, Wanted()))


@pytest.mark.parametrize("text", ['"' + "a" * MOST + '"', "[" + "1," * MOST + "1]", "[" * 9000 + "]" * 9000])
def test_a_manifest_that_is_a_bomb(layout, text):
    (manifest,) = layout.manifests.glob("*.json")
    manifest.write_text(text)
    assert any(str(manifest) in fault for fault in verify(layout).faults)
    with pytest.raises((StorageError, json.JSONDecodeError)):
        read_json(manifest, SMALL)


@pytest.mark.parametrize("plain", [b"[" * 9 * MOST, b"{" + b'"a":1,' * 5000 + b'"b":1}', b" " * 9 * MOST])
def test_a_template_that_is_a_bomb(layout, plain):
    layout.template.mkdir(exist_ok=True)
    (layout.template / "current").write_text("0123456789abcdef")
    bomb(layout.template / "0123456789abcdef.json.gz", plain)
    with pytest.raises(StorageError, match="which is the limit"):
        current_snapshot(layout)


def test_a_template_that_is_damaged_is_learned_again(layout):
    layout.template.mkdir(exist_ok=True)
    (layout.template / "current").write_text("0123456789abcdef")
    for plain in (b"[" * 900, b"{}"):
        bomb(layout.template / "0123456789abcdef.json.gz", plain)
        assert current_snapshot(layout) is None


def plant(layout, data, record_id, length=None):
    """Let a response lie at the end of its WARC."""
    (path,) = layout.warc.glob("*.gz")
    position = path.stat().st_size
    with path.open("ab") as file:
        file.write(data)
    state = State(layout.state)
    state.write("UPDATE responses SET position = ?, length = ? WHERE id = ?", position, length or len(data), record_id)
    place = state.response(record_id)
    state.commit()
    state.close()
    return path.name, place


HEAD = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: %s\r\nWARC-Target-URI: https://a.example/\r\n"
    b"Content-Length: %d\r\n"
)
HTTP = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("kind", ["body", "coded", "head", "http head", "length", "no head"])
def test_a_response_that_is_a_bomb(layout, exchange, kind):
    state = State(layout.state, readonly=True)
    (row,) = state.all("SELECT id FROM responses")
    state.close()
    name = str(row[0])
    big, many = b"a" * 9 * MOST, b"X-A: b\r\n" * 5000
    length = None
    if kind == "coded":
        packed = zlib.compress(big)
        _, data = encode(exchange(0, packed, headers=[("Content-Encoding", "deflate")]), name)
    else:
        body = {"body": HTTP + b"\r\n" + big, "http head": HTTP + many + b"\r\n", "no head": b"a"}.get(
            kind, HTTP + b"\r\n"
        )
        head = HEAD % (name.encode(), len(body)) + (many if kind == "head" else b"") + b"\r\n"
        data = gzip.compress(head + body)
        length = 2**40 if kind == "length" else None
    warc, place = plant(layout, data, name, length)
    with pytest.raises(StorageError):
        read_at(layout, warc, place)
    assert len(verify(layout).faults) == 1


def test_a_place_in_the_state_that_is_no_number(layout):
    state = State(layout.state)
    state.write("UPDATE responses SET position = 'x'")
    state.commit()
    state.close()
    assert len(verify(layout).faults) == 1


def test_a_sketch_that_is_a_bomb():
    with pytest.raises(TooLargeError):
        from_bytes(zlib.compress(b"a" * (most_bytes() + 1)))
