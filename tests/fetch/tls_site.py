"""A small news site behind TLS, with certificates made for the test, and a proxy that only tunnels."""

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VILLAGES = ("Ombrie", "Valcourt", "Tessandre", "Mirepont", "Lugarde")
NOW = datetime.now(UTC)


@dataclass
class Authority:
    """Signs certificates; `bundle` is the file that makes it trusted."""

    folder: Path
    name: str = "Test authority"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    made: int = 0

    @property
    def bundle(self) -> Path:
        return self.folder / f"{self.name.replace(' ', '-')}.pem"

    def __post_init__(self) -> None:
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        own = (
            _begin(self.name, self.name, self.key, NOW - timedelta(days=9), NOW + timedelta(days=9))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        self.bundle.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def certify(self, *names: str, days: tuple[float, float] = (-1, 1), self_signed: bool = False) -> ssl.SSLContext:
        """A server's context with a certificate for these names and addresses, valid from and to days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        first, last = (NOW + timedelta(days=d) for d in days)
        alternatives = [_name(name) for name in names]
        issuer, signer = (names[0], key) if self_signed else (self.name, self.key)
        signed = (
            _begin(names[0], issuer, key, first, last)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .sign(signer, hashes.SHA256())
        )
        self.made += 1
        path = self.folder / f"{self.made}-{self.bundle.name}"
        plain = serialization.NoEncryption()
        path.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
            + signed.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _begin(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, first: datetime, last: datetime
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]),
        subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]),
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=first,
        not_valid_after=last,
    )


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Pages(BaseHTTPRequestHandler):
    """A home with five stories; a story of `away` is a redirect to there."""

    protocol_version = "HTTP/1.1"
    away: dict[str, str]

    def do_GET(self) -> None:
        body = self._home() if self.path == "/" else self._story(self.path.strip("/")).encode()
        if target := self.away.get(self.path):
            self.send_response(302)
            self.send_header("Location", target)
        else:
            self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _home(self) -> bytes:
        links = "".join(
            f'<article><h2><a href="/la-halle-de-{v.lower()}-rouvre-{n}/">La halle de {v} rouvre</a></h2></article>'
            for n, v in enumerate(VILLAGES, 4100)
        )
        return f"<html lang=fr><title>Le Veilleur</title><main>{links}</main></html>".encode()

    def _story(self, slug: str) -> str:
        village = next((v for v in VILLAGES if v.lower() in slug), None)
        if village is None:
            return ""
        return (
            f'<html lang="fr"><head><title>La halle de {village} rouvre</title>'
            '<meta property="og:type" content="article">'
            '<meta property="article:published_time" content="2026-11-20T08:00:00+00:00"></head><body><article>'
            f"<h1>La halle de {village} rouvre</h1><p>Après deux ans de travaux, la halle de {village} a rouvert samedi"
            " matin devant quelques centaines d'habitants venus malgré la pluie.</p><p>Le toit a été refait par un"
            f" charpentier de {village}, qui y a travaillé seul pendant tout l'hiver avec deux apprentis.</p>"
            "<p>Le marché y revient dès jeudi, et les premiers étals sont déjà réservés pour le mois.</p>"
            "</article></body></html>"
        )

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in its handshake is what is tested."""


@contextlib.contextmanager
def serve(context: ssl.SSLContext, *, host: str = "127.0.0.1", away: dict[str, str] | None = None) -> Iterator[int]:
    """The site on a free port of `host`; gives the port."""
    handler = type("Handler", (Pages,), {"away": away or {}})
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    kind = type("Server", (_Quiet,), {"address_family": family})
    server = kind((host, 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield int(server.server_port)
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def tunnels() -> Iterator[tuple[int, list[str]]]:
    """A proxy on loopback that answers CONNECT; gives its port and the targets that it was asked for."""
    asked: list[str] = []

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                sink.sendall(chunk)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def answer(client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head and (chunk := client.recv(4096)):
            head += chunk
        method, target = head.decode("latin-1").split(" ")[:2]
        asked.append(f"{method} {target}")
        host, _, port = target.rpartition(":")
        with contextlib.suppress(OSError, ValueError), client, socket.create_connection((host, int(port))) as out:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            upwards = threading.Thread(target=pump, args=(client, out), daemon=True)
            upwards.start()
            pump(out, client)
            upwards.join()

    listening = socket.create_server(("127.0.0.1", 0))
    answering: list[threading.Thread] = []

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                answering.append(threading.Thread(target=answer, args=(listening.accept()[0],), daemon=True))
                answering[-1].start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listening.getsockname()[1], asked
    finally:
        listening.shutdown(socket.SHUT_RDWR)  # ends the wait for another client
        listening.close()
        for thread in answering:
            thread.join(timeout=10)
