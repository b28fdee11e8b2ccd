"""Every block of code in the pages is run, here or by the test that is named, or is told to be no code."""

import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import orjson
import pytest
from anyio.from_thread import start_blocking_portal
from PIL import Image, ImageEnhance

from bonaface import Analyzer
from bonaface.accounts.repository import ApplicationRepository
from bonaface.clock import utc_now
from bonaface.evidence.key_file import make_key_file
from bonaface.evidence.signing_key import make_key
from bonaface.setting_sources import ENV_PREFIX
from conftest import ROOT
from support.docs.blocks import Block, Command, blocks, commands
from support.docs.reader import Reader
from support.network.web import Exchange, serve
from support.observability.logs import discard_logs
from support.servers.nhn import NhnService, nhn_service
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR, database_in

ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {
        "clients/js/README.md": "system/http_clients/test_js_package.py",
        "clients/python/README.md": "system/http_clients/test_python_package.py",
        "docs/clients.md": "system/http_clients/test_clients.py",
        "docs/evidence.md: import json": "unit/docs/test_evidence.py",
        "docs/library.md": "unit/docs/test_library.py",
        "docs/architecture.md: flowchart TD": "unit/docs/test_architecture.py",
        "docs/usage.md: stateDiagram-v2": "unit/docs/test_usage.py",
        "docs/settings.md": "unit/docs/test_settings.py",
        "docs/capture.md: <script": "system/e2e/test_capture.py",
        "docs/container.md: docker build -f": "system/deploy/test_container.py",
        "docs/container.md: docker build --build-arg": "system/deploy/test_container.py",
        "docs/container.md: BONAFACE_DATABASE_PASSWORD": "system/deploy/test_compose_full.py",
        "docs/container.md: docker compose": "system/deploy/test_compose_full.py",
        "docs/kubernetes.md": "system/deploy/test_helm.py",
        "docs/bulk.md: $ pip install 'bonaface[bulk,ray]'": "system/bulk/test_ray.py",
        "docs/capacity.md: [databases]": "component/storage/test_pooler.py",
        "docs/capacity.md: psql": "component/usage/test_partitions.py",
        "docs/queries.md: SELECT": "component/docs/test_queries.py",
        "docs/queries.md: COPY": "component/docs/test_queries.py",
        "docs/serving.md: useradd": "system/deploy/test_systemd.py",
        "docs/serving.md: runuser": "system/deploy/test_systemd.py",
    }
)
"""A page, or one block of it, and the test that runs it, or follows it where root or an engine is needed."""
SYNOPSES = (
    "docs/cli.md: bonaface check IMAGE",
    "docs/keys.md: bonaface keys create --name NAME",
    "docs/usage.md: bonaface usage show [",
)
"""Commands with all that they take: `unit/docs/test_cli.py` holds the first to the code."""
NO_CODE = {
    "README.md: bonaface answers at": "what `make run` prints",
    "README.md: decode": "what a command printed",
    "SECURITY.md: callers ──>": "a picture",
    "docs/architecture.md: HTTP (v1.0, v2, admin)": "a picture",
    "docs/capture.md: your server ──": "a picture",
    "docs/console.md: default-src": "a header",
    "docs/evidence.md: signature  holds": "what a command printed",
    "docs/migration.md: https://": "two addresses",
    "docs/migration.md: answers": "what a command printed",
    "docs/operations.md: postgresql://": "an address",
    "docs/policies.md: 0 ───": "a picture",
    "docs/usage.md: at,app_key": "what a command printed",
}
TUTORIALS = "docs/tutorial-"
PRESETS = """clip = 8.0
slope = 1.0
offset = 0.0
thresholds = { weak = 0.3, balanced = 0.5, strict = 0.7 }
"""
ALL = blocks()
"""Every block of every page."""


def is_run_here(block: Block) -> bool:
    return not any(map(block.is_called, (*ELSEWHERE, *SYNOPSES, *NO_CODE)))


HERE = [block for block in ALL if is_run_here(block)]
TYPED = [block for block in HERE if block.has_commands]
SITTINGS = [
    *([block] for block in TYPED if not block.page.startswith(TUTORIALS)),
    *(
        [block for block in TYPED if block.page == page]
        for page in sorted({block.page for block in TYPED if block.page.startswith(TUTORIALS)})
    ),
]
"""What is typed one after the other: a tutorial from beginning to end, any other block by itself."""
PYTHON = [block for block in HERE if block.language == "python"]
DATA = [block for block in HERE if block.language in ("json", "toml")]


def named(block: Block) -> str:
    return block.name


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> None:
    discard_logs()


@pytest.fixture(scope="module")
def folder(portrait: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the pages suppose: images by the names that they use, and labelled captures."""
    folder = tmp_path_factory.mktemp("reader")
    attack = (ROOT / "examples" / "attack.jpg").read_bytes()
    for name in ("examples/astronaut.png", "selfie.jpg", "image.png", "portrait.jpg", "scans/a.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(portrait)
    (folder / "examples" / "attack.jpg").write_bytes(attack)
    rows = ["path,label,subject"]
    for label, source in (("bona_fide", "astronaut.png"), ("attack", "attack.jpg")):
        for number in range(5):
            path = folder / "captures" / label / f"{number}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            picture = Image.open(folder / "examples" / source).convert("RGB")
            ImageEnhance.Brightness(picture).enhance(0.8 + number / 10).save(path, quality=90)
            rows.append(f"captures/{label}/{number}.jpg,{label},{number}")
    (folder / "captures.csv").write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture(scope="module")
def server(
    analyzer: Analyzer, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """A server that signs, with the policy that pages name."""
    key_file = tmp_path_factory.mktemp("keys") / "signing.json"
    presets = key_file.with_name("presets.toml")
    presets.write_text(PRESETS)
    make_key_file(key_file, make_key(utc_now(), utc_now()))
    settings = settings_in(
        tmp_path_factory.mktemp("server"),
        fetch={"allowed_networks": ["127.0.0.0/8"]},
        signing={"key_file": key_file},
        metrics={"port": 0},
        models={"presets": presets},
    )
    with running(analyzer, settings) as server:
        yield server


@pytest.fixture(scope="module")
def nhn(portrait: bytes) -> Iterator[NhnService]:
    with nhn_service() as service:
        service.says(portrait, ((0.345, 0.115, 0.532, 0.342), False))
        yield service


@pytest.fixture(scope="module")
def image_url(portrait: bytes) -> Iterator[str]:
    async def answer(incoming: Exchange) -> None:
        await incoming.answer(body=portrait)

    with start_blocking_portal() as portal, portal.wrap_async_context_manager(serve(answer)) as host:
        yield str(host.url("/image.png"))


@pytest.fixture(scope="module")
def token(server: RunningServer, folder: Path) -> str:
    """An owner's, also in a file; and the policy is there that pages name."""
    _, text = server.services.admin_tokens.create("reader", actor=ACTOR)
    (folder / "operator.token").write_text(text)
    body = {"rejectBelow": 0.3, "acceptFrom": 0.9}
    with server.client() as client:
        path = "/admin/v1/policies/sign-up"
        client.put(path, json=body, headers={"Authorization": f"Bearer {text}"}).raise_for_status()
    return text


@pytest.fixture(scope="module")
def signature(server: RunningServer, portrait: bytes, token: str) -> str:
    """Of an answer of the server."""
    keys = {"X-App-Key": server.app_key, "Authorization": f"Bearer {server.secret}"}
    with server.client() as client:
        answer = client.post("/v2/liveness", headers=keys, files={"imageFile": portrait})
    return str(answer.raise_for_status().json()["signature"])


def names_replaced(server: RunningServer) -> dict[str, str]:
    """What pages write where the server and its keys are meant, and what they are."""
    return {
        "http://127.0.0.1:8000": server.url,
        "https://liveness.example": server.url,
        "http://127.0.0.1:9464/metrics": str(server.metrics_url),
        "{appKey}": server.app_key,
        "{secretKey}": server.secret,
        "MCo1Dan3UyfuyVk0": server.app_key,
        "We4MjuxGzz39KtQ9SPD7WSViFfj6YpZOvpHib_YLHnM": server.secret,
    }


def environment_of(server: RunningServer, nhn: NhnService, models: Path, storage: Path) -> dict[str, str]:
    """Variables that a reader has set."""
    return {
        f"{ENV_PREFIX}MODELS__DIRECTORY": str(models),
        f"{ENV_PREFIX}STORAGE__DIRECTORY": str(storage),
        f"{ENV_PREFIX}SERVER__PORT": str(server.address[1]),
        f"{ENV_PREFIX}MODELS__RUNTIME": "onnxruntime",  # loads in a fifth of the time
        "NHN_APP_KEY": nhn.app_key,
        "NHN_SECRET_KEY": nhn.secret,
        "NO_PROXY": "127.0.0.1",
    }


@pytest.fixture(scope="module")
def shop(migrated_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A database with one application, to be copied, and its appKey."""
    folder = tmp_path_factory.mktemp("one") / "store"
    shutil.copytree(migrated_folder, folder)
    with database_in(folder) as database:
        made, _, _ = ApplicationRepository(database).create_application("shop", actor=ACTOR)
    return folder, made.app_key


@pytest.fixture
def reader(
    folder: Path,
    shop: tuple[Path, str],
    server: RunningServer,
    nhn: NhnService,
    image_url: str,
    token: str,
    signature: str,
    portrait: bytes,
    models_directory: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Reader:
    """Somebody with folders of their own, and a database where one application is."""
    here, store = tmp_path / "reader", tmp_path / "store"
    shutil.copytree(folder, here)
    monkeypatch.chdir(here)
    shutil.copytree(shop[0], store)
    replaced = {
        **names_replaced(server),
        "$TOKEN": token,
        "eyJ...": signature,
        "https://...": image_url,
        "APPKEY": shop[1],
        "/etc/bonaface/": f"{tmp_path}/",
        "/backup/": f"{tmp_path}/",
        "other-model": "bonaface-pad",
    }
    environment = environment_of(server, nhn, models_directory, store)
    appended = {"compare-nhn": ["--nhn-url", nhn.url, "--rate", "100"]}
    return Reader(here, replaced, environment, appended, portrait)


@pytest.mark.parametrize("sitting", SITTINGS, ids=lambda sitting: named(sitting[0]))
def test_what_is_typed_works(sitting: Sequence[Block], reader: Reader) -> None:
    typed = [command for block in sitting for command in commands(block) if not needs_upstream(command)]
    assert typed
    for command in typed:
        reader.type(command)


def needs_upstream(command: Command) -> bool:
    """Whether it installs weights that nobody may ship."""
    return "minifasnet" in command.words


def test_each_block_is_run_or_told_why_not() -> None:
    assert [block.name for block in HERE if block not in [*TYPED, *PYTHON, *DATA]] == []
    assert len(TYPED) > 25


def test_what_is_named_is_there() -> None:
    for name in (*ELSEWHERE, *SYNOPSES, *NO_CODE):
        assert any(block.is_called(name) for block in ALL), name
    for test in ELSEWHERE.values():
        assert (ROOT / "tests" / test).is_file()


@pytest.mark.parametrize("name", SYNOPSES[1:])
def test_a_synopsis_is_that_of_the_command_line(name: str) -> None:
    (synopsis,), (whole,) = ([block for block in ALL if block.is_called(one)] for one in (name, SYNOPSES[0]))
    assert set(synopsis.text.splitlines()) <= set(whole.text.splitlines())


@pytest.mark.parametrize("block", DATA, ids=named)
def test_data_can_be_parsed(block: Block) -> None:
    if block.language == "toml":
        assert tomllib.loads(block.text)
        return
    text = block.text if block.text[0] in "{[" else "{" + block.text + "}"
    for line in text.splitlines() if block.text.count("\n{") else [text]:
        assert orjson.loads(line)


@pytest.mark.parametrize("block", PYTHON, ids=named)
def test_python_runs(
    block: Block, folder: Path, models_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{ENV_PREFIX}MODELS__DIRECTORY", str(models_directory))
    monkeypatch.chdir(folder)
    exec(block.text, {})  # noqa: S102 - the page's own
