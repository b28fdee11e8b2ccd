"""deploy/: the Dockerfile and the compose file as text, and their command under the same restrictions."""

import json
import math
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml
from deploy.sbom import OUT

from bonaface.settings import ServerSettings
from conftest import ROOT, need_service
from support.http.tour import Tour, sent
from support.machine import cgroups
from support.machine import container as containers
from support.machine.container import USER, Container
from support.servers.home import Home
from support.servers.process import COMMAND
from support.servers.served import serving

DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
JOINED = re.sub(r"\\\n\s*", " ", DOCKERFILE)
STEPS = [line.split(" ", 1) for line in JOINED.splitlines() if re.match(r"[A-Z]+ ", line)]
LOOPBACK = "127.0.0.1"
TEMPORARY = "/tmp"  # noqa: S108 - of the container
JOINED_STEPS = "\n".join(map(" ".join, STEPS))
FINAL = STEPS[max(index for index, step in enumerate(STEPS) if step[0] == "FROM") :]


def _of(keyword: str, steps: list[list[str]] = FINAL) -> list[str]:
    return [value for name, value in steps if name == keyword]


# As text


def test_it_runs_as_a_user_by_number_who_is_not_root() -> None:
    assert _of("USER") == [f"{USER}:{USER}"]
    assert [name for name, _ in FINAL].index("USER") > [name for name, _ in FINAL].index("RUN")


def test_the_entry_is_the_program_itself() -> None:
    """No shell: signals reach the server, and nothing in a variable is run."""
    (entry,), (command,) = _of("ENTRYPOINT"), _of("CMD")
    assert [*json.loads(entry), *json.loads(command)] == ["bonaface", "serve"]
    assert _of("STOPSIGNAL") == ["SIGTERM"]
    (health,) = _of("HEALTHCHECK")
    assert json.loads(health[health.index("[") :])[:2] == ["python", "-c"]


def test_nothing_is_fetched_by_address_and_no_secret_is_in_it() -> None:
    assert not _of("ADD", STEPS)
    assert not re.search(r"SECRET|PASSWORD|TOKEN|api_key|--mount=type=secret", JOINED_STEPS, re.IGNORECASE)
    assert not re.search(r"https?://(?!127\.0\.0\.1)|\bcurl\b|\bwget\b|apt-get|:latest", JOINED_STEPS)


def test_packages_are_locked_and_models_are_verified_when_it_is_built() -> None:
    runs = _of("RUN", STEPS)
    assert any("--require-hashes --only-binary=:all: -r requirements/container.txt" in run for run in runs)
    assert any("bonaface models pull" in run for run in runs)


def test_only_what_it_is_built_from_is_sent_to_the_engine() -> None:
    lines = (ROOT / ".dockerignore").read_text("ascii").splitlines()
    rules = [line for line in lines if not line.startswith("#")]
    assert rules[0] == "*"
    copied = {word for step in _of("COPY", STEPS) if "--from" not in step for word in step.split()[:-1]}
    allowed = {rule[1:] for rule in rules if rule.startswith("!")}
    assert allowed == copied - {"var/sbom/*.json"} | {OUT.as_posix()}
    assert all((ROOT / path).exists() for path in allowed - {OUT.as_posix()})


def test_the_image_tells_what_it_was_made_of() -> None:
    """Version, commit, time and base as labels, and where in it the bill of materials lies."""
    (labels,) = _of("LABEL")
    told = dict(re.findall(r'(\S+)="([^"]*)"', labels))
    for name in ("version", "revision", "created"):
        assert told[f"org.opencontainers.image.{name}"] == f"${{{name.upper()}}}"
        assert f"{name.upper()}=unknown" in _of("ARG")
    assert told["org.opencontainers.image.base.name"] == "${PYTHON}"
    (target,) = [step.split()[-1] for step in _of("COPY") if "var/sbom/*.json" in step]
    assert told["bonaface.sbom"] == f"{target}{OUT.name}"


def test_no_installer_is_left_in_the_image() -> None:
    assert any("uninstall --quiet --yes setuptools pip" in run for run in _of("RUN", STEPS))
    assert any("site-packages/pip*" in run for run in _of("RUN"))


def test_it_writes_to_its_data_folder_alone() -> None:
    (settings,) = _of("ENV")
    assert "BONAFACE_STORAGE__DIRECTORY=/data" in settings
    assert _of("VOLUME") == _of("WORKDIR") == ["/data"]


@pytest.fixture(scope="module")
def service() -> Any:  # noqa: ANN401 - any YAML value
    return yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))["services"]["bonaface"]


def test_compose_takes_every_right_away(service: Any) -> None:  # noqa: ANN401
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == [f"{TEMPORARY}:size=64m,mode=1777,noexec,nosuid,nodev"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices", "user"} & service.keys()
    assert service["volumes"] == ["data:/data"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_compose_waits_for_replies_in_flight(service: Any) -> None:  # noqa: ANN401
    assert int(service["stop_grace_period"].removesuffix("s")) > ServerSettings().shutdown_grace


def test_compose_limits_processor_memory_and_processes_on_any_machine(service: Any) -> None:  # noqa: ANN401
    assert service["cpu_quota"] == 2 * service["cpu_period"]
    assert service["mem_limit"] == "2g"
    assert service["pids_limit"] == 256
    assert "cpus" not in service  # an engine refuses more than the machine has; of a quota it takes any


@pytest.fixture(scope="module")
def largest() -> dict[str, bytes]:
    """Small files that take most memory: the pixel limit with 16 bits and with transparency."""
    deep = np.zeros((3125, 8000, 4), np.uint16)
    light = np.zeros((6000, 8000, 4), np.uint8)
    deep[..., 3] = light[..., 3] = 127
    return {
        "deep": cv2.imencode(".png", deep)[1].tobytes(),
        "light": cv2.imencode(".png", light)[1].tobytes(),
    }


@pytest.mark.parametrize("kind", ["deep", "light"])
def test_the_memory_of_compose_holds_the_workers_of_its_quota(
    service: Any,  # noqa: ANN401
    kind: str,
    largest: dict[str, bytes],
    tmp_path: Path,
    models_directory: Path,
) -> None:
    """In three quarters of it: the rest is for images that wait. A larger machine has no more workers."""
    cgroups.need("memory", "pids")
    workers = math.ceil(service["cpu_quota"] / service["cpu_period"])
    memory = int(service["mem_limit"].removesuffix("g")) * 1024**3 * 3 // 4
    with (
        cgroups.limited(memory=memory, processes=service["pids_limit"]) as groups,
        serving(
            tmp_path,
            models_directory,
            command=cgroups.inside(groups, *COMMAND),
            serving={"workers": workers, "deadline": 100},
        ) as served,
        ThreadPoolExecutor(workers) as pool,
    ):
        answers = list(pool.map(served.ask, [largest[kind]] * workers * 2))
        assert [(answer.status, answer.code) for answer in answers] == [(200, 0)] * workers * 2
        assert not served.events("worker.lost")  # what the kernel ends for want of memory


# The command under the same restrictions


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """bonaface installed as the Dockerfile does, into a folder of its own."""
    folder = tmp_path_factory.mktemp("package")
    (line,) = [run for run in _of("RUN", STEPS) if "--no-index" in run]
    words = line.split()[1:]
    assert words[:3] == ["-m", "pip", "install"]
    target = ["--target", str(folder), "--quiet", "--disable-pip-version-check"]
    subprocess.run([sys.executable, *words, *target], cwd=ROOT, check=True, timeout=120)
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def box(package: Path, models_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Container:
    need_service(containers.why_not())
    return containers.container(tmp_path_factory.mktemp("box"), models_directory, package)


@pytest.fixture(scope="module")
def home(box: Container, tmp_path_factory: pytest.TempPathFactory) -> Home:
    (settings,) = _of("ENV")
    extra = dict(word.split("=", 1) for word in settings.split() if "=" in word)
    del extra["PATH"]  # of the image's own Python
    extra |= {
        "BONAFACE_MODELS__DIRECTORY": "/models",
        "PYTHONPATH": "/package",
        "TMPDIR": TEMPORARY,
        "XDG_CACHE_HOME": f"{TEMPORARY}/cache",
        "XDG_DATA_HOME": f"{TEMPORARY}/share",
    }
    return Home(tmp_path_factory.mktemp("home"), Path("/models"), box.run, extra)


def test_the_server_works_with_no_right_but_to_its_data(home: Home, box: Container, portrait: bytes) -> None:
    tour = Tour(*home.keys(), home.token(), portrait)
    with home.served() as server:
        status = dict(
            line.split(":", 1)
            for line in Path(f"/proc/{server.process.pid}/status").read_text("ascii").splitlines()
        )
        for request in tour.successes():
            assert sent((LOOPBACK, server.address[1]), request).status == 200, request.name
        answer = sent((LOOPBACK, server.address[1]), tour.file("portrait", portrait))
        assert answer.json["data"]["faceDetailCount"] == 1
    assert server.process.returncode in (0, -signal.SIGTERM)
    assert status["Uid"].split() == [str(USER)] * 4
    assert {
        name: int(status[name], 16) for name in status if re.fullmatch("Cap(Inh|Prm|Eff|Bnd|Amb)", name)
    } == {
        "CapInh": 0,
        "CapPrm": 0,
        "CapEff": 0,
        "CapBnd": 0,
        "CapAmb": 0,
    }
    assert status["NoNewPrivs"].strip() == "1"
    database = box.data / "bonaface.db"
    assert database.stat().st_uid == USER
    assert database.stat().st_mode & 0o077 == 0
    assert "faces" in home.command("usage", "show", "--by", "day", "--json")


WRITE = """
import json, os, sys
def attempt(path):
    try:
        with open(os.path.join(path, "probe"), "w") as file:
            file.write("x")
    except OSError as error:
        return error.errno
    return 0
print(json.dumps({path: attempt(path) for path in sys.argv[1:]}))
"""


def test_nothing_else_can_be_written(home: Home) -> None:
    """Proves the restrictions, not the server."""
    places = ["/", "/models", "/etc", "/usr", "/dev", "/package", sys.prefix, "/data", TEMPORARY]
    done = home.python("-c", WRITE, *places)
    found = json.loads(done.stdout)
    assert {place for place, number in found.items() if number == 0} == {"/data", TEMPORARY}


def test_a_command_that_needs_a_right_has_none(home: Home) -> None:
    done = home.python("-c", "import os; os.setuid(0)")
    assert "PermissionError" in done.stderr


def test_the_health_check_tells_a_server_that_is_ready(home: Home) -> None:
    (health,) = _of("HEALTHCHECK")
    code = json.loads(health[health.index("[") :])[2]
    with home.served() as server:
        here = code.replace("127.0.0.1:8000", f"127.0.0.1:{server.address[1]}")
        assert home.python("-c", here).returncode == 0
    assert home.python("-c", here).returncode != 0
