"""The simulated sites on loopback: each has two addresses of its own, the second for a domain that it moves to."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus

from benchmarks.unattended.site import Answer, SimulatedSite


def address(number: int, *, moved: bool = False) -> str:
    """A site's IP address."""
    return f"127.9.{int(moved)}.{number + 1}"


@contextmanager
def serve(sites: list[SimulatedSite], port: int) -> Iterator[None]:
    """Answer from a thread until the block ends."""
    loop = asyncio.new_event_loop()
    by_host = {address(n, moved=moved): site for n, site in enumerate(sites) for moved in (False, True)}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = str(writer.get_extra_info("sockname")[0])
        with suppress(ConnectionError, asyncio.IncompleteReadError), closing(writer):
            while True:
                first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                answer = by_host[host].answer(f"{host}:{port}", first.split(" ")[1])
                if answer.dropped:
                    writer.transport.abort()
                    return
                writer.write(_bytes(answer, headers))
                await writer.drain()

    server = loop.run_until_complete(asyncio.start_server(handle, list(by_host), port))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        if connections := asyncio.all_tasks(loop):
            for task in connections:
                task.cancel()
            loop.run_until_complete(asyncio.wait(connections))
        loop.close()


def _bytes(answer: Answer, asked: dict[str, str]) -> bytes:
    """The answer as it is sent: 304 where the validator of the request fits."""
    status, body = answer.status, answer.body.encode()
    headers = {"Content-Type": answer.kind, **dict(answer.more)}
    if answer.location:
        headers["Location"] = answer.location
    if status == HTTPStatus.OK:
        headers["ETag"] = answer.etag
        if answer.etag in asked.get("if-none-match", ""):
            status, body = HTTPStatus.NOT_MODIFIED, b""
    if len(body) > 500 and "gzip" in asked.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
    if status != HTTPStatus.NOT_MODIFIED:
        headers["Content-Length"] = str(len(body))
    lines = [f"HTTP/1.1 {int(status)} {HTTPStatus(status).phrase}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body
