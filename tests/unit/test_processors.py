"""The CPU quota of made-up cgroups of both versions; a real one is in tests/component."""

import math
import os
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonaface import processors
from bonaface.processors import affinity, cpu_quota, usable_processors

MOUNT = "33 28 0:30 {root} {point} rw,nosuid shared:9 - {kind} cgroup rw,{options}"
CORES = len(os.sched_getaffinity(0))


class Machine:
    """/proc of a process and the mounts of its cgroups, as files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.process = folder / "proc"
        self.process.mkdir(parents=True)
        self.point = folder / "mount"
        self.point.mkdir()

    def second(self, place: str, root: str = "/") -> "Machine":
        """A mount of version 2 that shows `root`, with the process in `place`."""
        return self._mounted("cgroup2", "nsdelegate", f"0::{place}", root)

    def first(self, place: str, root: str = "/", controllers: str = "cpu,cpuacct") -> "Machine":
        """One of version 1."""
        return self._mounted("cgroup", controllers, f"4:{controllers}:{place}", root)

    def _mounted(self, kind: str, options: str, line: str, root: str) -> "Machine":
        point = str(self.point).replace("\\", r"\134").replace(" ", r"\040")
        mount = MOUNT.format(root=root, point=point, kind=kind, options=options)
        (self.process / "mountinfo").write_text(f"1 0 0:1 / / rw - ext4 /dev/a rw\n{mount}\n")
        (self.process / "cgroup").write_text(f"12:pids:/elsewhere\n{line}\n")
        return self

    def allow(self, folder: str, text: str) -> "Machine":
        """Version 2: `text` is the quota of a cgroup."""
        self._write(folder, "cpu.max", text)
        return self

    def allow_first(self, folder: str, quota: str, period: str = "100000") -> "Machine":
        """Version 1."""
        self._write(folder, "cpu.cfs_quota_us", quota)
        self._write(folder, "cpu.cfs_period_us", period)
        return self

    def _write(self, folder: str, name: str, text: str) -> None:
        (self.point / folder).mkdir(parents=True, exist_ok=True)
        (self.point / folder / name).write_text(f"{text}\n")

    @property
    def quota(self) -> Fraction | None:
        return cpu_quota(self.process)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "a machine")  # with a blank, which mountinfo escapes


@pytest.mark.parametrize(("quota", "wanted"), [("0.5", 1), ("1", 1), ("1.01", 2), ("2", 2), ("64", 4)])
def test_a_quota_is_rounded_up_and_never_over_the_cores(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, quota: str, wanted: int
) -> None:
    machine.second("/").allow("", f"{round(float(quota) * 100_000)} 100000")
    found = machine.quota
    monkeypatch.setattr(processors, "cpu_quota", lambda: found)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)))
    assert usable_processors() == wanted


def test_without_a_quota_there_are_the_cores_of_the_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processors, "cpu_quota", lambda: None)
    assert usable_processors() == affinity() == CORES
    monkeypatch.delattr(os, "sched_getaffinity")
    assert usable_processors() == affinity() == 1


def test_the_smallest_quota_up_to_the_root_of_the_mount_counts(machine: Machine) -> None:
    machine.second("/kubepods/pod/container")
    machine.allow("kubepods/pod/container", "max 100000").allow("kubepods/pod", "150000 100000")
    machine.allow("kubepods", "900000 100000").allow("kubepods/another", "1000 100000")
    assert machine.quota == Fraction(3, 2)


def test_version_1(machine: Machine) -> None:
    machine.first("/docker/abc").allow_first("docker/abc", "25000", "50000").allow_first("", "-1")
    assert machine.quota == Fraction(1, 2)


def test_a_container_that_is_shown_the_names_of_its_host(machine: Machine) -> None:
    machine.first("/docker/abc/inner", root="/docker/abc").allow_first("", "150000")
    assert machine.allow_first("inner", "-1").quota == Fraction(3, 2)
    assert machine.first("/garden/abc", root="/other").quota == Fraction(3, 2)


def test_a_mount_from_above_the_namespace_of_the_process(machine: Machine) -> None:
    assert machine.second("/", root="/../..").allow("", "200000 100000").quota == 2


def test_a_process_out_of_sight_has_no_quota(machine: Machine) -> None:
    (machine.point.parent / "other").mkdir()
    (machine.point.parent / "other" / "cpu.max").write_text("1000 100000\n")
    assert machine.second("/../other").allow("", "1000 100000").quota is None


def test_a_hierarchy_without_the_processor_says_nothing(machine: Machine) -> None:
    assert machine.first("/", controllers="cpuacct").allow_first("", "1000").quota is None


def test_nothing_there_is_no_limit(tmp_path: Path) -> None:
    assert cpu_quota(tmp_path / "none") is None


@pytest.mark.parametrize(
    "text",
    ["", "max", "max 100000", "100000", "0 100000", "100000 0", "-1 100000", "1 2 3", "x y", "9" * 5000],
)
def test_a_quota_that_is_none(machine: Machine, text: str) -> None:
    assert machine.second("/").allow("", text).quota is None


quotas = st.one_of(
    st.just("max 100000"),
    st.tuples(st.integers(1000, 10**12), st.integers(1000, 10**6)).map("{0[0]} {0[1]}".format),
)
names = st.lists(st.from_regex(r"\A[a-z][a-z0-9.:@ _-]{0,8}\Z"), max_size=6)


@given(names, st.data())
def test_any_path_with_any_quotas(
    tmp_path_factory: pytest.TempPathFactory, path: list[str], data: st.DataObject
) -> None:
    machine = Machine(tmp_path_factory.mktemp("machine") / "a").second("/" + "/".join(path))
    folders = ["/".join(path[:depth]) for depth in range(len(path) + 1)]
    given_ = {folder: data.draw(quotas) for folder in folders}
    for folder, text in given_.items():
        machine.allow(folder, text)
    limits = [Fraction(*map(int, text.split())) for text in given_.values() if not text.startswith("max")]
    assert machine.quota == min(limits, default=None)


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=40))
def test_whatever_the_files_hold(
    tmp_path_factory: pytest.TempPathFactory, mounts: bytes, places: bytes, quota: bytes
) -> None:
    machine = Machine(tmp_path_factory.mktemp("machine") / "a").second("/")
    for file, content in (("mountinfo", mounts), ("cgroup", places)):
        with (machine.process / file).open("ab") as lines:
            lines.write(content)
    (machine.point / "cpu.max").write_bytes(quota)
    assert machine.quota is None or math.ceil(machine.quota) > 0
