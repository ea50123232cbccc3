"""A proxy on loopback through which a browser makes every connection, so that none leaves the public web.

A browser resolves names and follows redirects by itself, where no middleware sees it. Here each connection is checked
as `mapexpress.fetch.connections.guard` checks the crawler's own, and made to the very address that was checked.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from mapexpress.fetch.connections.address_policy import AddressPolicy

_HEAD_BYTES = 64 * 1024  # of a request: cookies are off, so it is short
_CHUNK = 64 * 1024
_CONNECT_SECONDS = 15.0


class GuardProxy:
    """Answers CONNECT and plain requests with absolute targets; 403 for what the policy refuses."""

    def __init__(self, policy: AddressPolicy) -> None:
        self.policy = policy
        self.refused: set[str] = set()  # host:port
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Listen on a free port of loopback; gives the proxy's address."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_HEAD_BYTES)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """Stop listening; connections end with the browser."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, TimeoutError):
            pass  # the browser sees a closed connection
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, _, rest = head.partition(b"\r\n")
        method, target, version = first.decode("latin-1").split(" ", 2)
        tunnel = method == "CONNECT"
        parts = urlsplit(f"https://{target}/" if tunnel else target)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        address = await self._allowed(parts.geturl(), host, port)
        if address is None:
            self.refused.add(f"{host}:{port}")
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        async with asyncio.timeout(_CONNECT_SECONDS):
            upstream, out = await asyncio.open_connection(address, port)
        try:
            if tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                out.write(f"{method} {path} {version}\r\n".encode("latin-1") + _closing(rest))
            await _until_one_ends(_pump(reader, out), _pump(upstream, writer))
        finally:
            out.close()

    async def _allowed(self, url: str, host: str, port: int) -> str | None:
        """The address to connect to; None for what the policy refuses. Raises OSError for an unknown name."""
        if self.policy.refusal(url) is not None:
            return None
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        return next((a for a in addresses if not self.policy.refuses_address(host, port, a)), None)


def _closing(head: bytes) -> bytes:
    """The head's fields with `Connection: close`: a connection carries one request, so each one is checked."""
    fields = [
        line
        for line in head.split(b"\r\n")
        if line and line.split(b":", 1)[0].strip().lower() not in (b"connection", b"proxy-connection", b"keep-alive")
    ]
    return b"\r\n".join([*fields, b"Connection: close", b"", b""])


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()


async def _until_one_ends(*pumps: object) -> None:
    tasks = [asyncio.ensure_future(pump) for pump in pumps]  # type: ignore[call-overload]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await task
