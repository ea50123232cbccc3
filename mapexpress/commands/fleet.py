"""scrapy fleet: many sites on many hosts (docs/scale.md)."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mapexpress.commands.base import MapexpressCommand
from mapexpress.errors import ExitStatus, UsageError
from mapexpress.text.characters import visible

if TYPE_CHECKING:
    from mapexpress.fleet.config import FleetConfig

ACTIONS = ("worker", "beat", "status", "pull", "parts", "sweep")


class Command(MapexpressCommand):
    """Run a host's part of a fleet, look at the fleet, or read its dataset."""

    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  (Scrapy's own declaration)

    def syntax(self) -> str:
        return f"{'|'.join(ACTIONS)} [options]"

    def short_desc(self) -> str:
        return "Crawl many sites on many hosts: worker, beat, status; pull the dataset"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-c", "--concurrency", type=int, default=4, help="worker: sites crawled side by side")
        parser.add_argument("--data", metavar="FOLDER", help="pull: the data folder to fill")
        parser.add_argument("--no-responses", action="store_true", help="pull: leave the raw responses in the store")

    def execute(self, args: list[str], opts: argparse.Namespace) -> ExitStatus:
        from mapexpress.fleet.config import read_config

        if len(args) != 1 or args[0] not in ACTIONS:
            raise UsageError(f"give one of {', '.join(ACTIONS)}")
        assert self.settings is not None
        config = read_config(self.settings)
        if args[0] in ("worker", "beat"):
            _check_celery()
            logging.basicConfig(
                level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
            )
        with_options = {"worker": _worker, "pull": _pull}
        if args[0] in with_options:
            return with_options[args[0]](config, opts)
        return {"beat": _beat, "status": _status, "parts": _parts, "sweep": _sweep}[args[0]](config)


def _check_celery() -> None:
    try:
        import celery  # noqa: F401
    except ImportError:
        raise UsageError("a fleet's workers and beats need Celery: pip install mapexpress[fleet]") from None


def _worker(config: FleetConfig, opts: argparse.Namespace) -> ExitStatus:
    from mapexpress.fleet.app import make_app

    if opts.concurrency < 1:
        raise UsageError(f"--concurrency {opts.concurrency}: give at least 1")
    worker = make_app(config).Worker(
        hostname=f"mapexpress@{config.host}",
        concurrency=opts.concurrency,
        pool="prefork",
        loglevel="INFO",
        queues=[config.queue],
        without_gossip=True,
        without_mingle=True,
        redirect_stdouts=False,
    )
    worker.start()
    return ExitStatus.OK if not worker.exitcode else ExitStatus.BUG


def _beat(config: FleetConfig) -> ExitStatus:
    from functools import partial

    from celery.beat import Service

    from mapexpress.dataset.files.lock import SiteLock
    from mapexpress.fleet.app import make_app
    from mapexpress.fleet.beat import SiteScheduler
    from mapexpress.fleet.shared_store import check_store

    store = config.open_store()
    check_store(store)
    lock = SiteLock(config.folder / "beat.lock", "beat")
    lock.acquire()  # a second beat would empty the first one's queue
    service = Service(make_app(config))
    service.scheduler_cls = partial(SiteScheduler, fleet=config, store=store)
    signal.signal(signal.SIGTERM, lambda *_: service.stop())
    signal.signal(signal.SIGINT, lambda *_: service.stop())
    service.start()
    lock.release()
    return ExitStatus.OK


def _status(config: FleetConfig) -> ExitStatus:
    from mapexpress.fleet.heartbeats import heartbeats
    from mapexpress.fleet.reading import heads

    store, now = config.open_store(), datetime.now(UTC)
    beats = heartbeats(store)
    for beat in beats:
        age = (now - beat.when).total_seconds()
        word = "alive" if beat.is_alive(now, config.host_timeout) else "gone "
        print(visible(f"host {beat.host:<24} {word}  last seen {age:6.0f} s ago  {beat.sites:6} sites"))
    late = 0
    for head in heads(store):
        turn = head.turn
        due = str(turn.get("next") or "")
        late += bool(due) and datetime.fromisoformat(due) < now
        line = (
            f"{head.site:<40} host {head.host or '-':<16} epoch {head.epoch:<4} commit {head.number:<6}"
            f" status {turn.get('status', '-'):<4} ended {str(turn.get('ended') or 'never')[:16]}  next {due[:16]}"
        )
        print(visible(line))
    print(f"{len(beats)} hosts; {late} sites are due by now")
    return ExitStatus.OK


def _pull(config: FleetConfig, opts: argparse.Namespace) -> ExitStatus:
    from mapexpress.dataset.files.layout import Layout, site_keys
    from mapexpress.fleet.ownership import is_noted
    from mapexpress.fleet.reading import pull

    if not opts.data:
        raise UsageError("give --data FOLDER, a folder of its own to fill")
    data = Path(opts.data).absolute()
    if any(is_noted(Layout(data, key)) for key in site_keys(data)):
        raise UsageError(f"{data} is the data folder of a host of the fleet; give another one")
    sites = sum(1 for _ in pull(config.open_store(), data, responses=not opts.no_responses))
    print(f"{data}: {sites} sites", file=sys.stderr)
    return ExitStatus.OK


def _parts(config: FleetConfig) -> ExitStatus:
    from mapexpress.fleet.reading import parts

    for name in parts(config.open_store()):
        print(f"{config.store.rstrip('/')}/{name}")
    return ExitStatus.OK


def _sweep(config: FleetConfig) -> ExitStatus:
    from mapexpress.fleet.reading import sweep

    print(sweep(config.open_store()))
    return ExitStatus.OK
