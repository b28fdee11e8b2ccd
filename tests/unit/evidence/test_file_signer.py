from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
import structlog

from bonaface.errors import ConfigurationError
from bonaface.evidence.canonical_json import canonical_json, without
from bonaface.evidence.file_signer import LOOK_SECONDS, FileSigner
from bonaface.evidence.key_file import make_key_file, read_key_file, write_key_file
from bonaface.evidence.rotation import DELAY, rotated
from bonaface.evidence.signature import UntrustedSignatureError, sign
from bonaface.evidence.signing_key import read_public_keys
from bonaface.evidence.verification import verify
from support.security.answers import NOW, answer, key


class Times:
    """A clock and a stopwatch that go on when they are told."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def now(self) -> datetime:
        return NOW + self.passed

    def monotonic(self) -> float:
        return self.passed.total_seconds()

    def go_on(self, by: timedelta) -> None:
        self.passed += by


LOOK = timedelta(seconds=LOOK_SECONDS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "signing.json"
    make_key_file(made, key())
    return made


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def signer(path: Path, times: Times) -> FileSigner:
    return FileSigner(path, times.now, times.monotonic)


def _published(signer: FileSigner) -> list[str]:
    return list(read_public_keys(orjson.dumps(signer.public_set())))


def _signs(signer: FileSigner, kid: str, path: Path) -> bool:
    """Whether an answer is signed by this key."""
    keys = {each.kid: each.public for each in read_key_file(path)}
    return verify(signer.sign(answer()) or "", {kid: keys[kid]}).holds


def test_it_signs_with_the_key_of_the_file(signer: FileSigner, path: Path) -> None:
    (kid,) = _published(signer)
    assert _signs(signer, kid, path)


def test_a_rotation_is_taken_up_without_a_restart(signer: FileSigner, path: Path, times: Times) -> None:
    write_key_file(path, rotated(read_key_file(path), NOW))
    old, new = (each.kid for each in read_key_file(path))
    assert _published(signer) == [old]
    times.go_on(LOOK)
    assert _published(signer) == [old, new]
    assert _signs(signer, old, path)
    times.go_on(DELAY)
    assert _signs(signer, new, path)
    assert _published(signer) == [old, new]


@pytest.mark.parametrize("spoil", ["missing", "open", "empty"])
def test_a_file_that_is_spoiled_is_told_once_and_the_keys_stay(
    signer: FileSigner, path: Path, times: Times, spoil: str
) -> None:
    (kid,) = _published(signer)
    before = path.read_bytes()
    if spoil == "missing":
        path.unlink()
    elif spoil == "open":
        path.chmod(0o644)
    else:
        path.write_bytes(b"")
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            times.go_on(LOOK)
            assert _published(signer) == [kid]
    assert [line["event"] for line in logs] == ["signing.key_file_refused"]
    assert str(path) in logs[0]["error"]
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(before)
    times.go_on(LOOK)
    assert _signs(signer, kid, path)


def test_it_does_not_begin_on_a_wrong_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"signing\.key_file"):
        FileSigner(tmp_path / "none.json")


def test_what_any_of_its_keys_signed_is_trusted(path: Path, signer: FileSigner) -> None:
    (old,) = read_key_file(path)
    write_key_file(path, rotated([old], NOW, DELAY))
    given = sign(answer(), old)
    assert signer.signed_payload(given) == canonical_json(without(answer(), "signature"))
    with pytest.raises(UntrustedSignatureError):
        signer.signed_payload(sign(answer(), key()))
