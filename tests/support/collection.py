"""Tests are collected without the garbage collector, and what is collected is left out of its later rounds.

Items, modules and their syntax trees stay to the end: each of its rounds would look at all of them again,
which was a third of the time that collecting takes.
"""

import gc
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
