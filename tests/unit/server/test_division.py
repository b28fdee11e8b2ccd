"""What each of several server processes gets of the settings of all."""

import pytest

from bonaface.errors import ConfigurationError
from bonaface.server.division import divided
from bonaface.settings import (
    FetchSettings,
    LimitSettings,
    MetricsSettings,
    ServerSettings,
    ServingSettings,
    Settings,
    StorageSettings,
)


def settings(workers: int, processes: int, **sections: object) -> Settings:
    return Settings.model_validate(
        {
            "serving": ServingSettings(workers=workers, queue=5),
            "server": ServerSettings(processes=processes, max_connections=2000, max_requests=129),
            **sections,
        }
    )


def test_every_worker_falls_to_one_of_them() -> None:
    assert [one.serving.workers for one in divided(settings(8, 3))] == [3, 3, 2]
    assert [one.serving.workers for one in divided(settings(2, 2))] == [1, 1]


def test_bounds_are_divided_and_none_becomes_nothing() -> None:
    given = settings(
        8,
        4,
        fetch=FetchSettings(max_downloads=128, max_lookups=3),
        storage=StorageSettings(journal_bytes=1001),
        metrics=MetricsSettings(port=9464),
    )
    for one in divided(given):
        assert (one.serving.queue, one.server.max_requests, one.server.max_connections) == (2, 33, 500)
        assert (one.fetch.max_downloads, one.fetch.max_lookups) == (32, 1)
        assert one.storage.journal_bytes == 251
        assert one.metrics.port is None
        assert one.server.processes == 1
        assert one.images == given.images


def test_what_was_nothing_stays_nothing() -> None:
    (one, _) = divided(settings(2, 2, storage=StorageSettings(journal_bytes=0)))
    assert one.storage.journal_bytes == 0


@pytest.mark.parametrize(
    ("store", "counted_in"),
    [("memory", "database"), ("database", "database"), ("redis://cache/0", "redis://cache/0")],
)
def test_rates_are_counted_where_all_of_them_see(store: str, counted_in: str) -> None:
    assert {one.limits.store for one in divided(settings(2, 2, limits=LimitSettings(store=store)))} == {
        counted_in
    }


def test_more_processes_than_workers_are_refused_in_a_sentence() -> None:
    with pytest.raises(ConfigurationError, match=r"processes is 3 and serving\.workers is 2.*choose 2"):
        divided(settings(2, 3))
