"""Blocks of code in the pages, and the commands in them."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
ASSIGNED = re.compile(r"[A-Z][A-Z0-9_]*=")
PROGRAMS = (
    "bonaface",
    "curl",
    "docker",
    "export",
    "make",
    "npm",
    "pip",
    "python",
    "read",
    "runuser",
    "useradd",
)
SHELL = ("", "console", "sh")
"""Languages of blocks that may hold commands."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block, by its page and its number there, from 0."""

    page: str
    number: int
    language: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page}#{self.number}"

    def is_called(self, name: str) -> bool:
        """Whether `name` is its page, or its page, a colon and how it begins."""
        page, _, begins = name.partition(": ")
        return page == self.page and self.text.strip().startswith(begins)

    @property
    def has_commands(self) -> bool:
        """Whether somebody would type what is in it, and not read it alone."""
        return self.language in SHELL and any(map(is_command, self.text.splitlines()[:1]))


@dataclass(frozen=True, slots=True)
class Command:
    """What is typed: variables before it, the program and its arguments; `text` is as it stands."""

    variables: Mapping[str, str]
    words: Sequence[str]
    text: str

    @property
    def program(self) -> str:
        return Path(self.words[0]).name if self.words else ""


def pages() -> list[str]:
    """Every page that may hold code, but for Korean ones, whose blocks are those of the English ones."""
    folders = (".", "docs", "docs/adr", "clients/python", "clients/js", "examples", "training")
    found = [path for folder in folders for path in sorted((ROOT / folder).glob("*.md"))]
    others = ("CONTRIBUTING.md", "CHANGELOG.md")
    names = [path.relative_to(ROOT).as_posix() for path in found]
    return [name for name in names if not name.endswith(".ko.md") and name not in others]


def blocks() -> list[Block]:
    """Those of all pages."""
    return [
        Block(page, number, language, _unindented(text, indent))
        for page in pages()
        for number, (indent, language, text) in enumerate(FENCE.findall((ROOT / page).read_text("utf-8")))
    ]


def is_command(line: str) -> bool:
    """Whether a line is to be typed."""
    typed = line.removeprefix("$ ").lstrip()
    first = typed.split(" ")[0]
    return line.startswith("$ ") or Path(first).name in PROGRAMS or bool(ASSIGNED.match(first))


def commands(block: Block) -> Iterator[Command]:
    """What is typed, one after the other; what a console answered is left out."""
    is_console = any(line.startswith("$ ") for line in block.text.splitlines())
    rest = iter(block.text.splitlines())
    for line in rest:
        if is_console and not line.startswith("$ "):
            continue
        text = line.removeprefix("$ ")
        while _is_unfinished(text):
            text += "\n" + next(rest)
        if text.strip():
            yield _parsed(text)


def _parsed(text: str) -> Command:
    words = shlex.split(text.replace("\\\n", " "), comments=True)
    variables: dict[str, str] = {}
    while words and ASSIGNED.match(words[0]):
        name, _, value = words.pop(0).partition("=")
        variables[name] = value
    return Command(variables, words, text)


def _is_unfinished(text: str) -> bool:
    if text.endswith("\\"):
        return True
    try:
        shlex.split(text, comments=True)
    except ValueError:  # a quote is open
        return True
    return False


def _unindented(text: str, indent: str) -> str:
    return "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))
