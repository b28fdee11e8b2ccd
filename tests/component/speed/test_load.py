import math
from pathlib import Path

from bonaface.settings import Settings
from bonaface.speed.client import upload
from bonaface.speed.load import Timed, closed_loop, summary
from bonaface.speed.server import served
from support.pictures import images


def test_the_figures_of_answers() -> None:
    answers = [Timed(0.0, number / 1000, True) for number in range(1, 101)]
    load = summary(8, [*answers, Timed(0.0, 9.0, False)], seconds=4)

    assert (load.connections, load.answers, load.failed, load.per_second) == (8, 100, 1, 25)
    assert round(load.median, 1) == 50.5
    assert round(load.p99) == 99


def test_no_answer_has_no_figures() -> None:
    load = summary(1, [Timed(0.0, 0.1, False)], seconds=1)
    assert (load.answers, load.failed, load.per_second) == (0, 1, 0)
    assert math.isnan(load.median)
    assert math.isnan(load.p99)


def test_a_real_server_answers_with_verdicts(
    quick_settings: Settings, tmp_path: Path, portrait: bytes
) -> None:
    folder = tmp_path / "served"
    folder.mkdir()
    with served(quick_settings, folder) as server:
        good = closed_loop(server.address, upload(server.app_key, server.secret, portrait), 2, 0.5)
        refused = closed_loop(server.address, upload(server.app_key, server.secret, images.gif()), 1, 0.1)

    assert good.failed == 0
    assert good.answers >= 2
    assert 0 < good.per_second <= good.answers / 0.5
    assert good.p99 >= good.median > 0
    assert refused.answers == 0
    assert refused.failed > 0
