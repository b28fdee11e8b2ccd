import sys
from pathlib import Path

import pytest

from bonaface.errors import ConfigurationError
from bonaface.evidence.file_signer import FileSigner
from bonaface.evidence.key_file import make_key_file
from bonaface.evidence.signer import NotSigningError, open_signer
from bonaface.settings import SigningSettings
from support.security.answers import answer, key


def test_without_a_key_file_answers_stay_unsigned() -> None:
    signer = open_signer(SigningSettings())
    assert signer.sign(answer()) is None
    assert signer.public_set() == {"keys": []}
    with pytest.raises(NotSigningError):
        signer.signed_payload("a.b.c")


def test_with_one_they_are_signed(tmp_path: Path) -> None:
    make_key_file(tmp_path / "signing.json", key())
    signer = open_signer(SigningSettings(key_file=tmp_path / "signing.json"))
    assert isinstance(signer, FileSigner)
    assert signer.sign(answer()) is not None


def test_without_the_extra_it_is_told_what_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rfc8785", None)
    with pytest.raises(ConfigurationError) as raised:
        open_signer(SigningSettings(key_file=tmp_path / "signing.json"))
    assert str(raised.value) == (
        "signing.key_file needs rfc8785; install it with `pip install 'bonaface[signing]'`."
    )
