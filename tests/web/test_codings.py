"""Content codings: whole, cut, false, nested and bombs, for each coding that we ask for."""

import gzip
import zlib

import brotli
import pytest
import zstandard

from mapexpress.limits import Limits
from mapexpress.web.codings import CodingError, InflatedTooLargeError, inflate

PLAIN = b"".join(b"<p>Le conseil a examine les comptes numero %d de la cooperative.</p>" % n for n in range(400))
PACK = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstandard.compress}
LIMIT = 1 << 20


@pytest.mark.parametrize("name", PACK)
def test_each_coding_whole_cut_and_false(name: str) -> None:
    packed = PACK[name](PLAIN)
    assert inflate(packed, name, LIMIT).body == PLAIN
    assert inflate(packed, name.upper(), LIMIT).whole
    cut = inflate(packed[: len(packed) * 2 // 3], name, LIMIT)
    assert not cut.whole
    assert PLAIN.startswith(cut.body)
    with pytest.raises(CodingError):
        inflate(b"<html><p>Il pleut.</p></html>" * 9, name, LIMIT)


@pytest.mark.parametrize("name", PACK)
def test_a_bomb_stops_at_the_limit(name: str) -> None:
    bomb = PACK[name](bytes(8 << 20))
    assert len(bomb) < 20_000
    with pytest.raises(InflatedTooLargeError):
        inflate(bomb, name, LIMIT)
    nested = PACK[name](bomb)
    with pytest.raises(InflatedTooLargeError):
        inflate(nested, f"{name}, {name}", LIMIT)


def test_nested_codings_are_undone_in_order_and_bounded() -> None:
    assert inflate(gzip.compress(brotli.compress(PLAIN)), "br, gzip", LIMIT).body == PLAIN
    with pytest.raises(CodingError):
        inflate(b"x", ", ".join(["gzip"] * (Limits().codings + 1)), LIMIT)


def test_members_are_joined_padding_is_none_and_their_number_is_bounded() -> None:
    assert inflate(gzip.compress(b"a") + gzip.compress(b"b") + b"\0\0", "gzip", LIMIT).body == b"ab"
    assert inflate(zstandard.compress(b"a") + zstandard.compress(b"b"), "zstd", LIMIT).body == b"ab"
    with pytest.raises(CodingError):
        inflate(gzip.compress(b"") * 2000, "gzip", LIMIT)


def test_raw_deflate_and_what_is_not_known() -> None:
    assert inflate(zlib.compress(PLAIN)[2:-4], "deflate", LIMIT).body == PLAIN
    unknown = inflate(gzip.compress(PLAIN), "rot13, gzip", LIMIT)
    assert (unknown.body, unknown.left) == (PLAIN, ("rot13",))


def test_a_zstd_frame_that_wants_a_window_of_gigabytes_is_refused() -> None:
    wide = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    ).compressobj()
    with pytest.raises(CodingError):
        inflate(wide.compress(PLAIN) + wide.flush(), "zstd", LIMIT)
