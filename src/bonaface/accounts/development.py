"""The key of a developer's own machine: made once, and the one secret that is kept, in an owner-only file.

It lets `make run` print a request that works. A server for others gets its keys by `bonaface keys create`.
"""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bonaface.accounts.audit import Actor
from bonaface.accounts.authenticator import Authenticator
from bonaface.accounts.repository import ApplicationRepository
from bonaface.errors import StorageError, UnauthorizedError
from bonaface.storage import files
from bonaface.storage.database import Database

FILE_NAME = "development.json"
APPLICATION_NAME = "development"
APPLICATION_NOTE = "made for this machine; its secret lies beside the database"
ACTOR = Actor("development", "local")


@dataclass(frozen=True, slots=True)
class DevelopmentKey:
    """A working key. `notice` says in one sentence why a new one was made; it is empty for the old one."""

    app_key: str
    secret: str = field(repr=False)
    notice: str = ""

    @property
    def created(self) -> bool:
        """Whether this call made it."""
        return bool(self.notice)


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    appKey: str  # noqa: N815 - the names of the wire contract
    secretKey: str  # noqa: N815


def ensure_development_key(database: Database, directory: Path) -> DevelopmentKey:
    """The development key kept in `directory`, or a new one where there is none or it no longer works.

    Prepares the database first. Processes that do this at once get the same key. Raises StorageError.
    """
    database.prepare()
    repository = ApplicationRepository(database)
    files.make_folder(directory)
    file = directory / FILE_NAME
    with files.exclusive(file.with_name(f"{FILE_NAME}.lock")):
        stored = _read(file)
        fault = _fault(stored, repository)
        if stored is not None and not fault:
            return DevelopmentKey(stored.appKey, stored.secretKey)
        return _make(repository, file, fault)


def _read(file: Path) -> _Stored | None:
    files.tighten(file)
    try:
        return _Stored.model_validate_json(file.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    except OSError as error:
        raise StorageError(
            "The file of the development key cannot be read; delete it and try again."
        ) from error


def _fault(stored: _Stored | None, repository: ApplicationRepository) -> str:
    """Why the stored key will not do, as a sentence; empty if it works."""
    if stored is None:
        known = any(
            found.name == APPLICATION_NAME for found in repository.list_applications(APPLICATION_NAME)
        )
        if known:
            return "The file of the development key was lost or damaged, so a new development key was made."
        return "A development key was made."
    try:
        Authenticator(repository).authenticate(stored.appKey, stored.secretKey)
    except UnauthorizedError:
        return "The development key was disabled or is unknown, so a new development key was made."
    return ""


def _make(repository: ApplicationRepository, file: Path, notice: str) -> DevelopmentKey:
    application, _, secret = repository.create_application(APPLICATION_NAME, APPLICATION_NOTE, actor=ACTOR)
    stored = _Stored(appKey=application.app_key, secretKey=secret)
    files.write_private(file, stored.model_dump_json(indent=2).encode() + b"\n")
    return DevelopmentKey(application.app_key, secret, notice)
