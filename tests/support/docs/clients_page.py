"""docs/clients.md as data: its table, its snippets, and a recorded request in the words of the table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from support.http.recorder import Sent, part_of, value_of

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "clients.md").read_text("utf-8")
NOTABLE = ("Upgrade", "Expect")
"""Fields of a request's head that change how it is read."""
V2 = "v2"
"""What a snippet for the route of /v2 sends, whatever its kind."""
STANDARD = re.compile("[A-Za-z0-9+/]*=*")


@dataclass(frozen=True, slots=True)
class Row:
    """One client, the cells as they stand in the table."""

    version: str
    file_name: str
    part: str
    body: str
    base64: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """A program of the page."""

    language: str
    text: str


def rows() -> dict[str, Row]:
    """By the client's name."""
    found = re.findall(r"^\| \[([^]]+)\]\(#[^)]*\) \|(.*)\|$", PAGE, re.MULTILINE)
    return {name: Row(*(cell.strip() for cell in cells.split("|")[:5])) for name, cells in found}


def snippets() -> Mapping[tuple[str, str], Snippet]:
    """By the client's name and what it sends, `form` or `json` to v1.0: the first of a section is a form.

    The third is for v2, where there is one: `v2`. Those of clients without a row are left out: of the
    product's own.
    """
    found = {}
    known = rows()
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        if section.partition("\n")[0] not in known:
            continue
        programs = re.findall(r"^```(\w+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
        for kind, program in zip(("form", "json", V2), programs, strict=False):
            found[section.partition("\n")[0], kind] = Snippet(*program)
    return found


def file_name_of(form: Sent) -> str:
    """The parameters of Content-Disposition that name the file."""
    headers, _ = part_of(form, "imageFile")
    parameters = (value_of(headers, "content-disposition") or "").split("; ")
    return " and ".join(f"`{one}`" for one in parameters if one.startswith("filename"))


def part_head_of(form: Sent) -> str:
    """The part's type and the names of its other fields."""
    headers, _ = part_of(form, "imageFile")
    others = [name for name, _ in headers if name.lower() not in ("content-disposition", "content-type")]
    kind = value_of(headers, "content-type")
    return ", ".join([f"`{kind}`" if kind else "none", *(f"`{name}`" for name in others)])


def body_of(sent: Sent) -> str:
    """How the body's end is told, and the other fields that change how a request is read."""
    framing = "length" if sent.value("content-length") else f"{sent.value('transfer-encoding')}"
    said = ((name, sent.value(name)) for name in NOTABLE)
    return ", ".join([framing, *(f"`{name}: {value}`" for name, value in said if value)])


def base64_of(json: Sent) -> str:
    """Alphabet, padding and line breaks of the image in a JSON body."""
    text: str = orjson.loads(json.body)["image"]["bytes"]
    lines = text.splitlines()
    breaks = f"lines of {len(lines[0])}, {_break(text)}" if len(lines) > 1 else "one line"
    alphabet = "standard" if STANDARD.fullmatch("".join(lines)) else "another alphabet"
    return f"{alphabet}, {'padded' if text.rstrip().endswith('=') else 'not padded'}, {breaks}"


def _break(text: str) -> str:
    """Whether one stands behind the last line too."""
    name = "CRLF" if "\r\n" in text else "LF"
    return name if text.endswith("\n") else f"{name} between"
