"""Writes the software bill of materials (CycloneDX 1.6, JSON): every pinned package and every model file.

    make sbom
    python -m deploy.sbom --out var/sbom/bonaface.cdx.json

The same requirements and models give the same bytes: it holds no time and no random number. Licences are
those that the packages installed here declare; a package for another system has none.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from bonaface.models.catalog import DetectorEntry, ModelFile, PadEntry, WheelSource, load_catalog

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements" / "container.txt"
OUT = Path("var/sbom/bonaface.cdx.json")
PRODUCT = "root-component"
"""What cyclonedx-py calls the project itself."""

Json = dict[str, Any]


def main(out: Annotated[Path, typer.Option(help="file to write")] = OUT) -> None:
    """Write the bill and say where it is."""
    written = orjson.dumps(bill(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    validate(written)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(written + b"\n")
    typer.echo(f"{out}: {len(orjson.loads(written)['components'])} components")


def bill() -> Json:
    """The whole document."""
    made = _generated("requirements", str(REQUIREMENTS), "--pyproject", str(ROOT / "pyproject.toml"))
    licences = _licences()
    packages = [_package(component, licences) for component in made["components"]]
    components = [*packages, *_models()]
    references = sorted(component["bom-ref"] for component in components)
    dependencies = [{"ref": PRODUCT, "dependsOn": references}, *({"ref": each} for each in references)]
    for tool in made["metadata"]["tools"]["components"]:
        tool.pop("externalReferences", None)
    return made | {"components": components, "dependencies": dependencies}


def validate(document: bytes) -> None:
    """Raises ValueError when `document` is not what the CycloneDX schema asks for."""
    # What they import compiles 38 grammars, a second of processor time.
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(document.decode())
    if fault is not None:
        raise ValueError(f"The bill does not hold to the schema: {fault}")


def _generated(*arguments: str) -> Json:
    """What the generator of the CycloneDX project makes of requirements or of an environment."""
    options = ("--output-reproducible", "--no-validate", "--spec-version", "1.6", "--output-file", "-")
    command = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", *arguments, *options]
    made: Json = orjson.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return made


def _licences() -> dict[str, list[Json]]:
    """The licences that installed packages declare, by name."""
    installed = _generated("environment", sys.prefix)["components"]
    return {_plain(each["name"]): each["licenses"] for each in installed if "licenses" in each}


def _package(component: Json, licences: dict[str, list[Json]]) -> Json:
    """A package by its own name instead of its line in the file, with the hashes of its files."""
    (index,) = component["externalReferences"]
    package = {key: component[key] for key in ("type", "name", "version", "purl")}
    package |= {"bom-ref": component["purl"], "hashes": index["hashes"]}
    found = licences.get(_plain(component["name"]))
    return package | {"licenses": found} if found else package


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _models() -> Iterator[Json]:
    """The model files that a set-up without settings of its own has."""
    for entry in load_catalog().entries:
        for file in entry.all_files if entry.shipped or isinstance(entry.source, WheelSource) else ():
            yield _model(entry, file)


def _model(entry: DetectorEntry | PadEntry, file: ModelFile) -> Json:
    source = entry.source
    component: Json = {
        "type": "machine-learning-model",
        "bom-ref": f"model:{file.name}",
        "name": file.name,
        "description": f"{entry.title}. {entry.origin}.",
        "hashes": [_sha256(file.sha256)],
        "licenses": [{"license": {"id": entry.licence}}],
    }
    if not isinstance(source, WheelSource):
        return component
    package = f"pkg:pypi/{source.requirement.replace('==', '@')}"
    wheel = {"type": "distribution", "url": package, "hashes": [_sha256(source.wheel_sha256)]}
    return component | {"purl": f"{package}#{source.member}", "externalReferences": [wheel]}


def _sha256(digest: str) -> Json:
    return {"alg": "SHA-256", "content": digest}


if __name__ == "__main__":
    typer.run(main)
