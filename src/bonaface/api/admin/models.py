"""What runs: models, engine and thresholds."""

from importlib.metadata import version

from fastapi import APIRouter

from bonaface.api.admin import present
from bonaface.api.admin.auth import AdminDep
from bonaface.api.admin.problem import ROOT
from bonaface.api.admin.schemas import ModelsView
from bonaface.api.deps import ServicesDep
from bonaface.models.catalog import load_catalog

router = APIRouter(prefix=f"{ROOT}/models")


@router.get("", operation_id="readModels", summary="Read which models run")
def read_models(_admin: AdminDep, services: ServicesDep) -> ModelsView:
    """As the settings name them; each file was verified by its SHA-256 when the server started."""
    # Here alone: a server whose workers are processes needs none of the libraries of images else.
    from bonaface.runtime.engines import session_factory

    chosen, catalog = services.settings.models, load_catalog()
    pad = catalog.pad(chosen.pad)
    return ModelsView(
        version=version("bonaface"),
        runtime=session_factory(chosen.runtime).engine,
        detector=present.model(catalog.detector(chosen.detector)),
        pad=present.model(pad),
        default_preset=chosen.default_preset,
        thresholds=services.presets.current.thresholds,
    )
