"""Replicas on one PostgreSQL behind nginx, which the tests of this folder share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bonaface.settings import StorageSettings
from conftest import need_service
from support.network import nginx
from support.pictures import images
from support.replicas.balancer import Balancer, balancing
from support.replicas.fleet import Fleet
from support.storage.postgres import PostgresServer


@pytest.fixture(scope="session")
def small() -> bytes:
    """The smallest image that is taken; it has no face."""
    return images.png(80, 80)


@pytest.fixture(scope="session")
def shared_fleet(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory, models_directory: Path
) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("replicas")
    storage = StorageSettings(directory=folder, url=postgres_server.create())
    server = {"drain_delay": 1}
    limits = {"store": "database"}
    with Fleet(folder, models_directory, storage, server=server, limits=limits) as fleet:
        yield fleet


@pytest.fixture
def fleet(shared_fleet: Fleet) -> Fleet:
    """With two replicas."""
    while len(shared_fleet.replicas) < 2:
        shared_fleet.start()
    return shared_fleet


@pytest.fixture(scope="session")
def shared_front(shared_fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Balancer]:
    need_service(nginx.why_not())
    first = shared_fleet.start()
    with balancing(tmp_path_factory.mktemp("front") / "nginx", first.address[1]) as front:
        yield front


@pytest.fixture
def front(shared_front: Balancer, fleet: Fleet) -> Balancer:
    """nginx before all replicas."""
    shared_front.send_to(*fleet.ports)
    return shared_front
