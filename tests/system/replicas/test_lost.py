"""A replica is lost under load: nginx repeats only what is safe, and the ledger holds every reply once."""

import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson

from bonaface.accounts.admin_tokens import AdminTokens
from bonaface.storage.database import Database
from support.http.wire import exchange, head
from support.load.clients import Clients
from support.replicas.balancer import Balancer
from support.replicas.fleet import Fleet
from support.storage.accounts import ACTOR
from support.storage.counts import tables_agree
from support.waiting import wait_until

ESTABLISHED = "01"


def test_a_replica_that_is_killed_loses_no_count_and_doubles_none(
    fleet: Fleet, front: Balancer, small: bytes
) -> None:
    one = fleet.behind(front.address)
    before = one.counted()
    with Clients(one, small, 6) as clients:
        wait_until(lambda: clients.received["no_face"] >= 10)
        fleet.kill(fleet.replicas[-1])
        lost_at = clients.received["no_face"]
        wait_until(lambda: clients.received["no_face"] >= lost_at + 20)  # the other has all of it
    counted = one.counted() - before
    answered = clients.received["no_face"]
    assert set(clients.received) <= {
        "no_face",
        "refused_overload",
    }  # nginx tells of a lost replica as of none
    assert clients.unanswered == clients.cut == clients.refused == 0
    assert answered <= counted["no_face"] <= clients.sent
    assert (
        counted["no_face"] - answered <= clients.received["refused_overload"]
    )  # counted, and lost on its way
    assert tables_agree(fleet.storage)


def test_a_post_whose_replica_dies_is_not_sent_again_and_a_put_is(
    fleet: Fleet, front: Balancer, small: bytes
) -> None:
    """Every request goes to the first, which stands still, has them all, and dies."""
    first, second = fleet.replicas[:2]
    front.send_to(first.address[1], else_to=second.address[1])
    one, before = fleet.behind(front.address), fleet.replicas[0].counted()
    first.send(signal.SIGSTOP)
    with ThreadPoolExecutor(2) as pool:
        post = pool.submit(exchange, front.address, one.request(small))
        put = pool.submit(exchange, front.address, policy_put(fleet))
        wait_until(lambda: waiting_at(first.address[1]) == 2)
        fleet.kill(first)
        refused, taken = post.result(), put.result()
    assert (refused.status, refused.code, refused.headers["retry-after"]) == (503, -50000, "1")
    assert (taken.status, orjson.loads(taken.body)["version"]) == (200, 1)
    assert one.counted() - before == Counter()


def policy_put(fleet: Fleet) -> bytes:
    """A request that makes a decision policy, by an administrator of its own."""
    with Database(fleet.storage) as database:
        _, text = AdminTokens(database).create("balancer", actor=ACTOR)
    body = orjson.dumps({"rejectBelow": 0.25, "acceptFrom": 0.75})
    lines = (
        f"Authorization: Bearer {text}", "Content-Type: application/json", f"Content-Length: {len(body)}"
    )  # fmt: skip
    return head("/admin/v1/policies/balanced-twice", *lines, method="PUT") + body


def waiting_at(port: int) -> int:
    """Connections to a local port that have sent what nobody has read."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    there = [row for row in rows if row[1].endswith(f":{port:04X}") and row[3] == ESTABLISHED]
    return sum(int(row[4].partition(":")[2], 16) > 0 for row in there)
