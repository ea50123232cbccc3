"""A name whose answer changes: what was checked is what is connected to, whatever the next answer would be."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mapexpress.fetch.connections import address_policy
from mapexpress.fetch.connections.address_policy import AddressPolicy
from mapexpress.fetch.connections.guard_proxy import GuardProxy

ROOT = Path(__file__).parents[3]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers at 127.0.0.2 without set-up"),
]


def crawl(*arguments: str) -> dict[str, list[str]]:
    command = [sys.executable, "-m", "tests.fetch.rebinding", *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout))


def test_each_connection_goes_where_its_own_answer_was_checked() -> None:
    names = ["outer", "inner", "outer", "inner", "inner", "outer"]
    ran = crawl("fresh", *names)
    # one question for each connection: a second one between check and connect would have had the next answer
    assert ran["given"] == names
    assert ran["outcomes"] == ["127.0.0.2 127.0.0.2" if n == "outer" else "address_refused" for n in names]
    assert ran["outer"] == ["/0", "/2", "/5"]
    assert ran["inner"] == []


def test_an_answer_that_is_kept_is_checked_again() -> None:
    ran = crawl("cached", "outer", "inner", "inner")
    assert ran["given"] == ["outer"]
    assert ran["outer"] == ["/0", "/1", "/2"]
    assert ran["inner"] == []
    assert crawl("cached", "inner", "outer")["inner"] == []


def test_a_browser_s_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real: Callable[..., object] = asyncio.base_events.BaseEventLoop.getaddrinfo

    async def changing(self: object, host: object, port: int, **how: object) -> object:
        if host != "rebind.example":
            return await real(self, host, port, **how)  # type: ignore[misc]
        asked.append(str(host))
        address = "127.0.0.2" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", changing)
    monkeypatch.setattr(address_policy, "is_public", lambda address: address == "127.0.0.2")

    async def run() -> list[bytes]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + str(writer.get_extra_info("sockname")[0]).encode())
            writer.close()

        inner = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = inner.sockets[0].getsockname()[1]
        outer = await asyncio.start_server(serve, "127.0.0.2", port)
        monkeypatch.setattr(address_policy, "PORTS", frozenset({port}))
        proxy = GuardProxy(AddressPolicy.parse(""))
        through = int((await proxy.start()).rpartition(":")[2])
        answers = []
        for _ in range(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", through)
            writer.write(f"GET http://rebind.example:{port}/ HTTP/1.1\r\nHost: rebind.example\r\n\r\n".encode())
            answers.append(await reader.read())
            writer.close()
        for server in (inner, outer):
            server.close()
        proxy.close()
        return answers

    first, second = asyncio.run(run())
    assert first.endswith(b"127.0.0.2")
    assert second.startswith(b"HTTP/1.1 403")
    assert len(asked) == 2
