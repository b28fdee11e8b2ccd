"""Two servers on one database: what one changes holds on the other."""

import time
from collections.abc import Iterator

import pytest

from bonaface import Analyzer
from bonaface.accounts.application import Quota
from bonaface.accounts.audit import Actor
from bonaface.accounts.credential_cache import TIME_TO_LIVE
from bonaface.settings import StorageSettings
from support.servers.thread import RunningServer, running, settings_in

ACTOR = Actor("cli:tester", "local")
WRONG_KEYS, INVALID, QUOTA = -41005, -40000, -40070


@pytest.fixture
def replicas(analyzer: Analyzer, storage: StorageSettings) -> Iterator[tuple[RunningServer, RunningServer]]:
    settings = settings_in(storage.directory, storage=storage.model_dump(), limits={"store": "database"})
    with running(analyzer, settings) as first, running(analyzer, settings) as second:
        yield first, second


def ask(server: RunningServer, app_key: str, secret: str) -> int:
    """The result code that an empty request gets: -40000 once its keys are right."""
    with server.client() as client:
        answer = client.post(
            f"/v1.0/appkeys/{app_key}/spoofing", headers={"Authorization": secret}, json={}
        ).json()
    code: int = answer["header"]["resultCode"]
    return code


def test_a_disabled_key_stops_working_on_every_replica(
    replicas: tuple[RunningServer, RunningServer],
) -> None:
    first, second = replicas
    keys = first.app_key, first.secret
    assert [ask(server, *keys) for server in replicas] == [INVALID, INVALID]
    first.services.applications.disable_application(first.app_key, actor=ACTOR)
    time.sleep(TIME_TO_LIVE)  # what the cache may keep, and not a moment more
    assert [ask(server, *keys) for server in replicas] == [WRONG_KEYS, WRONG_KEYS]
    second.services.applications.enable_application(first.app_key, actor=ACTOR)
    assert [ask(server, *keys) for server in replicas] == [INVALID, INVALID]


def test_a_rate_and_the_count_of_the_month_are_shared(
    replicas: tuple[RunningServer, RunningServer],
) -> None:
    first, _ = replicas
    made, _, secret = first.services.applications.create_application(
        "shared", quota=Quota(rate=1, burst=20), actor=ACTOR
    )
    codes = [ask(server, made.app_key, secret) for server in replicas * 11]
    assert sorted(codes) == [QUOTA] * 2 + [INVALID] * 20
    for server in replicas:
        assert server.services.usage.used_this_month(made.id) == 20
