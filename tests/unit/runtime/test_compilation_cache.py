"""What is kept counts only where nobody could have written it who could not change the program."""

import grp
import logging
import os
import pwd
import sys
from pathlib import Path

import pytest

from bonaface.errors import ModelError
from bonaface.runtime import compilation_cache as module
from bonaface.runtime.compilation_cache import FOLDER, CompilationCache, compilation_cache

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kept on Linux alone")

NETWORKS = {"a" * 64: b"network", "b" * 64: bytes(1000)}


@pytest.fixture
def cache(tmp_path: Path) -> CompilationCache:
    return CompilationCache(tmp_path / FOLDER / "openvino-0-0.networks", os.getuid())


def test_gives_back_what_was_written(cache: CompilationCache) -> None:
    assert cache.read() == {}
    for networks in (NETWORKS, {"c" * 64: b"another"}):
        cache.write(networks)
        assert cache.read() == networks


def test_a_file_that_others_may_write_does_not_count(
    cache: CompilationCache, caplog: pytest.LogCaptureFixture
) -> None:
    cache.write(NETWORKS)
    cache.path.chmod(0o646)
    with caplog.at_level(logging.WARNING):
        assert cache.read() == {}
    assert f"others than the program's owner may write {cache.path}" in caplog.text


def test_nor_one_in_a_folder_that_others_may_write(cache: CompilationCache) -> None:
    cache.write(NETWORKS)
    cache.path.parent.parent.chmod(0o777)
    assert cache.read() == {}


@pytest.mark.parametrize(
    ("group", "members", "counts"), [("me", [], True), ("me", ["you"], False), ("staff", [], False)]
)
def test_a_group_of_others_may_not_write_either(
    cache: CompilationCache, monkeypatch: pytest.MonkeyPatch, group: str, members: list[str], counts: bool
) -> None:
    """But the owner's own group may: where the umask is 002 all files of a user are like that."""
    cache.write(NETWORKS)
    cache.path.chmod(0o664)
    mine = cache.path.stat().st_gid
    monkeypatch.setattr(pwd, "getpwuid", lambda _: pwd.struct_passwd(("me", "", 1, mine, "", "", "")))
    monkeypatch.setattr(grp, "getgrgid", lambda _: grp.struct_group((group, "", mine, members)))
    assert bool(cache.read()) is counts


def test_nor_one_of_another_user(tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root gives files away")
    cache = CompilationCache(tmp_path / "file.networks", owner=0)
    cache.write(NETWORKS)
    os.chown(cache.path, 12345, -1)
    assert cache.read() == {}


def test_nor_a_link(cache: CompilationCache) -> None:
    cache.write(NETWORKS)
    elsewhere = cache.path.with_suffix(".elsewhere")
    cache.path.rename(elsewhere)
    cache.path.symlink_to(elsewhere)
    assert cache.read() == {}


@pytest.mark.parametrize("position", [0, 60, -1000, -1])
def test_a_damaged_file_does_not_count(cache: CompilationCache, position: int) -> None:
    cache.write(NETWORKS)
    data = bytearray(cache.path.read_bytes())
    cache.path.write_bytes(data[: len(data) // 2])
    assert cache.read() == {}
    data[position] ^= 255
    cache.path.write_bytes(data)
    assert cache.read() in ({}, NETWORKS)


def test_what_would_not_count_is_not_written_in_silence(cache: CompilationCache) -> None:
    cache.path.parent.mkdir()
    cache.path.parent.chmod(0o777)
    with pytest.raises(ModelError, match="compiled networks cannot be kept: others"):
        cache.write(NETWORKS)


def test_nor_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_bytes(b"")
    with pytest.raises(ModelError, match="compiled networks cannot be kept"):
        CompilationCache(tmp_path / FOLDER / "file.networks", os.getuid()).write(NETWORKS)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A version of the engine, and the system's file about processors."""
    processors = tmp_path / "cpuinfo"
    processors.write_text("model name\t: X\nflags\t\t: avx2\ncpu MHz\t\t: 1\n\nprocessor: 1\n")
    monkeypatch.setattr(module, "version", lambda _: "2026.1")
    monkeypatch.setattr(module, "PROCESSORS", processors)
    return processors


def _name(tmp_path: Path, *weights: str) -> str:
    cache = compilation_cache(tmp_path, weights)
    assert cache is not None
    assert cache.path.parent == tmp_path / FOLDER
    return cache.path.name


def test_processor_engine_limits_and_weights_have_a_file_each(
    engine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [_name(tmp_path, "w"), _name(tmp_path, "v")]
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2")
    names.append(_name(tmp_path, "w"))
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA")
    monkeypatch.setattr(module, "version", lambda _: "2026.2")
    names.append(_name(tmp_path, "w"))
    engine.write_text(engine.read_text().replace("avx2", "avx512f"))
    names.append(_name(tmp_path, "w"))
    assert len(set(names)) == len(names)


def test_the_clock_of_the_processor_and_other_processors_do_not_matter(engine: Path, tmp_path: Path) -> None:
    before = _name(tmp_path, "w")
    engine.write_text(engine.read_text().replace("MHz\t\t: 1", "MHz\t\t: 2") + "\nprocessor: 2\n")
    assert _name(tmp_path, "w") == before


@pytest.mark.usefixtures("engine")
def test_files_of_other_versions_of_the_engine_go(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    for name in ("openvino-2025.1-x.networks", "openvino-2026.1-x.networks", "other"):
        (folder / name).touch()
    cache = compilation_cache(tmp_path, ["w"])
    assert cache is not None
    cache.write(NETWORKS)
    assert {path.name for path in folder.iterdir()} == {
        *("openvino-2026.1-x.networks", "other"),
        cache.path.name,
    }


def test_nothing_is_kept_where_processors_are_not_told(engine: Path, tmp_path: Path) -> None:
    engine.unlink()
    assert compilation_cache(tmp_path, ["w"]) is None
