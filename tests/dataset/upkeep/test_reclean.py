import gzip
import json

import pytest

from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.manifest import SOFTWARE
from mapexpress.dataset.repair.verify import verify
from mapexpress.dataset.store import SiteStore
from mapexpress.dataset.upkeep.reclean import reclean
from mapexpress.model.record import Rejection, content_hash

SITE = "news.example"


def parts(data):
    return {p.name: p.read_bytes() for p in sorted(data.glob("dataset/*/*/*.gz"))}


def fill(data, article, exchange):
    for run, text in enumerate(("Il pleut.", "Il neige.")):
        with SiteStore.open(data, SITE, run=f"20261124T00000{run}Z-aaaa") as store:
            kept = store.capture(exchange(1, f"<p>{text}</p>".encode()))
            store.write(article(1, text, warc_record_id=kept))
            store.write(article(2 + run))
            store.seal()


def test_the_same_code_gives_the_same_bytes(tmp_path, article, exchange):
    fill(tmp_path, article, exchange)
    before = parts(tmp_path)
    with SiteStore.open(tmp_path, SITE, run="again") as store:
        done = reclean(store, lambda stored, _responses: stored, SOFTWARE)
    assert (done.same, done.changed, done.kept) == (2, 0, 2)
    assert parts(tmp_path) == before


def test_better_code_changes_the_text_in_its_place(tmp_path, article, exchange):
    fill(tmp_path, article, exchange)

    def rebuild(stored, responses):
        text = responses[0].body.decode().removeprefix("<p>").removesuffix("</p>").upper()
        return article(1, text, content_hash=content_hash(stored.title, text))

    for expected in ((0, 2, 2), (2, 0, 2)):
        with SiteStore.open(tmp_path, SITE, run="again") as store:
            done = reclean(store, rebuild, SOFTWARE)
        assert (done.same, done.changed, done.kept) == expected
    records = [json.loads(line) for data in parts(tmp_path).values() for line in gzip.decompress(data).splitlines()]
    first, second = (r for r in records if r["id"] == article(1).id)
    assert (first["text"], second["text"]) == ("IL PLEUT.", "IL NEIGE.")
    assert (second["revision"], second["previous_hash"]) == (2, first["content_hash"])
    assert verify(Layout(tmp_path, SITE)).faults == []
    with SiteStore.open(tmp_path, SITE, run="later") as store:
        assert store.known(article(1).id).content_hash == second["content_hash"]


def test_a_page_that_is_rejected_today_keeps_its_record(tmp_path, article, exchange):
    fill(tmp_path, article, exchange)
    before = parts(tmp_path)
    with SiteStore.open(tmp_path, SITE, run="again") as store:
        done = reclean(store, lambda *_: Rejection(url=None, stage="page", reason="no_text"), SOFTWARE)
    assert (done.same, done.changed, done.kept) == (0, 0, 4)
    assert parts(tmp_path) == before


def test_cut_short_it_leaves_no_part_of_the_new_kind_beside_the_old_ones(tmp_path, article, exchange):
    fill(tmp_path, article, exchange)
    before = parts(tmp_path)
    assert len(before) == 2
    made = 0

    def rebuild(*_: object):
        nonlocal made
        made += 1
        if made == 2:  # of the second part
            raise KeyboardInterrupt
        return article(1, "Autre texte.")

    with pytest.raises(KeyboardInterrupt), SiteStore.open(tmp_path, SITE, run="again") as store:
        reclean(store, rebuild, SOFTWARE)
    assert parts(tmp_path) == before
    assert verify(Layout(tmp_path, SITE)).faults == []
    with SiteStore.open(tmp_path, SITE, run="later") as store:
        assert [store.write(article(n, text)) for n, text in ((1, "Il neige."), (2, "Il pleut sur Rabat."))] == [
            "unchanged",
            "unchanged",
        ]
