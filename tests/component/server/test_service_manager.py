"""What systemd is told: once, by a datagram, and nothing where nobody asks."""

import socket
from contextlib import closing
from pathlib import Path

import pytest

from bonaface.server.service_manager import READY, VARIABLE, tell_ready


@pytest.mark.parametrize("is_abstract", [True, False])
def test_the_manager_that_asks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_abstract: bool
) -> None:
    place = f"@{tmp_path}" if is_abstract else str(tmp_path / "notify")
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as manager:
        manager.bind(place.replace("@", "\0"))
        manager.setblocking(False)
        monkeypatch.setenv(VARIABLE, place)
        tell_ready()
        assert manager.recv(100) == READY


@pytest.mark.parametrize("place", ["", "/none/notify"])
def test_a_manager_that_is_not_there_is_no_fault(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setenv(VARIABLE, place)
    tell_ready()
