from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mapexpress
from benchmarks.same_record import differing, files_of
from mapexpress.corpus.clean import How, clean_source
from mapexpress.corpus.readers import Source
from mapexpress.web.sniffing import sniff

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "bench"


def test_bytes_and_files_give_one_record() -> None:
    paths = [*files_of(ROOT / "fixtures"), *files_of(ROOT / "tests")]
    assert len(paths) > 15
    assert list(differing(paths)) == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="no real pages beside the project")
def test_bytes_and_files_of_real_pages_give_one_record() -> None:
    paths = files_of(SHARED)[::40]
    assert paths
    assert list(differing(paths)) == []


PIECES = st.lists(
    st.sampled_from(
        [
            "<span>Pluie</span> Il a plu.", "Il a plu toute la nuit sur la capitale.\n\n", "<p>", "</p>", "a < b > c ",
            "\x00", "\ufeff", "<!doctype html>", "Café à Fès ", "أعلن اليوم عن نتائج الدورة ", "<br/>",
            "<b>x</b>", "é" * 30,
        ]
    ),
    max_size=12,
)  # fmt: skip


@given(PIECES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1256", "cp1252"]))
def test_whatever_bytes_hold(pieces: list[str], encoding: str) -> None:
    body = "".join(pieces).encode(encoding, "replace")
    bare, filed = mapexpress.clean(body), clean_source(Source(id="x", body=body), How())
    assert (bare.title, bare.text, bare.quality.flags) == (filed.title, filed.text, filed.quality.flags)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7 ...", "binary"),
        ("<p>Fès</p>".encode("utf-16"), "html"),
        ("Fès, il pleut.".encode("utf-16"), "text"),
        ("عاجل <span>خبر</span>".encode("cp1256"), "html"),
        ("Un texte qui compare a < b et b > c.", "text"),
        ("x" * 30_000 + "<p>", "text"),
        ("<p " + "a" * 50_000, "text"),
    ],
)
def test_what_bytes_are(body: bytes | str, kind: str) -> None:
    assert sniff(body) == kind
