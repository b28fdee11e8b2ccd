import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from bonaface.errors import ConfigurationError
from bonaface.evidence.key_file import changing, make_key_file, read_key_file, write_key_file
from bonaface.evidence.signing_key import jwk_of
from support.security.answers import key


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "signing.json"


def _refusal(path: Path) -> str:
    with pytest.raises(ConfigurationError) as raised:
        read_key_file(path)
    assert str(path) in str(raised.value)
    return str(raised.value)


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_what_is_made_is_the_owners_and_is_read_back(path: Path) -> None:
    made = key()
    before = os.umask(0)
    try:
        make_key_file(path, made)
    finally:
        os.umask(before)
    assert _mode(path) == 0o600
    assert [each.kid for each in read_key_file(path)] == [made.kid]


def test_a_file_that_is_there_is_not_made_anew(path: Path) -> None:
    make_key_file(path, key())
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="rotate"):
        make_key_file(path, key())
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o440, 0o640])
def test_a_change_keeps_rights_and_order(path: Path, mode: int) -> None:
    keys = [key(), key()]
    make_key_file(path, keys[0])
    path.chmod(mode)
    write_key_file(path, [keys[0].retired, keys[1]])
    found = read_key_file(path)
    assert _mode(path) == mode
    assert [(each.kid, each.private is None) for each in found] == [(keys[0].kid, True), (keys[1].kid, False)]


def test_a_change_keeps_the_link_that_leads_to_it(path: Path, tmp_path: Path) -> None:
    make_key_file(path, key())
    link = tmp_path / "link.json"
    link.symlink_to(path)
    write_key_file(link, [key()])
    assert link.is_symlink()
    assert read_key_file(link)[0].kid == read_key_file(path)[0].kid


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o601, 0o620, 0o644, 0o666])
def test_a_file_that_is_open_to_others_is_refused(path: Path, mode: int) -> None:
    make_key_file(path, key())
    path.chmod(mode)
    assert f"chmod 600 {path}" in _refusal(path)


def test_one_that_is_missing_is_told_with_what_makes_it(path: Path) -> None:
    assert "`bonaface signing make`" in _refusal(path)


def test_a_folder_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700)
    assert "no JWK set" in _refusal(folder)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"keys":[]}',
        b'{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}',
        orjson.dumps({"keys": [jwk_of(key())]}),
        orjson.dumps(jwk_of(key(), private=True)),
        orjson.dumps({"keys": [jwk_of(key(), private=True), {}]}),
        orjson.dumps({"keys": [jwk_of(key(), private=True)] * 2})[:-3],
        b"-----BEGIN PRIVATE KEY-----",
    ],
)
def test_what_is_no_set_of_keys_is_refused_and_not_repeated(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "signing.json"
    path.write_bytes(content)
    path.chmod(0o600)
    told = _refusal(path)
    assert "is no JWK set" in told
    assert "c2VjcmV0" not in told


def test_one_key_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "signing.json"
    path.write_bytes(orjson.dumps({"keys": [jwk_of(key(), private=True)] * 2}))
    path.chmod(0o600)
    assert "is no JWK set" in _refusal(path)


def test_where_it_cannot_be_written_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="cannot be written"):
        make_key_file(tmp_path / "file" / "signing.json", key())
    with pytest.raises(ConfigurationError, match=r"cannot be written \(No such file"):
        write_key_file(tmp_path / "none.json", [key()])


def test_where_its_owner_cannot_be_kept_nothing_changes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: int) -> None:
        raise PermissionError(errno.EPERM, "not yours")

    make_key_file(path, key())
    before = path.read_bytes()
    own = os.fstat
    monkeypatch.setattr(os, "fstat", lambda descriptor: _of_another(own(descriptor)))
    monkeypatch.setattr(os, "fchown", refused)
    with pytest.raises(ConfigurationError, match=r"cannot be written \(Operation not permitted"):
        write_key_file(path, [key()])
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def _of_another(status: os.stat_result) -> os.stat_result:
    """The status of a file as if it were another user's."""
    return os.stat_result([*status[:4], status.st_uid + 1, *status[5:10]])


def test_changes_side_by_side_lose_no_key(path: Path) -> None:
    make_key_file(path, key())

    def add(_: int) -> None:
        with changing(path):
            write_key_file(path, [*read_key_file(path), key()])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))
    assert len(read_key_file(path)) == 25


def test_a_folder_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written"), changing(path):
        pass
