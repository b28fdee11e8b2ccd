"""Processes that work side by side."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def processes(count: int) -> ProcessPoolExecutor:
    """`count` processes that start afresh: one that is forked after a network ran here waits for ever."""
    return ProcessPoolExecutor(count, get_context("spawn"))
