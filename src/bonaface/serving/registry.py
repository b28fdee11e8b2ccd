"""Opens the backend that the settings name."""

from bonaface.serving.backend import Backend
from bonaface.serving.processes.pool import WorkerPool
from bonaface.serving.threads import ThreadBackend
from bonaface.settings import Settings


def open_backend(settings: Settings) -> Backend:
    """Threads, which have loaded their models then; or processes, which begin to.

    Raises OSError when there can be no process, and of threads what `Analyzer` raises.
    """
    if settings.serving.isolation == "processes":
        return WorkerPool(settings)
    from bonaface.analyzer import Analyzer  # else this process needs none of the libraries of images

    return ThreadBackend(Analyzer(settings, lanes=settings.serving.workers))
