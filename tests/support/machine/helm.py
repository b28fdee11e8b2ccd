"""The chart rendered: by `helm` where it is installed, else by Helm's own library from PyPI."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).resolve().parents[3] / "deploy" / "helm"
RELEASE, NAMESPACE = "liveness", "faces"
NO_MANIFEST = "NOTES.txt"

Values = Mapping[str, Any]


class ChartError(Exception):
    """Helm refuses the values, or a template."""


def objects(values: Values, release: str = RELEASE) -> list[Any]:
    """All manifests, in the order of their kinds and names: the same whoever renders. Raises ChartError."""
    text = _by_command(values, release) if shutil.which("helm") else _by_library(values, release)
    return sorted(filter(None, yaml.safe_load_all(text)), key=lambda each: (each["kind"], _name(each)))


def written(manifests: Iterable[Any]) -> str:
    """As text, one document after the other."""
    return str(yaml.safe_dump_all(manifests, sort_keys=False, width=1000))


def findings() -> list[str]:
    """What `helm lint --strict` has to say of warnings and errors."""
    if shutil.which("helm"):
        done = subprocess.run(
            ["helm", "lint", "--strict", str(CHART)], capture_output=True, text=True, check=False
        )
        return [] if done.returncode == 0 else [done.stdout]
    import helm_python

    report = helm_python.lint(CHART, strict=True)
    return [*report["errors"], *(each["error"] for each in report["messages"] if each["severity"] > 1)]


def _by_command(values: Values, release: str) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(json.dumps(values))
        file.flush()
        command = ["helm", "template", release, str(CHART), "--namespace", NAMESPACE, "--values", file.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ChartError(done.stderr)
    return done.stdout


def _by_library(values: Values, release: str) -> str:
    import helm_python

    try:
        with helm_python.Chart.load(CHART) as chart:
            chart.validate_schema(dict(values))
            found = chart.render(dict(values), name=release, namespace=NAMESPACE)
    except helm_python.HelmError as error:
        raise ChartError(str(error)) from error
    return "\n---\n".join(text for name, text in sorted(found.items()) if not name.endswith(NO_MANIFEST))


def _name(manifest: Any) -> str:  # noqa: ANN401 - any YAML value
    return str(manifest["metadata"]["name"])
