"""Whether an appKey and a secret belong together, told without telling anything else."""

from bonaface.accounts import keys
from bonaface.accounts.application import Application, State
from bonaface.accounts.cache import VerifiedKeys
from bonaface.accounts.repository import ApplicationRepository
from bonaface.errors import UnauthorizedError

MESSAGE = "The appKey or the secretKey is not valid; check both."
LIVE_SECRETS = 2


class Authenticator:
    """Checks keys against `repository`. Thread-safe; a disabled key is refused within 5 seconds."""

    def __init__(self, repository: ApplicationRepository, verified: VerifiedKeys | None = None) -> None:
        self._repository = repository
        self._verified = VerifiedKeys() if verified is None else verified

    def authenticate(self, app_key: str, secret: str) -> Application:
        """The active application of `app_key`, if `secret` is one of its live secrets.

        Raises UnauthorizedError, with the same message and after the same work (one hash, one look-up,
        two comparisons), for an unknown or disabled appKey and for a missing or wrong secret, whatever the
        two strings hold. Raises StorageError when the database cannot be asked.
        """
        shortened = app_key[: keys.LONGEST_GIVEN]
        digest = keys.digest_of(secret)
        verified = self._verified.get(shortened, digest)
        if verified is not None:
            return verified
        asked = self._verified.now()
        application = self._look_up(shortened, digest)
        if application is None:
            raise UnauthorizedError(MESSAGE)
        self._verified.put(shortened, digest, application, asked)
        return application

    def _look_up(self, app_key: str, digest: bytes) -> Application | None:
        found = self._repository.find_credentials(app_key)
        is_right = _matches(digest, found.digests)
        is_active = found.application is not None and found.application.state is State.ACTIVE
        return found.application if is_right and is_active else None


def _matches(digest: bytes, digests: tuple[bytes, ...]) -> bool:
    """Compare with both slots always; an empty slot holds a digest that fits no secret."""
    slots = (digests + (keys.NO_DIGEST,) * LIVE_SECRETS)[:LIVE_SECRETS]
    results = [keys.is_same(digest, slot) for slot in slots]  # a list: no comparison is skipped
    return any(results)
