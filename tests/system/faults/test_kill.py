"""kill -9 under load: whoever had a reply is counted, and the next process answers with the same keys."""

import signal
from pathlib import Path

from support.load.clients import Clients
from support.servers.served import QUICK_ENGINE, serving
from support.waiting import wait_until


def test_killed_under_load_it_loses_no_count_and_starts_again(
    tmp_path: Path, models_directory: Path, portrait: bytes, small: bytes
) -> None:
    with serving(tmp_path, models_directory, models=QUICK_ENGINE) as served:
        with Clients(served, portrait, 4) as faces, Clients(served, small, 4) as others:
            wait_until(lambda: faces.received.total() >= 10 and others.received.total() >= 10)
            served.send(signal.SIGKILL)
            assert served.wait() == -signal.SIGKILL
        counted = served.counted()
        keys = served.keys
    assert set(faces.received) == {"faces"}
    assert set(others.received) == {"no_face"}
    assert counted["faces"] >= faces.received["faces"]
    assert counted["no_face"] >= others.received["no_face"]
    assert counted.total() <= faces.sent + others.sent
    with serving(tmp_path, models_directory, keys=keys, models=QUICK_ENGINE) as again:
        assert again.ask(portrait).json["data"]["faceDetailCount"] == 1
        assert again.counted() - counted == {"faces": 1}
