"""Opens the backend that the settings name."""

from bonaface.models.catalog import Calibration
from bonaface.serving.backend import Backend
from bonaface.serving.processes.pool import WorkerPool
from bonaface.serving.threads import ThreadBackend
from bonaface.settings import Settings


def open_backend(settings: Settings, calibration: Calibration | None = None) -> Backend:
    """Threads, which have loaded their models then; or processes, which begin to.

    calibration: in place of the one that the settings name.
    Raises OSError when there can be no process, and of threads what `Analyzer` raises.
    """
    if settings.serving.isolation == "processes":
        return WorkerPool(settings, calibration)
    from bonaface.analyzer import Analyzer  # else this process needs none of the libraries of images

    analyzer = Analyzer(settings, lanes=settings.serving.workers, calibration=calibration)
    return ThreadBackend(analyzer)
