"""What signs a server's answers, or leaves them unsigned."""

from collections.abc import Mapping
from typing import Protocol

from bonaface.errors import ConflictError
from bonaface.optional_dependencies import require_extra
from bonaface.settings import SigningSettings

NOT_SIGNING = "This server signs no answers; have its operator set signing.key_file."


class NotSigningError(ConflictError):
    """What is asked for needs a server that signs its answers."""

    code = "not_signing"


class Signer(Protocol):
    """Signs answers."""

    def sign(self, answer: Mapping[str, object]) -> str | None:
        """The signature of an answer, whatever its member `signature` is; None where answers are not signed.

        Raises InvalidParameterError where the answer has no canonical JSON.
        """

    def public_set(self) -> dict[str, list[dict[str, object]]]:
        """The JWK set of the keys that verify."""

    def signed_payload(self, signature: str) -> bytes:
        """What was signed, where any of these keys signed it: canonical JSON, UTF-8.

        Raises NotSigningError where there is no key, UntrustedSignatureError with why it is not trusted.
        """


class NoSigner:
    """Leaves answers unsigned."""

    def sign(self, answer: Mapping[str, object]) -> None:
        """None."""

    def public_set(self) -> dict[str, list[dict[str, object]]]:
        """An empty JWK set."""
        return {"keys": []}

    def signed_payload(self, _signature: str) -> bytes:
        """Raises NotSigningError."""
        raise NotSigningError(NOT_SIGNING)


def open_signer(settings: SigningSettings) -> Signer:
    """What signs by the settings. Raises ConfigurationError: the extra or the file is not as it must be."""
    if settings.key_file is None:
        return NoSigner()
    require_extra("signing", "signing.key_file")
    from bonaface.evidence.file_signer import FileSigner  # not before: it needs the extra

    return FileSigner(settings.key_file)
