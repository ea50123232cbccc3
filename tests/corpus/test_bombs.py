"""Files that unpack to much, or nest deeply, cost their limit, and the files beside them are cleaned."""

import base64
import gzip
import zlib
from pathlib import Path

import brotli
import pytest
import zstandard

from mapexpress.commands.clean import Failures
from mapexpress.corpus import parquet
from mapexpress.corpus.readers import read, read_all
from mapexpress.corpus.sources import Columns, Source
from mapexpress.corpus.unpacking import FileError
from mapexpress.errors import ExitStatus
from mapexpress.limits import Limits

MOST = 400_000
SMALL = Columns(limits=Limits(stored_bytes=MOST, page_bytes=MOST // 8, json_values=1000))
GOOD = b'{"text":"Il pleut.","id":"good"}\n'


def fails_with(path: Path, says: str) -> list[Source]:
    """What was read before the error, which is one line that names the file."""
    before: list[Source] = []
    with pytest.raises(FileError, match=says) as caught:
        any(before.append(source) for source in read(path, SMALL))  # type: ignore[func-returns-value]
    assert str(path) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    return before


@pytest.mark.parametrize(("suffix", "pack"), [("", bytes), (".gz", gzip.compress), (".zst", zstandard.compress)])
@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"text":"' + b"a" * 9 * MOST + b'"}', r"line 2 holds more than 400000 bytes.*MAPEXPRESS_MAX_STORED_BYTES"),
        (b'{"text":"a","more":[' + b"[]," * 50_000 + b"1]}", "MAPEXPRESS_MAX_JSON_VALUES"),
        (b'{"text":"a","more":' + b"[" * 60_000 + b"]" * 60_000 + b"}", "line 2"),
    ],
)
def test_a_line_of_json(tmp_path: Path, suffix: str, pack, line: bytes, says: str) -> None:
    path = tmp_path / f"in.jsonl{suffix}"
    path.write_bytes(pack(GOOD + line + b"\n"))
    assert [source.id for source in fails_with(path, says)] == ["good"]


@pytest.mark.parametrize(
    "line",
    [
        b'{"text":"a","more":' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"text":"\\ud83d","more":' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"text":"a","more":' + b'{"a":' * 400 + b"1" + b"}" * 400 + b"}",
    ],
)
def test_a_row_that_is_too_deep_is_kept_without_its_text(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(GOOD + line + b"\n" + GOOD)
    assert [(s.id, s.flags) for s in read(path, SMALL)] == [("good", ()), ("in-2", ("broken_row",)), ("good", ())]


@pytest.mark.parametrize(
    ("suffix", "pack"), [(".txt", bytes), (".html.gz", gzip.compress), (".txt.zst", zstandard.compress)]
)
def test_a_document(tmp_path: Path, suffix: str, pack) -> None:
    path = tmp_path / f"in{suffix}"
    path.write_bytes(pack(b"<p>a</p>" * MOST))
    assert fails_with(path, "holds more than 400000 bytes") == []


def warc(body: bytes, *, head: bytes = b"", http: bytes = b"") -> bytes:
    payload = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + http + b"\r\n" + body
    return (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Target-URI: https://a.example/\r\n"
        + head + b"Content-Length: %d\r\n\r\n" % len(payload) + payload + b"\r\n\r\n"
    )  # fmt: skip


PLAIN = b"a" * 9 * MOST
MANY = b"X-A: b\r\n" * 300_000
BOMBS = {
    "body": warc(PLAIN),
    "brotli": warc(brotli.compress(PLAIN), http=b"Content-Encoding: br\r\n"),
    "gzip": warc(gzip.compress(PLAIN), http=b"Content-Encoding: gzip\r\n"),
    "deflate": warc(zlib.compress(PLAIN), http=b"Content-Encoding: deflate\r\n"),
    "chunked": warc(b"%x\r\n" % len(PLAIN) + PLAIN + b"\r\n0\r\n\r\n", http=b"Transfer-Encoding: chunked\r\n"),
    "head": warc(b"a", head=MANY),
    "head of HTTP": warc(b"a", http=MANY),
    "empty lines": b"\r\n" * 2_000_000,
    "twice": gzip.compress(warc(b"a")),
}


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
@pytest.mark.parametrize("name", BOMBS)
def test_a_record_of_a_warc(tmp_path: Path, name: str, pack) -> None:
    good = b"" if name in ("twice", "empty lines") else warc(b"<p>Il pleut.</p>")
    path = tmp_path / ("in.warc.gz" if pack is gzip.compress else "in.warc.zst")
    path.write_bytes(pack(good + BOMBS[name]))
    assert [source.body for source in fails_with(path, "in.warc")] == [b"<p>Il pleut.</p>"][: len(good)]


def test_a_coded_and_chunked_page_of_a_warc_is_read(tmp_path: Path) -> None:
    page = gzip.compress(b"<p>Il pleut.</p>")
    body = b"%x\r\n" % len(page) + page + b"\r\n0\r\n\r\n"
    path = tmp_path / "in.warc"
    path.write_bytes(warc(body, http=b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n") * 2)
    assert [source.body for source in read(path, SMALL)] == [b"<p>Il pleut.</p>"] * 2


@pytest.mark.slow
def test_parquet(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    good = {"text": "Il pleut.", "id": "good", "raw": b"\x00\xff", "tags": ["a"]}
    pq.write_table(pa.Table.from_pylist([good, good]), tmp_path / "good.parquet")
    sources = list(read(tmp_path / "good.parquet", SMALL))
    assert [s.body for s in sources] == ["Il pleut."] * 2
    assert sources[0].extra == {"raw": base64.b64encode(b"\x00\xff").decode(), "tags": ["a"]}
    pq.write_table(pa.table({"text": ["a" * 9 * MOST]}), tmp_path / "cell.parquet", compression="zstd")
    fails_with(tmp_path / "cell.parquet", "row 1 holds more than 400000 bytes")
    (tmp_path / "no.parquet").write_bytes(b"PAR1" + b"\x00" * 99)
    fails_with(tmp_path / "no.parquet", "not a Parquet file")


def test_parquet_that_wants_more_memory_than_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(parquet, "MEGABYTES", 64)
    # one text in a dictionary, shown by each row: 2 GB in some kilobytes
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 64, pa.int32()), pa.array(["a" * 2**25]))
    pq.write_table(pa.table({"text": texts}), tmp_path / "in.parquet", compression="zstd")
    assert (tmp_path / "in.parquet").stat().st_size < 2**20
    fails_with(tmp_path / "in.parquet", "take more than 64 MB|holds more than|broken")


def test_the_other_files_are_read_and_the_status_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"no\n" + GOOD)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(GOOD)[:-9])
    (tmp_path / "c.jsonl").write_bytes(GOOD)
    files = sorted(tmp_path.iterdir())
    failures = Failures(files)
    assert [s.id for s in read_all(files, Columns(), failures.add)] == ["good"]
    assert failures.status is ExitStatus.USAGE
    told = capsys.readouterr().err.splitlines()
    assert [line.split(":")[1].strip() for line in told] == [str(path) for path in files[:2]]
    with pytest.raises(FileError):
        list(read_all(files[:1], Columns(), Failures(files[:1]).add))
