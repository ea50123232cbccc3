"""A crawl through a DNS server whose answers change: `python -m tests.fetch.rebinding CACHE ANSWER …`; prints JSON.

A test may not leave the machine: 127.0.0.2 stands for a public address; 127.0.0.1, at the same port, for the network
that the crawl runs in. All else is real: questions and answers go over UDP, connections over TCP, and the resolver,
the guard and the download handler are those of any crawl.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.utils.reactor import install_reactor

install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")

from twisted.internet import defer, reactor  # noqa: E402 (after the reactor is installed)
from twisted.names import client, common, dns, server  # noqa: E402

from mapexpress.fetch.connections import address_policy  # noqa: E402
from mapexpress.fetch.failures import failure_reason  # noqa: E402

OUTER, INNER = "127.0.0.2", "127.0.0.1"
ANSWERS = {"outer": OUTER, "inner": INNER}


class Changing(common.ResolverBase):
    """Gives one answer after the other, with no time to live; the last one for good."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = names
        self.given: list[str] = []

    def _lookup(self, name: bytes, _cls: int, _type: int, _timeout: object) -> defer.Deferred[Any]:
        answer = self.names[min(len(self.given), len(self.names) - 1)]
        self.given.append(answer)
        record = dns.RRHeader(name, dns.A, dns.IN, ttl=0, payload=dns.Record_A(ANSWERS[answer], 0))
        return defer.succeed(([record], [], []))


def listen(address: str, port: int, hits: list[str]) -> ThreadingHTTPServer:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(200)
            self.send_header("Connection", "close")  # each request is a connection of its own
            self.end_headers()
            self.wfile.write(address.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    running = ThreadingHTTPServer((address, port), Page)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    return running


def main(cached: bool, names: list[str]) -> None:
    inner_hits: list[str] = []
    outer_hits: list[str] = []
    inner = listen(INNER, 0, inner_hits)
    port = int(inner.server_address[1])
    listen(OUTER, port, outer_hits)
    address_policy.is_public = lambda address: address == OUTER
    address_policy.PORTS = frozenset({port})
    changing = Changing(names)
    protocol = dns.DNSDatagramProtocol(server.DNSServerFactory(clients=[changing]))
    udp = reactor.listenUDP(0, protocol, interface=INNER)  # type: ignore[attr-defined]
    reactor.installResolver(client.Resolver(servers=[(INNER, udp.getHost().port)]))  # type: ignore[attr-defined]
    outcomes: list[str] = []

    class Asks(Spider):
        name = "asks"

        async def start(self) -> AsyncIterator[Request]:
            yield self.ask(0)

        def ask(self, number: int) -> Request:
            url = f"http://rebind.example:{port}/{number}"
            return Request(url, callback=self.came, errback=self.failed, cb_kwargs={"number": number})

        def came(self, response: Any, number: int) -> Iterator[Request]:
            outcomes.append(f"{response.text} {response.ip_address}")
            yield from self.more(number)

        def failed(self, failure: Any) -> Iterator[Request]:
            outcomes.append(str(failure_reason(failure.value)))
            yield from self.more(failure.request.cb_kwargs["number"])

        def more(self, number: int) -> Iterator[Request]:
            if number + 1 < len(names):
                yield self.ask(number + 1)

    process = CrawlerProcess(
        {
            "ADDONS": {"mapexpress.addon.MapexpressAddon": 0},
            "DNSCACHE_ENABLED": cached,
            "ROBOTSTXT_OBEY": False,
            "RETRY_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "ITEM_PIPELINES": {},
            "DOWNLOADER_MIDDLEWARES": {"mapexpress.fetch.capture.WarcMiddleware": None},
            "EXTENSIONS": {},
            "LOG_LEVEL": "WARNING",
        }
    )
    process.crawl(Asks)
    process.start()
    sys.stdout.write(
        json.dumps({"given": changing.given, "outcomes": outcomes, "outer": outer_hits, "inner": inner_hits})
    )


if __name__ == "__main__":
    socket.setdefaulttimeout(20)
    main(sys.argv[1] == "cached", sys.argv[2:])
