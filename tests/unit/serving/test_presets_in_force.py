"""What decides in a server process, and who is told of a change."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bonaface.models.loaded_presets import LoadedPresets, load_presets
from bonaface.serving.presets_in_force import LOADED, PresetsInForce, open_presets
from bonaface.settings import ModelSettings
from support.models.presets_file import write_presets

FIRST = load_presets(None, "bonaface-pad")


@pytest.fixture
def other(tmp_path: Path) -> LoadedPresets:
    return load_presets(write_presets(tmp_path / "presets.toml"), "bonaface-pad")


def test_a_change_is_told_to_the_parts_and_to_the_other_processes(other: LoadedPresets) -> None:
    followed: list[LoadedPresets] = []
    spread: list[LoadedPresets] = []
    presets = PresetsInForce(FIRST, [followed.append], spread.append)
    with capture_logs() as logs:
        presets.change(other)
    assert presets.current == other
    assert followed == spread == [other]
    assert logs == [{"event": LOADED, "log_level": "info", **other.told()}]


def test_what_another_process_was_given_is_not_sent_back(other: LoadedPresets) -> None:
    spread: list[LoadedPresets] = []
    presets = PresetsInForce(FIRST, spread=spread.append)
    presets.take_up(other)
    assert presets.current == other
    assert spread == []


def test_the_same_once_more_is_told_to_no_part_but_to_processes_that_may_have_missed_it() -> None:
    followed: list[LoadedPresets] = []
    spread: list[LoadedPresets] = []
    with capture_logs() as logs:
        PresetsInForce(FIRST, [followed.append], spread.append).change(FIRST)
    assert not followed
    assert not logs
    assert spread == [FIRST]


def test_a_server_begins_with_what_it_says_in_its_log() -> None:
    with capture_logs() as logs:
        loaded = open_presets(ModelSettings())
    assert loaded == FIRST
    assert [line["event"] for line in logs] == [LOADED]
    assert logs[0]["source"] == "bonaface-pad"
