import gzip
import random
from pathlib import Path

import orjson
import pytest
import zstandard

from mapexpress.corpus.readers import Columns, Source, find_files, read
from mapexpress.errors import UsageError

ROWS = [
    {"id": "a1", "text": "La digue tient.", "url": "https://quai.example/a1", "title": "La digue", "stars": 3},
    {"id": 7, "text": "<html><body><p>Le quai ouvre.</p></body></html>"},
    {"text": "Sans identifiant."},
]


def lines(rows: list[dict[str, object]]) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


@pytest.mark.parametrize(("suffix", "pack"), [("", bytes), (".gz", gzip.compress), (".zst", zstandard.compress)])
def test_json_lines_packed_or_not(tmp_path: Path, suffix: str, pack) -> None:
    path = tmp_path / f"news.jsonl{suffix}"
    path.write_bytes(pack(lines(ROWS)))
    sources = list(read(path))
    assert [s.id for s in sources] == ["a1", "7", "news-3"]
    assert [s.document.kind for s in sources] == ["text", "html", "text"]
    assert sources[0].url == "https://quai.example/a1"
    assert sources[0].title == "La digue"
    assert sources[0].extra == {"stars": 3}


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(lines([{"corps": "La digue tient.", "lien": "https://quai.example/", "text": 1}]))
    (source,) = read(path, Columns(text="corps", url="lien"))
    assert (source.body, source.url, source.extra) == ("La digue tient.", "https://quai.example/", {"text": 1})


def test_parquet(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "news.parquet"
    parquet.write_table(pyarrow.Table.from_pylist([{"id": "a1", "text": "La digue tient.", "stars": 3}]), path)
    (source,) = read(path)
    assert (source.id, source.body, source.extra) == ("a1", "La digue tient.", {"stars": 3})


def test_files_are_named_by_their_stem(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("La digue tient.", "utf-8")
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(b"<html><p>Le quai.</p></html>", mtime=0))
    (tmp_path / "notes.bin").write_bytes(b"\x00\x01")
    sources = [source for path in find_files([tmp_path]) for source in read(path)]
    assert [(s.id, s.document.kind) for s in sources] == [("a", "html"), ("b", "text")]


def test_a_file_without_a_known_suffix_is_told_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(b"<!doctype html><p>Le quai.</p>")
    (tmp_path / "note").write_text("La digue tient.", "utf-8")
    assert [s.document.kind for name in ("page", "note") for s in read(tmp_path / name)] == ["html", "text"]


def warc(kind: str, url: str, body: bytes, http: str = "") -> bytes:
    """One WARC record as its own gzip member, written by hand: ISO 28500."""
    block = (http.replace("\n", "\r\n") + "\r\n\r\n").encode() + body if http else body
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{len(url)}-{len(body)}>\r\n"
        f"WARC-Date: 2026-03-01T08:00:00Z\r\nWARC-Target-URI: {url}\r\nContent-Length: {len(block)}\r\n"
        "Content-Type: application/http; msgtype=response\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n")


def test_warc_gives_successful_html_responses_only(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(
        warc(
            "response",
            "https://quai.example/1",
            b"<p>Un</p>",
            "HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8",
        )
        + warc("response", "https://quai.example/2", b"<p>Deux</p>", "HTTP/1.1 404 Not Found\nContent-Type: text/html")
        + warc("response", "https://quai.example/3", b"GIF89a", "HTTP/1.1 200 OK\nContent-Type: image/gif")
        + warc("request", "https://quai.example/1", b"", "GET / HTTP/1.1\nHost: quai.example")
    )
    (source,) = read(path)
    assert (source.url, source.body, source.kind) == ("https://quai.example/1", b"<p>Un</p>", "html")
    assert source.content_type == "text/html; charset=utf-8"
    assert source.id == "urn:uuid:22-9"
    assert source.fetched_at == "2026-03-01T08:00:00Z"


def test_wet_gives_text(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.wet.gz"
    path.write_bytes(warc("conversion", "https://quai.example/1", "Le quai à l'aube.".encode()))
    (source,) = read(path)
    assert (source.url, source.document.read().text, source.kind) == (
        "https://quai.example/1",
        "Le quai à l'aube.",
        "text",
    )


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
        ("notes.jsonl", b"{broken\n", "line 1 is not JSON"),
        ("notes.jsonl", b"[1]\n", "line 1 is not an object"),
        ("notes.jsonl", b'{"body": "x"}\n', "--text-field"),
        ("notes.jsonl.gz", b"not gzip", "compressed"),
        ("notes.jsonl.gz", gzip.compress(lines(ROWS), mtime=0)[:40], "compressed"),
        ("notes.jsonl.zst", b"not zstd", "compressed"),
        ("notes.jsonl.zst", zstandard.ZstdCompressor().compress(lines(ROWS))[:-5], "compressed"),
        ("crawl.warc", b"no archive\n\n", "WARC"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match=says) as caught:
        list(read(tmp_path / name))
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


@pytest.mark.parametrize(("suffix", "pack"), [("", bytes), (".gz", gzip.compress), (".zst", zstandard.compress)])
@pytest.mark.parametrize("left", [0.3, 0.5, 0.95])
def test_an_archive_that_was_cut_off_is_no_whole_one(tmp_path: Path, suffix: str, pack, left: float) -> None:
    path = tmp_path / f"crawl.warc{suffix}"
    ok = "HTTP/1.1 200 OK\nContent-Type: text/html"
    pages = [random.Random(n).randbytes(300).hex().encode() for n in range(5)]  # what no packing makes much shorter
    records = (warc("response", f"https://quai.example/{n}", page, ok) for n, page in enumerate(pages))
    whole = pack(gzip.decompress(b"".join(records)))
    path.write_bytes(whole)
    assert len(list(read(path))) == 5
    path.write_bytes(whole[: int(len(whole) * left)])
    with pytest.raises(UsageError, match="broken"):
        list(read(path))


def test_zstd_frames_one_behind_the_other_are_one_file(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl.zst"
    path.write_bytes(b"".join(zstandard.ZstdCompressor().compress(lines([row])) for row in ROWS * 3))
    assert len(list(read(path))) == 3 * len(ROWS)


def test_a_missing_file_and_an_empty_folder_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        find_files([tmp_path / "none.txt"])
    with pytest.raises(UsageError, match="folder without"):
        find_files([tmp_path])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1256"])
def test_text_files_of_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    text = (
        "قدمت الجماعة مشروع ترميم الرصيف القديم أمام السكان. "
        if encoding == "cp1256"
        else "La commune a présenté l'été dernier son projet. "
    )
    path = tmp_path / "note.txt"
    path.write_bytes((text * 8).encode(encoding))
    (source,) = read(path)
    assert source.document.read().text == text * 8


def test_reading_holds_one_document_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(lines([{"text": "La digue tient."}]) + b"{broken\n")
    stream = read(path)
    assert isinstance(next(stream), Source)
    with pytest.raises(UsageError):
        next(stream)
