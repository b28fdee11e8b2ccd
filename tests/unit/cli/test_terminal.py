import io

import pytest
from rich.console import Console

from bonaface.cli import terminal


def test_a_bar_tells_how_many_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=120)
    monkeypatch.setattr(terminal, "messages", lambda: console)
    with terminal.progress("images") as bar:
        task = bar.add_task("judging", total=4)
        bar.advance(task, 1)
        bar.advance(task, 1)
    assert "2/4" in shown.getvalue()
    assert " images/s" in shown.getvalue()
