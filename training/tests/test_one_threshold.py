"""Heads learn, and the objectives do what they say; figures are those of the scores."""

import numpy as np
import pytest
import torch
from training.networks import STARTS
from training.one_threshold import Known, figures, head

SOURCES = 4
EACH = 50


def features() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Two numbers an image: its class, blurred and moved by its camera; how far that moves it, blurred."""
    rng = np.random.default_rng(0)
    source = np.repeat(np.arange(SOURCES), 2 * EACH)
    bona_fide = np.tile(np.repeat([True, False], EACH), SOURCES)
    first = bona_fide - 0.5 + rng.normal(0, 0.4, len(source)) + 0.5 * (source - 1.5)
    second = source - 1.5 + rng.normal(0, 0.3, len(source))
    made = np.stack([first, second], axis=1).astype(np.float32)
    return torch.from_numpy(made), torch.from_numpy(bona_fide), torch.from_numpy(source)


def middles(log_odds: torch.Tensor, bona_fide: torch.Tensor, source: torch.Tensor) -> torch.Tensor:
    """By source, between its classes."""
    found = []
    for number in range(SOURCES):
        rows = source == number
        found.append((log_odds[rows & bona_fide].mean() + log_odds[rows & ~bona_fide].mean()) / 2)
    return torch.stack(found)


@pytest.mark.parametrize("objective", ["plain", "aligned", "V-REx", "group DRO"])
def test_every_objective_learns(objective: str) -> None:
    made, bona_fide, source = features()
    weights, bias = head(made, bona_fide, source, objective, 1.0)
    assert ((made @ weights + bias > 0) == bona_fide).float().mean() > 0.8


def test_aligned_sources_have_the_same_middle() -> None:
    made, bona_fide, source = features()
    spread = [
        float(middles(made @ weights + bias, bona_fide, source).std() / weights.norm())
        for weights, bias in (head(made, bona_fide, source, "aligned", one) for one in (1e-3, 10.0))
    ]
    assert spread[1] < spread[0] / 2


def test_figures_of_a_score_that_orders_all_but_one_source_alike() -> None:
    group = np.repeat(["measure", "newer", "older"], 20)
    bona_fide = np.tile(np.repeat([True, False], 10), 3)
    kind = np.where(bona_fide, "", "print")
    values = np.where(bona_fide, 1.0, -1.0)
    values[group == "newer"] += 2  # its attacks lie where bona fide faces of `measure` do
    values[group == "older"] *= -1
    known = Known(group, group, bona_fide, kind, {start.view: np.zeros(60, np.float32) for start in STARTS})
    assert figures(known, values) == {
        "EER measure": 0.0,
        "EER newer": 0.0,
        "EER older": 100.0,
        "ACER measure": 0.0,
        "ACER newer": 50.0,
    }
