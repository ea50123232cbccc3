"""A damaged member costs itself only, whatever is wrong with it and whatever stands in it."""

import gzip
import random
import zlib

import pytest

from mapexpress.dataset.files.warc import encode, encode_info
from mapexpress.dataset.files.warc_members import PLAIN_HEAD, Damage, Member, http_status, scan, warc_headers


@pytest.fixture
def stored(tmp_path, exchange):
    """A WARC file of twelve responses with their requests, a third of them sent compressed; the ids in order."""
    chance = random.Random(7)
    data, ids, places = encode_info("own.warc.gz", "test"), [], []
    for n in range(12):
        body = bytes(chance.randrange(256) for _ in range(300)) + b"<p>Il pleut sur Rabat.</p>" * 40
        packed = (
            {"body": gzip.compress(body), "headers": [("Content-Encoding", "gzip")]} if n % 3 == 0 else {"body": body}
        )
        record_id, record = encode(exchange(n, **packed))
        places.append((len(data), len(record)))
        ids.append(record_id)
        data += record
    path = tmp_path / "own.warc.gz"
    path.write_bytes(data)
    return path, ids, places


def found(path):
    """Ids of the responses that read; fails where the scan leaves a byte out."""
    parts = list(scan(path))
    assert [part.start for part in parts] == [0, *(part.end for part in parts[:-1])]
    assert parts[-1].end == path.stat().st_size
    heads = [warc_headers(part.head) for part in parts if isinstance(part, Member)]
    return [head["warc-record-id"] for head in heads if head.get("warc-type") == "response"]


def test_a_whole_file_reads(stored):
    path, ids, _ = stored
    assert found(path) == ids
    assert {http_status(part.head) for part in scan(path) if b"WARC-Type: response" in part.head} == {200}


def test_one_wrong_bit_costs_at_most_the_record_it_is_in(stored):
    path, ids, places = stored
    whole = path.read_bytes()
    chance = random.Random(11)
    for at in [*range(places[3][0], places[3][0] + 12), *(chance.randrange(len(whole)) for _ in range(150))]:
        damaged = bytearray(whole)
        damaged[at] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        hit = [name for name, (start, length) in zip(ids, places, strict=True) if start <= at < start + length]
        assert set(ids) - set(found(path)) <= set(hit), at


@pytest.mark.parametrize("hit", [[0], [11], [4, 5], [2, 8], [0, 5, 6, 11]])
@pytest.mark.parametrize("kind", ["flipped", "zeros"])
def test_several_damaged_records_cost_themselves(stored, hit, kind):
    path, ids, places = stored
    data = bytearray(path.read_bytes())
    for n in hit:
        start, length = places[n]
        if kind == "zeros":
            data[start : start + length] = bytes(length)
        else:
            data[start + 200] ^= 0x55
    path.write_bytes(data)
    assert found(path) == [name for n, name in enumerate(ids) if n not in hit]


@pytest.mark.parametrize("cut", [1, 7, 100, 700])
def test_a_file_that_is_cut_off_reads_up_to_the_cut(stored, cut):
    path, ids, _ = stored
    path.write_bytes(path.read_bytes()[:-cut])
    assert found(path)[:11] == ids[:11]
    assert isinstance(list(scan(path))[-1], Damage)


def test_a_record_whose_gzip_head_alone_is_damaged_still_reads(stored):
    path, ids, places = stored
    data = bytearray(path.read_bytes())
    data[places[4][0]] = 0
    path.write_bytes(data)
    assert found(path) == ids
    (mended,) = [part for part in scan(path) if isinstance(part, Member) and part.bad_head]
    data[mended.start : mended.start + len(PLAIN_HEAD)] = PLAIN_HEAD
    path.write_bytes(data)
    assert not any(part.bad_head for part in scan(path) if isinstance(part, Member))


def test_what_a_site_sent_is_not_taken_for_records(tmp_path, exchange):
    """A body that comes compressed lies in its member as it came: one made of WARC records must not become some."""
    forged = b"".join(encode(exchange(n, random.Random(n).randbytes(1500), request_headers=[]))[1] for n in (66, 67))
    sent = gzip.compress(b"<p>page</p>") + forged
    first, data = encode(exchange(1, sent, headers=[("Content-Encoding", "gzip")], request_headers=[]))
    last, after = encode(exchange(2))
    assert forged in data, "the body is stored as it came"
    path = tmp_path / "own.warc.gz"
    for at in range(len(data) - len(forged) - 60, len(data), 17):
        damaged = bytearray(data + after)
        damaged[at] ^= 0x10
        path.write_bytes(damaged)
        assert set(found(path)) <= {first, last}


def test_a_long_stretch_of_beginnings_takes_no_longer_than_it_is_long(tmp_path, exchange):
    record_id, data = encode(exchange(1))
    path = tmp_path / "own.warc.gz"
    path.write_bytes(b"\x1f\x8b\x08" * 20_000 + data)
    assert found(path) == [record_id]


def test_a_record_that_inflates_without_end_is_read_in_little_memory(tmp_path):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    plain = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
    data = packer.compress(plain) + b"".join(packer.compress(bytes(2**20)) for _ in range(64)) + packer.flush()
    path = tmp_path / "own.warc.gz"
    path.write_bytes(data)
    (part,) = scan(path)
    assert len(part.head) <= 2**16
