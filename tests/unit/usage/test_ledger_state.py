"""Where replies go, and what changes it."""

from itertools import product

import pytest

from bonaface.usage.ledger_state import TRANSITIONS, Event, State, following

DIRECT, SPILLING, DRAINING, FINISHING = State
TABLE = {
    #                 direct    spilling  draining  finishing
    Event.LATE: (SPILLING, SPILLING, SPILLING, SPILLING),
    Event.FAILED: (DIRECT, SPILLING, SPILLING, SPILLING),
    Event.SPILLED: (SPILLING, SPILLING, DRAINING, FINISHING),
    Event.ANSWERED: (DIRECT, DRAINING, DRAINING, FINISHING),
    Event.LAST: (DIRECT, SPILLING, FINISHING, FINISHING),
    Event.EMPTIED: (DIRECT, DIRECT, DIRECT, DIRECT),
}


@pytest.mark.parametrize(("event", "state"), list(product(Event, State)))
def test_every_event_leads_somewhere_from_every_state(event: Event, state: State) -> None:
    assert following(state, event) is TABLE[event][list(State).index(state)]


def test_no_transition_leads_to_where_it_began() -> None:
    """What is not named changes nothing, so that a named one is one that somebody has to be woken for."""
    assert set(TRANSITIONS) == set(Event)
    assert not [event for event, leads in TRANSITIONS.items() for one, other in leads.items() if one is other]


def test_replies_go_to_the_database_again_only_when_the_journal_is_empty() -> None:
    leading = {event for event, leads in TRANSITIONS.items() if DIRECT in leads.values()}
    assert leading == {Event.EMPTIED}


def test_nothing_waits_for_a_database_that_did_not_answer_last() -> None:
    """`finishing` is reached from `draining` alone, and that by an answer alone."""
    to_finishing = {
        one for leads in TRANSITIONS.values() for one, other in leads.items() if other is FINISHING
    }
    to_draining = {event for event, leads in TRANSITIONS.items() if DRAINING in leads.values()}
    assert (to_finishing, to_draining) == ({DRAINING}, {Event.ANSWERED})


def test_replies_go_to_the_journal_in_two_states() -> None:
    assert [state for state in State if state.spills] == [SPILLING, DRAINING]
