"""Prometheus itself and its promtool, where they are installed, and what expressions name."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import yaml

from support.network.ports import free_port
from support.servers.lifetime import started

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
RULES = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = DEPLOY / "grafana" / "bonaface.json"
SECONDS = 60

TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
SELECTED = re.compile(r"([a-zA-Z_:][\w:]*)\s*[{\[]")
OURS = re.compile(r"\b(?:bonaface|process)[\w:]*")
MATCHED = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"")
GROUPED = re.compile(r"\b(?:by|on|without|group_left)\s*\(([^)]*)\)")


def why_not(program: str) -> str | None:
    """Why a program cannot be run; None when it can."""
    return None if shutil.which(program) else f"needs {program}; Debian has it in the package prometheus"


def promtool(*arguments: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run promtool on the files of deploy/prometheus."""
    return subprocess.run(
        ["promtool", *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=RULES.parent,
        check=False,
    )


def names_in(expression: str) -> set[str]:
    """The metrics that a PromQL expression names."""
    bare = TEXT.sub('""', GROUPED.sub("", expression))
    return set(SELECTED.findall(bare)) | set(OURS.findall(bare))


def labels_in(expression: str) -> set[str]:
    """The labels that a PromQL expression matches or groups by."""
    grouped = (name.strip() for group in GROUPED.findall(expression) for name in group.split(","))
    return {*MATCHED.findall(expression), *filter(None, grouped)}


def rules() -> list[dict[str, Any]]:
    """Every alert and every recording rule."""
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    """Every panel of the dashboard that asks something."""
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]


def asked_by(panel: dict[str, Any]) -> list[str]:
    """The expressions of a panel, with its variables as Grafana would fill them in."""
    expressions = [target["expr"] for target in panel["targets"]]
    return [each.replace("$__rate_interval", "1m").replace("$instance", ".+") for each in expressions]


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus."""

    url: str

    def ask(self, path: str, **query: str) -> Any:  # noqa: ANN401 - any JSON value
        """The `data` of an answer of its HTTP API."""
        with httpx2.Client(trust_env=False, timeout=SECONDS) as client:
            answer = client.get(f"{self.url}/api/v1/{path}", params=query).json()
        assert answer["status"] == "success", answer
        return answer["data"]

    def query(self, expression: str) -> list[Any]:
        """The series that an expression gives now."""
        found: list[Any] = self.ask("query", query=expression)["result"]
        return found


@contextmanager
def running_prometheus(folder: Path, target: str) -> Iterator[Prometheus]:
    """Prometheus with the example's configuration, pointed at `target` and scraping each second."""
    example = (RULES.parent / "prometheus.yml").read_text()
    config = example.replace("127.0.0.1:9464", target).replace("15s", "1s").replace("alerts.yml", str(RULES))
    (folder / "prometheus.yml").write_text(config)
    address = f"127.0.0.1:{free_port()}"
    command = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
    ]
    with (folder / "log").open("wb") as log, started(command, stdout=log, stderr=log) as process:
        try:
            prometheus = Prometheus(f"http://{address}")
            _wait_for(prometheus, process)
            yield prometheus
        finally:
            process.terminate()


def _wait_for(prometheus: Prometheus, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < ends:
        try:
            with httpx2.Client(trust_env=False, timeout=SECONDS) as client:
                if client.get(f"{prometheus.url}/-/ready").status_code == 200:
                    return
        except httpx2.TransportError:
            pass
        time.sleep(0.05)
    raise TimeoutError("Prometheus did not start")
