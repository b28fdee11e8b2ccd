from pathlib import Path

import pytest

from bonaface import Settings
from bonaface.bulk.job import Request, hold_against, make_job, read_job
from bonaface.errors import InvalidParameterError
from bonaface.models.catalog import load_catalog
from bonaface.settings import FaceSettings
from bonaface.types import Preset

REQUEST = Request(input="set", preset=Preset.STRICT)


def test_each_row_tells_what_judged_it(settings: Settings) -> None:
    told = make_job(settings, REQUEST).constants
    pad = load_catalog().pad("bonaface-pad")

    assert (told["pad"], told["detector"], told["preset"]) == ("bonaface-pad", "bonaface-face", "strict")
    assert told["pad_sha256"].split() == [file.sha256 for file in pad.all_files]
    assert told["policy_version"] == pad.calibration.policy.version
    assert told["threshold"] == pad.calibration.thresholds[Preset.STRICT]


def test_a_job_is_kept_and_is_the_same_when_it_is_read(settings: Settings, tmp_path: Path) -> None:
    job, file = make_job(settings, REQUEST), tmp_path / "job.json"
    hold_against(job, file)
    hold_against(job, file)
    assert read_job(file) == job


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"preset": Preset.WEAK}, "whose preset is strict, not weak"),
        ({"input": "other"}, "whose input is .*/set, not .*/other"),
        ({"shard": 5}, "whose shard is 1000, not 5"),
        ({"limit": 5}, "whose limit is None, not 5"),
    ],
)
def test_another_request_is_refused_by_what_is_different(
    settings: Settings, tmp_path: Path, change: dict[str, object], told: str
) -> None:
    hold_against(make_job(settings, REQUEST), tmp_path / "job.json")
    with pytest.raises(InvalidParameterError, match=told):
        hold_against(make_job(settings, REQUEST.model_copy(update=change)), tmp_path / "job.json")


def test_another_setting_is_refused_too(settings: Settings, tmp_path: Path) -> None:
    hold_against(make_job(settings, REQUEST), tmp_path / "job.json")
    others = settings.model_copy(update={"faces": FaceSettings(max_faces=3)})
    with pytest.raises(InvalidParameterError, match=r"whose faces\.max_faces is 20, not 3"):
        hold_against(make_job(others, REQUEST), tmp_path / "job.json")


def test_what_is_no_job_is_told(tmp_path: Path) -> None:
    file = tmp_path / "job.json"
    file.write_text("{}", "utf-8")
    with pytest.raises(InvalidParameterError, match=r"job\.json is not the job of"):
        read_job(file)
