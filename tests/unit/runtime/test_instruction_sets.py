import os
from pathlib import Path

import pytest

from bonaface.runtime.instruction_sets import ALL_BUT_AMX, VARIABLES, amx_left_alone, has_amx

WITH_AMX = "processor\t: 0\nflags\t\t: fpu avx512_vnni amx_bf16 amx_tile amx_int8\n"
WITHOUT = "processor\t: 0\nflags\t\t: fpu avx512_vnni\nbugs\t\t: amx_tile\n"


@pytest.fixture
def processors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the kernel tells of a processor with AMX; the environment says nothing of instructions."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    told = tmp_path / "cpuinfo"
    told.write_text(WITH_AMX, "ascii")
    return told


def _chosen() -> list[str | None]:
    return [os.environ.get(name) for name in VARIABLES]


def test_amx_is_told_by_the_flags_alone(processors: Path) -> None:
    assert has_amx(processors)
    processors.write_text(WITHOUT, "ascii")
    assert not has_amx(processors)
    assert not has_amx(processors.with_name("nothing"))


def test_it_is_left_alone_inside_the_block_also_where_it_fails(processors: Path) -> None:
    def failing() -> None:
        with amx_left_alone(processors):
            assert _chosen() == [ALL_BUT_AMX, None]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert _chosen() == [None, None]


def test_blocks_inside_each_other_leave_nothing(processors: Path) -> None:
    with amx_left_alone(processors):
        with amx_left_alone(processors):
            pass
        assert _chosen() == [ALL_BUT_AMX, None]
    assert _chosen() == [None, None]


def test_without_amx_nothing_is_chosen(processors: Path) -> None:
    processors.write_text(WITHOUT, "ascii")
    with amx_left_alone(processors):
        assert _chosen() == [None, None]


@pytest.mark.parametrize("name", VARIABLES)
def test_a_choice_of_the_users_stays(processors: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "ALL")
    with amx_left_alone(processors):
        assert [each for each in _chosen() if each] == ["ALL"]
    assert os.environ[name] == "ALL"
