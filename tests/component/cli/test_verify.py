import io
import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest

from bonaface.cli.verify import NO_KEYS
from bonaface.clock import utc_now
from bonaface.evidence.key_file import make_key_file
from bonaface.evidence.signature import sign
from bonaface.evidence.signing_key import SigningKey, public_set
from bonaface.setting_sources import ENV_PREFIX
from support.command import Finished, run
from support.security.answers import IMAGE, answer, key


class Folder:
    """A signed answer, its image and its public keys, as files."""

    def __init__(self, folder: Path) -> None:
        self.key: SigningKey = key()
        self.answer, self.image, self.keys = (
            folder / "answer.json",
            folder / "image.png",
            folder / "jwks.json",
        )
        self.image.write_bytes(IMAGE)
        self.keys.write_bytes(orjson.dumps(public_set([self.key])))
        self.sign()

    def sign(self, age: timedelta = timedelta()) -> None:
        told = answer()
        told["evidence"]["time"] = (utc_now() - age).isoformat()
        self.answer.write_bytes(orjson.dumps({**told, "signature": sign(told, self.key)}))

    def verify(self, *arguments: str) -> Finished:
        return run("verify", str(self.answer), *arguments, "--keys", str(self.keys))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_genuine_answer_about_this_image_holds(folder: Folder) -> None:
    found = folder.verify(str(folder.image), "--max-age", "5m")
    assert (found.exit_code, found.stderr) == (0, "")
    assert [line.split()[:2] for line in found.stdout.splitlines()] == [
        ["signature", "holds"],
        ["image", "holds"],
        ["age", "holds"],
    ]


def test_only_what_is_asked_for_is_checked(folder: Folder) -> None:
    found = folder.verify("--json")
    assert json.loads(found.stdout)["checks"].keys() == {"signature"}


@pytest.mark.parametrize("failing", ["signature", "image", "age"])
def test_what_fails_is_named(folder: Folder, failing: str) -> None:
    if failing == "signature":
        folder.answer.write_bytes(folder.answer.read_bytes().replace(b"bona fide", b"attack"))
    elif failing == "image":
        folder.image.write_bytes(b"another")
    else:
        folder.sign(timedelta(minutes=6))
    found = folder.verify(str(folder.image), "--max-age", "5m", "--json")
    told = json.loads(found.stdout)
    assert (found.exit_code, told["holds"]) == (1, False)
    assert [name for name, check in told["checks"].items() if not check["holds"]] == [failing]
    assert f"{failing:<9}  FAILS" in folder.verify(str(folder.image), "--max-age", "5m").stdout


def test_the_servers_own_key_file_will_do(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "signing.json"
    make_key_file(path, folder.key)
    assert run("verify", str(folder.answer)).stderr == f"bonaface: {NO_KEYS}\n"
    monkeypatch.setenv(f"{ENV_PREFIX}SIGNING__KEY_FILE", str(path))
    assert run("verify", str(folder.answer)).exit_code == 0


def test_an_answer_may_come_from_standard_input(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(folder.answer.read_bytes())))
    assert run("verify", "-", "--keys", str(folder.keys)).exit_code == 0


def test_what_cannot_be_checked_is_another_exit_status(folder: Folder) -> None:
    missing = folder.verify("none.png")
    assert (missing.exit_code, "none.png cannot be read" in missing.stderr) == (2, True)
    folder.answer.write_bytes(b"text")
    assert folder.verify().exit_code == 2
    folder.keys.write_bytes(b'{"keys":[]}')
    assert ".well-known/jwks.json" in folder.verify().stderr
