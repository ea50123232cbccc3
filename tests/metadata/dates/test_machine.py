"""Dates written for machines, as precise as they are."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.metadata.dates.machine import parse_machine, read_moment


@pytest.mark.parametrize(
    ("text", "iso", "precision"),
    [
        ("2022-04-27T17:39:00.123+0100", "2022-04-27T17:39:00+01:00", "instant"),
        ("2022-04-27 17:39:00 UTC", "2022-04-27T17:39:00+00:00", "instant"),
        ("2022-04-27T17:39", "2022-04-27T17:39:00", "local"),
        ("20220427", "2022-04-27", "day"),
        ("2022/04/27", "2022-04-27", "day"),
        ("Wed, 27 Apr 2022 17:39:00 +0200", "2022-04-27T17:39:00+02:00", "instant"),
        ("27 avril 2022", "2022-04-27", "day"),
        ("2022-04-27T25:99:00Z", "2022-04-27", "day"),
    ],
)
def test_a_moment_keeps_its_precision(text: str, iso: str, precision: str) -> None:
    moment = read_moment(text, "meta", "fr")
    assert moment is not None
    assert (moment.iso, moment.precision, moment.raw) == (iso, precision, text)


@pytest.mark.parametrize("text", ["", "1970-01-01T00:00:00Z", "0001-01-01", "2022-13-40", "soon", "2022-04-27" * 20])
def test_no_moment(text: str) -> None:
    assert read_moment(text, "meta", "fr") is None


@settings(deadline=None)
@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2090, 1, 1)),
    st.none() | st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))) | st.just(UTC),
)
def test_iso_is_read_back(when: datetime, zone: timezone | None) -> None:
    when = when.replace(tzinfo=zone)
    assert parse_machine(when.isoformat()) == when


@settings(deadline=None)
@given(st.text(max_size=90))
def test_any_text_is_survived(text: str) -> None:
    moment = read_moment(text, "meta", None)
    assert moment is None or moment.iso[:4].isdigit()
