"""The Celery application: one durable queue a host, a message acknowledged only when its turn is noted."""

from __future__ import annotations

import logging
import mmap
import os
from typing import TYPE_CHECKING, Any

from celery import Celery, signals
from celery.worker.consumer import Consumer
from kombu import Exchange, Queue

from mapexpress.fleet.crawling import die_with_parent
from mapexpress.fleet.tasks import Action, take_turn

if TYPE_CHECKING:
    from mapexpress.fleet.config import FleetConfig
    from mapexpress.fleet.shared_store import Store

logger = logging.getLogger(__name__)

TASK = "mapexpress.turn"
DELIVERIES = 50  # of one message; then it is dropped, and the beat sends it anew when it misses the turn


class FleetConsumer(Consumer):  # type: ignore[misc]
    """Celery's consumer without the 28 queues that it declares for delayed messages beside quorum queues.

    None of ours is delayed: a retry waits in the beat.
    """

    class Blueprint(Consumer.Blueprint):  # type: ignore[misc]
        """Steps of the consumer."""

        default_steps = tuple(step for step in Consumer.Blueprint.default_steps if "delayed_delivery" not in str(step))


def queue(name: str) -> Queue:
    """A host's queue: replicated where the broker is a cluster, durable on a single one."""
    return Queue(
        name,
        Exchange("mapexpress", type="direct", durable=True),
        routing_key=name,
        durable=True,
        queue_arguments={"x-queue-type": "quorum", "x-delivery-limit": DELIVERIES},
    )


def make_app(config: FleetConfig) -> Celery:
    """The application of one host, for its workers and its beat."""
    app = Celery("mapexpress", set_as_current=True)
    app.conf.update(
        broker_url=config.broker,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a broker that is away for a night is no reason to end
        broker_heartbeat=30,  # seconds: a frozen worker is noticed after one to two minutes, not after four
        broker_transport_options={"confirm_publish": True},  # a message counts as sent when the broker has it on disk
        task_queues=[queue(config.queue)],
        task_default_queue=config.queue,
        task_default_exchange="mapexpress",
        task_default_routing_key=config.queue,
        task_default_queue_type="quorum",
        task_acks_late=True,
        task_reject_on_worker_lost=True,  # back to the queue, and at once to another worker
        task_acks_on_failure=True,  # an error of ours would hit again; the beat sends the turn when it misses it
        task_acks_on_timeout=False,
        task_time_limit=config.hard_limit,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,  # no message waits behind a crawl of twenty minutes
        worker_cancel_long_running_tasks_on_connection_loss=False,  # it goes on; its message comes again, and is old
        worker_enable_remote_control=False,  # spares a queue a worker that RabbitMQ no longer wants (not durable)
        worker_send_task_events=False,
        worker_max_tasks_per_child=200,
        worker_consumer="mapexpress.fleet.app:FleetConsumer",
        worker_hijack_root_logger=False,
        beat_max_loop_interval=1,
    )
    stop = _Stop()

    @app.task(name=TASK)  # type: ignore[untyped-decorator]
    def turn(name: str, number: int, server: str, action: Action) -> str:
        return take_turn(config, _store_of(config), name, number, server=server, action=action, stopping=stop.is_set)

    @signals.worker_shutting_down.connect(weak=False)  # type: ignore[untyped-decorator]
    def shut_down(**_: Any) -> None:
        stop.set()

    @signals.worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]
    def started(**_: Any) -> None:
        die_with_parent()

    return app


class _Stop:
    """A flag that a worker shares with the processes it forks; setting it takes no lock, so a signal handler may."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 1)

    def set(self) -> None:
        self._shared[0] = 1

    def is_set(self) -> bool:
        return self._shared[0] == 1


_stores: dict[int, Store] = {}


def _store_of(config: FleetConfig) -> Store:
    """This process's own connection to the store."""
    process = os.getpid()
    if process not in _stores:
        _stores.clear()
        _stores[process] = config.open_store()
    return _stores[process]
