"""The proxy that a browser's connections go through, over real sockets."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from fixtures.courrier import serve_courrier
from mapexpress.fetch.connections.address_policy import AddressPolicy
from mapexpress.fetch.connections.guard_proxy import GuardProxy


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with serve_courrier() as running:
        yield running


def through(allowed: str, *requests: bytes) -> tuple[list[bytes], set[str]]:
    """The answers of a proxy that opens `allowed`, each request on a connection of its own, and what it refused."""

    async def run() -> tuple[list[bytes], set[str]]:
        proxy = GuardProxy(AddressPolicy.parse(allowed))
        port = int((await proxy.start()).rpartition(":")[2])
        answers = []
        for request in requests:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            await writer.drain()
            answers.append(await reader.read())
            writer.close()
        proxy.close()
        return answers, proxy.refused

    return asyncio.run(run())


def test_what_the_policy_opens_is_reached_and_nothing_else(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as inside:
        hidden = f"127.0.0.1:{inside.getsockname()[1]}"
        answers, refused = through(
            host,
            f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\nProxy-Connection: keep-alive\r\n\r\n".encode(),
            f"GET http://{hidden}/ HTTP/1.1\r\nHost: {hidden}\r\n\r\n".encode(),
            f"CONNECT {hidden} HTTP/1.1\r\nHost: {hidden}\r\n\r\n".encode(),
            b"CONNECT 169.254.169.254:80 HTTP/1.1\r\n\r\n",
            b"GET file:///etc/passwd HTTP/1.1\r\n\r\n",
            f"CONNECT {host} HTTP/1.1\r\n\r\nGET /contact/ HTTP/1.0\r\n\r\n".encode(),
        )
        inside.settimeout(0.2)
        with pytest.raises(TimeoutError):
            inside.accept()
    assert b" 200 " in answers[0].partition(b"\r\n")[0]
    assert "Le Courrier du Rif" in answers[0].decode()
    assert all(answer.startswith(b"HTTP/1.1 403") for answer in answers[1:5])
    assert answers[5].startswith(b"HTTP/1.1 200 Connection established\r\n\r\n")
    assert "Contact" in answers[5].decode()
    assert {hidden, "169.254.169.254:80"} <= refused


def test_a_name_that_resolves_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def inside(_self: object, _host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", port))]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", inside)

    async def run() -> str | None:
        return await GuardProxy(AddressPolicy.parse(""))._allowed("https://rebind.example/", "rebind.example", 443)

    assert asyncio.run(run()) is None


@pytest.mark.parametrize("noise", [b"", b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 100_000])
def test_noise_closes_the_connection(noise: bytes) -> None:
    async def run() -> bytes:
        proxy = GuardProxy(AddressPolicy.parse(""))
        port = int((await proxy.start()).rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(noise)
        writer.write_eof()
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""
        finally:
            writer.close()
            proxy.close()

    assert asyncio.run(run()).partition(b"\r\n")[0] in (b"", b"HTTP/1.1 403 Forbidden")
