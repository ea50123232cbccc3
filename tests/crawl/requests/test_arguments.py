from datetime import date

import pytest
from scrapy.settings import Settings

from mapexpress.crawl.requests.arguments import WAYS, Arguments, read_arguments
from mapexpress.crawl.requests.settings_check import check_settings
from mapexpress.crawl.requests.wanted import Wanted
from mapexpress.errors import UsageError

BAD = [
    {"since": "tomorrow"},
    {"since": "2024-13-01"},
    {"until": "all"},
    {"undated": "maybe"},
    {"sections": "sport,,monde"},
    {"lang": "français"},
    {"limit": "0"},
    {"limit": "-3"},
    {"limit": "ten"},
    {"via": "rss"},
    {"via": ""},
    {"base_url": "127.0.0.1:8000"},
    {"base_url": "ftp://news.example/"},
    {"base_url": "http://a b/"},
    {"full": "yes"},
    {"since": "2024-02-01", "until": "2024-01-01"},
    {"url": "https://news.example/"},
    {"no_such": "1"},
]


@pytest.mark.parametrize("given", BAD, ids=lambda given: ",".join(f"{k}={v}" for k, v in given.items()))
def test_a_bad_argument_is_one_line_that_names_it(given: dict[str, str]) -> None:
    with pytest.raises(UsageError) as error:
        read_arguments(given, needs_url=False)
    assert "\n" not in str(error.value)
    assert any(name in str(error.value) for name in given)


def test_news_needs_an_address() -> None:
    with pytest.raises(UsageError, match="-a url="):
        read_arguments({}, needs_url=True)
    assert read_arguments({"url": "news.example"}, needs_url=True).url == "https://news.example"


def test_everything_is_read() -> None:
    arguments = read_arguments(
        {
            "since": "2024-01-01",
            "until": "2024-02-01",
            "undated": "skip",
            "sections": "Sport,Économie",
            "lang": "ar,fr",
            "limit": "7",
            "via": "listing,feed",
            "base_url": "http://127.0.0.1:8000",
            "full": "1",
        },
        needs_url=False,
    )
    assert arguments == Arguments(
        wanted=Wanted(
            since=date(2024, 1, 1),
            until=date(2024, 2, 1),
            undated="skip",
            sections=("sport", "économie"),
            languages=("ar", "fr"),
        ),
        limit=7,
        via=("feed", "listing"),
        base_url="http://127.0.0.1:8000",
        full=True,
    )


def test_since_all_walks_back_by_every_way() -> None:
    arguments = read_arguments({"since": "all"}, needs_url=False)
    assert arguments.walks_back
    assert arguments.wanted.since is None
    assert arguments.via == WAYS


def test_the_limit_is_no_other_walk() -> None:
    one = read_arguments({"since": "all", "limit": "3"}, needs_url=False)
    other = read_arguments({"since": "all"}, needs_url=False)
    assert one.walk == other.walk
    assert one.walk != read_arguments({"since": "all", "via": "feed"}, needs_url=False).walk


def test_undated_articles_are_kept_unless_said_otherwise() -> None:
    since = date(2024, 1, 1)
    assert Wanted(since=since).has_day(None)
    assert not Wanted(since=since, undated="skip").has_day(None)


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("today", date(2026, 3, 1)), ("Yesterday", date(2026, 2, 28)), ("7d", date(2026, 2, 22)),
        ("2w", date(2026, 2, 15)), ("24h", date(2026, 2, 28)), ("36H", date(2026, 2, 27)), ("0d", date(2026, 3, 1)),
    ],
)  # fmt: skip
def test_a_day_may_be_counted_from_today(given: str, day: date) -> None:
    read = read_arguments({"since": given, "until": "today"}, needs_url=False, today=date(2026, 3, 1))
    assert (read.wanted.since, read.wanted.until) == (day, date(2026, 3, 1))
    assert read.walks_back


@pytest.mark.parametrize("given", ["7", "d", "7 days", "-3d", "999999d", "tomorrow", "2026-02-30"])
def test_what_is_no_day_is_told(given: str) -> None:
    with pytest.raises(UsageError, match="give a day such as 2024-01-31, yesterday or 7d, or all"):
        read_arguments({"since": given}, needs_url=False, today=date(2026, 3, 1))


def test_a_scheduler_may_number_its_job() -> None:
    assert read_arguments({"_job": "7e5", "limit": "3"}, needs_url=False).limit == 3


@pytest.mark.parametrize(
    "setting",
    ["DOWNLOAD_DELAY=x", "DOWNLOAD_DELAY=-1", "AUTOTHROTTLE_ENABLED=maybe", "MAPEXPRESS_WARC_DAYS=1.5",
     "LOG_LEVEL=loud", "MAPEXPRESS_MAX_RETRY_AFTER=nan", "MAPEXPRESS_NOW=tomorrow", "MAPEXPRESS_WARC="],
)  # fmt: skip
def test_a_setting_of_no_use_is_a_usage_error_that_names_it(setting: str) -> None:
    name, _, value = setting.partition("=")
    with pytest.raises(UsageError, match=name):
        check_settings(Settings({name: value}))


def test_settings_as_they_are_typed_and_as_modules_give_them_are_taken() -> None:
    typed = {"DOWNLOAD_TIMEOUT": "2.5", "LOG_LEVEL": "debug", "RETRY_PRIORITY_ADJUST": "-3", "MAPEXPRESS_WARC": "False"}
    check_settings(Settings({**typed, "CONCURRENT_REQUESTS": 4, "MAPEXPRESS_WARC_DAYS": "0"}))
