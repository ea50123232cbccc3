"""When a site is due again, and what a host is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scrapy.settings import Settings

from mapexpress.dataset.files.layout import Layout
from mapexpress.errors import ExitStatus, UsageError
from mapexpress.fleet.config import read_config
from mapexpress.fleet.turns import Turn, next_turn, read_turn, retry_after, turn_path, write_turn

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("status", [*ExitStatus, 137, 143, 255])
def test_every_status_has_a_wait_that_does_not_shrink(status):
    waits = [retry_after(int(status), attempts) for attempts in range(1, 40)]
    assert waits == sorted(waits)
    assert waits[-1] <= timedelta(days=7)


def test_an_interrupted_site_goes_on_at_once_and_a_blocked_one_waits(tmp_path):
    layout = Layout(tmp_path, "news.example")
    turn = next_turn(Turn(), 143, NOW, layout)
    assert (turn.number, turn.attempts, turn.next_at) == (1, 1, NOW)
    blocked = next_turn(next_turn(turn, 4, NOW, layout), 4, NOW, layout)
    assert (blocked.number, blocked.attempts, blocked.next_at - NOW) == (3, 2, timedelta(hours=12))
    well = next_turn(blocked, 0, NOW, layout)
    assert (well.attempts, well.next_at - NOW) == (1, timedelta(minutes=15))


def test_a_turn_that_cannot_be_read_is_the_first(tmp_path):
    turn = next_turn(Turn(), 0, NOW, Layout(tmp_path, "news.example"), seconds=3.14)
    write_turn(tmp_path, "news.example", turn)
    assert read_turn(tmp_path, "news.example") == turn
    turn_path(tmp_path, "news.example").write_bytes(b"{")
    assert read_turn(tmp_path, "news.example") == Turn()
    assert Turn().next_at < NOW


def settings(**given: object) -> Settings:
    return Settings({f"MAPEXPRESS_FLEET_{name}": value for name, value in given.items()})


def test_a_host_is_told_by_its_settings(tmp_path):
    told = settings(STORE=str(tmp_path), HOST="a", STORE_OPTIONS='{"anon": true}', RESPONSES="false")
    told.set("LOG_LEVEL", "ERROR", priority="cmdline")
    config = read_config(told)
    assert (config.queue, config.store_options, config.responses) == ("mapexpress.a", {"anon": True}, False)
    assert config.crawl_settings == {"LOG_LEVEL": "ERROR"}
    assert config.hard_limit < 1800  # the broker's consumer_timeout
    assert config.data == Path("data").absolute()


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({}, "FLEET_STORE"),
        ({"STORE": "x", "HOST": "a b"}, "FLEET_HOST"),
        ({"STORE": "x", "SLICE": "long"}, "FLEET_SLICE"),
        ({"STORE": "x", "AHEAD": "nan"}, "FLEET_AHEAD"),
        ({"STORE": "x", "PER_SERVER": "inf"}, "FLEET_PER_SERVER"),
        ({"STORE": "x", "SLICE": 3600}, "next turn"),
        ({"STORE": "x", "STORE_OPTIONS": "[1]"}, "STORE_OPTIONS"),
        ({"STORE": "x", "STORE_OPTIONS": "{"}, "STORE_OPTIONS"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(given, word):
    with pytest.raises(UsageError, match=word) as told:
        read_config(settings(**given))
    assert "\n" not in str(told.value)
