"""The presets in force, and how their file is loaded anew."""

from fastapi import APIRouter

from bonaface.accounts.application import as_seen
from bonaface.api.admin import present
from bonaface.api.admin.auth import AdminDep
from bonaface.api.admin.problem import ROOT
from bonaface.api.admin.schemas import PresetsView
from bonaface.api.deps import ServicesDep
from bonaface.errors import ConfigurationError, ConflictError
from bonaface.models.loaded_presets import LoadedPresets, load_presets
from bonaface.settings import ModelSettings

router = APIRouter(prefix=f"{ROOT}/presets")

NO_FILE = (
    "The presets are those of the PAD model, so there is no file to load anew; "
    "name one with models.presets and start the server anew."
)
STAY = "The presets that are in force stay so."
ACTION = "presets.load"
TARGET = "presets"
"""Action and target of audit entries about them."""
MAX_SOURCE = 500


@router.get("", operation_id="readPresets", summary="Read which presets are in force")
def read_presets(_admin: AdminDep, services: ServicesDep) -> PresetsView:
    """Of the server that answers: what it loaded at its start, or anew since then."""
    return present.presets(services.presets.current, services.settings.models.default_preset)


@router.post("/reload", operation_id="reloadPresets", summary="Load the presets file anew")
def reload_presets(admin: AdminDep, services: ServicesDep) -> PresetsView:
    """What is analysed from now on is judged by it, in every process of the server that answers.

    409 where it does not hold: `detail` says why, and the presets in force stay so.
    """
    loaded = _loaded(services.settings.models)
    if loaded != services.presets.current:
        services.audit.note(admin, *presets_entry(loaded))
    services.presets.change(loaded)
    return present.presets(loaded, services.settings.models.default_preset)


def presets_entry(loaded: LoadedPresets) -> tuple[str, str, dict[str, object]]:
    """Action, target and detail of the audit entry that tells them. Of a long path the end is kept."""
    return ACTION, TARGET, loaded.told() | {"source": as_seen(loaded.source)[-MAX_SOURCE:]}


def _loaded(models: ModelSettings) -> LoadedPresets:
    """What is in the file now. Raises ConflictError."""
    if models.presets is None:
        raise ConflictError(NO_FILE)
    try:
        return load_presets(models.presets, models.pad)
    except ConfigurationError as error:
        raise ConflictError(f"{error} {STAY}") from error
