import os
from concurrent.futures import ThreadPoolExecutor

from bonaface.serving.processes.networks import holds_networks, open_networks, read_networks, write_networks


def test_what_is_written_is_read_also_by_another_descriptor() -> None:
    with open_networks() as file, os.fdopen(os.dup(file.fileno()), "r+b") as other:
        assert read_networks(other) == {}
        write_networks(file, {"a": b"long" * 100_000, "b": b""})
        assert read_networks(other) == {"a": b"long" * 100_000, "b": b""}
        write_networks(other, {"c": b"1"})
        assert read_networks(file) == {"c": b"1"}


def test_what_was_not_finished_is_nothing() -> None:
    with open_networks() as file:
        assert not holds_networks(file)
        write_networks(file, {"a": b"long" * 100_000})
        file.truncate(100_000)
        assert holds_networks(file)
        assert read_networks(file) == {}


def test_processes_that_read_at_once_disturb_each_other_in_nothing() -> None:
    networks = {str(number): bytes([number]) * 100_000 for number in range(20)}
    with open_networks() as file, ThreadPoolExecutor(4) as pool:
        write_networks(file, networks)
        copies = [os.fdopen(os.dup(file.fileno()), "r+b") for _ in range(40)]
        read = list(pool.map(read_networks, copies))
        for copy in copies:
            copy.close()
    assert read == [networks] * 40
