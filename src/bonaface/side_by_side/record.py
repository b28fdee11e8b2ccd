"""The record of a run: a line of JSON an image, by its SHA-256, so that a run that ended is gone on with."""

import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from bonaface.errors import InvalidParameterError
from bonaface.side_by_side.service_answer import ServiceAnswer

OWNER_ONLY = 0o600

OTHER_RUN = "{path} is the record of another comparison ({why}); name another file, or remove it."
NO_RECORD = "{path} is not a record of this command; name another file."
UNUSABLE = "{path} cannot be used ({reason}); name another file."


class RunIdentity(BaseModel):
    """What was compared: the address of NHN Cloud's service, what answered beside it, and the preset."""

    model_config = ConfigDict(frozen=True)

    nhn: str
    own: str
    preset: str


class Answers(BaseModel):
    """What both said of the image with this SHA-256. No pixel of it is kept, and not its name."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    nhn: ServiceAnswer
    own: ServiceAnswer

    @property
    def will_stay(self) -> bool:
        """Whether there is nothing to be asked again."""
        return self.nhn.code is not None and self.own.code is not None


class Record:
    """Answers in a file, or in memory alone where there is none. Of an image only answers that will stay."""

    def __init__(self, path: Path | None, run: RunIdentity) -> None:
        """Takes up the answers of the file, but of a last line that was cut off; a new one is its owner's.

        Raises InvalidParameterError for a file of another run, one that is no record, or cannot be written.
        """
        self._known: dict[str, Answers] = {}
        self._file: BinaryIO | None = None
        if path is None:
            return
        try:
            text = path.read_bytes() if path.exists() else b""
            self._known = _read(text, path, run) if text else {}
            self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY), "r+b")
            self._file.truncate(self._file.seek(text.rfind(b"\n") + 1))
        except OSError as error:
            raise InvalidParameterError(UNUSABLE.format(path=path, reason=error.strerror)) from error
        if not text:
            self._write(run)

    def known(self, sha256: str) -> Answers | None:
        """What was answered before."""
        return self._known.get(sha256)

    def add(self, answers: Answers) -> None:
        """Keep them, on disk before this returns to the next image."""
        if not answers.will_stay:
            return
        self._known[answers.sha256] = answers
        self._write(answers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def _write(self, line: BaseModel) -> None:
        if self._file is not None:
            self._file.write(line.model_dump_json().encode() + b"\n")
            self._file.flush()


def _read(text: bytes, path: Path, run: RunIdentity) -> dict[str, Answers]:
    """The answers by SHA-256; a line without an end was cut off. Raises InvalidParameterError."""
    first, *lines = text.split(b"\n")[:-1] or [text]
    try:
        before = RunIdentity.model_validate_json(first)
        found = [Answers.model_validate_json(line) for line in lines]
    except ValidationError:
        raise InvalidParameterError(NO_RECORD.format(path=path)) from None
    if before != run:
        raise InvalidParameterError(OTHER_RUN.format(path=path, why=_difference(before, run)))
    return {answers.sha256: answers for answers in found}


def _difference(before: RunIdentity, run: RunIdentity) -> str:
    (name, was), *_ = set(before.model_dump().items()) - set(run.model_dump().items())
    return f"{name}: {was}"
