"""Certificates made on the spot, by a certificate authority that only the test trusts."""

import ssl
from pathlib import Path

import trustme


class TestAuthority:
    """A certificate authority, a client context that trusts it alone, and server contexts it signs."""

    __test__ = False

    def __init__(self) -> None:
        self._authority = trustme.CA()

    def client(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._authority.configure_trust(context)
        return context

    def write(self, file: Path) -> None:
        """Its certificate, for whoever is to trust it."""
        self._authority.cert_pem.write_to_path(str(file))

    def server(self, *names: str) -> ssl.SSLContext:
        """Of a server whose certificate is for `names`: host names or IP addresses."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*names).configure_cert(context)
        return context
