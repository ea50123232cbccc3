"""What is typed wrong is said in one line with status 2; Scrapy itself takes an unknown option for an argument."""

import argparse
import importlib
import pkgutil

import pytest
from scrapy.settings import Settings

import mapexpress.commands
from mapexpress.commands.base import DatasetCommand, MapexpressCommand

MODULES = [
    importlib.import_module(f"mapexpress.commands.{m.name}") for m in pkgutil.iter_modules(mapexpress.commands.__path__)
]
COMMANDS = [
    module.Command for module in MODULES if hasattr(module, "Command") and issubclass(module.Command, MapexpressCommand)
]


def run(kind: type[MapexpressCommand], args: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command as Scrapy's command line does; its status must be 2, and its output one line."""
    command = kind()
    command.settings = Settings()
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    options, left = parser.parse_known_args(args)
    command.run(left, options)
    told = capsys.readouterr()
    assert command.exitcode == 2
    assert told.out == ""
    assert told.err.count("\n") == 1
    return told.err


def test_all_commands_are_tried() -> None:
    assert len(COMMANDS) >= 12


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__module__.rpartition(".")[2])
def test_an_unknown_option_is_refused(kind: type[MapexpressCommand], capsys: pytest.CaptureFixture[str]) -> None:
    assert "unknown option --frobnicate; see scrapy " in run(kind, ["--frobnicate"], capsys)


@pytest.mark.parametrize(
    "kind",
    [kind for kind in COMMANDS if issubclass(kind, DatasetCommand) and kind.no_arguments],
    ids=lambda kind: kind.__module__.rpartition(".")[2],
)
def test_a_site_without_its_option_is_not_taken_for_all_sites(
    kind: type[MapexpressCommand], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "'news.example' is one too many: give --site KEY" in run(kind, ["news.example"], capsys)
