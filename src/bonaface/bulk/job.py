"""What decides the rows of a bulk job: kept beside them, and held against at each resumption."""

from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bonaface.atomic_file import write_atomically
from bonaface.bulk.columns import Format
from bonaface.bulk.inputs import identity_of
from bonaface.errors import InvalidParameterError
from bonaface.models.calibration_file import load_calibration
from bonaface.models.catalog import Calibration, load_catalog
from bonaface.settings import FaceSettings, ImageLimits, Settings
from bonaface.types import Preset

OTHERS = "{folder} holds a job whose {name} is {kept}, not {wanted}; give the same, or another --out."


class Model(BaseModel):
    """A model, by its name, version and the SHA-256 of its files."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: str
    sha256: tuple[str, ...]


class Request(BaseModel):
    """What was asked for. shard: items of a shard; part: i/n; frames: what names a capture, or nothing."""

    model_config = ConfigDict(frozen=True)

    input: str
    format: Format = Format.PARQUET
    preset: Preset
    frames: str | None = None
    limit: int | None = None
    part: str = "1/1"
    shard: int = 1000


class Job(BaseModel):
    """The request, and what judges: the same job gives the same rows."""

    model_config = ConfigDict(frozen=True)

    version: str
    request: Request
    engine: str
    detector: Model
    pad: Model
    policy: str
    policy_version: str
    calibration: Calibration
    images: ImageLimits
    faces: FaceSettings

    @property
    def constants(self) -> dict[str, Any]:
        """What each row tells of it."""
        preset = self.request.preset
        return {
            "preset": preset.value,
            "threshold": self.calibration.thresholds[preset],
            "detector": self.detector.name,
            "detector_sha256": " ".join(self.detector.sha256),
            "pad": self.pad.name,
            "pad_sha256": " ".join(self.pad.sha256),
            "policy": self.policy,
            "policy_version": self.policy_version,
        }


def make_job(settings: Settings, request: Request) -> Job:
    """The job of a request under these settings. Raises what reading a calibration or the catalog raises."""
    models, catalog = settings.models, load_catalog()
    pad, detector = catalog.pad(models.pad), catalog.detector(models.detector)
    calibration = load_calibration(models.presets) if models.presets else pad.calibration
    return Job(
        version=version("bonaface"),
        request=request.model_copy(update={"input": identity_of(request.input)}),
        engine=_engine(models.runtime),
        detector=Model(**_facts(detector.identity)),
        pad=Model(**_facts(pad.identity)),
        policy=calibration.policy.name,
        policy_version=calibration.policy.version,
        calibration=calibration,
        images=settings.images,
        faces=settings.faces,
    )


def hold_against(job: Job, file: Path) -> None:
    """Keep the job in the file, or hold it against the one that is there.

    Raises InvalidParameterError that names what is different.
    """
    if not file.exists():
        write_atomically(file, job.model_dump_json(indent=2).encode())
        return
    kept, wanted = _flat(read_job(file).model_dump(mode="json")), _flat(job.model_dump(mode="json"))
    for name in sorted(kept.keys() | wanted.keys()):
        if kept.get(name) != wanted.get(name):
            raise InvalidParameterError(
                OTHERS.format(folder=file.parent, name=name, kept=kept.get(name), wanted=wanted.get(name))
            )


def read_job(file: Path) -> Job:
    """Raises InvalidParameterError where it is none."""
    try:
        return Job.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise InvalidParameterError(f"{file} is not the job of `bonaface bulk` of this version.") from error


def _facts(identity: Any) -> dict[str, Any]:  # noqa: ANN401 - a ModelIdentity
    return {"name": identity.name, "version": identity.version, "sha256": identity.sha256}


def _engine(wanted: str) -> str:
    if wanted != "auto":
        return wanted
    return "openvino" if find_spec("openvino") else "onnxruntime"


def _flat(values: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Names with points between the levels; those of the request without its name, as options are called."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        whole = f"{before}{name}"
        inner = "" if whole == "request" else f"{whole}."
        flat |= _flat(value, inner) if isinstance(value, Mapping) else {whole: value}
    return flat
