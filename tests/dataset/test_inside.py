"""Names, links and devices that somebody put into a data folder lead nowhere."""

import json
import os

import pytest

from mapexpress.corpus.output import CorpusWriter
from mapexpress.dataset.export.export import write_export
from mapexpress.dataset.export.grouped import write_grouped
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.repair.rebuild_state import rebuild_state
from mapexpress.dataset.repair.repair import repair
from mapexpress.dataset.repair.verify import verify
from mapexpress.dataset.state.database import State
from mapexpress.dataset.store import SiteStore
from mapexpress.errors import StorageError
from mapexpress.system.disk import write_atomically
from mapexpress.system.inside import below, new_file, open_file

SITE = "news.example"
PRECIOUS = b"precious\n" * 50


@pytest.fixture
def data(tmp_path, article, rejection, exchange):
    folder = tmp_path / "data"
    with SiteStore.open(folder, SITE, run="20261123T000000Z-aaaa") as store:
        for n in range(3):
            store.write(article(n, warc_record_id=store.capture(exchange(n))))
        store.write(rejection(9))
        store.seal()
    return folder


@pytest.fixture
def victim(tmp_path):
    path = tmp_path / "victim-0.jsonl"
    path.write_bytes(PRECIOUS)
    return path


def change(layout, sql, *values):
    state = State(layout.state)
    state.write(sql, *values)
    state.commit()
    state.close()


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "/etc/passwd", "a/../../b", "a//b", "a/./b", "a/", "a\x00b", "a\nb", "é", "\udc80", "\x1b[2J"],
)
def test_a_name_that_leads_out_or_is_none_of_ours_is_refused(tmp_path, name):
    with pytest.raises(StorageError, match="is no name of a file"):
        below(tmp_path, name)


LINKED = ["warc", "open", "runs/2026-11.jsonl", "manifest/x.json", "state.sqlite-wal", "lock", "rejections/ingested=1"]


@pytest.mark.parametrize("name", LINKED)
def test_a_link_in_a_site_s_folder_is_refused_before_anything_is_opened(data, tmp_path, victim, name):
    layout = Layout(data, SITE)
    path = layout.site / name
    elsewhere = tmp_path / "elsewhere"
    if path.is_dir():
        path.rename(elsewhere)
    path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(elsewhere if elsewhere.exists() else victim)
    before = sorted(elsewhere.rglob("*"))
    with pytest.raises(StorageError, match="is a link"):
        SiteStore.open(data, SITE, run="r2")
    with pytest.raises(StorageError, match="is a link"):
        rebuild_state(layout, "r3")
    assert [fault for fault in verify(layout).faults if f"{path} is a link" in fault]
    assert victim.read_bytes() == PRECIOUS
    assert sorted(elsewhere.rglob("*")) == before


@pytest.mark.parametrize("name", ["sites", "dataset"])
def test_a_site_itself_may_not_be_a_link(data, tmp_path, name):
    layout = Layout(data, SITE)
    folder = layout.site if name == "sites" else layout.dataset
    folder.rename(tmp_path / "moved")
    folder.symlink_to(tmp_path / "moved")
    with pytest.raises(StorageError, match="is a link"):
        SiteStore.open(data, SITE, run="r2")


def test_the_data_folder_and_its_two_halves_may_be_links(data, tmp_path, article):
    for folder in (data / "dataset", data / "sites", data):
        folder.rename(tmp_path / f"disk-{folder.name}")
        folder.symlink_to(tmp_path / f"disk-{folder.name}")
    with SiteStore.open(data, SITE, run="r2") as store:
        store.write(article(7))
        store.seal()
    found = verify(Layout(data, SITE))
    assert (found.faults, found.records) == ([], 4)


@pytest.mark.parametrize("folder", ["manifest", "warc", "open", "template"])
def test_a_pipe_is_no_file_and_nobody_waits_for_it(data, folder):
    layout = Layout(data, SITE)
    (layout.site / folder).mkdir(exist_ok=True)
    os.mkfifo(layout.site / folder / "x.json")
    with pytest.raises(StorageError, match="no plain file"):
        SiteStore.open(data, SITE, run="r2")
    assert any("no plain file" in fault for fault in verify(layout).faults)


def test_a_part_that_is_a_pipe_or_a_link_is_not_read(data, victim):
    layout = Layout(data, SITE)
    (part,) = layout.dataset.glob("*/*.gz")
    part.unlink()
    os.mkfifo(part)
    with pytest.raises(StorageError, match="no plain file"):
        open_file(part)
    assert any("missing" in fault for fault in verify(layout).faults)
    part.unlink()
    part.symlink_to(victim)
    with pytest.raises(StorageError, match="is a link"):
        open_file(part)
    assert verify(layout).faults


@pytest.mark.parametrize(
    "path", ["/dev/zero", "../victim-0.jsonl", "dataset/site=other.example/ingested=1/a.gz", "sites"]
)
def test_a_manifest_names_parts_of_its_site_only(data, path):
    layout = Layout(data, SITE)
    (manifest,) = layout.manifests.glob("*.json")
    value = json.loads(manifest.read_bytes())
    value["parts"][0]["path"] = path
    manifest.write_text(json.dumps(value))
    assert any("somebody else has written it" in fault for fault in verify(layout).faults)
    repair(layout, "r2")
    assert verify(layout).faults == []


@pytest.mark.parametrize("parts", ["x", [1], [{}], [{"path": 1}]])
def test_a_manifest_of_another_shape_is_named(data, parts):
    layout = Layout(data, SITE)
    (manifest,) = layout.manifests.glob("*.json")
    manifest.write_text(json.dumps(json.loads(manifest.read_bytes()) | {"parts": parts}))
    assert any("is not a manifest" in fault for fault in verify(layout).faults)


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-24"])
@pytest.mark.parametrize("name", ["../../../../victim-0.jsonl", "/{victim}"])
def test_a_warc_s_name_in_the_state_leads_nowhere(data, victim, day, name):
    layout = Layout(data, SITE)
    change(layout, "INSERT INTO warcs (name, day, committed) VALUES (?, ?, 9)", name.format(victim=victim), day)
    with pytest.raises(StorageError, match="no name of a file"):
        SiteStore.open(data, SITE, run="r2")
    assert victim.read_bytes() == PRECIOUS
    repair(layout, "r3")
    assert verify(layout).faults == []
    assert victim.read_bytes() == PRECIOUS


@pytest.mark.parametrize(
    ("sealed", "run", "day"),
    [(0, "../../../../victim", "2026-11-24"), (1, "../../../../../victim", "2026-11-24"), (1, "r9", "../../../..")],
)
def test_a_part_s_names_in_the_state_lead_nowhere(data, victim, sealed, run, day):
    layout = Layout(data, SITE)
    change(
        layout,
        "INSERT INTO parts (kind, run, number, day, committed, lines, sealed) VALUES ('records', ?, 0, ?, 0, 0, ?)",
        run, day, sealed,
    )  # fmt: skip
    assert verify(layout).faults or not sealed
    repair(layout, "r3")
    assert victim.read_bytes() == PRECIOUS
    assert verify(layout).faults == []


# Temporary files beside what is written.


def test_a_link_at_a_temporary_name_is_not_followed(tmp_path, victim, article):
    for name in (".x.json.tmp", ".out.jsonl.tmp", ".by.tmp", ".by.old"):
        (tmp_path / name).symlink_to(victim)
    write_atomically(tmp_path / "x.json", b"{}")
    assert write_export([article(1)], tmp_path / "out.jsonl", "jsonl", "mapexpress") == 1
    with pytest.raises(StorageError):
        write_grouped([article(1)], tmp_path / "by", "jsonl", "mapexpress", "month")
    assert victim.read_bytes() == PRECIOUS
    assert (tmp_path / "x.json").read_bytes() == b"{}"
    assert not list(tmp_path.glob(".out*"))


def test_a_new_file_takes_nobody_s_place(tmp_path, victim):
    os.link(victim, tmp_path / "left")
    handle = new_file(tmp_path / "left")
    os.write(handle, b"new")
    os.close(handle)
    assert (victim.read_bytes(), (tmp_path / "left").read_bytes()) == (PRECIOUS, b"new")


@pytest.mark.parametrize("suffix", ["part", "progress", "templates"])
@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_cleaning_goes_on_with_its_own_files_only(tmp_path, victim, suffix, link):
    link(victim, tmp_path / f".x.jsonl.{suffix}")
    with pytest.raises(StorageError, match=r"is a link|not this user's alone"):
        CorpusWriter(tmp_path / "x.jsonl", "job")
    assert victim.read_bytes() == PRECIOUS


def test_two_exports_to_one_file_never_mix(tmp_path, article):
    def articles():
        yield article(1)
        write_export([article(2)], tmp_path / "out.jsonl", "jsonl", "mapexpress")
        yield article(3)

    with pytest.raises(StorageError, match="another command"):
        write_export(articles(), tmp_path / "out.jsonl", "jsonl", "mapexpress")
    (line,) = (tmp_path / "out.jsonl").read_bytes().splitlines()
    assert json.loads(line)["url"] == article(2).url
