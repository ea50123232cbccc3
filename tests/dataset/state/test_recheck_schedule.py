from datetime import UTC, datetime, timedelta

import pytest

from mapexpress.dataset.state.recheck_schedule import is_due, is_passing
from mapexpress.dataset.state.tables import Outcome

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def outcome(kind: str, *, age: timedelta, checked: timedelta, **more: object) -> Outcome:
    seen, last = (NOW - age).isoformat(), (NOW - checked).isoformat()
    return Outcome(url="https://news.example/a/", kind=kind, first_seen=seen, checked_at=last, changed_at=seen, **more)


@pytest.mark.parametrize(
    ("age", "checked", "due"),
    [
        (timedelta(hours=1), timedelta(minutes=10), False),
        (timedelta(hours=1), timedelta(minutes=30), True),
        (timedelta(days=3), timedelta(hours=20), False),
        (timedelta(days=3), timedelta(days=1), True),
        (timedelta(days=300), timedelta(days=59), False),
        (timedelta(days=3000), timedelta(days=365), True),
    ],
)
def test_old_articles_are_asked_rarely(age, checked, due):
    assert is_due(outcome("stored", age=age, checked=checked), NOW, "1") is due


@pytest.mark.parametrize("published", ["2015-03-01", "2019-06-01T10:00:00+02:00", "2025-10-01T08:00:00"])
def test_an_archive_is_not_asked_again_as_if_it_were_news(published):
    taken_in = outcome("stored", age=timedelta(hours=1), checked=timedelta(minutes=40))
    assert is_due(taken_in, NOW, "1")
    assert not is_due(taken_in, NOW, "1", published=published)
    month = outcome("stored", age=timedelta(days=45), checked=timedelta(days=45))
    assert not is_due(month, NOW, "1", published=published)


@pytest.mark.parametrize("published", ["2027-01-01", "2026-11", "hier", ""])
def test_a_date_that_cannot_be_is_not_believed(published):
    assert is_due(
        outcome("stored", age=timedelta(hours=1), checked=timedelta(minutes=40)), NOW, "1", published=published
    )


def test_what_is_gone_is_asked_soon_at_first_and_after_an_upgrade_at_once():
    def gone(age: timedelta, checked: timedelta, version: str = "1") -> Outcome:
        return outcome("gone", age=age, checked=checked, version=version)

    assert is_due(gone(timedelta(days=1), timedelta(hours=6)), NOW, "1")
    assert not is_due(gone(timedelta(days=1), timedelta(hours=5)), NOW, "1")
    assert not is_due(gone(timedelta(days=20), timedelta(days=6)), NOW, "1")
    assert is_due(gone(timedelta(days=20), timedelta(days=7)), NOW, "1")
    assert is_due(gone(timedelta(days=300), timedelta(days=1), version="0"), NOW, "1")


@pytest.mark.parametrize("status", [404, 410])
def test_what_was_absent_is_looked_at_again_a_day_later_whatever_its_age(status):
    old = outcome("stored", age=timedelta(days=3000), checked=timedelta(days=1), http_status=status)
    assert is_due(old, NOW, "1", published="2015-03-01")
    new = outcome("stored", age=timedelta(hours=2), checked=timedelta(hours=1), http_status=status)
    assert not is_due(new, NOW, "1")


@pytest.mark.parametrize(
    ("reason", "attempts", "checked", "due"),
    [
        ("timeout", 1, timedelta(minutes=15), True),
        ("timeout", 3, timedelta(minutes=59), False),
        ("timeout", 3, timedelta(hours=1), True),
        ("http_403", 1, timedelta(hours=23), False),
        ("http_404", 1, timedelta(hours=23), False),
        ("http_404", 1, timedelta(days=1), True),
        ("http_404", 4, timedelta(days=7), False),
        ("http_503", 1, timedelta(hours=1), True),
        ("no_text", 1, timedelta(days=59), False),
    ],
)
def test_rejections_are_asked_by_their_reason(reason, attempts, checked, due):
    given = outcome("rejected", age=checked, checked=checked, reason=reason, attempts=attempts, version="1")
    assert is_due(given, NOW, "1") is due


def test_a_new_version_judges_pages_again_and_nothing_brings_back_what_was_forgotten():
    page = outcome("rejected", age=timedelta(hours=1), checked=timedelta(hours=1), reason="no_text", version="1")
    assert is_due(page, NOW, "2")
    refused = outcome("rejected", age=timedelta(hours=1), checked=timedelta(hours=1), reason="http_403", version="1")
    assert not is_due(refused, NOW, "2")
    assert not is_due(Outcome(url="https://news.example/a/", kind="forgotten"), NOW, "2")


@pytest.mark.parametrize(
    ("attempts", "checked", "due"),
    [(1, 4, False), (1, 6, True), (3, 15, False), (3, 21, True), (50, 319, False), (50, 321, True)],
)
def test_what_a_way_calls_changed_is_asked_soon_unless_it_never_was(attempts, checked, due):
    """A site that calls everything changed at every moment is not asked for everything in every run."""
    old = outcome("stored", age=timedelta(days=20), checked=timedelta(minutes=checked), attempts=attempts)
    assert is_due(old, NOW, "1", modified=NOW.timestamp()) is due
    assert not is_due(old, NOW, "1", modified=(NOW - timedelta(hours=6)).timestamp())


def test_what_the_network_did_is_waited_for_a_month():
    failed = outcome("rejected", age=timedelta(days=29), checked=timedelta(), reason="http_503")
    assert is_passing(failed, NOW)
    assert not is_passing(failed, NOW + timedelta(days=2))
    assert not is_passing(outcome("rejected", age=timedelta(), checked=timedelta(), reason="no_text"), NOW)
    assert not is_passing(outcome("stored", age=timedelta(), checked=timedelta(), reason="timeout"), NOW)


@pytest.mark.parametrize("kind", ["stored", "rejected"])
@pytest.mark.parametrize("ahead", [timedelta(minutes=1), timedelta(days=365)])
def test_what_was_checked_in_the_future_is_due(kind, ahead):
    assert is_due(outcome(kind, age=-ahead, checked=-ahead, reason="no_text", version="1"), NOW, "1")


@pytest.mark.parametrize("reason", ["no_resources", "extraction_memory", "extraction_crashed", "http_304"])
def test_what_this_machine_failed_at_is_asked_soon_again(reason):
    failed = outcome("rejected", age=timedelta(hours=2), checked=timedelta(hours=1), reason=reason, version="1")
    assert is_due(failed, NOW, "1")
    assert is_passing(failed, NOW)
