import gzip
from pathlib import Path

import pytest
import zstandard

from mapexpress.corpus.output import CorpusWriter
from mapexpress.errors import StorageError


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_a_killed_run_goes_on_behind_its_last_batch(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"clean.jsonl{suffix}"
    with CorpusWriter(out, "job") as writer:
        writer.write([b"1", b"2"], empty=1)
    with writer.part.open("ab") as part:
        part.write(b"half a line that a killed run left")
    assert not out.exists()
    with CorpusWriter(out, "job") as writer:
        assert (writer.done, writer.empty) == (2, 1)
        writer.write([b"3"])
        writer.finish()
    data = out.read_bytes()
    if suffix == ".gz":
        data = gzip.decompress(data)
    elif suffix == ".zst":
        data = zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()
    assert data == b"1\n2\n3\n"
    assert [p.name for p in tmp_path.iterdir()] == [out.name]


def test_another_job_begins_anew(tmp_path: Path) -> None:
    out = tmp_path / "clean.jsonl"
    with CorpusWriter(out, "job") as writer:
        writer.write([b"old"])
    with CorpusWriter(out, "other job") as writer:
        assert writer.done == 0
        writer.write([b"new"])
        writer.finish()
    assert out.read_bytes() == b"new\n"


def test_an_older_result_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "clean.jsonl"
    out.write_bytes(b"older\n")
    with CorpusWriter(out, "job") as writer:
        writer.write([b"1"])
        assert out.read_bytes() == b"older\n"
        writer.finish()
    assert out.read_bytes() == b"1\n"


def test_a_folder_that_is_not_there_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        CorpusWriter(tmp_path / "none" / "clean.jsonl", "job")
