"""A unit test opens no socket and no database, and starts no process: one that does fails."""

import os
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from typing import Any

import pytest

WAYS_OUT: tuple[tuple[Any, str], ...] = (
    (socket.socket, "bind"),
    (socket.socket, "connect"),
    (sqlite3, "connect"),
    (sqlite3.dbapi2, "connect"),
    (subprocess.Popen, "__init__"),
    (os, "posix_spawn"),
)
"""Where a way out is looked up. No audit hook: it could not be taken away again, and a thread that starts
while one runs cannot be traced by coverage."""


def _refusing(name: str, original: Callable[..., object]) -> Callable[..., object]:
    """Fails in the main thread. Others are let pass: an earlier test's may still look for its collector."""

    def refused(*arguments: object, **named: object) -> object:
        if threading.current_thread() is threading.main_thread():
            pytest.fail(f"{name}: this belongs in tests/component or tests/system")
        return original(*arguments, **named)

    return refused


@pytest.fixture(autouse=True)
def _no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name in WAYS_OUT:
        monkeypatch.setattr(owner, name, _refusing(name, getattr(owner, name)))
