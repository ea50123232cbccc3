"""Shown dates of languages that our own tables do not hold."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapexpress.metadata.dates.declared import read_dates
from mapexpress.metadata.dates.foreign import read_in
from mapexpress.metadata.dates.written import languages
from tests.metadata.pages import headline_of, sources_of


def published(body: str, lang: str, head: str = "") -> tuple[str, str] | None:
    sources = sources_of(body, lang=lang, head=head)
    moment = read_dates(sources, headline=headline_of(sources), language=lang, not_after=date(2026, 12, 31)).published
    return (moment.iso, moment.source) if moment else None


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("ka", "12 მაისი 2026"), ("hy", "12 մայիսի 2026"), ("kk", "12 мамыр 2026"), ("bn", "১২ মে ২০২৬"),
        ("ta", "12 மே 2026"), ("mr", "१२ मे २०२६"), ("sw", "12 Mei 2026"), ("is", "12. maí 2026"), ("mk", "12 мај 2026"),
        ("hi-IN", "12 मई 2026"), ("ur", "12 مئی 2026"), ("vi", "12 tháng 5 năm 2026"), ("th", "12 พฤษภาคม 2569"),
        ("am", "12 ሜይ 2026"), ("km", "12 ឧសភា 2026"), ("my", "12 မေ 2026"), ("cs", "12. května 2026"),
        ("fi", "12. toukokuuta 2026"), ("hu", "2026. május 12."), ("bg", "12 май 2026"), ("he", "12 במאי 2026"),
        ("fa", "12 مه 2026"), ("et", "12. mai 2026"), ("lv", "12. maijs 2026"),
    ],
)  # fmt: skip
def test_a_date_below_the_headline(lang: str, line: str) -> None:
    assert lang.partition("-")[0] not in languages()
    assert published(f"<p>{line}</p>", lang) == ("2026-05-12", "visible text")
    assert published(f"<p>Amina Yusuf | {line}</p>", lang) == ("2026-05-12", "visible text")


def test_a_time_beside_it_is_local() -> None:
    assert published("<p>12 мај 2026 17:39</p>", "mk") == ("2026-05-12T17:39:00", "visible text")


@pytest.mark.parametrize(
    ("lang", "body"),
    [
        ("mk", "<p>На 12 мај 2026 година Советот одлучи дека мостот ќе биде затворен до крајот на летото.</p>"),
        ("mk", "<p>12 мај</p>"),
        ("sw", "<p>Mei 2026</p>"),
        ("ka", "<p>2026</p>"),
        ("hi", "<p>अद्यतन: 12 मई 2026</p>"),  # the label of a change
        ("mk", '<div><h3><a href="/x">Вториот мост над реката се гради</a></h3><p>12 мај 2026</p></div>'),
        ("tlh", "<p>12 jar vagh 2026</p>"),
        ("", "<p>12 мамыр 2026</p>"),
    ],
)
def test_nothing_is_invented(lang: str, body: str) -> None:
    assert published(body, lang) is None


def test_a_declared_date_stands() -> None:
    head = '<meta property="article:published_time" content="2026-05-10">'
    assert published("<p>12 мај 2026</p>", "mk", head) == ("2026-05-10", "meta:article:published_time")


@pytest.mark.parametrize("text", ["", "x" * 5000, "1" * 3000, "12 мај 0001", "12 мај 99999", "\x00", "мај " * 200])
def test_any_text_is_read(text: str) -> None:
    assert read_in("mk", text) is None


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["mk", "hi", "th", "fa", "xx"]),
    st.text(max_size=48)
    | st.lists(st.sampled_from("12 мај 2026 : . / + Z ۱۲ पूर्वाह्न 99999 -".split()), max_size=8).map(" ".join),
)
def test_no_text_raises(language: str, text: str) -> None:
    read_in(language, text)
