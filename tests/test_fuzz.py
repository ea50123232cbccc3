"""The doors that strangers' bytes come through, with small random damage; `python -m fuzz.run` is the long way."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.targets import TARGETS, WORDS, seeds

pytestmark = pytest.mark.filterwarnings("ignore")  # what libraries say of broken input is no promise of ours

# inputs that were found by the fuzzer, each with the fix that it led to
FOUND = {
    "addresses": [b"\xca\xa1", b"[::ffff:7.0.1]", b"\xaf", b"m:pexpress.ma", b"x-\xcb\x9b?u/", b"x-\xe2\x80\xa6/a", b"pu\xc2\x85\xd9", b"l%4%43d", b"%4a\xcc\x81", b"?%4d&d"],
    "sitemaps": [
        b"http:s//news.ex/02/pluie-sur",
        b"<urlset><url><loc>http\n://news.example/2026/01/02/pluie/</loc></url></urlset>",
    ],
    "listing": [b'<h2><a href="http:s//www.news.example/a/port-de-safi-trafic-en-hausse-au-printemps/">Port de Safi, trafic en hausse</a></h2>',
        b'<link rel="canonical" href="http://[::ffff:7.0.1]/">'],
    "halves": [b"<head><main>a</main></head><body>b\x01c"],
    "html": [b'<link rel="canonical" href="http://[preferences]/"><p>Il pleut.</p>'],
    "feeds": [b"<rss><channel><item><link>https://www.m:pexpress.ma/a/b/</link></item></channel></rss>"],
    "rest": [b'[{"id": 1, "link": "https://news.example/\\ud800/", "title": {"rendered": "x\\udfff"}, "content": {"rendered": "<p>\\ud800</p>"}}]'],
    "archives": [b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: 5\r\n\r\nHTTP/\r\n\r\n"],
}  # fmt: skip


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_what_was_found_keep_every_promise(name: str) -> None:
    for data in (b"", b"\0", *seeds(name)[:4], *FOUND.get(name, ())):
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_input_breaks_no_promise(name: str) -> None:
    whole = seeds(name)
    piece = st.one_of(st.binary(max_size=12), st.sampled_from(WORDS.get(name) or [b"\xff", b"\0", b"{", b"<"]))

    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(whole),
        st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), piece), min_size=1, max_size=5),
    )
    def damaged(seed: bytes, edits: list[tuple[float, int, bytes]]) -> None:
        data = seed[:20_000]
        for place, cut, new in edits:
            at = int(place * len(data))
            data = data[:at] + new + data[at + cut :]
        TARGETS[name](data)

    damaged()
