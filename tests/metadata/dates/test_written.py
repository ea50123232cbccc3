"""Dates that people read, in the languages of the sites."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.metadata.dates.written import find_dates


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("mercredi, 27 avril, 2022 à 17:39", "fr", "2022-04-27 17:39:00"),
        ("le 1er août 2025", "fr", "2025-08-01"),
        ("April 27, 2022 5:39 pm", "en", "2022-04-27 17:39:00"),
        ("27 de abril de 2022", "es", "2022-04-27"),
        ("27. April 2022, 17.39 Uhr", "de", "2022-04-27 17:39:00"),
        ("الأربعاء 27 أبريل 2022", "ar", "2022-04-27"),
        ("٢٧ أبريل ٢٠٢٢", "ar", "2022-04-27"),
        ("27 نيسان 2022", "ar", "2022-04-27"),
        ("24 غشت 2025", "ar", "2025-08-24"),
        ("3 MAYIS 2022", "tr", "2022-05-03"),
        ("3 NİSAN 2022", "tr", "2022-04-03"),
        ("3 Aprıl 2022", "tr", "2022-04-03"),
        ("27/04/2022", "fr", "2022-04-27"),
        ("04/27/2022", "en-US", "2022-04-27"),
        ("2022-04-27", None, "2022-04-27"),
    ],
)
def test_one_date(text: str, language: str | None, expected: str) -> None:
    assert [str(seen.value) for seen in find_dates(text, language=language)] == [expected]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("il y a 6 heures", "fr"),
        ("avril 2022", "fr"),
        ("31 février 2022", "fr"),
        ("3/4/2022", "en"),
        ("1.2.3.2022", "fr"),
        ("Tél. 05 22 04 20 22", "fr"),
        ("", None),
    ],
)
def test_no_date(text: str, language: str | None) -> None:
    assert find_dates(text, language=language) == []


@settings(deadline=None)
@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    french = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
    arabic = "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر".split()
    for names in (french, arabic):
        seen = find_dates(f"{day.day} {names[day.month - 1]} {day.year}")
        assert [s.day for s in seen] == [day]


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    for seen in find_dates(text):
        assert seen.day - date.min >= timedelta(0)
        assert seen.raw
