from pathlib import Path

import pytest

from mapexpress.errors import UsageError
from mapexpress.sites import load_site

HOME = '[[editions]]\nhome = "https://news.example/"\n'


def test_a_file_of_ones_own_comes_before_one_that_ships(tmp_path: Path) -> None:
    (tmp_path / "mapexpress.toml").write_text(HOME, "utf-8")
    assert load_site("mapexpress", tmp_path).home == "https://news.example/"
    assert load_site("mapexpress", tmp_path / "none").home == "https://www.mapexpress.ma/"
    assert load_site(str(tmp_path / "mapexpress.toml")).key == "mapexpress"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("delay = 'slow'\n" + HOME, "delay must be a number"),
        ("time_zone = 1\n" + HOME, "time_zone must be text"),
        ("thresholds = { max_empty = 'none' }\n" + HOME, "thresholds must be a table of numbers"),
        ("hosts = 'news.example'\n" + HOME, "hosts must be a list"),
        ("host = ['news.example']\n" + HOME, "unknown key 'host'"),
        ("editions = 3", "editions"),
        ("delay = ", "strict"),
        ("", "at least one"),
    ],
)
def test_a_mistake_is_one_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "strict.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError) as raised:
        load_site("strict", tmp_path)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["nothere", "../mapexpress", "a/b", "nothere.toml", ""])
def test_a_name_that_is_no_site(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        load_site(name, tmp_path)
