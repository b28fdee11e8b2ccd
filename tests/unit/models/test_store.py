import os
import stat
from importlib.resources import files
from pathlib import Path

import pytest

from bonaface.errors import ModelCorruptError, ModelError, ModelMissingError
from bonaface.models.catalog import load_catalog
from bonaface.models.store import FileState, ModelStore
from support.models.catalog import CONTENT, entry, model_file, pair

FILE = model_file()
ENTRY = entry()


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def test_installs_reads_and_knows_it(store: ModelStore) -> None:
    assert store.state(ENTRY, FILE) is FileState.MISSING
    path = store.install(FILE, CONTENT)
    assert path == store.directory / "tiny.onnx"
    assert store.read(ENTRY, FILE) == CONTENT
    assert store.state(ENTRY, FILE) is FileState.VERIFIED
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_missing_file_says_what_to_do(store: ModelStore) -> None:
    with pytest.raises(ModelMissingError, match="run `bonaface models pull tiny`"):
        store.read(ENTRY, FILE)


def test_a_folder_that_is_a_file_holds_nothing(store: ModelStore) -> None:
    store.directory.write_bytes(b"")
    assert store.state(ENTRY, FILE) is FileState.MISSING


@pytest.mark.parametrize("position", [0, len(CONTENT) // 2, len(CONTENT) - 1])
def test_one_changed_bit_is_refused(store: ModelStore, position: int) -> None:
    path = store.install(FILE, CONTENT)
    changed = bytearray(CONTENT)
    changed[position] ^= 1
    path.write_bytes(changed)
    with pytest.raises(ModelCorruptError, match=r"tiny\.onnx is not the file"):
        store.read(ENTRY, FILE)
    assert store.state(ENTRY, FILE) is FileState.CORRUPT


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], CONTENT + b"\0"])
def test_a_shorter_or_longer_file_is_refused(store: ModelStore, content: bytes) -> None:
    store.install(FILE, CONTENT).write_bytes(content)
    with pytest.raises(ModelCorruptError):
        store.read(ENTRY, FILE)


def test_the_right_hash_of_the_wrong_size_is_refused(store: ModelStore) -> None:
    with pytest.raises(ModelCorruptError):
        store.install(FILE.model_copy(update={"size": FILE.size + 1}), CONTENT)


def test_what_is_no_file_cannot_be_read(store: ModelStore) -> None:
    (store.directory / "tiny.onnx").mkdir(parents=True)
    with pytest.raises(ModelError, match=r"tiny\.onnx cannot be read"):
        store.read(ENTRY, FILE)
    assert store.state(ENTRY, FILE) is FileState.CORRUPT


def test_wrong_bytes_are_never_written(store: ModelStore) -> None:
    with pytest.raises(ModelCorruptError):
        store.install(FILE, b"other")
    assert not store.directory.exists()


def test_installing_again_replaces_a_corrupt_file(store: ModelStore) -> None:
    store.install(FILE, CONTENT).write_bytes(b"corrupt")
    store.install(FILE, CONTENT)
    assert store.read(ENTRY, FILE) == CONTENT


def test_a_write_that_fails_leaves_nothing_behind(store: ModelStore) -> None:
    (store.directory / "tiny.onnx" / "in the way").mkdir(parents=True)
    with pytest.raises(ModelError, match="cannot be written to the models folder"):
        store.install(FILE, CONTENT)
    assert [path.name for path in store.directory.iterdir()] == ["tiny.onnx"]


def test_a_full_disk_keeps_the_old_file(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    path = store.install(FILE, CONTENT)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ModelError, match="No space left on device"):
        store.install(model_file(content=b"newer"), b"newer")
    assert path.read_bytes() == CONTENT
    assert list(store.directory.iterdir()) == [path]


def test_a_folder_that_cannot_be_made(store: ModelStore) -> None:
    store.directory.write_bytes(b"")
    with pytest.raises(ModelError, match="cannot be written"):
        store.install(FILE, CONTENT)


def test_a_model_is_installed_when_all_its_files_are(store: ModelStore) -> None:
    model = pair()
    assert not store.is_installed(model)
    store.install(model.all_files[0], b"one.onnx")
    assert not store.is_installed(model)
    store.install(model.all_files[1], b"two.onnx")
    assert store.is_installed(model)


def test_shipped_files_are_read_from_the_package(store: ModelStore) -> None:
    """The catalog's own text stands for a weights file: any file of the package will do."""
    content = (files("bonaface.models") / "catalog.toml").read_bytes()
    shipped = entry('kind = "shipped"', model_file("../catalog.toml", content))
    assert store.read(shipped, shipped.file) == content
    assert not store.directory.exists()


def test_every_shipped_model_of_the_catalog_is_whole(store: ModelStore) -> None:
    for shipped in load_catalog().entries:
        if shipped.shipped:
            assert store.is_installed(shipped)
