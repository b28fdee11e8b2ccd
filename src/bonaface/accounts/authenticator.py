"""Whether an appKey and a secret belong together, told without telling anything else."""

from datetime import datetime

from bonaface.accounts import keys
from bonaface.accounts.application import Caller
from bonaface.accounts.credential_cache import CredentialCache, Recalled
from bonaface.accounts.credentials import Credentials, Slot
from bonaface.accounts.expiry import has_expired
from bonaface.accounts.repository import ApplicationRepository
from bonaface.clock import Clock, utc_now
from bonaface.errors import UnauthorizedError

MESSAGE = "The appKey or the secretKey is not valid; check both."


class Authenticator:
    """Checks keys against `repository`. Thread-safe; a disabled key is refused within 5 seconds.

    `clock` tells whether a secret has expired.
    """

    def __init__(
        self,
        repository: ApplicationRepository,
        verified: CredentialCache | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._repository = repository
        self._verified = CredentialCache() if verified is None else verified
        self._clock = clock

    def recall(self, app_key: str, secret: str) -> Recalled | None:
        """Whose keys these are, if they were found right less than 5 seconds ago. No database, no waiting.

        Whoever is told that they are due is to `renew` them; the next one is not told.
        """
        return self._verified.recall(*_given(app_key, secret))

    def was_right(self, app_key: str, secret: str) -> bool:
        """Whether these keys were right when they were last looked up, however long ago that was."""
        return self._verified.holds(*_given(app_key, secret))

    def authenticate(self, app_key: str, secret: str) -> Caller:
        """The active application of `app_key` and which live secret of it `secret` is.

        Raises UnauthorizedError, with the same message and after the same work, for an unknown or disabled
        appKey and for a missing, wrong, expired or revoked secret, whatever the two strings hold. The work:
        one hash, one look in the cache, one statement that reads one row with both slots for secrets, two
        comparisons of digests and of times; that the answer is no is decided at the end, from all of them.
        What is refused is never remembered. Raises StorageError when the database cannot be asked.
        """
        shortened, digest = _given(app_key, secret)
        return self._verified.get(shortened, digest) or self._look_up(shortened, digest)

    def renew(self, app_key: str, secret: str) -> None:
        """Look up keys again, remembered or not. Raises as `authenticate` does; wrong ones are forgotten."""
        self._look_up(*_given(app_key, secret))

    def _look_up(self, shortened: str, digest: bytes) -> Caller:
        asked, now = self._verified.now(), self._clock()
        credentials = self._repository.find_credentials(shortened)
        slot = _matching(digest, credentials, now)
        if slot is None or credentials.application is None:
            self._verified.drop(shortened, digest)
            raise UnauthorizedError(MESSAGE)
        caller = Caller(credentials.application, slot.secret_id)
        self._verified.put(shortened, digest, caller, asked, _remaining(slot, now))
        return caller


def _given(app_key: str, secret: str) -> tuple[str, bytes]:
    """What is looked for: as much of the appKey as is looked at, and the secret's digest."""
    return app_key[: keys.LONGEST_GIVEN], keys.digest_of(secret)


def _matching(digest: bytes, credentials: Credentials, now: datetime) -> Slot | None:
    """The slot with this digest, if live and its application active; both are always looked at."""
    application = credentials.application
    is_active = application is not None and application.is_active
    same = [keys.is_same(digest, slot.digest) for slot in credentials.slots]  # a list: none is skipped
    live = [not has_expired(slot.expires_at, now) for slot in credentials.slots]
    right = [slot for slot, fits, lives in zip(credentials.slots, same, live, strict=True) if fits and lives]
    return right[0] if right and is_active else None


def _remaining(slot: Slot, now: datetime) -> float | None:
    """Seconds until the secret expires; None is never."""
    return None if slot.expires_at is None else (slot.expires_at - now).total_seconds()
