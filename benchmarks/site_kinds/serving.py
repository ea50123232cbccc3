"""Serve a generated site on loopback: by its port, or under its own name through the HTTP proxy that the port also is.

As a proxy it takes absolute targets and CONNECT, and speaks TLS with a certificate made for the run; so a site can
have several hosts, `www.` twins, and http addresses that lead to https.
"""

from __future__ import annotations

import gzip
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.site_kinds.site import Role, Site


@dataclass(frozen=True, slots=True)
class Hit:
    """One request, with the status it was answered and what it was for."""

    url: str
    status: int
    role: Role


@dataclass(slots=True)
class Served:
    """A running site: how it is reached, and what it was asked."""

    site: Site
    port: int
    proxied: bool
    hits: list[Hit] = field(default_factory=list)

    @property
    def home(self) -> str:
        """What a person would type."""
        return self.site.origin + self.site.start


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    served: Served
    tls: ssl.SSLContext
    scheme = "http"
    tunnel = ""  # host of a CONNECT

    def do_CONNECT(self) -> None:
        self.send_response(200, "Connection established")
        self.end_headers()
        try:
            self.connection = self.tls.wrap_socket(self.connection, server_side=True)
        except OSError:
            self.close_connection = True
            return
        self.tunnel, self.scheme = self.path.removesuffix(":443"), "https"
        self.rfile = self.connection.makefile("rb", -1)  # type: ignore[assignment]
        self.wfile = self.connection.makefile("wb", 0)  # type: ignore[assignment]
        self.close_connection = False

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        host = parts.netloc or self.tunnel or self.headers.get("Host", "")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        answer = self.served.site.answer(self.scheme, host, target)
        self.served.hits.append(Hit(f"{self.scheme}://{host}{target}", answer.status, answer.role))
        body = answer.body
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > 500:
            body = gzip.compress(body, 1)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what was asked is in `hits`."""


@contextmanager
def serve(build: Callable[[str], Site], host: str | None, certificate: Path) -> Iterator[Served]:
    """Run a site until the block ends; `build` makes it for its origin. `host` None serves it by its port."""
    handler: type[_Handler] = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    port = int(server.server_address[1])
    served = Served(build(f"https://{host}" if host else f"http://127.0.0.1:{port}"), port, host is not None)
    handler.served = served
    handler.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    handler.tls.load_cert_chain(certificate)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_certificate(path: Path) -> None:
    """A self-signed certificate with its key, good for a day: Scrapy does not check whose it is."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "news.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
