"""docs/capacity.md: what was proved held, and the simulation behind its figures agrees with the measured."""

import re
from typing import Any

import orjson
import pytest
from benchmarks.scale import capacity
from benchmarks.scale.page import filled, rows
from benchmarks.scale.simulation import Replicas, Simulation

from conftest import ROOT

PAGE = (ROOT / "docs" / "capacity.md").read_text("utf-8")
PROOF: dict[str, Any] = orjson.loads(capacity.PROOF.read_bytes())
NEAR = 0.1
VERDICT, COMMIT = 0.025, 0.003


def replicas(number: int, commit: float = COMMIT) -> Replicas:
    return Replicas(number, cores=0.15, lanes=1, verdict=VERDICT, commit=commit)


def test_all_that_is_promised_held_when_it_was_last_proved() -> None:
    found = rows(PROOF)
    assert len(found) >= 8
    assert [what for what, _, _, held in found if not held] == []


def test_the_page_has_the_figures_of_that_proof() -> None:
    assert filled(PAGE, PROOF) == (PAGE, True)


def test_a_page_without_a_place_for_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        filled("# Capacity\n", PROOF)


def test_the_simulation_is_near_what_one_two_and_four_replicas_gave() -> None:
    pairs = list(capacity.simulated(PROOF))
    assert [each["replicas"] for each in PROOF["throughput"]] == [1, 2, 4]
    for measured, simulated in pairs:
        assert simulated == pytest.approx(measured, rel=NEAR)


def test_without_anything_shared_replicas_add_up() -> None:
    found = [Simulation(replicas(number, commit=0.0)).closed(4 * number, 50) for number in (1, 3)]
    assert found == pytest.approx([6, 18], rel=0.02)  # 0.15 cores over 25 ms


def test_what_all_replicas_share_lets_through_no_more_than_it_can() -> None:
    seen = Simulation(replicas(20, commit=0.05)).commits(1000, 20)
    assert len(seen.commits) / 20 == pytest.approx(1 / 0.05, rel=0.05)
    assert sum(seen.batches) / 20 == pytest.approx(1000, rel=0.1)
    assert max(seen.commits) <= 20 * 0.05 + 0.001


def test_more_requests_need_more_and_at_some_rate_commits_are_late() -> None:
    steps = [capacity.step(rate, VERDICT, COMMIT) for rate in (10, 1_000, 50_000)]
    assert [each.replicas for each in steps] == [3, 18, 893]
    assert [each.is_late for each in steps] == [False, False, True]
    assert steps[1].connections == 18 * 21
    assert re.search(r"up to 21 connections", (ROOT / "docs" / "operations.md").read_text("utf-8"))


def test_limits_come_in_the_order_of_their_rates_and_each_is_mended_on_the_page() -> None:
    found = capacity.limits(PROOF)
    assert list(found.values()) == sorted(found.values())
    verdict, commit = capacity.costs(PROOF)
    late = round(found["the sums of all callers"])
    assert capacity.step(late, verdict, commit).is_late
    assert not capacity.step(round(late / 1.06), verdict, commit).is_late
    within = capacity.step(int(found["connections"]), verdict, commit)
    assert (
        within.connections
        <= 100
        < capacity.step(int(found["connections"] * 1.1), verdict, commit).connections
    )
    mended = PAGE.partition("what is then done")[2]
    assert [name for name in found if not name.startswith("the same") and f"\n| {name} |" not in mended] == []
