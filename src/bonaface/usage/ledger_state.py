"""Where replies go that are to be counted: the states of a ledger, and what leads from one to another.

| state | replies that come | the database |
|---|---|---|
| direct | go to the database | takes what it is given |
| spilling | go to the journal | failed, or has not answered in time |
| draining | go to the journal | answers, and is given what the journal holds |
| finishing | wait | is given the last of the journal |

Without the last one there might be no end: what comes while the journal is read would always be in it.
"""

from collections.abc import Mapping
from enum import Enum


class State(Enum):
    """Where replies go that come now."""

    DIRECT = "direct"
    SPILLING = "spilling"
    DRAINING = "draining"
    FINISHING = "finishing"

    @property
    def spills(self) -> bool:
        """Whether replies go to the journal."""
        return self in (State.SPILLING, State.DRAINING)


class Event(Enum):
    """What may change that."""

    LATE = "the database has not answered in time"
    FAILED = "the database has not counted what it was given"
    SPILLED = "a batch is in the journal"
    ANSWERED = "the database has counted what it was given"
    LAST = "what the database is given next is the last of the journal"
    EMPTIED = "the journal holds nothing"


TRANSITIONS: Mapping[Event, Mapping[State, State]] = {
    Event.LATE: {
        State.DIRECT: State.SPILLING,
        State.DRAINING: State.SPILLING,
        State.FINISHING: State.SPILLING,
    },
    Event.FAILED: {State.DRAINING: State.SPILLING, State.FINISHING: State.SPILLING},
    Event.SPILLED: {State.DIRECT: State.SPILLING},
    Event.ANSWERED: {State.SPILLING: State.DRAINING},
    Event.LAST: {State.DRAINING: State.FINISHING},
    Event.EMPTIED: {
        State.SPILLING: State.DIRECT,
        State.DRAINING: State.DIRECT,
        State.FINISHING: State.DIRECT,
    },
}
"""Where an event leads from each state; from one that is not named it leads nowhere.

A commit that fails in `direct` changes nothing by itself: its batch has to be in the journal first, or else
it is refused and the next one is tried.
"""


def following(state: State, event: Event) -> State:
    """The state after `event`."""
    return TRANSITIONS[event].get(state, state)
