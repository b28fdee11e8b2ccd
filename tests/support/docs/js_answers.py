"""The types of clients/js as they follow from the API's document.

    PYTHONPATH=src:tests:. python -m support.docs.js_answers

writes them anew.
"""

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
SNAPSHOT = ROOT / "tests" / "component" / "contract" / "openapi.snapshot.json"
FILE = ROOT / "clients" / "js" / "src" / "answers.js"
ANSWERS = ("SpoofingData", "LivenessAnswer", "CaptureTokenAnswer", "FeedbackAnswer")
REFERENCE = "#/components/schemas/"
HEAD = "/** Answers, as the API's document tells them. Written by `make pages`: a change here is lost. */\n\n"
PLAIN = {"integer": "number", "number": "number", "string": "string", "boolean": "boolean", "null": "null"}

Schemas = dict[str, dict[str, Any]]


def module(schemas: Schemas) -> str:
    """The text of answers.js."""
    return HEAD + "".join(_type(name, schemas[name]) for name in names(schemas)) + "export {};\n"


def names(schemas: Schemas) -> list[str]:
    """The answers, and whatever is inside of them."""
    left, found = list(ANSWERS), set[str]()
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += re.findall(rf'"{REFERENCE}(\w+)"', json.dumps(schemas[name]))
    return sorted(found)


def kind(schema: dict[str, Any]) -> str:
    """A schema as a type of JSDoc."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REFERENCE)
    if "anyOf" in schema:
        return " | ".join(kind(each) for each in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " | ".join(json.dumps(word) for word in schema.get("enum", [schema.get("const")]))
    if schema["type"] == "array":
        inside = kind(schema["items"])
        return f"({inside})[]" if " " in inside else f"{inside}[]"
    return PLAIN[schema["type"]]


def _type(name: str, schema: dict[str, Any]) -> str:
    told = " ".join(schema.get("description", "").split())
    if "properties" not in schema:
        return f"/** @typedef {{{kind(schema)}}} {name} {told} */\n\n"
    required = schema.get("required", [])
    lines = [_member(member, each, member in required) for member, each in schema["properties"].items()]
    return "\n".join(["/**", f" * {told}", f" * @typedef {{object}} {name}", *lines, " */", "", ""])


def _member(name: str, schema: dict[str, Any], is_there: bool) -> str:
    told = " ".join(schema.get("description", "").split())
    called = name if is_there else f"[{name}]"
    return f" * @property {{{kind(schema)}}} {called} {told}".rstrip()


def written() -> str:
    """What the document makes of it now."""
    return module(json.loads(SNAPSHOT.read_text("utf-8"))["components"]["schemas"])


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")
