"""A site's sample in its state and its snapshots on disk."""

import gzip
import random
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from mapexpress.boilerplate.template.sample import FADE_PAGES, SAMPLE_PAGES, Sketch, Trace, from_bytes, merge, to_bytes
from mapexpress.boilerplate.template.snapshot import learn_template
from mapexpress.dataset.between_runs.templates import SiteTemplates, current_snapshot, freeze_sample
from mapexpress.dataset.files.layout import Layout
from mapexpress.dataset.files.manifest import SOFTWARE
from mapexpress.dataset.state.database import State
from mapexpress.dataset.store import SiteStore
from mapexpress.dataset.upkeep.forget import forget


@pytest.fixture
def templates(tmp_path: Path) -> Iterator[SiteTemplates]:
    layout = Layout(tmp_path, "news.example")
    state = State(layout.state)
    yield SiteTemplates(layout, state)
    state.close()


def sketch(number: int, window: str = "2026-05") -> Sketch:
    own = f"La barque du nom de {'x' * number} rentre au port avant la pluie et le vent du nord, dit son patron."
    return Sketch(
        page=f"https://news.example/{number}/",
        traces=(
            Trace(mark=f"{number:016x}", place="p", chars=len(own), example=own),
            Trace(mark="f" * 16, place="div.pied", chars=24, example="Lisez le cahier du soir.", own=False),
        ),
        title=f"La barque {'x' * number} rentre au port",
        lead=own,
        window=window,
    )


def test_a_sketch_survives_writing() -> None:
    assert from_bytes(to_bytes(sketch(3))) == sketch(3)


@pytest.mark.parametrize("data", [b"", b"no", to_bytes(sketch(1))[:-9]])
def test_what_is_no_sketch_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a sketch"):
        from_bytes(data)


@pytest.mark.parametrize("newest", [3, FADE_PAGES - 1, FADE_PAGES + 5])
def test_the_rows_are_the_merged_sample_whatever_the_order(templates: SiteTemplates, newest: int) -> None:
    pages = [sketch(n) for n in range(newest)]
    pages += [sketch(1000 + n, "2026-04") for n in range(SAMPLE_PAGES)]
    pages += [sketch(2000 + n, "2025-12") for n in range(40)]
    random.Random(newest).shuffle(pages)
    for page in pages:
        if templates.wants(page.page, page.window):
            templates.add(page)
    assert [from_bytes(data).page for data in templates.sample()] == [s.page for s in merge(pages)]


def test_what_fades_is_what_was_published_before() -> None:
    old = [sketch(n, "2025-01") for n in range(60)]
    assert len(merge([*old, *(sketch(100 + n) for n in range(FADE_PAGES - 1))])) == FADE_PAGES + 59
    assert {s.window for s in merge([*old, *(sketch(100 + n) for n in range(FADE_PAGES))])} == {"2026-05"}


def test_a_snapshot_is_frozen_anew_when_the_sample_has_outgrown_it(templates: SiteTemplates) -> None:
    assert not templates.is_outgrown()
    for n in range(20):
        templates.add(sketch(n))
    assert templates.is_outgrown()
    snapshot = freeze_sample(templates.sample())
    assert snapshot is not None
    templates.freeze(snapshot)
    assert templates.current() == snapshot == learn_template(sketch(n) for n in range(20))
    templates.add(sketch(3))  # asked again: nothing new
    assert not templates.is_outgrown()
    for n in range(20, 26):
        templates.add(sketch(n))
    assert templates.is_outgrown()


def test_few_pages_freeze_nothing(templates: SiteTemplates) -> None:
    templates.add(sketch(1))
    assert freeze_sample(templates.sample()) is None
    assert templates.current() is None


def test_a_damaged_snapshot_is_none(templates: SiteTemplates, caplog: pytest.LogCaptureFixture) -> None:
    snapshot = learn_template(sketch(n) for n in range(8))
    templates.freeze(snapshot)
    path = templates.layout.template / f"{snapshot.id}.json.gz"
    path.write_bytes(path.read_bytes()[:40])
    assert templates.current() is None
    assert "is damaged" in caplog.text


def test_a_snapshot_of_another_version_is_none_and_is_frozen_anew(
    templates: SiteTemplates, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = learn_template(sketch(n) for n in range(8))
    templates.freeze(snapshot)
    assert templates.current() == snapshot
    with monkeypatch.context() as patch:
        patch.setattr("mapexpress.boilerplate.template.snapshot.SKETCH_VERSION", 99)
        assert templates.current() is None
        templates.freeze(snapshot)
        assert templates.current() == snapshot
    assert templates.current() is None


def test_a_snapshot_that_says_no_version_is_of_the_last_that_did_not(templates: SiteTemplates) -> None:
    snapshot = learn_template(sketch(n) for n in range(8))
    templates.freeze(snapshot)
    path = templates.layout.template / f"{snapshot.id}.json.gz"
    told = orjson.loads(gzip.decompress(path.read_bytes()))
    assert told.pop("version") == 3
    path.write_bytes(gzip.compress(orjson.dumps(told)))
    assert templates.current() == snapshot


def test_what_is_forgotten_is_in_no_template(tmp_path: Path) -> None:
    with SiteStore.open(tmp_path, "news.example", run="run") as store:
        templates = SiteTemplates(store.layout, store.state)
        for n in range(8):
            templates.add(sketch(n))
        snapshot = freeze_sample(templates.sample())
        assert snapshot is not None
        templates.freeze(snapshot)
        forget(store, url="https://news.example/3", software=SOFTWARE)
        after = current_snapshot(store.layout)
        assert after is not None
        assert after.id == snapshot.id
        assert sketch(3).page not in {*after.titles.values(), *after.leads.values()}
        assert len(after.titles) == len(snapshot.titles) - 1
        assert sketch(3).page not in {from_bytes(data).page for data in templates.sample()}
    assert " xxx rentre" not in "".join(after.leads)
