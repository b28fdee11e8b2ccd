"""Clients that upload and vanish, in every way and by the hundred: nothing of them stays behind."""

import random
import socket
import struct
from concurrent.futures import ThreadPoolExecutor

from bonaface.settings import ServingSettings
from support.servers.served import Served
from support.waiting import wait_until

CLIENTS = 300
AT_ONCE = 12
SECONDS = 60


def vanish(served: Served, request: bytes, how: int) -> None:
    """One of: amid the head, amid the body, after the body, half-closed after it; each by FIN or by RST."""
    ends = (20, len(request) // 2, len(request), len(request))[how % 4]
    with socket.create_connection(served.address, timeout=SECONDS) as connection:
        connection.sendall(request[:ends])
        if how % 4 == 3:
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
        elif how % 8 >= 4:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_clients_that_vanish_leave_nothing_behind(served: Served, portrait: bytes) -> None:
    request, before = served.request(portrait), served.counted()
    ways = [random.Random(5).randrange(8) for _ in range(CLIENTS)]
    assert served.ask(portrait).code == 0
    files, threads = served.files, served.threads
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda how: vanish(served, request, how), ways))
    wait_until(lambda: served.files <= files)
    assert served.threads <= threads + AT_ONCE  # those that requests borrow; they are used again
    counted = served.counted() - before
    assert set(counted) <= {"faces", "refused_overload"}
    assert 1 <= counted.total() <= 1 + sum(how % 4 >= 2 for how in ways)  # whose reply was on its way
    wait_until(lambda: serves_as_many_as_it_should(served, portrait))
    assert not [line for line in served.log() if line["level"] == "error"]


def serves_as_many_as_it_should(served: Served, image: bytes) -> bool:
    """Whether every permit is back: some are held until a worker comes by."""
    places = ServingSettings().workers + ServingSettings().queue
    with ThreadPoolExecutor(places) as pool:
        answers = list(pool.map(served.ask, [image] * places))
    return [answer.code for answer in answers] == [0] * places
