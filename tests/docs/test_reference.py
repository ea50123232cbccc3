"""The reference names what there is: every command, option, argument, setting, threshold, status and site key."""

import argparse
import re
from dataclasses import fields
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from scrapy.settings import Settings

from mapexpress import addon
from mapexpress.crawl.requests.arguments import _READERS
from mapexpress.errors import ExitStatus
from mapexpress.report.gates import defaults
from mapexpress.sites import Edition, SiteConfig

DOCS = Path(__file__).parents[2] / "docs"
COMMANDS = sorted(e.name for e in entry_points(group="scrapy.commands") if e.value.startswith("mapexpress."))


def read(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def section(text: str, head: str) -> str:
    """What stands below a heading, up to the next one of its level."""
    level = re.search(rf"^(#+) {re.escape(head)}$", text, re.M)
    assert level, head
    return re.split(rf"^#{{1,{len(level[1])}}} ", text[level.end() :], maxsplit=1, flags=re.M)[0]


def rows(text: str) -> list[str]:
    """Names in code in the first column of a section's tables."""
    return [
        name
        for line in text.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([^`]+)`", line.split("|")[1])
    ]


@pytest.mark.skipif(not COMMANDS, reason="the package is not installed: make install")
@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_and_each_of_its_options_is_documented(name: str) -> None:
    told = section(read("commands.md"), name)
    (entry,) = [e for e in entry_points(group="scrapy.commands") if e.name == name]
    command = entry.load()()
    command.settings = Settings()  # those of the project would stay in the environment of later tests
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    groups = [group for group in parser._action_groups if group.title != "Global Options"]
    given = {option for group in groups for action in group._group_actions for option in action.option_strings}
    given -= {"-h", "--help"}
    written = set(re.findall(r"(?<![\w-])(--?[a-zA-Z][\w-]*)", told))
    for action in (action for group in groups for action in group._group_actions):
        if action.option_strings and "-h" not in action.option_strings:
            assert written & set(action.option_strings), f"{name}: {action.option_strings} is not documented"
    assert written <= given, f"{name}: {written - given} is documented and not there"


@pytest.mark.skipif(not COMMANDS, reason="the package is not installed: make install")
def test_the_commands_are_those_that_are_installed() -> None:
    assert sorted(re.findall(r"^## (\S+)$", read("commands.md"), re.M)) == COMMANDS


def test_arguments() -> None:
    told = rows(section(read("crawling.md"), "Arguments"))
    assert sorted(told) == sorted(name for name in _READERS if name[0] != "_")


def test_settings() -> None:
    told = [name for name in rows(section(read("crawling.md"), "Settings")) if name.startswith("MAPEXPRESS_")]
    known = {name for name in addon.SETTINGS if name.startswith("MAPEXPRESS_")} | {"MAPEXPRESS_NOW"}
    assert known <= set(told), known - set(told)


def test_thresholds_with_their_defaults() -> None:
    told = section(read("crawling.md"), "Quality gates")
    for name, value in defaults().items():
        line = next((line for line in told.splitlines() if f"`{name}`" in line), None)
        assert line, name
        assert float(line.split("|")[2].split()[0]) == value, name


def test_statuses() -> None:
    told = section(read("crawling.md"), "Exit statuses")
    listed = {int(number) for number in re.findall(r"^\| (\d+) \|", told, re.M)}
    assert {int(status) for status in ExitStatus} - {int(ExitStatus.VERIFY)} <= listed


def test_every_key_of_a_site_file_with_its_kind() -> None:
    text = read("site-files.md")
    site, _, edition = text.partition("Each `[[editions]]`")
    assert sorted(rows(site)) == sorted({f.name for f in fields(SiteConfig)} - {"editions"})
    assert sorted(rows(edition)) == sorted(f.name for f in fields(Edition))
    kinds = {"str | None": "text|IANA|BCP|address", "tuple[str, ...]": "list", "bool": "true", "float | None": "number"}
    for config in (SiteConfig, Edition):
        for field in fields(config):
            line = next((li for li in text.splitlines() if f"`{field.name}`" in li.split("|")[1:2][0:1].__str__()), "")
            wanted = kinds.get(str(field.type))
            if wanted and line:
                assert re.search(wanted, line.split("|")[2]), f"{field.name}: {line}"
