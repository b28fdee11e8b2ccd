"""The states of the ledger in docs/usage.md are those of the code."""

import re

from bonaface.usage.ledger_state import TRANSITIONS, State
from conftest import ROOT

PAGE = (ROOT / "docs" / "usage.md").read_text("utf-8")


def test_every_transition_is_drawn_and_no_other() -> None:
    arrows = re.findall(r"^    (\w+) --> (\w+): (.+)$", PAGE, re.MULTILINE)
    drawn = {(event, one, other) for one, other, events in arrows for event in events.split(", ")}
    assert drawn == {
        (event.name.lower(), one.value, other.value)
        for event, leads in TRANSITIONS.items()
        for one, other in leads.items()
    }


def test_every_state_and_event_is_told() -> None:
    assert all(f"| {state.value} | " in PAGE for state in State)
    assert all(f"*{event.name.lower()}*" in PAGE for event in TRANSITIONS)
