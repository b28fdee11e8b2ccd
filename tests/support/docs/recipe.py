"""Follows the steps of a recipe of CONTRIBUTING.md in a copy of the repository, as its sentences say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = re.compile(r"New file `(?P<file>[^`]+)`")
END = re.compile(r"[Aa]t the end of `(?P<file>[^`]+)`")
WHERE = r"(?P<where>after|before|in place of) the line with `(?P<line>[^`]+)`"
LINE = re.compile(r"[Ii]n `(?P<file>[^`]+)`, " + WHERE)
AGAIN = re.compile(r"and " + WHERE)
"""One more line of the file that was named last."""
CODE = re.compile(r"(?P<words>(?:(?!^ *```)[^\0])*?)^(?P<indent> *)```\w*\n(?P<code>.*?)^ *```$", re.M | re.S)
RUN = re.compile(r"^\d+\. Run `(?P<command>make \w+)`", re.M)


@dataclass(frozen=True)
class Edit:
    """Text that goes into a file: at the line that holds `line`, at the end where there is none."""

    file: str
    where: str
    line: str
    text: str

    def make(self, root: Path) -> None:
        """Change the file below `root`; what is to be found there must be there exactly once."""
        path = root / self.file
        if self.where == "new":
            assert not path.exists(), self
            path.write_text(self.text, "utf-8")
            return
        old = path.read_text("utf-8")
        path.write_text(self._changed(old), "utf-8")

    def _changed(self, old: str) -> str:
        if self.where == "end":
            gap = "\n\n" if self.file.endswith(".py") else "\n"
            return f"{old}{gap}{self.text}"
        (found,) = [line for line in old.splitlines(keepends=True) if self.line in line]
        gap = "\n\n" if self.where == "before" else ""
        new = {"after": found + self.text, "before": self.text + gap + found}.get(self.where, self.text)
        return old.replace(found, new)


def section(page: str, title: str) -> str:
    """What stands under a heading of the second level."""
    (found,) = re.findall(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", page, re.M | re.S)
    return str(found)


def edits(text: str, values: Mapping[str, str]) -> list[Edit]:
    """Every block of code with the sentence before it; `values` replace words in capitals."""
    found: list[Edit] = []
    for block in CODE.finditer(text):
        code = "".join(line.removeprefix(block["indent"]) for line in block["code"].splitlines(True))
        for name, value in values.items():
            code = code.replace(name, value)
        found.append(_edit(" ".join(block["words"].split()), code, found))
    return found


def commands(text: str) -> list[str]:
    """What is to be run, in order."""
    return [each["command"] for each in RUN.finditer(text)]


def _edit(words: str, code: str, before: list[Edit]) -> Edit:
    """By the last sentence that names a place."""
    places = [match for kind in (FILE, END, LINE, AGAIN) for match in kind.finditer(words)]
    place = max(places, key=lambda match: match.end())
    if place.re is FILE:
        return Edit(place["file"], "new", "", code)
    if place.re is END:
        return Edit(place["file"], "end", "", code)
    file = place["file"] if place.re is LINE else before[-1].file
    return Edit(file, place["where"], place["line"], code)
