"""Certificates of https hosts: checked against the system's authorities and the host that was asked for.

The check is OpenSSL's and service-identity's own, by the host of the address that was asked: which address of the
network it resolved to, or which proxy the connection goes through, changes nothing.
"""

from __future__ import annotations

import logging
import os
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import certifi
from cryptography import x509
from OpenSSL import SSL
from scrapy.core.downloader.contextfactory import _ScrapyCertificateOptions, _ScrapyClientContextFactory
from scrapy.exceptions import IgnoreRequest
from service_identity import CertificateError, VerificationError
from service_identity.hazmat import DNS_ID, IPAddress_ID, ServiceID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from zope.interface import implementer  # type: ignore[import-untyped]

from mapexpress.fetch.run import run_of
from mapexpress.text.characters import visible

if TYPE_CHECKING:
    from OpenSSL.crypto import X509
    from scrapy.crawler import Crawler
    from twisted.protocols.tls import TLSMemoryBIOProtocol


logger = logging.getLogger(__name__)

SETTING = "DOWNLOAD_VERIFY_CERTIFICATES"  # Scrapy's own name; on here, off in Scrapy
STAT = "mapexpress/certificates"  # sentences for the summary
_MOST_TOLD = 5  # hosts that the summary names
_MOST_NAMES, _NAME_CHARS = 3, 80  # of the names that a certificate is for
_CODES = SSL.X509VerificationCodes
_WORDS = {
    _CODES.ERR_DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed",
    _CODES.ERR_SELF_SIGNED_CERT_IN_CHAIN: "it is signed by an authority that this system does not know",
    _CODES.ERR_UNABLE_TO_GET_ISSUER_CERT: "its issuer is not known to this system, or the server leaves it out",
    _CODES.ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its issuer is not known to this system, or the server leaves it out",
    _CODES.ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its issuer is not known to this system, or the server leaves it out",
    _CODES.ERR_CERT_REVOKED: "it is revoked",
}


class CertificateRefused(IgnoreRequest):
    """A host whose certificate does not hold, with the reason in words; never retried: it is the same one again."""


class CertificatePolicy(_ScrapyClientContextFactory):
    """What makes TLS connections: Scrapy's options, plus the check and its words.

    `exempt` tells hosts whose certificates are not looked at. One context serves all connections of a run, for the
    authorities take 10 ms to load.
    """

    _context: SSL.Context | None
    exempt: Callable[[str, int], bool]
    refused: dict[tuple[str, int], str]  # what was wrong with the last certificate of a host and port

    @classmethod
    def of(cls, crawler: Crawler, exempt: Callable[[str, int], bool]) -> CertificatePolicy:
        """The policy of a crawler, by its settings."""
        policy = cls.from_crawler(crawler)
        policy.exempt = exempt
        policy.refused = {}
        policy._context = None
        return policy

    def creatorForNetloc(self, hostname: bytes, port: int) -> _Connections:  # type: ignore[override]  # noqa: N802 (Twisted's name)
        """Twisted asks for each new connection; an IPv6 address comes without its brackets."""
        if self._context is None:
            self._context = _ScrapyCertificateOptions(**self._get_cert_options_kwargs()).getContext()
            _trust(self._context)
        host = hostname.decode("ascii")
        checks = self._verify_certificates and not self.exempt(host, port)
        return _Connections(self._context, host, (lambda why: self._refuse(host, port, why)) if checks else None)

    def _refuse(self, host: str, port: int, why: str) -> None:
        self.refused[host, port] = why

    def refusal(self, url: str, error: BaseException) -> CertificateRefused | None:
        """What to raise for a download of `url` that failed with `error`; None where no certificate was the reason."""
        parts = urlsplit(url)
        why = self.refused.get((parts.hostname or "", parts.port or 443))
        if why is None or not _is_refused_handshake(error):
            return None
        return CertificateRefused(f"the certificate of {parts.hostname} does not hold: {why}")


def policy_for(crawler: Crawler) -> CertificatePolicy:
    """The policy of a crawl: the hosts that the site file names are exempt where it says so, and no others."""
    hosts = run_of(crawler).unchecked
    if not crawler.settings.getbool(SETTING):
        logger.warning("certificates are not checked (%s): whoever is between may change what comes", SETTING)
    elif hosts is not None:
        logger.warning("certificates of %s are not checked, as its site file says", ", ".join(sorted(hosts.hosts)))
    return CertificatePolicy.of(crawler, lambda host, port: hosts is not None and hosts.owns(_https(host, port)))


def note_refusal(crawler: Crawler, refusal: CertificateRefused) -> None:
    """Keep a refusal's words for the run's summary, once each."""
    told = list(crawler.stats.get_value(STAT, []))
    if str(refusal) not in told and len(told) < _MOST_TOLD:
        crawler.stats.set_value(STAT, [*told, str(refusal)])
        logger.warning("%s", refusal)


def _https(host: str, port: int) -> str:
    return f"https://{f'[{host}]' if ':' in host else host}:{port}/"


@implementer(IOpenSSLClientConnectionCreator)
class _Connections:
    """Connections to one host; `refuse` takes the reason where its certificate does not hold, None checks nothing."""

    def __init__(self, context: SSL.Context, host: str, refuse: Callable[[str], None] | None) -> None:
        self.context, self.host, self.refuse = context, host, refuse
        self.is_name = not isIPAddress(host) and not isIPv6Address(host)

    def clientConnectionForTLS(self, _tls_protocol: TLSMemoryBIOProtocol) -> SSL.Connection:  # noqa: N802 (Twisted's name)
        """Twisted's interface."""
        connection = SSL.Connection(self.context, None)
        if self.is_name:  # an address is never sent (RFC 6066)
            connection.set_tlsext_host_name(self.host.encode("ascii"))
        if self.refuse is None:
            connection.set_verify(SSL.VERIFY_NONE)
        else:
            callback = _checking(self.host, DNS_ID(self.host) if self.is_name else IPAddress_ID(self.host), self.refuse)
            connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, callback)
        return connection


def _checking(
    host: str, identity: ServiceID, refuse: Callable[[str], None]
) -> Callable[[SSL.Connection, X509, int, int, int], bool]:
    """OpenSSL's callback for each certificate of a chain: what it has found wrong stands, and the host must fit."""

    def check(_connection: SSL.Connection, certificate: X509, problem: int, depth: int, holds: int) -> bool:
        try:
            why = _chain(certificate, problem) if not holds else _identity(certificate, host, identity, depth)
        except Exception as error:  # raised in OpenSSL's callback it would be lost
            why = f"it cannot be read ({type(error).__name__})"
        if why is not None:
            refuse(why)
        return why is None

    return check


def _chain(certificate: X509, problem: int) -> str:
    """What OpenSSL found wrong, in words."""
    parsed = certificate.to_cryptography()
    if problem == _CODES.ERR_CERT_HAS_EXPIRED:
        return f"it expired on {parsed.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
    if problem == _CODES.ERR_CERT_NOT_YET_VALID:
        return f"it is valid from {parsed.not_valid_before_utc:%Y-%m-%d %H:%M} UTC on"
    return _WORDS.get(problem) or f"OpenSSL's verification error {problem}"


def _identity(certificate: X509, host: str, identity: ServiceID, depth: int) -> str | None:
    """Why the certificate of the server (`depth` 0) is not for `host`; None where it is, and for its issuers."""
    if depth:
        return None
    try:
        verify_service_identity(extract_patterns(certificate), [identity], [])
    except (VerificationError, CertificateError):
        names = _names(certificate)
        return f"it is for {', '.join(names) or 'no host at all'}, not for {host}"
    return None


def _names(certificate: X509) -> list[str]:
    """Some of the hosts that a certificate names; they are a stranger's words."""
    try:
        found = certificate.to_cryptography().extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    names = [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]
    return [visible(name)[:_NAME_CHARS] for name in names[:_MOST_NAMES]]


def _is_refused_handshake(error: BaseException) -> bool:
    """Whether a download failed because a verification said no: Twisted wraps OpenSSL's error in lists of failures."""
    causes = (error, error.__cause__)
    raised = [f.value for e in causes if e is not None for f in getattr(e, "reasons", ())]
    return any(isinstance(e, SSL.Error) and "certificate verify failed" in str(e) for e in (*causes, *raised))


def _trust(context: SSL.Context) -> None:
    """Trust the system's authorities, else those that browsers ship (certifi): OpenSSL finds none on macOS, Windows.

    `SSL_CERT_FILE` and `SSL_CERT_DIR` name others, as for any program that uses OpenSSL.
    """
    context.set_default_verify_paths()
    if not (_named_by_environment() or _system_has_some()):
        context.load_verify_locations(certifi.where())


def _named_by_environment() -> bool:
    return bool(os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"))


def _system_has_some() -> bool:
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile) or bool(paths.capath and any(Path(paths.capath).iterdir()))
