"""Replicas are replaced one after the other under load: nobody notices."""

import signal

from support.load.clients import Clients
from support.replicas.balancer import Balancer
from support.replicas.fleet import Fleet
from support.waiting import wait_until


def test_a_rolling_restart_fails_no_request(fleet: Fleet, front: Balancer, small: bytes) -> None:
    """As a cluster does: a new one is ready, then the old one is told to stop; the balancer leaves it out."""
    one = fleet.behind(front.address)
    before = one.counted()
    with Clients(one, small, 6, keeping=False) as clients:
        for old in list(fleet.replicas):
            fleet.start()
            old.send(signal.SIGTERM)
            front.send_to(*(port for port in fleet.ports if port != old.address[1]))
            fleet.has_stopped(old)
            seen = clients.received["no_face"]
            wait_until(lambda seen=seen: clients.received["no_face"] >= seen + 5)  # type: ignore[misc]
    assert set(clients.received) == {"no_face"}
    assert clients.unanswered == clients.cut == clients.refused == 0
    assert one.counted() - before == clients.received
