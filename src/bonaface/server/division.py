"""Settings of several server processes that are to be one server together: bounds are divided among them."""

from typing import Any, TypeVar

from bonaface.errors import ConfigurationError
from bonaface.settings import Section, Settings

_S = TypeVar("_S", bound=Section)

TOO_FEW_WORKERS = (
    "server.processes is {processes} and serving.workers is {workers}: each server process needs a worker, "
    "so choose {workers} server processes at most."
)
SHARED_RATES = "database"
"""Where rates are counted instead of the memory of one process."""


def divided(settings: Settings) -> list[Settings]:
    """Settings of each of `server.processes` server processes.

    Workers are shared out; what may be queued, in progress, connected, downloaded, looked up or journaled at
    once is divided, rounded up; rates that would be counted in the memory of one process are counted in the
    database. Raises ConfigurationError where there are fewer workers than processes.
    """
    processes, workers = settings.server.processes, settings.serving.workers
    if processes > workers:
        raise ConfigurationError(TOO_FEW_WORKERS.format(processes=processes, workers=workers))
    share = _divided(settings, processes)
    return [
        share.model_copy(update={"serving": _with(share.serving, workers=_part(workers, processes, number))})
        for number in range(processes)
    ]


def _divided(settings: Settings, processes: int) -> Settings:
    """What is the same for each of them."""

    def part(whole: int) -> int:
        return -(-whole // processes)

    server, fetch, storage, limits = settings.server, settings.fetch, settings.storage, settings.limits
    return settings.model_copy(
        update={
            "serving": _with(settings.serving, queue=part(settings.serving.queue)),
            "server": _with(
                server,
                processes=1,
                max_connections=part(server.max_connections),
                max_requests=part(server.max_requests),
            ),
            "fetch": _with(
                fetch, max_downloads=part(fetch.max_downloads), max_lookups=part(fetch.max_lookups)
            ),
            "storage": _with(storage, journal_bytes=part(storage.journal_bytes)),
            "limits": _with(limits, store=SHARED_RATES if limits.store == "memory" else limits.store),
            "metrics": _with(settings.metrics, port=None),  # the supervisor has it
        }
    )


def _part(whole: int, parts: int, number: int) -> int:
    """Of `whole` things those of one of `parts`: the first ones have one more where it does not come out."""
    return whole // parts + (number < whole % parts)


def _with(section: _S, **changes: Any) -> _S:  # noqa: ANN401 - whatever the section has
    return section.model_copy(update=changes)
