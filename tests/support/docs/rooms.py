"""The picture of the rooms in docs/architecture.md, drawn from what their modules import.

    PYTHONPATH=src:tests python -m support.docs.rooms

writes it anew.
"""

import re
from pathlib import Path

import grimp

PACKAGE = "bonaface"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "architecture.md"
DIAGRAM = re.compile(r"^```mermaid\n.*?^```$", re.MULTILINE | re.DOTALL)

Graph = dict[str, set[str]]


def imports_of_rooms() -> Graph:
    """Which rooms, folders or files right under the package, each room imports."""
    modules = grimp.build_graph(PACKAGE, cache_dir=None)
    rooms = {child.rsplit(".", 1)[1] for child in modules.find_children(PACKAGE)} - {"__main__"}
    found: Graph = {room: set() for room in rooms}
    for module in modules.modules:
        room = _room(module)
        if room in rooms:
            imported = {_room(other) for other in modules.find_modules_directly_imported_by(module)}
            found[room] |= imported & rooms - {room}
    return found


def reduced(graph: Graph) -> Graph:
    """The graph without the edges that lead where a longer way leads too."""
    return {
        room: {one for one in others if not any(one in _reached(graph, other) for other in others - {one})}
        for room, others in graph.items()
    }


def diagram() -> str:
    """The rooms as a Mermaid flow chart, in Markdown."""
    arrows = [
        f"  {room} --> {other}"
        for room, others in sorted(reduced(imports_of_rooms()).items())
        for other in others
    ]
    return "\n".join(["```mermaid", "flowchart TD", *sorted(arrows), "```"])


def write() -> None:
    """Puts it in the place of the one that is there."""
    page = PAGE.read_text("utf-8")
    PAGE.write_text(DIAGRAM.sub(lambda _: diagram(), page, count=1), "utf-8")


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _reached(graph: Graph, start: str) -> set[str]:
    """All that can be reached from `start`, itself only over a circle."""
    reached: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        room = waiting.pop()
        if room not in reached:
            reached.add(room)
            waiting += graph[room]
    return reached


if __name__ == "__main__":
    write()
