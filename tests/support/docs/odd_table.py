"""The table of odd files in docs/imaging.md, as it is printed."""

import re
from pathlib import Path

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "imaging.md").read_text("utf-8")
_LINES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.split("\n## Odd files\n")[1].split("\n## ")[0].splitlines()
    if re.match(r"\|[^-]", line)
]
COLUMNS = _LINES[0][1:]
TABLE = {name: words for name, *words in _LINES[1:]}
"""Words by file: one for each of COLUMNS."""
