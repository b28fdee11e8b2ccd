"""What many tests share: the installed models, real settings, and the labelled images."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import hypothesis
import pytest

from bonaface import Analyzer, Settings, load_settings
from bonaface.errors import ModelMissingError
from bonaface.imaging.decode import decode
from bonaface.imaging.types import RgbImage
from bonaface.models.catalog import load_catalog
from bonaface.models.pull import pull
from bonaface.models.store import ModelStore
from bonaface.setting_sources import ENV_PREFIX
from bonaface.settings import ImageLimits, ModelSettings, ServingSettings, StorageSettings
from bonaface.storage import postgresql
from bonaface.storage.database import Database
from support.storage import postgres
from support.storage.postgres import PostgresServer
from support.storage.reused import MigratedDatabases

pytest_plugins = ["support.alone", "support.collection", "support.order"]

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
MODELS = load_settings().models.directory

# A busy machine is slow now and then: a test that hangs is ended by its time limit, not by its examples'.
hypothesis.settings.register_profile("bonaface", deadline=None)
hypothesis.settings.load_profile("bonaface")


@pytest.fixture(scope="session")
def models_directory() -> Path:
    """The folder of installed models, made where there is none: those of the package need none."""
    MODELS.mkdir(parents=True, exist_ok=True)
    return MODELS


@pytest.fixture(scope="session")
def centerface(models_directory: Path) -> Path:
    """The weights that are no part of the package, installed by the first test that asks for them."""
    entry = load_catalog().detector("centerface")
    try:
        pull(ModelStore(models_directory), entry)
    except ModelMissingError as error:
        need_service(str(error))
    return models_directory / entry.file.name


@pytest.fixture(scope="session")
def model_settings(models_directory: Path) -> ModelSettings:
    """The models that a set-up without settings of its own uses."""
    return ModelSettings(directory=models_directory)


@pytest.fixture
def settings(model_settings: ModelSettings, tmp_path: Path) -> Settings:
    """Settings as they come, but with a database of the test's own."""
    return Settings(
        models=model_settings,
        storage=StorageSettings(directory=tmp_path / "data"),
        serving=ServingSettings(workers=2),
    )


def pytest_configure() -> None:
    """Signals that whoever started the tests ignores, as nohup does, would be ignored by what they start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def analyzer(model_settings: ModelSettings) -> Analyzer:
    """The real pipeline with the shipped weights, warmed."""
    analyzer = Analyzer(Settings(models=model_settings), lanes=2)
    analyzer.warm_up()
    return analyzer


@pytest.fixture(scope="session")
def portrait() -> bytes:
    """The public-domain portrait of examples/: 512 x 512, one bona fide face."""
    return (ROOT / "examples" / "astronaut.png").read_bytes()


@pytest.fixture(scope="session")
def portrait_pixels(portrait: bytes) -> RgbImage:
    """The portrait decoded: 512 x 512 x 3, uint8, RGB."""
    return decode(portrait, ImageLimits())


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled images and reference weights that lies beside the checkout."""
    if not SHARED.is_dir():
        reason = "needs the labelled images and reference weights in ../shared"
        if os.environ.get("REQUIRE_SHARED"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return SHARED


def need_service(why_not: str | None) -> None:
    """Skip with the reason where a service is missing; fail where REQUIRE_SERVICES says that none may be."""
    if why_not is not None and os.environ.get("REQUIRE_SERVICES"):
        pytest.fail(why_not, pytrace=False)
    if why_not is not None:
        pytest.skip(why_not)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, started by the first test that asks for it."""
    need_service(postgres.why_not())
    with postgres.running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a SQLite database with every table and no row, to be copied."""
    folder = tmp_path_factory.mktemp("migrated") / "store"
    with Database(StorageSettings(directory=folder)) as database:
        database.migrate()
    return folder


@pytest.fixture(scope="session")
def migrated_databases(postgres_server: PostgresServer) -> Iterator[MigratedDatabases]:
    """PostgreSQL databases with every table and no row."""
    url = postgres_server.create()
    with Database(StorageSettings(url=url)) as database:
        database.migrate()
    with closing(MigratedDatabases(postgres_server, url)) as databases:
        yield databases


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StorageSettings]:
    """Settings of a database that is not migrated yet; a test that takes it runs on both engines."""
    if request.param == "sqlite":
        yield StorageSettings(directory=tmp_path / "store")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create()
    with patient():
        yield StorageSettings(directory=tmp_path / "store", url=url)
    server.drop(url)


@contextmanager
def patient() -> Iterator[None]:
    """The product waits long for PostgreSQL: that the machine is busy must not look like an outage."""
    from bonaface.storage.query_deadline import LONGEST, QueryDeadline

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QueryDeadline, "left", LONGEST)
        patch.setattr(postgresql, "POOL_TIMEOUT", LONGEST)
        patch.setattr(postgresql, "CONNECT_SECONDS", int(LONGEST))
        yield


@contextmanager
def migrated_storage(request: pytest.FixtureRequest, folder: Path) -> Iterator[StorageSettings]:
    """Settings of a migrated database without rows, on the engine that is the parameter of a fixture."""
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("migrated_folder"), folder)
        yield StorageSettings(directory=folder)
        return
    databases: MigratedDatabases = request.getfixturevalue("migrated_databases")
    with databases.one() as url, patient():
        yield StorageSettings(directory=folder, url=url)


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StorageSettings]:
    """Settings of a migrated database without rows; a test that takes it runs on both engines."""
    with migrated_storage(request, tmp_path / "store") as settings:
        yield settings


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_storage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StorageSettings]:
    """The same for a server that the tests of a file share."""
    with migrated_storage(request, tmp_path_factory.mktemp("module") / "store") as settings:
        yield settings


@pytest.fixture
def database(storage: StorageSettings) -> Iterator[Database]:
    """A migrated database, on both engines."""
    with Database(storage) as database:
        yield database


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the developer's own leaks into a test."""
    for name in list(os.environ):
        if name.startswith(ENV_PREFIX):
            monkeypatch.delenv(name)
